using Gantry.Engine.Work;
using Npgsql;

namespace Gantry.Hub.Executions;

/// <summary>
/// Queues executions whose time has come, by the database's clock. It sleeps until the next time that it knows of; what another hub parked it learns of
/// every few seconds, in case that hub is gone.
/// </summary>
internal sealed partial class Waker(NpgsqlDataSource database, WorkNews work, TimeProvider clock, ILogger<Waker> logger)
{
    private const int WokenMax = 5_000;

    private const string WakeSql = """
        with due as (
          select workspace_id, id from executions where wake_at <= now() and ended_at is null and status = 'waiting'
          order by wake_at limit $1 for update skip locked)
        update executions e set status = 'queued', is_parked = false, wake_at = null, waiting_for = 'a free worker'
        from due where e.workspace_id = due.workspace_id and e.id = due.id
        returning e.id
        """;

    private const string NextSql = "select extract(epoch from min(wake_at) - clock_timestamp())::float8 from executions where wake_at is not null";

    private static readonly TimeSpan PauseMin = TimeSpan.FromMilliseconds(5);

    private readonly Lock gate = new();
    private DateTimeOffset next = DateTimeOffset.MaxValue;
    private TaskCompletionSource sooner = New();

    /// <summary>An execution was parked until then.</summary>
    public void Expect(DateTimeOffset wakeAt)
    {
        lock (gate)
        {
            if (wakeAt >= next)
                return;
            next = wakeAt;
            sooner.TrySetResult();
        }
    }

    public async Task RunAsync(CancellationToken stopping)
    {
        while (!stopping.IsCancellationRequested)
        {
            var pause = ExecutionLimits.Sweep;
            try
            {
                pause = await WakeAsync(stopping);
            }
            catch (OperationCanceledException) when (stopping.IsCancellationRequested)
            {
                return;
            }
            catch (Exception failure)
            {
                Log.NotWoken(logger, failure);
            }

            await SleepAsync(pause, stopping);
        }
    }

    /// <summary>Queues what is due; answers how long nothing is.</summary>
    private async Task<TimeSpan> WakeAsync(CancellationToken cancellationToken)
    {
        lock (gate)
        {
            next = DateTimeOffset.MaxValue;
            if (sooner.Task.IsCompleted)
                sooner = New();
        }

        FaultPoint.Pass("wake.before");
        var woken = new List<Guid>();
        await using (var command = database.CreateCommand(WakeSql))
        {
            command.Parameters.AddWithValue(WokenMax);
            await using var reader = await command.ExecuteReaderAsync(cancellationToken);
            while (await reader.ReadAsync(cancellationToken))
                woken.Add(reader.GetGuid(0));
        }

        FaultPoint.Pass("wake.after", woken.Count);
        work.Publish(woken);
        if (woken.Count == WokenMax)
            return TimeSpan.Zero;
        await using var question = database.CreateCommand(NextSql);
        var pause = await question.ExecuteScalarAsync(cancellationToken) is double seconds && seconds < ExecutionLimits.WakeLookUp.TotalSeconds
            ? TimeSpan.FromSeconds(Math.Max(seconds, PauseMin.TotalSeconds))
            : ExecutionLimits.WakeLookUp;
        return pause;
    }

    private async Task SleepAsync(TimeSpan pause, CancellationToken stopping)
    {
        var until = clock.GetUtcNow() + pause;
        while (true)
        {
            Task news;
            lock (gate)
            {
                until = next < until ? next : until;
                next = until;
                if (sooner.Task.IsCompleted)
                    sooner = New();
                news = sooner.Task;
            }

            var left = until - clock.GetUtcNow();
            if (left <= TimeSpan.Zero || stopping.IsCancellationRequested)
                return;
            await news.WaitAsync(left, clock, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "The look for executions whose time has come did not succeed; it is repeated.")]
        public static partial void NotWoken(ILogger logger, Exception failure);
    }
}
