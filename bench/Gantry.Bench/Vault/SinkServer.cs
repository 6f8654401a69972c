using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Gantry.Bench.Vault;

/// <summary>Takes a body and keeps the last one.</summary>
internal sealed class SinkServer : IAsyncDisposable
{
    private readonly WebApplication app;

    private SinkServer(WebApplication app) => this.app = app;

    public string Url => app.Urls.First();

    public string Last { get; private set; } = "";

    public static async Task<SinkServer> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var server = new SinkServer(builder.Build());
        server.app.MapPost("/", async (HttpContext context) =>
        {
            using var reader = new StreamReader(context.Request.Body);
            server.Last = await reader.ReadToEndAsync(context.RequestAborted);
            return Results.NoContent();
        });
        await server.app.StartAsync();
        return server;
    }

    public ValueTask DisposeAsync() => app.DisposeAsync();
}
