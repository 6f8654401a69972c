using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace Gantry.Hub.Database;

/// <summary>What the hub was told about its database.</summary>
/// <param name="DataFolder">Where a private PostgreSQL lives when no connection string is given.</param>
/// <param name="Connection">GANTRY_DATABASE; null means a private PostgreSQL.</param>
/// <param name="OwnerConnection">GANTRY_DATABASE_OWNER; null means that GANTRY_DATABASE is an administrator's.</param>
internal sealed record DatabaseOptions(string DataFolder, string? Connection, string? OwnerConnection)
{
    /// <summary>False only for tests.</summary>
    public bool IsDurable { get; init; } = true;
}

/// <summary>A database that is ready for work: running, of this program's schema, opened by roles that row security binds.</summary>
internal sealed class DatabaseStart : IAsyncDisposable
{
    private static readonly TimeSpan WaitForServer = TimeSpan.FromSeconds(5);

    private DatabaseStart(EmbeddedPostgres? postgres, HubDatabase database) => (Postgres, Database) = (postgres, database);

    /// <summary>Null when the database is somebody else's server.</summary>
    public EmbeddedPostgres? Postgres { get; }

    public HubDatabase Database { get; }

    public static async Task<DatabaseStart> OpenAsync(
        DatabaseOptions options, TimeProvider clock, ILogger logger, CancellationToken cancellationToken)
    {
        var postgres = options.Connection is null
            ? await EmbeddedPostgres.StartAsync(new EmbeddedPostgresOptions(options.DataFolder) { IsDurable = options.IsDurable }, clock, logger, cancellationToken) : null;
        try
        {
            var access = DatabaseAccess.From(options.Connection ?? postgres!.ConnectionString, options.OwnerConnection);
            await PrepareAsync(access, postgres is not null, Migration.All, logger, cancellationToken);
            var sizes = postgres is null ? PoolSizes.ShareOf(await ConnectionsMaxAsync(access, cancellationToken)) : PoolSizes.Whole;
            return new DatabaseStart(postgres, new HubDatabase(access, clock, sizes));
        }
        catch
        {
            if (postgres is not null) await postgres.DisposeAsync();
            throw;
        }
    }

    /// <summary>The migrations that a start would make. A private PostgreSQL is started to ask it, and stopped again; nothing is changed.</summary>
    public static async Task<IReadOnlyList<Migration>> CheckAsync(
        DatabaseOptions options, TimeProvider clock, ILogger logger, CancellationToken cancellationToken)
    {
        if (options.Connection is null && !EmbeddedPostgres.IsIn(options.DataFolder)) return Migration.All;
        await using var postgres = options.Connection is null
            ? await EmbeddedPostgres.StartAsync(new EmbeddedPostgresOptions(options.DataFolder), clock, logger, cancellationToken) : null;
        var access = DatabaseAccess.From(options.Connection ?? postgres!.ConnectionString, options.OwnerConnection);
        return await PendingAsync(access, Migration.All, cancellationToken);
    }

    internal static async Task<IReadOnlyList<Migration>> PendingAsync(
        DatabaseAccess access, IReadOnlyList<Migration> migrations, CancellationToken cancellationToken)
    {
        await using var connection = await ConnectAsync(access.Administrator ?? access.Hub, mayCreate: false, cancellationToken);
        return await new Migrator(migrations, NullLogger.Instance).PendingAsync(connection, cancellationToken);
    }

