using Gantry.Engine.Work;
using Gantry.Hub.Executions.Files;
using Gantry.Hub.Executions.Journal;
using Gantry.Hub.Executions.Manifests;
using Npgsql;

namespace Gantry.Hub.Executions;

/// <summary>
/// Sees to it that whatever is accepted is run: recovers at the start, feeds the worker, keeps the hub's lease, takes over from hubs that died,
/// passes on what was cancelled elsewhere.
/// </summary>
internal sealed partial class Dispatcher : IHostedService, IDisposable
{
    private static readonly TimeSpan Housekeeping = TimeSpan.FromHours(1);

    private readonly CancellationTokenSource stopping = new();
    private readonly CancellationTokenSource stopped = new();
    private readonly WorkNews queue;
    private readonly Waker waker;
    private readonly SignalWatch signals;
    private readonly Worker<RunningExecutions.Entry> worker;
    private readonly ClaimStore claims;
    private readonly HubLease lease;
    private readonly JournalWriter writer;
    private readonly ExecutionRunner runner;
    private readonly RunningExecutions running;
    private readonly ExecutionOptions options;
    private readonly NpgsqlDataSource database;
    private readonly TimeProvider clock;
    private readonly ILogger<Dispatcher> logger;
    private Task[] loops = [];
    private volatile HashSet<Guid> claiming = [];
    private DateTimeOffset renewedAt = DateTimeOffset.MinValue;
    private DateTimeOffset keptHouseAt = DateTimeOffset.MinValue;

    public Dispatcher(
        ClaimStore claims, HubLease lease, JournalWriter writer, ExecutionRunner runner, RunningExecutions running, ExecutionOptions options,
        WorkNews queue, Waker waker, SignalWatch signals, NpgsqlDataSource database, TimeProvider clock, ILogger<Dispatcher> logger)
    {
        (this.queue, this.waker, this.signals) = (queue, waker, signals);
        (this.claims, this.lease, this.writer, this.runner, this.running) = (claims, lease, writer, runner, running);
        (this.options, this.database, this.clock, this.logger) = (options, database, clock, logger);
        writer.Brought = TakeNews;
        worker = new Worker<RunningExecutions.Entry>(queue.Queue, ClaimAsync, RunAsync, options.RunsMax, options.ClaimsMax);
    }

    public ValueTask PublishAsync(IReadOnlyList<WorkItem> items, CancellationToken cancellationToken) =>
        queue.Queue.PublishAsync(items, cancellationToken);

    /// <summary>A slot for an execution that is claimed as it is accepted, to be started then; not while others wait, and not when stopping.</summary>
    public bool TryReserve() => !stopping.IsCancellationRequested && queue.Queue.Count == 0 && worker.TryReserve();

    /// <summary>Completes when nothing runs.</summary>
    public Task IdleAsync() => worker.DrainedAsync(CancellationToken.None);

    /// <summary>From now on somebody here is at it. Follow with Start.</summary>
    public RunningExecutions.Entry Enter(Claim claim) => running.Add(claim);

