using Gantry.Hub.Database;

namespace Gantry.Hub.Plans;

/// <summary>Plans: saved by name, every change a version.</summary>
internal static class PlanSlice
{
    public static void AddPlans(this IServiceCollection services)
    {
        services.AddSingleton<PlanFinder>();
        services.AddSingleton(services =>
            ActivatorUtilities.CreateInstance<PlanLibrary>(services, services.GetRequiredService<HubDatabase>().Worker));
    }
}
