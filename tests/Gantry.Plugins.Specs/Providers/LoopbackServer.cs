using System.Collections.Concurrent;
using System.Net;
using Gantry.TestServers;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Gantry.Plugins.Specs.Providers;

/// <summary>A real HTTP server on this machine that answers as the test says, and keeps what it was asked.</summary>
public sealed class LoopbackServer : IAsyncDisposable
{
    private readonly WebApplication application;

    private LoopbackServer(WebApplication application) => this.application = application;

    public ConcurrentQueue<SeenRequest> Requests { get; } = new();

    public Func<HttpContext, Task> Answer { get; set; } = _ => Task.CompletedTask;

    public int Port => new Uri(application.Urls.Single()).Port;

    public string Url => $"http://127.0.0.1:{Port}";

    public static async Task<LoopbackServer> StartAsync()
    {
        var application = LoopbackApp.Create(options => options.AllowSynchronousIO = true);
        var server = new LoopbackServer(application);
        application.Run(server.HandleAsync);
        await application.StartAsync();
        return server;
    }

    public async ValueTask DisposeAsync()
    {
        await application.StopAsync(new CancellationToken(canceled: true));
        await application.DisposeAsync();
    }

    private async Task HandleAsync(HttpContext context)
    {
        using var reader = new StreamReader(context.Request.Body);
        var headers = context.Request.Headers.ToDictionary(header => header.Key, header => header.Value.ToString(), StringComparer.OrdinalIgnoreCase);
        Requests.Enqueue(new(context.Request.Method, $"{context.Request.Path}{context.Request.QueryString}", headers, await reader.ReadToEndAsync()));
        await Answer(context);
    }
}

/// <summary>One request as it arrived.</summary>
public sealed record SeenRequest(string Method, string PathAndQuery, IReadOnlyDictionary<string, string> Headers, string Body);
