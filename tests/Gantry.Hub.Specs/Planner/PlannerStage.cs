using System.Net.Http.Json;
using Gantry.Engine.Providers;
using Gantry.Engine.Providers.Manifests;
using Gantry.Engine.Providers.Web;
using Gantry.Plugins;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Gantry.Hub.Specs.Planner;

/// <summary>A hub whose vendors of AI are all played by one server of this machine.</summary>
public sealed class PlannerStage(TestPostgres postgres) : IAsyncLifetime
{
    public HubFixture Hub { get; private set; } = null!;

    internal ChatServer Ai { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Ai = await ChatServer.StartAsync();
        var gate = HttpGate.To(Ai.Url);
        string[] played = ["openai", "anthropic"];
        var catalog = new ProviderCatalog(
        [
            .. AllPlugins.Providers.All.Where(provider => !played.Contains(provider.Id)),
            .. played.Select(id => new ManifestProvider(AllPlugins.Providers.FindManifest(id)!.Manifest, gate)),
        ]);
        Hub = new HubFixture(postgres) { Services = services => services.AddSingleton(catalog) };
        await Hub.InitializeAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await Hub.DisposeAsync();
        await Ai.DisposeAsync();
    }

    /// <summary>An owner of a workspace of its own, connected to these vendors.</summary>
    public async Task<HttpClient> ConnectAsync(params string[] vendors)
    {
        Ai.Reset();
        var owner = await Hub.CreateStrangerAsync();
        foreach (var vendor in vendors)
        {
            using var saved = await owner.PutAsJsonAsync($"/api/provider-credentials/{vendor}", new { fields = new { api_key = ChatServer.Key }, scope = "workspace" });
            saved.EnsureSuccessStatusCode();
        }

        return owner;
    }
}
