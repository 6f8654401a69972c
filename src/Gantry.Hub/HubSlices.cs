using Gantry.Hub.Endpoints;
using Gantry.Hub.Operations;
using Gantry.Hub.Providers;
using Gantry.Plugins;

namespace Gantry.Hub;

/// <summary>What the hub consists of: a slice is one line here for its services and one for its routes.</summary>
internal static class HubSlices
{
    public static void Add(IServiceCollection services, HubConfiguration configuration)
    {
        services.AddSingleton(AllPlugins.Secrets);
        services.AddEndpoints(AllPlugins.Endpoints, new EndpointBounds
        {
            LocalRoots = EndpointBounds.ReadRoots(configuration[HubSettings.LocalRoots]),
            SshConfigFile = configuration[HubSettings.SshConfig],
            KnownHostsFile = Path.Combine(configuration.DataFolder, "known_hosts"),
        });
        services.AddProviders(AllPlugins.Providers);
        services.AddApiDocument();
    }

    public static void Map(WebApplication app)
    {
        app.MapEndpoints();
        app.MapProviders();
        app.MapApiDocument();
    }
}
