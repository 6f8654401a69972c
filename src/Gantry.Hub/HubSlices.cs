using Gantry.Hub.Operations;

namespace Gantry.Hub;

/// <summary>What the hub consists of: a slice is one line here for its services and one for its routes.</summary>
internal static class HubSlices
{
    public static void Add(IServiceCollection services, HubConfiguration configuration)
    {
    }

    public static void Map(WebApplication app)
    {
    }
}