    /// <summary>Roles, schema and migrations; then the proof that the hub's own logins are bound by row security.</summary>
    internal static async Task PrepareAsync(
        DatabaseAccess access, bool mayCreateDatabase, IReadOnlyList<Migration> migrations, ILogger logger, CancellationToken cancellationToken)
    {
        var migrator = new Migrator(migrations, logger);
        if (access.Administrator is not null)
        {
            await using var administrator = await ConnectAsync(access.Administrator, mayCreateDatabase, cancellationToken);
            await DatabaseRoles.EnsureAsync(administrator, access, cancellationToken);
            await migrator.MigrateAsync(administrator, cancellationToken);
        }

        await using (var hub = await ConnectAsync(access.Hub, mayCreate: false, cancellationToken))
        {
            await DatabaseRoles.RefuseUnsafeAsync(hub, cancellationToken);
            if (access.Administrator is null && (await migrator.PendingAsync(hub, cancellationToken)).FirstOrDefault() is { } pending)
            {
                throw new HubStartException($"The database needs the migration {pending.Version:0000}_{pending.Name}, which the role {DatabaseRoles.Hub} may not make. " +
                    "Give an administrator's connection string in GANTRY_DATABASE_OWNER, or run 'gantry migrate' with one.");
            }
        }

        await using var worker = await ConnectAsync(access.Worker, mayCreate: false, cancellationToken);
        await DatabaseRoles.RefuseUnsafeAsync(worker, cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        await Database.DisposeAsync();
        if (Postgres is not null) await Postgres.DisposeAsync();
    }

    private static async Task<NpgsqlConnection> ConnectAsync(string connectionString, bool mayCreate, CancellationToken cancellationToken)
    {
        var builder = new NpgsqlConnectionStringBuilder(connectionString) { Pooling = false };
        using var patience = new CancellationTokenSource(WaitForServer, TimeProvider.System);
        while (true)
        {
            var connection = new NpgsqlConnection(builder.ConnectionString);
            try
            {
                await connection.OpenAsync(cancellationToken);
                return connection;
            }
            catch (PostgresException exception) when (mayCreate && exception.SqlState == PostgresErrorCodes.InvalidCatalogName)
            {
                await connection.DisposeAsync();
                await CreateDatabaseAsync(builder, cancellationToken);
            }
            catch (NpgsqlException exception) when (DatabaseUnavailableException.Fits(exception) && !patience.IsCancellationRequested)
            {
                // A server that is just coming up, or going down to come up again.
                await connection.DisposeAsync();
                await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, cancellationToken);
            }
            catch (NpgsqlException exception)
            {
                await connection.DisposeAsync();
                throw new HubStartException($"The database '{builder.Database}' at {builder.Host}:{builder.Port} does not let the user '{builder.Username}' in: " +
                    $"{((exception as PostgresException)?.MessageText ?? exception.Message).TrimEnd('.')}. Check GANTRY_DATABASE, and that the server runs.", exception);
            }
        }
    }

    /// <summary>What the server lets in besides its superusers, or what it lets this role open when that is less.</summary>
    private static async Task<int> ConnectionsMaxAsync(DatabaseAccess access, CancellationToken cancellationToken)
    {
        await using var connection = await ConnectAsync(access.Hub, mayCreate: false, cancellationToken);
        await using var ask = new NpgsqlCommand(
            """
            select least(current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int,
                (select nullif(datconnlimit, -1) from pg_database where datname = current_database()))
            """, connection);
        return (int)(await ask.ExecuteScalarAsync(cancellationToken))!;
    }

    private static async Task CreateDatabaseAsync(NpgsqlConnectionStringBuilder builder, CancellationToken cancellationToken)
    {
        await using var connection = await ConnectAsync(
            new NpgsqlConnectionStringBuilder(builder.ConnectionString) { Database = "postgres" }.ConnectionString, mayCreate: false, cancellationToken);
        var name = new NpgsqlCommandBuilder().QuoteIdentifier(builder.Database!);
        await using var create = new NpgsqlCommand($"create database {name}", connection);
        await create.ExecuteNonQueryAsync(cancellationToken);

        // For people with psql; the hub names the schema itself.
        await using var path = new NpgsqlCommand($"alter database {name} set search_path = {DatabaseRoles.Schema}, public", connection);
        await path.ExecuteNonQueryAsync(cancellationToken);
    }
}
