namespace Gantry.Hub.Keys;

internal static class KeySlice
{
    /// <summary>Comes first, since what is started after it may sign.</summary>
    public static void AddKeys(this IServiceCollection services, KeyOptions options)
    {
        services.AddSingleton(options);
        services.AddSingleton<HubKeys>();
        services.AddHostedService(provider => provider.GetRequiredService<HubKeys>());
    }
}
