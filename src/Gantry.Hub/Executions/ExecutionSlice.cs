using Gantry.Engine.Plans;
using Gantry.Engine.Providers;
using Gantry.Hub.Database;
using Gantry.Hub.Executions.Journal;

namespace Gantry.Hub.Executions;

/// <summary>Executions: accepted, run, recorded, watched, cancelled, run again.</summary>
internal static class ExecutionSlice
{
    public static void AddExecutions(this IServiceCollection services, HubIdentity hub, ExecutionOptions options)
    {
        services.AddSingleton(hub);
        services.AddSingleton(options);
        services.AddSingleton(Create<OutputStore>);
        services.AddSingleton(services => new OutputMemory(ExecutionLimits.OutputsHeldBytesMax, services.GetRequiredService<TimeProvider>()));
        services.AddSingleton<ClaimStore>();
        services.AddSingleton(Create<HubLease>);
        services.AddSingleton(services => ActivatorUtilities.CreateInstance<JournalWriter>(services, services.GetRequiredService<HubDatabase>().Standing));
        services.AddSingleton(Create<Waker>);
        services.AddSingleton<SignalWatch>();
        services.AddSingleton<TurnOf>();
        services.AddSingleton<CallStarter>();
        services.AddSingleton(new WorkNews(options.QueueMax));
        services.AddSingleton<ExecutionEvents>();
        services.AddSingleton<RunningExecutions>();
        services.AddSingleton<ExecutionRunner>();
        services.AddSingleton<ExecutionStarter>();
        services.AddSingleton<EndWatch>();
        services.AddSingleton<ExecuteRoutes>();
        services.AddSingleton<ExecutionStream>();
        services.AddSingleton<ListStream>();
        services.AddSingleton(services => new PlanRunner(services.GetRequiredService<ProviderCatalog>(), services.GetRequiredService<TimeProvider>()));
        services.AddSingleton(Create<Dispatcher>);
        services.AddHostedService(services => services.GetRequiredService<Dispatcher>());
    }

    /// <summary>For what works across workspaces, on the worker's own pool.</summary>
    private static T Create<T>(IServiceProvider services) =>
        ActivatorUtilities.CreateInstance<T>(services, services.GetRequiredService<HubDatabase>().Worker);
}
