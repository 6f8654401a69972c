using Gantry.Hub.Database;
using Gantry.Hub.Specs;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using Xunit;

[assembly: AssemblyFixture(typeof(TestPostgres))]

namespace Gantry.Hub.Specs;

/// <summary>
/// One private PostgreSQL for a test run. A fixture takes a fresh database from it; the first one is migrated and the others are copies.
/// </summary>
public sealed class TestPostgres : IAsyncLifetime
{
    private static int databases;

    private readonly string folder = Directory.CreateTempSubdirectory("gantry-test-").FullName;
    private readonly SemaphoreSlim creating = new(1, 1);
    private EmbeddedPostgres? postgres;
    private bool hasTemplate;

    public async ValueTask InitializeAsync() => postgres = await EmbeddedPostgres.StartAsync(
        new EmbeddedPostgresOptions(folder) { IsDurable = false, ConnectionsMax = 500 }, TimeProvider.System, NullLogger.Instance, TestContext.Current.CancellationToken);

    public async ValueTask DisposeAsync()
    {
        NpgsqlConnection.ClearAllPools();
        if (postgres is not null) await postgres.DisposeAsync();
        Directory.Delete(folder, recursive: true);
        creating.Dispose();
    }

    /// <summary>An administrator's connection string of a new database of the program's schema.</summary>
    public async Task<string> CreateDatabaseAsync()
    {
        await creating.WaitAsync();
        try
        {
            if (!hasTemplate)
            {
                await DatabaseStart.PrepareAsync(DatabaseAccess.From(ConnectionTo("gantry_template")), mayCreateDatabase: true,
                    Migration.All, NullLogger.Instance, CancellationToken.None);
                hasTemplate = true;
            }

            return await CreateEmptyDatabaseAsync("gantry_template");
        }
        finally
        {
            creating.Release();
        }
    }

    /// <summary>A new database without a schema.</summary>
    public async Task<string> CreateEmptyDatabaseAsync(string template = "template0")
    {
        var name = $"test_{Interlocked.Increment(ref databases)}";
        await ExecuteAsync(ConnectionTo("postgres"), $"create database {name} template {template}");
        return ConnectionTo(name);
    }

    public static async Task ExecuteAsync(string connectionString, string sql)
    {
        await using var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(connectionString) { Pooling = false }.ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }

    // Making a database takes longer on a busy machine than the half minute that a statement has otherwise.
    private string ConnectionTo(string database) =>
        new NpgsqlConnectionStringBuilder(postgres!.ConnectionString) { Database = database, CommandTimeout = 300 }.ConnectionString;
}

/// <summary>A database of its own for the tests of one class.</summary>
public sealed class TestDatabase(TestPostgres postgres) : IAsyncLifetime
{
    /// <summary>The administrator's; what tests look at with it, row security does not hide.</summary>
    public string ConnectionString { get; private set; } = "";

    internal HubDatabase Database { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        ConnectionString = await postgres.CreateDatabaseAsync();
        Database = new HubDatabase(DatabaseAccess.From(ConnectionString), TimeProvider.System);
    }

    public ValueTask DisposeAsync() => Database.DisposeAsync();

    /// <summary>A user who is a member of a workspace, both new.</summary>
    internal Task<Actor> CreateActorAsync(string role = "owner") => CreateActorAsync(ConnectionString, role);

    internal static async Task<Actor> CreateActorAsync(string connectionString, string role)
    {
        var actor = new Actor(Guid.CreateVersion7(), Guid.CreateVersion7());
        await TestPostgres.ExecuteAsync(connectionString, $"""
            insert into gantry.users (id, name) values ('{actor.UserId}', 'user-{actor.UserId}');
            insert into gantry.workspaces (id, name) values ('{actor.WorkspaceId}', 'w-{actor.WorkspaceId}');
            insert into gantry.memberships (workspace_id, user_id, role) values ('{actor.WorkspaceId}', '{actor.UserId}', '{role}');
            """);
        return actor;
    }
}
