using System.Collections.Concurrent;
using Gantry.Engine.Endpoints;
using Gantry.Engine.Plans.Triggers;
using Gantry.Engine.Secrets;
using Gantry.Hub.Database;
using Gantry.Hub.Endpoints;
using Gantry.Hub.Vault;

namespace Gantry.Hub.Triggers.Watching;

/// <summary>
/// Keeps a watch going for every trigger that needs one: of several hubs each trigger is one's, as long as that hub renews its lease. That two watch at once is wasteful and does
/// no harm, since each version of a file counts once by the database.
/// </summary>
internal sealed partial class WatchService(
    ArrivalStore store, EventDelivery delivery, TriggerWork work, TriggerStarter starter, EndpointAccess endpoints, SecretsOf secretsOf, TimeProvider clock, ILogger<WatchService> logger)
    : BackgroundService
{
    private static readonly TimeSpan RetryMin = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan RetryMax = TimeSpan.FromMinutes(1);

    private readonly ConcurrentDictionary<(Guid WorkspaceId, Guid Id), Running> running = [];

    /// <summary>Takes and gives up watches as the database says.</summary>
    public async Task LookAsync(CancellationToken cancellationToken)
    {
        var wanted = (await store.WatchedAsync(cancellationToken)).ToDictionary(trigger => (trigger.WorkspaceId, trigger.Id));
        foreach (var (key, watch) in running)
        {
            if (!wanted.TryGetValue(key, out var trigger) || trigger.Settings != watch.Trigger.Settings || trigger.UserId != watch.Trigger.UserId)
            {
                running.TryRemove(key, out _);
                await watch.DisposeAsync();
            }
        }

        foreach (var (key, trigger) in wanted)
        {
            if (!running.ContainsKey(key))
                running[key] = Running.Start(trigger, token => KeepAsync(trigger, token));
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await LookAsync(stoppingToken);
            }
            catch (Exception failure) when (failure is not OperationCanceledException)
            {
                // Without the database nothing can be kept; who holds what is looked at again when it is back.
                Log.NotLooked(logger, failure);
            }

            await Task.Delay(EventLimits.Look, clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        await EndAsync();
        try
        {
            await store.ReleaseAsync(cancellationToken);
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            Log.NotLooked(logger, failure);
        }
    }

    /// <summary>Returns when nothing is watched any more.</summary>
    public async Task EndAsync()
    {
        var watches = running.Values.ToList();
        running.Clear();
        foreach (var watch in watches)
            await watch.DisposeAsync();
    }

    /// <summary>Watches until it is stopped; what goes wrong is told at the trigger, and tried again ever more seldom.</summary>
    private async Task KeepAsync(TriggerContext trigger, CancellationToken cancellationToken)
    {
        for (var pause = RetryMin; !cancellationToken.IsCancellationRequested;)
        {
            var started = clock.GetTimestamp();
            try
            {
                await WatchAsync(trigger, cancellationToken);
                return;
            }
            catch (OperationCanceledException)
            {
                return;
            }
            catch (Exception failure)
            {
                Log.Broken(logger, trigger.Id, trigger.PlanName, failure);
                await TellAsync(trigger, failure, cancellationToken);
            }

            pause = clock.GetElapsedTime(started) > RetryMax ? RetryMin : pause;
            await Task.Delay(pause, clock, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            pause = pause * 2 < RetryMax ? pause * 2 : RetryMax;
        }
    }

    private async Task WatchAsync(TriggerContext trigger, CancellationToken cancellationToken)
    {
        var read = trigger.Read();
        var actor = new Actor(trigger.UserId, trigger.WorkspaceId);
        var secrets = secretsOf(actor);
        using var wiping = secrets as IDisposable;
        var opener = endpoints.OpenerFor(actor, secrets, notice => Log.Noticed(logger, trigger.Id, notice));
        switch (read)
        {
            case FilesTrigger files:
                await using (var endpoint = await opener.OpenAsync(files.Endpoint, cancellationToken))
                {
                    using var watch = new FileWatch(trigger, files, store, delivery, work, clock);
                    await watch.RunAsync(endpoint, cancellationToken);
                }

                break;
            case StoreEventsTrigger events:
                await using (var endpoint = await opener.OpenAsync(events.Endpoint, cancellationToken))
                    await new NoticeWatch(trigger, events, store, delivery, starter, clock).RunAsync(endpoint, cancellationToken);
                break;
        }
    }

    private async Task TellAsync(TriggerContext trigger, Exception failure, CancellationToken cancellationToken)
    {
        var reason = failure is EndpointException or SecretException or SecretStoreException or PlanFormatException
            ? failure.Message : $"It was interrupted by a failure of the hub ({failure.GetType().Name}); its log says more.";
        try
        {
            await store.BrokenAsync(trigger, reason, cancellationToken);
        }
        catch (Exception away) when (DatabaseUnavailableException.Fits(away) || away is OperationCanceledException)
        {
            // It is told when the database is back and it still does not work.
        }
    }

    /// <summary>One watch that goes on beside the others.</summary>
    private sealed class Running : IAsyncDisposable
    {
        private readonly CancellationTokenSource stopping = new();
        private Task task = Task.CompletedTask;

        public required TriggerContext Trigger { get; init; }

        public static Running Start(TriggerContext trigger, Func<CancellationToken, Task> run)
        {
            var running = new Running { Trigger = trigger };
            running.task = Task.Run(() => run(running.stopping.Token), CancellationToken.None);
            return running;
        }

        public async ValueTask DisposeAsync()
        {
            await stopping.CancelAsync();
            await task;
            stopping.Dispose();
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "Which triggers are to be watched could not be looked up; it is tried again.")]
        public static partial void NotLooked(ILogger logger, Exception failure);

        [LoggerMessage(2, LogLevel.Warning, "The trigger {TriggerId} of the plan '{Plan}' cannot watch at the moment; it is tried again.")]
        public static partial void Broken(ILogger logger, Guid triggerId, string plan, Exception failure);

        [LoggerMessage(3, LogLevel.Information, "The trigger {TriggerId} watches: {Notice}")]
        public static partial void Noticed(ILogger logger, Guid triggerId, string notice);
    }
}
