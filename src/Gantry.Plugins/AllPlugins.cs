using Gantry.Engine.Endpoints;
using Gantry.Engine.Providers;

namespace Gantry.Plugins;

/// <summary>Every plugin of this program, a line each.</summary>
public static class AllPlugins
{
    public static EndpointCatalog Endpoints { get; } = new([]);

    public static ProviderCatalog Providers { get; } = new([]);
}
