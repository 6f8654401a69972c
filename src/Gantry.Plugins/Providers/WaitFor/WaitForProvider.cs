using System.Text.Json;
using Gantry.Engine.Providers;
using Gantry.Engine.Providers.Web;
using Gantry.Engine.Settings;

namespace Gantry.Plugins.Providers.WaitFor;

/// <summary>Waits until something elsewhere is there: an answer, an open port, a file. It looks again and again, and does nothing in between.</summary>
public sealed class WaitForProvider : IProvider
{
    private static readonly IReadOnlyList<Setting> Common =
    [
        new() { Name = "interval", Type = SettingType.Duration, Default = Scalars.Text("5s"), Help = "How long to wait between two looks." },
        new() { Name = "within", Type = SettingType.Duration, Default = Scalars.Text("10m"), Help = "How long to wait in all; then the step fails." },
    ];

    public string Id => "wait_for";

    public string Title => "Wait for";

    public string Help => "Waits for a URL that answers, a port that opens, or a file that arrives.";

    public IReadOnlyList<ProviderAction> Actions { get; } =
    [
        new()
        {
            Id = "url",
            Help = "Waits until a URL answers with an expected status.",
            Parameters =
            [
                HttpParameters.Url,
                new() { Name = "method", Default = Scalars.Text("GET"), Choices = ["GET", "HEAD"], Help = "GET, or HEAD to ask for no body." },
                HttpParameters.Query, HttpParameters.Headers, HttpParameters.Bearer, HttpParameters.Basic,
                HttpParameters.Timeout with { Default = Scalars.Text("30s"), Help = "How long one answer may take." },
                HttpParameters.ExpectedStatus, HttpParameters.FollowRedirects, HttpParameters.MaxBytes,
                new() { Name = "contains", Help = "A text that the answer has to contain as well." },
                .. Common,
            ],
            IsRepeatable = true,
        },
        new()
        {
            Id = "port",
            Help = "Waits until a port takes connections.",
            Parameters =
            [
                new() { Name = "host", IsRequired = true, Help = "The server's name or address." },
                new() { Name = "port", Type = SettingType.Integer, IsRequired = true, Help = "The port, from 1 to 65535." },
                .. Common,
            ],
            IsRepeatable = true,
        },
        new()
        {
            Id = "file",
            Help = "Waits until a file is there, and whole.",
            Parameters =
            [
                new() { Name = "at", Type = SettingType.Address, IsRequired = true, Help = "The address of the file." },
                new() { Name = "unchanged_for", Type = SettingType.Duration, Default = Scalars.Text("0s"), Help = "How long its size and time have to stay as they are, where whoever writes it does so under its final name." },
                new() { Name = "min_bytes", Type = SettingType.Integer, Default = JsonElement.Parse("0"), Help = "A smaller file is waited on." },
                .. Common,
            ],
            IsRepeatable = true,
        },
    ];

    public async Task<ProviderResult> RunAsync(ProviderCall call, CancellationToken cancellationToken)
    {
        var parameters = new HttpCall(call);
        await using var look = LookOf(call, parameters);
        var interval = TimeOf(parameters, "interval", TimeSpan.FromSeconds(5));
        var within = TimeOf(parameters, "within", TimeSpan.FromMinutes(10));
        using var limit = new CancellationTokenSource(within, call.Clock);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token);
        string? last = null;
        try
        {
            for (var looks = 1; ; looks++)
            {
                var seen = await LookAsync(look, stop.Token);
                if (seen.Output is { } output)
                {
                    return ProviderResult.Success(output, $"{seen.Message} It took {looks} look{(looks == 1 ? "" : "s")}.");
                }

                last = seen.Message;
                call.Log.Report(JsonSerializer.SerializeToElement(new { looks, last }));
                await Task.Delay(interval, call.Clock, stop.Token);
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new ProviderException(new ProviderError
            {
                Kind = ProviderErrorKind.TimedOut,
                Message = $"{look.What} within {Duration.Format(within)}.{(last is null ? "" : $" The last look: {last}")}",
            });
        }
    }

    /// <summary>What may pass is looked at again; what cannot pass is a failure at once.</summary>
    private static async Task<Seen> LookAsync(Look look, CancellationToken cancellationToken)
    {
        try
        {
            return await look.LookAsync(cancellationToken);
        }
        catch (Exception failure) when (failure is not OperationCanceledException && Passing(failure) is { } passing)
        {
            return new Seen(null, passing.Message);
        }
    }

    private static ProviderError? Passing(Exception failure) => ProviderFailure.Describe(failure, isCancelled: false) is var error
        && error.Kind is ProviderErrorKind.Unavailable or ProviderErrorKind.TimedOut or ProviderErrorKind.Upstream or ProviderErrorKind.RateLimited or ProviderErrorKind.NotFound ? error : null;

    private static Look LookOf(ProviderCall call, HttpCall parameters) => call.Action switch
    {
        "url" => new UrlLook(call, parameters),
        "port" => new PortLook(call, parameters),
        "file" => new FileLook(call, parameters, TimeOf(parameters, "unchanged_for", TimeSpan.Zero)),
        _ => throw HttpCall.Bad($"The provider 'wait_for' has no action '{call.Action}'."),
    };

    private static TimeSpan TimeOf(HttpCall parameters, string name, TimeSpan usual) =>
        parameters.FindText(name) is { } text && Duration.TryParse(text, out var time) ? TimeSpan.FromTicks(Math.Max(time.Ticks, name == "unchanged_for" ? 0 : TimeSpan.TicksPerMillisecond)) : usual;
}

/// <summary>What one look saw: the output when it is there, null when not yet.</summary>
internal sealed record Seen(JsonElement? Output, string Message);

/// <summary>One thing that is waited for.</summary>
internal abstract class Look : IAsyncDisposable
{
    /// <summary>What did not happen, for a message that goes on with "within 10m".</summary>
    public abstract string What { get; }

    public abstract Task<Seen> LookAsync(CancellationToken cancellationToken);

    public virtual ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }
}
