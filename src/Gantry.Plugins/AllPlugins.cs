using Gantry.Engine.Endpoints;
using Gantry.Engine.Providers;
using Gantry.Plugins.Endpoints.Local;

namespace Gantry.Plugins;

/// <summary>Every plugin of this program, a line each. Each list is made when it is first asked for: small commands pay for nothing else.</summary>
public static class AllPlugins
{
    public static EndpointCatalog Endpoints => field ??= new(
    [
        new LocalKind(),
    ]);

    public static ProviderCatalog Providers => field ??= new(
    [
    ]);
}
