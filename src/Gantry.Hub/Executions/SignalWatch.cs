using Gantry.Hub.Database;
using Npgsql;

namespace Gantry.Hub.Executions;

/// <summary>
/// Brings signals to executions that run here, and stops those that are cancelled elsewhere: the database tells every hub for which execution one was kept (LISTEN). One that
/// is not told in time is not lost, for an execution is not parked while the database has a signal that its run did not know, and the sweeper looks for those to be stopped.
/// </summary>
internal sealed partial class SignalWatch(
    HubDatabase database, ClaimStore claims, RunningExecutions running, TimeProvider clock, ILogger<SignalWatch> logger)
{
    private const string Channel = "gantry_signals";
    private const string Cancelled = "cancel ";

    /// <summary>An SQL expression that tells the hub which runs an execution that it is to stop; for one that does not run it does nothing.</summary>
    public static string TellOfCancel(string id, string status) => $"case when {status} = 'running' then pg_notify('{Channel}', '{Cancelled}' || {id})::text end";

    /// <summary>Of those that were told, the ones that run here get their signals.</summary>
    public void Tell(IReadOnlyList<Guid> executionIds)
    {
        if (executionIds.Count > 0)
            _ = TellAsync([.. executionIds.Select(running.Find).OfType<RunningExecutions.Entry>().Select(entry => entry.Claim)], CancellationToken.None);
    }

    public Task RunAsync(CancellationToken stopping) =>
        new NewsChannel(database.Standing, Channel, clock).ListenAsync(HearAsync, failure => Log.Lost(logger, failure), stopping);

    private async Task HearAsync(NpgsqlConnection connection, CancellationToken stopping)
    {
        List<Guid> told = [];
        connection.Notification += (_, news) =>
        {
            if (Guid.TryParse(news.Payload, out var id))
                told.Add(id);
            else if (news.Payload.StartsWith(Cancelled, StringComparison.Ordinal) && Guid.TryParse(news.Payload.AsSpan(Cancelled.Length), out var cancelled))
                running.Cancel(cancelled);
        };

        // What was told while nobody listened is found here.
        await TellAsync(running.Claims, stopping);
        while (true)
        {
            await connection.WaitAsync(stopping);
            while (await connection.WaitAsync(TimeSpan.FromMilliseconds(1), stopping))
            {
                // As many as there are go together.
            }

            await TellAsync([.. told.Distinct().Select(running.Find).OfType<RunningExecutions.Entry>().Select(entry => entry.Claim)], stopping);
            told.Clear();
        }
    }

    private async Task TellAsync(IReadOnlyList<Claim> held, CancellationToken cancellationToken)
    {
        if (held.Count == 0)
            return;
        try
        {
            foreach (var (id, signal) in await claims.SignalsAsync(held, cancellationToken))
                running.Find(id)?.Add(signal);
        }
        catch (Exception failure) when (failure is NpgsqlException or ObjectDisposedException)
        {
            Log.NotTold(logger, failure);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "Signals to running executions are not heard of at present; they are found when those are taken up again.")]
        public static partial void Lost(ILogger logger, Exception failure);

        [LoggerMessage(2, LogLevel.Warning, "Signals could not be read; they are found when their executions are taken up again.")]
        public static partial void NotTold(ILogger logger, Exception failure);
    }
}
