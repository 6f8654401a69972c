using Gantry.Hub.Database;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using Shouldly;
using Xunit;

namespace Gantry.Hub.Specs.Database;

/// <summary>A server that asks for passwords, as every server does that a hub is given by a connection string.</summary>
public sealed class GivenDatabaseSpecs : IAsyncLifetime
{
    private readonly string folder = Directory.CreateTempSubdirectory("gantry-given-").FullName;
    private EmbeddedPostgres server = null!;

    public async ValueTask InitializeAsync()
    {
        server = await EmbeddedPostgres.StartAsync(
            new EmbeddedPostgresOptions(folder) { IsDurable = false }, TimeProvider.System, NullLogger.Instance, CancellationToken.None);
        var administrator = new NpgsqlConnectionStringBuilder(server.ConnectionString) { Database = "postgres" }.ConnectionString;
        await TestPostgres.ExecuteAsync(administrator, "create role dba login superuser password 'the dba''s'");
        await TestPostgres.ExecuteAsync(administrator, "create database app owner dba");
        await File.WriteAllTextAsync(Path.Combine(folder, "postgres", "pg_hba.conf"),
            "local all gantry_admin peer map=gantry\nlocal all all scram-sha-256\n");
        await TestPostgres.ExecuteAsync(administrator, "select pg_reload_conf()");
    }

    public async ValueTask DisposeAsync()
    {
        NpgsqlConnection.ClearAllPools();
        await server.DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task An_administrators_string_is_all_that_hubs_need()
    {
        await using var first = await OpenAsync(ConnectionFor("dba", "the dba's"));
        await using var second = await OpenAsync(ConnectionFor("dba", "the dba's"));

        (await CurrentUserAsync(first)).ShouldBe("gantry_hub");
        (await CurrentUserAsync(second)).ShouldBe("gantry_hub");
        await using var worker = await second.Database.Worker.OpenConnectionAsync();
        await using var who = new NpgsqlCommand("select current_user::text", worker);
        (await who.ExecuteScalarAsync()).ShouldBe("gantry_worker");
    }

    [Fact]
    public async Task A_server_that_logs_every_statement_logs_none_of_our_values()
    {
        var dba = ConnectionFor("dba", "the dba's");
        await TestPostgres.ExecuteAsync(dba, "alter system set log_min_duration_statement = 0");
        await TestPostgres.ExecuteAsync(dba, "alter system set log_parameter_max_length = -1");
        await TestPostgres.ExecuteAsync(dba, "alter system set log_min_error_statement = error");
        await TestPostgres.ExecuteAsync(dba, "select pg_reload_conf()");
        await using var hub = await OpenAsync(dba);

        await using (var session = await hub.Database.OpenAsync(Actor.Nobody, CancellationToken.None))
        {
            await session.FindAsync<string>("select @value::text as seen", new { value = "canary-in-a-value" }, CancellationToken.None);
            await Should.ThrowAsync<PostgresException>(() => session.FindAsync<int>("select 1 / length(@value) as broken", new { value = "" }, CancellationToken.None));
        }

        await TestPostgres.ExecuteAsync(dba, "select 'the last line'");
        var log = await ReadLogAsync("the last line");
        log.ShouldContain("as seen");
        log.ShouldContain("division by zero");
        log.ShouldNotContain("canary-in-a-value");
        log.ShouldNotContain("parameters:");
    }

    [Fact]
    public async Task A_changed_administrators_password_changes_those_of_the_roles()
    {
        await (await OpenAsync(ConnectionFor("dba", "the dba's"))).DisposeAsync();
        await TestPostgres.ExecuteAsync(ConnectionFor("dba", "the dba's"), "alter role dba password 'another'");

        await using var again = await OpenAsync(ConnectionFor("dba", "another"));

        (await CurrentUserAsync(again)).ShouldBe("gantry_hub");
    }

    [Fact]
    public async Task The_hub_can_do_without_the_administrator_once_the_database_is_prepared()
    {
        await TestPostgres.ExecuteAsync(ConnectionFor("dba", "the dba's"), "create role gantry_hub login password 'its own'");
        var (own, dba) = (ConnectionFor("gantry_hub", "its own"), ConnectionFor("dba", "the dba's"));

        await (await OpenAsync(own, dba)).DisposeAsync();
        await using var alone = await OpenAsync(own);

        (await CurrentUserAsync(alone)).ShouldBe("gantry_hub");
    }

    [Fact]
    public async Task Without_the_administrator_an_unprepared_database_is_explained()
    {
        await TestPostgres.ExecuteAsync(ConnectionFor("dba", "the dba's"), "create role gantry_hub login password 'its own'");

        var refusal = await Should.ThrowAsync<HubStartException>(() => OpenAsync(ConnectionFor("gantry_hub", "its own")));

        refusal.Message.ShouldContain("GANTRY_DATABASE_OWNER");
    }

    [Fact]
    public async Task A_wrong_password_is_explained_without_being_shown()
    {
        var refusal = await Should.ThrowAsync<HubStartException>(() => OpenAsync(ConnectionFor("dba", "hunter2")));

        refusal.Message.ShouldContain("'dba'");
        refusal.ToString().ShouldNotContain("hunter2");
    }

    /// <summary>The server's own log, once this is in it.</summary>
    private async Task<string> ReadLogAsync(string last)
    {
        var logs = Path.Combine(folder, "logs", "postgres");
        TaskCompletionSource<string> found = new(TaskCreationOptions.RunContinuationsAsynchronously);
        using FileSystemWatcher watcher = new(logs);
        watcher.Changed += (_, _) => Look();
        watcher.Created += (_, _) => Look();
        watcher.EnableRaisingEvents = true;
        Look();
        return await found.Task.WaitAsync(TimeSpan.FromMinutes(2));

        void Look()
        {
            var log = string.Concat(Directory.GetFiles(logs).Select(File.ReadAllText));
            if (log.Contains(last, StringComparison.Ordinal)) found.TrySetResult(log);
        }
    }

    private static async Task<string?> CurrentUserAsync(DatabaseStart start)
    {
        await using var session = await start.Database.OpenAsync(Actor.Nobody, CancellationToken.None);
        return await session.FindAsync<string>("select current_user::text", null, CancellationToken.None);
    }

    private static Task<DatabaseStart> OpenAsync(string connection, string? owner = null) =>
        DatabaseStart.OpenAsync(new DatabaseOptions("/nowhere", connection, owner), TimeProvider.System, NullLogger.Instance, CancellationToken.None);

    private string ConnectionFor(string user, string password) =>
        new NpgsqlConnectionStringBuilder(server.ConnectionString) { Database = "app", Username = user, Password = password }.ConnectionString;
}