    /// <summary>Runs it in the slot that was reserved.</summary>
    public void Start(RunningExecutions.Entry entry) => worker.Start(entry);

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await lease.RenewAsync(cancellationToken);
        renewedAt = clock.GetUtcNow();
        var recovered = await lease.TakeOwnAsync(cancellationToken);
        if (recovered.Count > 0)
            Log.Recovered(logger, recovered.Count);
        await KeepHouseAsync(cancellationToken);
        writer.Start();
        await RefillAsync(cancellationToken);
        loops =
        [
            Task.Run(WorkAsync, CancellationToken.None),
            Task.Run(SweepAsync, CancellationToken.None),
            Task.Run(() => waker.RunAsync(stopping.Token), CancellationToken.None),
            Task.Run(() => signals.RunAsync(stopping.Token), CancellationToken.None),
        ];
    }

    /// <summary>Claims nothing more, lets what runs go on for a while, then hands the rest over.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await stopping.CancelAsync();
        await Task.WhenAll(loops);
        using var limit = new CancellationTokenSource(options.Drain, clock);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        runner.HandOver();
        try
        {
            await worker.DrainedAsync(end.Token);
        }
        catch (OperationCanceledException)
        {
            Log.NotDrained(logger, worker.Running);
        }

        await stopped.CancelAsync();
        await writer.CloseAsync(cancellationToken);
        await claims.DisposeAsync();
    }

    public void Dispose()
    {
        stopping.Dispose();
        stopped.Dispose();
    }

    /// <summary>What a commit brought about elsewhere. Whatever gets lost here is found by the sweeper.</summary>
    private void TakeNews(JournalNews news)
    {
        queue.Publish(news.Ready);
        foreach (var id in news.ToStop)
            running.Cancel(id);
        signals.Tell(news.Signalled);
    }

    private async Task WorkAsync()
    {
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                await worker.WorkAsync(stopping.Token);
            }
            catch (OperationCanceledException) when (stopping.IsCancellationRequested)
            {
                return;
            }
        }
    }

    /// <summary>Answers what was won. Where only the answer was lost, the sweeper finds a claim that nobody is at.</summary>
    private async Task<IReadOnlyList<RunningExecutions.Entry>> ClaimAsync(IReadOnlyList<WorkItem> items, CancellationToken cancellationToken)
    {
        claiming = [.. items.Select(item => item.ExecutionId)];
        try
        {
            return [.. (await claims.ClaimAsync(items, cancellationToken)).Select(running.Add)];
        }
        catch (Exception failure) when (failure is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            Log.NotClaimed(logger, items.Count, failure);
            return [];
        }
        finally
        {
            claiming = [];
        }
    }

    /// <summary>For what must be done sooner or later, while the database is away.</summary>
    private async Task RepeatAsync(Func<CancellationToken, Task> doAsync, CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                await doAsync(cancellationToken);
                return;
            }
            catch (Exception failure) when (failure is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
            {
                Log.NotSwept(logger, failure);
            }

            await Task.Delay(ExecutionLimits.Sweep, clock, cancellationToken);
        }
    }

    private async Task RunAsync(RunningExecutions.Entry entry)
    {
        using (entry)
        {
            if (!await runner.RunAsync(entry))
                await RepeatAsync(token => claims.HandOverAsync(entry.Claim, token), stopped.Token);
        }
    }

    private async Task SweepAsync()
    {
        using var timer = new PeriodicTimer(ExecutionLimits.Sweep, clock);
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                await timer.WaitForNextTickAsync(stopping.Token);
                await SweepOnceAsync(stopping.Token);
            }
            catch (OperationCanceledException) when (stopping.IsCancellationRequested)
            {
                return;
            }
            catch (Exception failure)
            {
                Log.NotSwept(logger, failure);
            }
        }
    }

    private async Task SweepOnceAsync(CancellationToken cancellationToken)
    {
        if (clock.GetUtcNow() - renewedAt >= ExecutionLimits.LeaseRenewal)
        {
            await lease.RenewAsync(cancellationToken);
            renewedAt = clock.GetUtcNow();
            await ReleaseStraysAsync(cancellationToken);
        }

        foreach (var id in await claims.CancelledAsync(cancellationToken))
            running.Cancel(id);
        var taken = await lease.TakeLostAsync(cancellationToken);
        if (taken.Count > 0)
            Log.TakenOver(logger, taken.Count);
        await RefillAsync(cancellationToken);
        if (clock.GetUtcNow() - keptHouseAt >= Housekeeping)
            await KeepHouseAsync(cancellationToken);
    }

    /// <summary>
    /// Gives back what this hub has claimed while nobody here is at it. Each is given back under the number of the claim that was seen, so that nothing is taken from a claim
    /// that came after.
    /// </summary>
    private async Task ReleaseStraysAsync(CancellationToken cancellationToken)
    {
        var held = await claims.HeldAsync(cancellationToken);

        // In this order: what is just being claimed leaves that list when it is among those that run.
        var underway = claiming;
        var strays = held.FindAll(claim => !underway.Contains(claim.ExecutionId) && !running.Holds(claim.ExecutionId, claim.Fence));
        if (strays.Count == 0)
            return;
        Log.Strays(logger, strays.Count);
        await claims.ReleaseAsync(strays, cancellationToken);
    }

    private async Task RefillAsync(CancellationToken cancellationToken)
    {
        if (queue.Queue.Room < options.QueueMax / 2)
            return;
        var waiting = await claims.QueuedAsync(options.QueueMax, cancellationToken);
        if (waiting.Count > 0)
            queue.Publish(waiting);
    }

    private async Task KeepHouseAsync(CancellationToken cancellationToken)
    {
        await lease.ForgetOldAsync(cancellationToken);
        await using var command = database.CreateCommand("delete from execution_keys where expires_at < now()");
        await command.ExecuteNonQueryAsync(cancellationToken);
        await using var partitions = database.CreateCommand("select keep_execution_logs($1)");
        partitions.Parameters.AddWithValue(options.LogsKept);
        await partitions.ExecuteNonQueryAsync(cancellationToken);
        await using var manifests = database.CreateCommand(ManifestSql.Forget);
        manifests.Parameters.AddWithValue(options.LogsKept);
        await manifests.ExecuteNonQueryAsync(cancellationToken);
        await using var files = database.CreateCommand(ExecutionFileSql.Forget);
        files.Parameters.AddWithValue(options.LogsKept);
        await files.ExecuteNonQueryAsync(cancellationToken);
        keptHouseAt = clock.GetUtcNow();
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "{Executions} executions were under way when this hub stopped; they go on.")]
        public static partial void Recovered(ILogger logger, int executions);

        [LoggerMessage(2, LogLevel.Warning, "{Executions} executions of a hub that gives no sign of life are taken over.")]
        public static partial void TakenOver(ILogger logger, int executions);

        [LoggerMessage(3, LogLevel.Warning, "{Executions} executions could not be claimed now; they stay queued.")]
        public static partial void NotClaimed(ILogger logger, int executions, Exception failure);

        [LoggerMessage(4, LogLevel.Warning, "The look for work that nobody is at did not succeed; it is repeated.")]
        public static partial void NotSwept(ILogger logger, Exception failure);

        [LoggerMessage(5, LogLevel.Warning, "{Executions} executions did not stop in time; they are taken up again after the next start.")]
        public static partial void NotDrained(ILogger logger, int executions);

        [LoggerMessage(6, LogLevel.Warning, "{Executions} executions were claimed by this hub while nobody was at them, as when the answer to a claim is lost; they are queued again.")]
        public static partial void Strays(ILogger logger, int executions);
    }
}
