using Gantry.Hub.Database;
using Npgsql;

namespace Gantry.Hub.Endpoints;

/// <summary>
/// Brings changes of limits to what runs here: the database tells them to every hub (LISTEN), and is asked now and then besides, for a connection may be lost, and
/// a pooler between may not pass on what is told.
/// </summary>
internal sealed partial class LimitWatch(HubDatabase database, LiveLimits limits, TimeProvider clock, ILogger<LimitWatch> logger) : BackgroundService
{
    private static readonly TimeSpan LookUp = TimeSpan.FromSeconds(10);

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        new NewsChannel(database.Standing, "gantry_endpoint_limits", clock).ListenAsync(HearAsync, failure => Log.Lost(logger, failure), stoppingToken);

    private async Task HearAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        connection.Notification += (_, told) => Told(told.Payload);
        while (true)
        {
            // What was told while nobody listened is found here.
            await AskAsync(cancellationToken);
            var isTold = await connection.WaitAsync(LookUp, cancellationToken);
            while (isTold)
                isTold = await connection.WaitAsync(TimeSpan.FromMilliseconds(1), cancellationToken);
        }
    }

    /// <summary>Only its name is told: what it is now is asked for next.</summary>
    private void Told(string endpoint) => Log.Told(logger, endpoint);

    private async Task AskAsync(CancellationToken cancellationToken)
    {
        var known = limits.Known;
        if (known.Count == 0)
            return;
        await using var command = database.Worker.CreateCommand("select workspace_id, name, limits, updated_at from endpoint_limits($1, $2)");
        command.Parameters.AddWithValue(known.Select(endpoint => endpoint.WorkspaceId).ToArray());
        command.Parameters.AddWithValue(known.Select(endpoint => endpoint.Name).ToArray());
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            limits.Change(
                reader.GetGuid(0),
                reader.GetString(1),
                reader.IsDBNull(2) ? null : reader.GetString(2),
                reader.IsDBNull(3) ? null : reader.GetFieldValue<DateTimeOffset>(3));
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "Changes of endpoints' limits are not heard of at present; the database is asked again.")]
        public static partial void Lost(ILogger logger, Exception failure);

        [LoggerMessage(2, LogLevel.Debug, "The limits of endpoint {Endpoint} have changed.")]
        public static partial void Told(ILogger logger, string endpoint);
    }
}
