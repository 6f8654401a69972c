using System.Data;
using System.Data.Common;
using Dapper;
using Npgsql;
using NpgsqlTypes;

namespace Gantry.Hub.Database;

/// <summary>
/// The only way to the database. Every session is opened as someone, so row security always applies; no pool here belongs to an owner of tables.
/// </summary>
public sealed class HubDatabase : IAsyncDisposable
{
    private const string BecomeSql =
        "select set_config('gantry.user_id', $1, true), set_config('gantry.workspace_id', $2, true)";

    private static readonly TimeSpan PauseMax = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan WaitForDatabase = TimeSpan.FromSeconds(10);

    private readonly NpgsqlDataSource hub;
    private readonly TimeProvider clock;

    static HubDatabase()
    {
        DefaultTypeMap.MatchNamesWithUnderscores = true;
        SqlMapper.RemoveTypeMap(typeof(DateTimeOffset));
        SqlMapper.RemoveTypeMap(typeof(DateTimeOffset?));
        SqlMapper.AddTypeHandler(new TimeHandler());
    }

    internal HubDatabase(DatabaseAccess access, TimeProvider clock, PoolSizes? sizes = null)
    {
        this.clock = clock;
        sizes ??= PoolSizes.Whole;
        hub = Pool(access.Hub, SizeIn(access.Hub) ?? sizes.Hub);
        Worker = Pool(access.Worker, SizeIn(access.Worker) ?? sizes.Worker);
        Standing = Pool(access.Worker, PoolSizes.Standing);
    }

    /// <summary>For the work that goes on across workspaces; its role has rights on the tables of executions only.</summary>
    public NpgsqlDataSource Worker { get; }

    /// <summary>The same, for the few connections that are held as long as the hub runs: they take no places of a pool that is kept small.</summary>
    public NpgsqlDataSource Standing { get; }

    /// <summary>
    /// Begins a transaction as <paramref name="actor"/>, in one round trip. A database that is restarting is waited for, some seconds.
    /// </summary>
    /// <exception cref="DatabaseUnavailableException">It does not answer; trying again later is safe.</exception>
    public async ValueTask<HubSession> OpenAsync(Actor actor, CancellationToken cancellationToken)
    {
        var started = clock.GetTimestamp();
        for (var pause = TimeSpan.FromMilliseconds(5); ; pause = pause * 2 < PauseMax ? pause * 2 : PauseMax)
        {
            try
            {
                return await BecomeAsync(actor, cancellationToken);
            }
            catch (NpgsqlException exception) when (DatabaseUnavailableException.Fits(exception))
            {
                if (clock.GetElapsedTime(started) > WaitForDatabase) throw new DatabaseUnavailableException(exception);
            }

            await Task.Delay(pause, clock, cancellationToken);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await hub.DisposeAsync();
        await Worker.DisposeAsync();
        await Standing.DisposeAsync();
    }

    private async ValueTask<HubSession> BecomeAsync(Actor actor, CancellationToken cancellationToken)
    {
        var connection = await hub.OpenConnectionAsync(cancellationToken);
        NpgsqlTransaction? transaction = null;
        try
        {
            // Npgsql sends BEGIN together with the command that follows.
            transaction = await connection.BeginTransactionAsync(cancellationToken);
            await using var become = new NpgsqlCommand(BecomeSql, connection, transaction);
            become.Parameters.Add(new NpgsqlParameter<string> { TypedValue = actor.UserId?.ToString() ?? "", NpgsqlDbType = NpgsqlDbType.Text });
            become.Parameters.Add(new NpgsqlParameter<string> { TypedValue = actor.WorkspaceId?.ToString() ?? "", NpgsqlDbType = NpgsqlDbType.Text });
            await become.ExecuteNonQueryAsync(cancellationToken);
            return new HubSession(actor, connection, transaction);
        }
        catch
        {
            if (transaction is not null) await transaction.DisposeAsync();
            PreparedStatements.Forget(connection);
            await connection.DisposeAsync();
            throw;
        }
    }

    /// <summary>What the connection string says; null when it says nothing.</summary>
    private static int? SizeIn(string connectionString) =>
        new DbConnectionStringBuilder { ConnectionString = connectionString }.ContainsKey("Maximum Pool Size") ? new NpgsqlConnectionStringBuilder(connectionString).MaxPoolSize : null;

    private static NpgsqlDataSource Pool(string connectionString, int sizeMax) =>
        new NpgsqlDataSourceBuilder(new NpgsqlConnectionStringBuilder(connectionString)
        {
            SearchPath = DatabaseRoles.Schema,
            ApplicationName = "gantry",
            MaxPoolSize = sizeMax,
            MaxAutoPrepare = 100,
            AutoPrepareMinUsages = 2,
        }.ConnectionString).Build();

    /// <summary>Npgsql answers times as UTC DateTime and takes DateTimeOffset in UTC only.</summary>
    private sealed class TimeHandler : SqlMapper.TypeHandler<DateTimeOffset>
    {
        public override void SetValue(IDbDataParameter parameter, DateTimeOffset value) => parameter.Value = value.ToUniversalTime();

        public override DateTimeOffset Parse(object value) => value is DateTimeOffset time ? time : new DateTimeOffset((DateTime)value, TimeSpan.Zero);
    }
}
