using Gantry.Engine.Plans;
using Gantry.Engine.Providers.Programs;
using Gantry.Engine.Secrets;
using Gantry.Hub.Accounts;
using Gantry.Hub.Database;
using Gantry.Hub.Endpoints;
using Gantry.Hub.Executions;
using Gantry.Hub.Executions.Files;
using Gantry.Hub.Mcp;
using Gantry.Hub.Notifications;
using Gantry.Hub.Operations;
using Gantry.Hub.Planner;
using Gantry.Hub.Plans;
using Gantry.Hub.Providers;
using Gantry.Hub.Providers.Connections;
using Gantry.Hub.Transfers;
using Gantry.Hub.Triggers;
using Gantry.Hub.Vault;
using Gantry.Hub.Vault.Keys;
using Gantry.Plugins;

namespace Gantry.Hub;

/// <summary>What the hub consists of: a slice is one line here for its services and one for its routes.</summary>
internal static class HubSlices
{
    public static void Add(IServiceCollection services, HubConfiguration configuration)
    {
        var egressAllowed = WorkspaceEgress.ReadSetting(configuration[HubSettings.EgressAllow]);
        services.AddEgress(egressAllowed);
        var knownHosts = Path.Combine(configuration.DataFolder, "known_hosts");
        services.AddVault(
            MasterKeys.Read(configuration[HubSettings.MasterKey], configuration[HubSettings.MasterKeyFile], configuration.DataFolder),
            new SecretStoreCatalog(AllPlugins.SecretStores), AllPlugins.Logins, new VaultBounds(Path.Combine(configuration.DataFolder, "workspaces"), egressAllowed)
            {
                SshConfigFile = configuration[HubSettings.SshConfig],
                KnownHostsFile = knownHosts,
            });
        services.AddEndpoints(AllPlugins.Endpoints, new EndpointBounds
        {
            LocalRoots = EndpointBounds.ReadRoots(configuration[HubSettings.LocalRoots]),
            SshConfigFile = configuration[HubSettings.SshConfig],
            RcloneConfigFile = configuration[HubSettings.RcloneConfig],
            KnownHostsFile = knownHosts,
        });
        services.AddProviders(AllPlugins.Providers, Path.Combine(configuration.DataFolder, OwnProviders.FolderName));
        services.AddProviderConnections();
        services.AddPlans();
        services.AddExecutions(HubIdentity.OfFolder(configuration.DataFolder), new ExecutionOptions
        {
            RunsMax = configuration.Number(HubSettings.RunsMax, min: 1, max: 100_000),
            LogsKept = TimeSpan.FromDays(configuration.Number(HubSettings.ExecutionLogDays, min: 1, max: 36_500)),
            FileBytesMax = configuration.Number(HubSettings.ExecutionFileMegabytes, min: 1, max: 1024 * 1024) * 1024L * 1024,
            Drain = TimeSpan.FromSeconds(configuration.Number(HubSettings.DrainSeconds, min: 0, max: 3_600)),
            Environment = PlanEnvironment.ForHub(),
            ProgramsAllowed = ReadPrograms(configuration[HubSettings.ProgramsAllow]),
        });
        services.AddTransfers();
        services.AddTriggers(new TriggerOptions
        {
            EventsKept = TimeSpan.FromDays(configuration.Number(HubSettings.EventDays, min: 1, max: 36_500)),
            PerMinuteOfWebhook = configuration.Number(HubSettings.RequestsPerWebhook, min: 1, max: int.MaxValue),
        });
        services.AddNotifications();
        services.AddMcp();
        services.AddPlanner();
        services.AddOverview();
        services.AddCredentialUses();
        services.AddApiDocument();
    }

    private static IReadOnlyList<string> ReadPrograms(string? setting)
    {
        try
        {
            return ProgramsAllowed.Parse(setting);
        }
        catch (FormatException exception)
        {
            throw new HubStartException($"The setting {HubSettings.ProgramsAllow.Name}: {exception.Message}");
        }
    }

    public static void Map(WebApplication app)
    {
        app.MapVault();
        app.MapEndpoints();
        app.MapProviders();
        app.MapProviderConnections();
        app.MapPlans();
        app.MapPlanSchema();
        app.MapExecutions();
        app.MapExecutionFiles();
        app.MapTransfers();
        app.MapTriggers();
        app.MapNotifications();
        app.MapMcp();
        app.MapPlanner();
        app.MapOverview();
        app.MapCredentialUses();
        app.MapApiDocument();
    }
}
