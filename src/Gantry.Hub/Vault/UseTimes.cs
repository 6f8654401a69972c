using System.Collections.Concurrent;
using Gantry.Hub.Database;
using Npgsql;

namespace Gantry.Hub.Vault;

/// <summary>When credentials were last used: kept here for a moment and written many at a time, so that using one costs no write of its own.</summary>
internal sealed partial class UseTimes(NpgsqlDataSource worker, TimeProvider clock, ILogger<UseTimes> logger) : BackgroundService
{
    private const string WriteSql = """
        update provider_credentials c set last_used_at = x.time
        from unnest($1::uuid[], $2::uuid[], $3::timestamptz[]) as x (workspace_id, id, time)
        where c.workspace_id = x.workspace_id and c.id = x.id and (c.last_used_at is null or c.last_used_at < x.time)
        """;

    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<(Guid WorkspaceId, Guid Id), DateTimeOffset> used = [];
    private readonly SemaphoreSlim news = new(0, 1);

    public void Add(Guid workspaceId, IEnumerable<Guid> ids)
    {
        var now = clock.GetUtcNow();
        foreach (var id in ids) used[(workspaceId, id)] = now;
        if (news.CurrentCount > 0) return;
        try
        {
            news.Release();
        }
        catch (SemaphoreFullException)
        {
            // Somebody else has just told it.
        }
    }

    /// <summary>Writes what is known by now. In the order of rows, so that two hubs do not wait for each other.</summary>
    public async Task WriteAsync(CancellationToken cancellationToken)
    {
        var written = used.ToArray().OrderBy(pair => pair.Key).ToArray();
        if (written.Length == 0) return;
        await using var connection = await worker.OpenConnectionAsync(cancellationToken);
        await using var command = new NpgsqlCommand(WriteSql, connection);
        command.Parameters.AddWithValue(written.Select(pair => pair.Key.WorkspaceId).ToArray());
        command.Parameters.AddWithValue(written.Select(pair => pair.Key.Id).ToArray());
        command.Parameters.AddWithValue(written.Select(pair => pair.Value.UtcDateTime).ToArray());
        await PreparedStatements.GuardAsync(connection, () => command.ExecuteNonQueryAsync(cancellationToken));
        foreach (var pair in written) used.TryRemove(pair);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await news.WaitAsync(stoppingToken);
                await Task.Delay(Pause, clock, stoppingToken);
            }
            catch (OperationCanceledException)
            {
                // The last ones are written all the same.
            }

            await TryWriteAsync();
        }
    }

    /// <summary>A time of use that is lost is no harm; the next use brings it again.</summary>
    private async Task TryWriteAsync()
    {
        try
        {
            await WriteAsync(CancellationToken.None);
        }
        catch (Exception exception) when (exception is NpgsqlException or ObjectDisposedException)
        {
            Log.NotWritten(logger, exception);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Warning, Message = "When credentials were last used could not be written.")]
        public static partial void NotWritten(ILogger logger, Exception exception);
    }
}
