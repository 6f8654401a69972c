using System.Security.Cryptography;
using System.Text;
using Npgsql;

namespace Gantry.Hub.Database;

/// <summary>
/// The three roles. gantry_owner owns every table and nobody logs in as it; gantry_hub works as one user at a time; gantry_worker runs
/// executions of all workspaces and sees nothing else. None is a superuser, and none may bypass row security.
/// </summary>
internal static class DatabaseRoles
{
    public const string Schema = "gantry";
    public const string Owner = "gantry_owner";
    public const string Hub = "gantry_hub";
    public const string Worker = "gantry_worker";

    /// <summary>Makes what is missing and changes nothing else, so that hubs may do it at the same time.</summary>
    public static async Task EnsureAsync(NpgsqlConnection administrator, DatabaseAccess access, CancellationToken cancellationToken)
    {
        try
        {
            await CreateAsync(administrator, $"create role {Owner} nologin", Owner, cancellationToken);
            await EnsureLoginAsync(administrator, Hub, access.Hub, cancellationToken);
            await EnsureLoginAsync(administrator, Worker, access.Worker, cancellationToken);
            await KeepValuesOutOfLogAsync(administrator, cancellationToken);
            if (!await AskAsync(administrator, $"select rolsuper or pg_has_role(current_user, '{Owner}', 'member') from pg_roles where rolname = current_user", cancellationToken))
                await ExecuteAsync(administrator, $"grant {Owner} to current_user", cancellationToken);
            if (!await AskAsync(administrator, $"select exists (select from pg_namespace where nspname = '{Schema}')", cancellationToken))
            {
                // One at a time: of two hubs that create it together, one would be refused.
                await ExecuteAsync(administrator, $"""
                    select pg_advisory_xact_lock(hashtextextended('gantry.schema', 0));
                    create schema if not exists {Schema} authorization {Owner};
                    grant usage on schema {Schema} to {Hub}, {Worker};
                    """, cancellationToken);
            }
        }
        catch (PostgresException exception) when (exception.SqlState == PostgresErrorCodes.InsufficientPrivilege)
        {
            throw new HubStartException("The user of GANTRY_DATABASE may not prepare the database: " + exception.MessageText + ". It needs CREATEROLE and " +
                $"CREATE on the database; or give an administrator's connection string in GANTRY_DATABASE_OWNER and that of {Hub} in GANTRY_DATABASE.", exception);
        }
    }

    /// <summary>Refuses a login that could see past row security.</summary>
    public static async Task RefuseUnsafeAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("""
            select current_user::text, rolsuper, rolbypassrls, rolcreaterole,
              exists (select from pg_class c join pg_namespace n on n.oid = c.relnamespace
                where n.nspname = 'gantry' and (c.relowner = r.oid or pg_has_role(r.oid, c.relowner, 'member')))
            from pg_roles r where rolname = current_user
            """, connection);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        string[] wrongs = ["is a superuser", "may bypass row security", "may create roles", "owns Gantry's tables"];
        for (var i = 0; i < wrongs.Length; i++)
        {
            if (!reader.GetBoolean(i + 1)) continue;
            throw new HubStartException($"The hub will not work as the database role {reader.GetString(0)}: it {wrongs[i]}, so one customer could see another's rows. " +
                $"Take that away with ALTER ROLE, or let the hub make its own roles by giving an administrator's connection string in GANTRY_DATABASE.");
        }
    }

    private static async Task EnsureLoginAsync(NpgsqlConnection administrator, string role, string connectionString, CancellationToken cancellationToken)
    {
        var password = new NpgsqlConnectionStringBuilder(connectionString).Password;
        var clause = string.IsNullOrEmpty(password) ? "" : $" password '{ScramVerifier(password)}'";
        if (await CreateAsync(administrator, $"create role {role} login{clause}", role, cancellationToken) || clause.Length == 0) return;

        // The role is older than this hub: its password is set only when ours is not accepted, since changing it cuts nobody but is written each time.
        try
        {
            await using var attempt = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(connectionString) { Pooling = false }.ConnectionString);
            await attempt.OpenAsync(cancellationToken);
        }
        catch (PostgresException exception) when (exception.SqlState is PostgresErrorCodes.InvalidPassword or PostgresErrorCodes.InvalidAuthorizationSpecification)
        {
            await ExecuteAsync(administrator, $"alter role {role}{clause}", cancellationToken);
        }
    }

    /// <summary>What our sessions send stays out of the server's own log, whatever it is set to log; only a superuser may say so.</summary>
    private static async Task KeepValuesOutOfLogAsync(NpgsqlConnection administrator, CancellationToken cancellationToken)
    {
        List<string> missing = [];
        await using (var command = new NpgsqlCommand($"""
            select format('alter role %I set %s = %L', rolname, setting, value) from pg_roles cross join (values
              ('log_parameter_max_length', '0'), ('log_parameter_max_length_on_error', '0'), ('log_min_error_statement', 'panic'), ('log_error_verbosity', 'terse')
            ) wanted (setting, value)
            where rolname in ('{Hub}', '{Worker}') and not coalesce(setting || '=' || value = any (rolconfig), false)
              and (select rolsuper from pg_roles where rolname = current_user)
            """, administrator))
        await using (var reader = await command.ExecuteReaderAsync(cancellationToken))
        {
            while (await reader.ReadAsync(cancellationToken)) missing.Add(reader.GetString(0));
        }

        foreach (var change in missing)
        {
            try
            {
                await ExecuteAsync(administrator, change, cancellationToken);
            }
            catch (PostgresException exception) when (exception.SqlState is PostgresErrorCodes.InternalError)
            {
                // "tuple concurrently updated": another hub does the same.
            }
        }
    }

    private static async Task<bool> CreateAsync(NpgsqlConnection administrator, string sql, string role, CancellationToken cancellationToken)
    {
        if (await AskAsync(administrator, $"select exists (select from pg_roles where rolname = '{role}')", cancellationToken)) return false;
        try
        {
            await ExecuteAsync(administrator, sql, cancellationToken);
            return true;
        }
        catch (PostgresException exception) when (exception.SqlState is PostgresErrorCodes.DuplicateObject or PostgresErrorCodes.UniqueViolation)
        {
            // Another hub was faster.
            return false;
        }
    }

    private static async Task<bool> AskAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync(cancellationToken) is true;
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>The form in which PostgreSQL itself keeps a password, so that the server's log never sees the password.</summary>
    private static string ScramVerifier(string password)
    {
        const int iterations = 4096;
        var salt = RandomNumberGenerator.GetBytes(16);
        var salted = Rfc2898DeriveBytes.Pbkdf2(Encoding.UTF8.GetBytes(password), salt, iterations, HashAlgorithmName.SHA256, 32);
        var stored = SHA256.HashData(HMACSHA256.HashData(salted, "Client Key"u8));
        var server = HMACSHA256.HashData(salted, "Server Key"u8);
        return $"SCRAM-SHA-256${iterations}:{Convert.ToBase64String(salt)}${Convert.ToBase64String(stored)}:{Convert.ToBase64String(server)}";
    }
}
