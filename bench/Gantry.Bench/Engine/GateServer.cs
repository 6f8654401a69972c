using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Gantry.Bench.Engine;

/// <summary>Answers nobody until it is opened, and then everybody.</summary>
internal sealed class GateServer : IAsyncDisposable
{
    private readonly WebApplication app;
    private readonly TaskCompletionSource open = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly SemaphoreSlim arrived = new(0);

    private GateServer(WebApplication app) => this.app = app;

    public string Url { get; private set; } = "";

    public static async Task<GateServer> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        var app = builder.Build();
        app.Urls.Add("http://127.0.0.1:0");
        var gate = new GateServer(app);
        app.MapGet("/", async () =>
        {
            gate.arrived.Release();
            await gate.open.Task;
            return "{}";
        });
        await app.StartAsync();
        gate.Url = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First() + "/";
        return gate;
    }

    public void Open() => open.TrySetResult();

    public async Task ArrivedAsync(int count)
    {
        for (var i = 0; i < count; i++)
            await arrived.WaitAsync();
    }

    public ValueTask DisposeAsync() => app.DisposeAsync();
}
