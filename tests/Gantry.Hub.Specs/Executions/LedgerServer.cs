using System.Collections.Concurrent;
using Gantry.TestServers;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Gantry.Hub.Specs.Executions;

/// <summary>An HTTP target that writes down who asked for what effect, and by which Idempotency-Key.</summary>
internal sealed class LedgerServer : IAsyncDisposable
{
    private readonly WebApplication app;

    private LedgerServer(WebApplication app) => this.app = app;

    public string Url { get; private set; } = "";

    /// <summary>Every request: the effect it is for, and its key.</summary>
    public ConcurrentQueue<(string Effect, string Key)> Requests { get; } = [];

    /// <summary>Called when a request is written down and not yet answered.</summary>
    public Action? Arrived { get; set; }

    /// <summary>How many of the next requests are answered with 503.</summary>
    public int Refusals { get; set; }

    /// <summary>Effects that were asked for by more than one key.</summary>
    public IEnumerable<string> Doubled => Requests.GroupBy(request => request.Effect).Where(effect => effect.Distinct().Count() > 1).Select(effect => effect.Key);

    public int CountOf(string effect) => Requests.Count(request => request.Effect == effect);

    public static async Task<LedgerServer> StartAsync()
    {
        var app = LoopbackApp.Create();
        var ledger = new LedgerServer(app);
        app.MapPost("/{effect}", (string effect, HttpRequest request) =>
        {
            ledger.Requests.Enqueue((effect, request.Headers["Idempotency-Key"].ToString()));
            ledger.Arrived?.Invoke();
            return ledger.Refusals-- > 0 ? Results.StatusCode(503) : Results.Json(new { done = effect });
        });
        await app.StartAsync();
        ledger.Url = app.Urls.First();
        return ledger;
    }

    public ValueTask DisposeAsync() => app.DisposeAsync();
}
