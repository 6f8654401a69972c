using Gantry.Engine.Plans;
using Npgsql;

namespace Gantry.Hub.Executions.Journal;

/// <summary>
/// Makes the records of all executions durable, many with one commit: while one batch commits, the next gathers. A record that the database
/// refuses fails alone. When the database goes away, records wait until it is back; every statement may be sent again.
/// </summary>
internal sealed partial class JournalWriter(NpgsqlDataSource database, HubIdentity hub, TimeProvider clock, ILogger<JournalWriter> logger)
    : IAsyncDisposable
{
    public const int RecordsMax = 4_000;
    public const int BytesMax = 8 * 1024 * 1024;
    private const long LargeBytesMax = 32 * 1024 * 1024;

    private static readonly TimeSpan RetryDelayMax = TimeSpan.FromSeconds(1);

    private readonly Lock gate = new();
    private readonly Queue<JournalRecord> waiting = new();
    private readonly CancellationTokenSource abandoned = new();
    private TaskCompletionSource arrived = NewSignal();
    private bool isClosed;
    private Task? loop;

    /// <summary>For large outputs: whoever adds a record with one enters first.</summary>
    public JournalRoom Room { get; } = new(LargeBytesMax);

    /// <summary>Told after each commit that brought something about elsewhere, before those who wait for its records.</summary>
    public Action<JournalNews>? Brought { get; set; }

    /// <summary>Begins to write. Records added before wait.</summary>
    public void Start() => loop ??= Task.Run(WriteAllAsync);

    public void Add(JournalRecord record)
    {
        lock (gate)
        {
            if (!isClosed)
            {
                waiting.Enqueue(record);
                arrived.TrySetResult();
                return;
            }
        }

        record.Fail(new JournalLostException("This hub is stopping and records nothing more."));
    }

    /// <summary>Writes what was added and takes no more. When the token fires first, the rest fails.</summary>
    public async Task CloseAsync(CancellationToken cancellationToken)
    {
        lock (gate)
        {
            isClosed = true;
            arrived.TrySetResult();
        }

        await using var registration = cancellationToken.Register(() => abandoned.Cancel());
        if (loop is not null)
            await loop;
    }

    public async ValueTask DisposeAsync()
    {
        await abandoned.CancelAsync();
        await CloseAsync(CancellationToken.None);
        abandoned.Dispose();
    }

    private async Task WriteAllAsync()
    {
        await using var connection = new JournalConnection(database, hub);
        while (await GatherAsync() is { } batch)
        {
            try
            {
                await WriteAsync(connection, batch);
            }
            catch (OperationCanceledException) when (abandoned.IsCancellationRequested)
            {
                FailAll(batch.All, new JournalLostException("This hub stopped before the record was durable."));
            }
            catch (Exception fault)
            {
                // Whatever it was: if this loop ended, every execution would wait for ever. What is durable of this batch the database knows, and who takes the executions up again.
                Log.Faulted(logger, batch.All.Count, fault);
                FailAll(batch.All, new JournalLostException("The hub failed while it recorded this."));
            }
        }
    }

    /// <summary>Null when nothing waits and nothing more will come.</summary>
    private async Task<JournalBatch?> GatherAsync()
    {
        while (true)
        {
            Task signal;
            lock (gate)
            {
                if (waiting.Count > 0)
                    return Take();
                if (isClosed)
                    return null;
                if (arrived.Task.IsCompleted)
                    arrived = NewSignal();
                signal = arrived.Task;
            }

            await signal;
        }
    }

    private JournalBatch Take()
    {
        var batch = new JournalBatch();
        while (batch.All.Count < RecordsMax && batch.Weight < BytesMax && waiting.TryPeek(out var record) && batch.TryAdd(record))
            waiting.Dequeue();
        return batch.WithoutForsaken();
    }

    private async Task WriteAsync(JournalConnection connection, JournalBatch batch)
    {
        for (var failures = 0; batch.All.Count > 0; failures++)
        {
            try
            {
                await connection.WriteAsync(batch, abandoned.Token);
                break;
            }
            catch (Exception failure) when (IsPassing(failure))
            {
                abandoned.Token.ThrowIfCancellationRequested();
                await connection.ResetAsync();
                Log.DatabaseAway(logger, batch.All.Count, failure);
                var delay = TimeSpan.FromMilliseconds(Math.Min(10 << Math.Min(failures, 10), RetryDelayMax.TotalMilliseconds));
                await Task.Delay(delay, clock, abandoned.Token);
            }
            catch (Exception failure)
            {
                await connection.ResetAsync();
                await WriteApartAsync(connection, batch, failure);
                return;
            }
        }

        if (!batch.News.IsEmpty)
            Brought?.Invoke(batch.News);
        batch.Settle();
    }

    // One record the database will not take must not fail its neighbours: halves are written apart until it stands alone.
    private async Task WriteApartAsync(JournalConnection connection, JournalBatch batch, Exception failure)
    {
        if (batch.All.Count == 1)
        {
            Log.Refused(logger, batch.All[0].ExecutionId, failure);
            batch.All[0].Fail(new JournalRefusedException("The database refuses this record: " + Reason(failure), failure));
            return;
        }

        var (first, second) = batch.Halves();
        try
        {
            await WriteAsync(connection, first);
        }
        catch (OperationCanceledException)
        {
            FailAll(batch.All, new JournalLostException("This hub stopped before the record was durable."));
            throw;
        }

        await WriteAsync(connection, second.WithoutForsaken());
    }

    private static string Reason(Exception failure) => failure is PostgresException refused ? refused.MessageText : failure.Message;

    /// <summary>The database is away, starting, stopping or in the way of another transaction; the same batch may pass later.</summary>
    internal static bool IsPassing(Exception failure) => failure switch
    {
        PostgresException refused => refused.IsTransient || refused.SqlState[..2] is "08" or "57" or "53" or "40" or "55",
        NpgsqlException { IsTransient: true } => true,
        NpgsqlException lost => lost.InnerException is IOException or System.Net.Sockets.SocketException or TimeoutException,
        IOException or System.Net.Sockets.SocketException or TimeoutException or OperationCanceledException => true,
        _ => false,
    };

    private static void FailAll(IEnumerable<JournalRecord> records, Exception reason)
    {
        foreach (var record in records)
            record.Fail(reason);
    }

    // Continuations run elsewhere: whoever adds a record does not write the batch.
    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "The database does not answer; {Records} records wait and are written again.")]
        public static partial void DatabaseAway(ILogger logger, int records, Exception failure);

        [LoggerMessage(2, LogLevel.Error, "A record of execution {ExecutionId} was refused by the database.")]
        public static partial void Refused(ILogger logger, Guid executionId, Exception failure);

        [LoggerMessage(3, LogLevel.Error, "The hub failed while it recorded what happened to executions; {Records} records are not told to be durable, and their executions are taken up again.")]
        public static partial void Faulted(ILogger logger, int records, Exception fault);
    }
}

/// <summary>The database will never take this record; the claim is still held.</summary>
internal sealed class JournalRefusedException(string message, Exception? inner = null) : Exception(message, inner);
