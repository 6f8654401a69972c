namespace Gantry.Hub.Audit;

/// <summary>Who did what: written with each change, sealed into a chain right after.</summary>
internal static class AuditSlice
{
    public static void AddAudit(this IServiceCollection services)
    {
        services.AddSingleton<AuditHeadFile>();
        services.AddSingleton<AuditSealer>();
        services.AddHostedService(provider => provider.GetRequiredService<AuditSealer>());
        services.AddSingleton<RefusalLog>();
        services.AddHostedService(provider => provider.GetRequiredService<RefusalLog>());
        services.AddSingleton<AuditVerifier>();
        services.AddSingleton<AuditExport>();
    }
}
