using System.Text.Json;
using Gantry.Engine.Endpoints;
using Gantry.Engine.Providers;
using Gantry.Engine.Providers.Web;
using Gantry.Engine.Transfers;

namespace Gantry.Plugins.Providers.WaitFor;

internal sealed class FileLook(ProviderCall call, HttpCall parameters, TimeSpan unchangedFor) : Look
{
    private readonly string address = parameters.FindText("at") ?? "";
    private readonly int bytesMin = ServerParameters.NumberOf(parameters, "min_bytes", 0, 0, int.MaxValue);
    private IEndpoint? endpoint;
    private (long Size, DateTimeOffset? ModifiedAt) version;
    private DateTimeOffset? since;

    public override string What => $"There was no whole file at '{EndpointPath.Printable(address)}'";

    public override async Task<Seen> LookAsync(CancellationToken cancellationToken)
    {
        var (folder, name) = TransferPlaces.Split(address) ?? throw HttpCall.Bad("'at' is the address of a file in a folder that can be opened.");
        Entry? entry;
        try
        {
            endpoint ??= await call.Endpoints.OpenAsync(folder, cancellationToken);
            entry = await endpoint.FindAsync(name, cancellationToken);
        }
        catch (EndpointException failure) when (failure.IsTransient)
        {
            // The next look begins with a new connection.
            await DisposeAsync();
            return Not(failure.Message);
        }

        if (entry is null)
        {
            return Not("It is not there.");
        }

        if (entry.Kind == EntryKind.Folder)
        {
            throw HttpCall.Bad($"'{EndpointPath.Printable(address)}' is a folder.");
        }

        if (entry.Size < bytesMin)
        {
            return Not($"It has {entry.Size:N0} bytes.");
        }

        var now = call.Clock.GetUtcNow();
        if (since is null || version != (entry.Size, entry.ModifiedAt))
        {
            (since, version) = (now, (entry.Size, entry.ModifiedAt));
        }

        return now - since >= unchangedFor
            ? new Seen(Output(name, entry), $"The file is there, with {entry.Size:N0} bytes.")
            : new Seen(null, $"It has {entry.Size:N0} bytes, and may still grow.");
    }

    public override async ValueTask DisposeAsync()
    {
        if (endpoint is { } opened)
        {
            endpoint = null;
            await opened.DisposeAsync();
        }
    }

    private Seen Not(string message)
    {
        since = null;
        return new Seen(null, message);
    }

    private JsonElement Output(string name, Entry entry) => JsonSerializer.SerializeToElement(new Dictionary<string, object?>(StringComparer.Ordinal)
    {
        ["address"] = address,
        ["name"] = EndpointPath.AsText(name),
        ["size"] = entry.Size,
        ["modified_at"] = entry.ModifiedAt?.UtcDateTime,
    });
}
