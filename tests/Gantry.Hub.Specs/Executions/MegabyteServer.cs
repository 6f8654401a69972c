using Gantry.TestServers;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Gantry.Hub.Specs.Executions;

/// <summary>An HTTP target that answers every request with a text of a megabyte.</summary>
internal sealed class MegabyteServer : IAsyncDisposable
{
    private static readonly byte[] Answer = [.. Enumerable.Range(0, 1024 * 1024).Select(index => (byte)('a' + (index % 26)))];

    private readonly WebApplication app;
    private readonly TaskCompletionSource asked = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int requests;

    private MegabyteServer(WebApplication app) => this.app = app;

    public string Url { get; private set; } = "";

    public int Requests => requests;

    /// <summary>It answers nobody before so many have asked.</summary>
    public int AnswersFrom { get; set; }

    public static async Task<MegabyteServer> StartAsync()
    {
        var app = LoopbackApp.Create();
        var server = new MegabyteServer(app);
        app.MapGet("/", async (CancellationToken cancellationToken) =>
        {
            if (Interlocked.Increment(ref server.requests) >= server.AnswersFrom)
                server.asked.TrySetResult();
            await server.asked.Task.WaitAsync(cancellationToken);
            return Results.Bytes(Answer, "text/plain");
        });
        await app.StartAsync();
        server.Url = app.Urls.First();
        return server;
    }

    public ValueTask DisposeAsync() => app.DisposeAsync();
}
