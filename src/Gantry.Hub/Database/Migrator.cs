using Npgsql;

namespace Gantry.Hub.Database;

/// <summary>
/// Brings the schema to this program's version: one transaction a step, under an advisory lock, so hubs that start together migrate once and
/// a start that is killed leaves whole steps only. It never goes back.
/// </summary>
internal sealed partial class Migrator(IReadOnlyList<Migration> migrations, ILogger logger)
{
    // "gantry" as a number: the same for every program that migrates.
    private const long Lock = 0x67616E747279;

    private const string HistorySql = $"""
        create table if not exists {DatabaseRoles.Schema}.schema_migrations (
          version integer primary key,
          name text not null,
          checksum text not null,
          applied_at timestamptz not null default now()
        );
        grant select on {DatabaseRoles.Schema}.schema_migrations to {DatabaseRoles.Hub}, {DatabaseRoles.Worker};
        """;

    /// <summary>What is still to be done; empty means that the schema is this program's.</summary>
    /// <exception cref="HubStartException">The schema is of a newer program, or was made from other files.</exception>
    public async Task<IReadOnlyList<Migration>> PendingAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        var applied = await AppliedAsync(connection, cancellationToken);
        foreach (var done in applied)
        {
            if (done.Version > migrations.Count)
            {
                throw new HubStartException($"The database is of a newer Gantry: it has the migration {done.Version:0000}_{done.Name}, and this program " +
                    $"knows them up to {migrations.Count:0000}. Start the newer program; a database never goes back.");
            }

            var known = migrations[done.Version - 1];
            if (known.Checksum != done.Checksum)
            {
                throw new HubStartException($"The database was made from another file {known.Version:0000}_{known.Name}.sql than this program has " +
                    $"(there: {done.Name}, {done.Checksum[..8]}; here: {known.Checksum[..8]}). Start the program that made it, or restore a backup.");
            }
        }

        return [.. migrations.Skip(applied.Count)];
    }

    /// <summary>Answers how many steps were made; other hubs may have made some of them.</summary>
    public async Task<int> MigrateAsync(NpgsqlConnection administrator, CancellationToken cancellationToken)
    {
        var made = 0;
        while ((await PendingAsync(administrator, cancellationToken)).Count > 0)
        {
            await using var transaction = await administrator.BeginTransactionAsync(cancellationToken);
            await ExecuteAsync(administrator, $"select pg_advisory_xact_lock({Lock}); set local role {DatabaseRoles.Owner}; " +
                $"set local search_path = {DatabaseRoles.Schema}; {HistorySql}", cancellationToken);
            if ((await PendingAsync(administrator, cancellationToken)).FirstOrDefault() is { } next)
            {
                await ApplyAsync(administrator, next, cancellationToken);
                made++;
            }

            await transaction.CommitAsync(cancellationToken);
        }

        return made;
    }

    private async Task ApplyAsync(NpgsqlConnection administrator, Migration migration, CancellationToken cancellationToken)
    {
        try
        {
            await ExecuteAsync(administrator, migration.Sql, cancellationToken);
        }
        catch (PostgresException exception)
        {
            throw new HubStartException($"The migration {migration.Version:0000}_{migration.Name} does not run: {exception.MessageText} " +
                $"(SQL state {exception.SqlState}, at character {exception.Position}). The database is as it was before it.", exception);
        }

        await using var command = new NpgsqlCommand("insert into schema_migrations (version, name, checksum) values ($1, $2, $3)", administrator);
        command.Parameters.Add(new NpgsqlParameter { Value = migration.Version });
        command.Parameters.Add(new NpgsqlParameter { Value = migration.Name });
        command.Parameters.Add(new NpgsqlParameter { Value = migration.Checksum });
        await command.ExecuteNonQueryAsync(cancellationToken);
        Log.Made(logger, migration.Version, migration.Name);
    }

    private static async Task<List<Applied>> AppliedAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            $"select version, name, checksum from {DatabaseRoles.Schema}.schema_migrations order by version", connection);
        List<Applied> applied = [];
        if (!await HasHistoryAsync(connection, cancellationToken)) return applied;
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken)) applied.Add(new Applied(reader.GetInt32(0), reader.GetString(1), reader.GetString(2)));
        return applied;
    }

    private static async Task<bool> HasHistoryAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand($"select to_regclass('{DatabaseRoles.Schema}.schema_migrations') is not null", connection);
        return await command.ExecuteScalarAsync(cancellationToken) is true;
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 0 };
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private sealed record Applied(int Version, string Name, string Checksum);

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Information, Message = "Migrated the database to {Version} ({Name})")]
        public static partial void Made(ILogger logger, int version, string name);
    }
}
