using System.Collections.Concurrent;
using Gantry.Engine.Providers.Manifests.Rehearsals;
using Gantry.TestServers;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Gantry.Plugins.Specs.Providers.Manifests;

/// <summary>A vendor that does what a test wants of it, slow and endless answers too: keeps what it was asked.</summary>
internal sealed class VendorServer : IAsyncDisposable
{
    private readonly WebApplication application;

    private VendorServer(WebApplication application) => this.application = application;

    public ConcurrentQueue<RecordedRequest> Requests { get; } = new();

    public Func<RecordedRequest, HttpContext, Task> Answer { get; set; } = (_, _) => Task.CompletedTask;

    public Uri Url => new(application.Urls.Single());

    public static async Task<VendorServer> StartAsync()
    {
        var application = LoopbackApp.Create(options => options.Limits.MaxRequestBodySize = null);
        var server = new VendorServer(application);
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
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body);
        var target = context.Features.Get<IHttpRequestFeature>()!.RawTarget;
        var request = new RecordedRequest(
            context.Request.Method,
            context.Request.Host.Value ?? "",
            target,
            context.Request.Headers.ToDictionary(header => header.Key, header => header.Value.ToString(), StringComparer.OrdinalIgnoreCase),
            body.ToArray());
        Requests.Enqueue(request);
        await Answer(request, context);
    }
}
