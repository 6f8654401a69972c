using System.Text.Json;
using Gantry.Engine.Endpoints;
using Gantry.Engine.Providers.Web;
using Gantry.Engine.Transfers;

namespace Gantry.Engine.Providers.Manifests.Answers;

/// <summary>Writes an answer to an endpoint while it comes.</summary>
internal sealed class FileReceiver(string address, IEndpointOpener endpoints, ManifestResponse response)
{
    /// <summary>What the step answers: {file, name, content_type, size}. An address that ends with '/' is a folder, where the file gets the name that the vendor gives it.</summary>
    public async ValueTask<JsonElement?> ReceiveAsync(WebAnswer head, Stream content, CancellationToken cancellationToken)
    {
        var target = address.EndsWith('/') || address.EndsWith(':') ? address + (NameOf(head) ?? "file") : address;
        var (folder, name) = TransferPlaces.Split(target)
            ?? throw new EndpointException(EndpointError.BadSetting, $"'{EndpointPath.Printable(target)}' is no file in a folder that could be opened.");
        await using var endpoint = await endpoints.OpenAsync(folder, cancellationToken);
        var entry = await endpoint.WriteAsync(
            name,
            content,
            new WriteOptions { PartialName = PartialName.Of(name, null, null, Guid.CreateVersion7(TimeProvider.System.GetUtcNow()).ToString("n")[..16]), Length = LengthOf(head) },
            cancellationToken);
        return JsonSerializer.SerializeToElement(new Dictionary<string, object?>(StringComparer.Ordinal)
        {
            ["file"] = target,
            ["name"] = name,
            ["content_type"] = head.MediaType,
            ["size"] = entry.Size,
        });
    }

    /// <summary>The name in the answer's headers, without anything that would lead elsewhere; null when there is none.</summary>
    internal string? NameOf(WebAnswer head)
    {
        var name = response.FileName?.Header is { } header ? Header(head, header) : null;
        name ??= Header(head, "content-disposition") is { } disposition ? FileNameIn(disposition) : null;
        var last = name?.Split('/', '\\')[^1].Trim();
        return last is null or "" or "." or ".." || last.Any(char.IsControl) ? null : last;
    }

    private static string? Header(WebAnswer head, string name) => head.Headers.FirstOrDefault(header => header.Key.Equals(name, StringComparison.OrdinalIgnoreCase)).Value is [var value, ..] ? value : null;

    private static string? FileNameIn(string disposition) =>
        System.Net.Http.Headers.ContentDispositionHeaderValue.TryParse(disposition, out var parsed) ? parsed.FileNameStar ?? parsed.FileName?.Trim('"') : null;

    private static long? LengthOf(WebAnswer head) =>
        Header(head, "content-encoding") is null && long.TryParse(Header(head, "content-length"), out var length) ? length : null;
}
