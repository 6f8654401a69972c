using Gantry.Hub.Database;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using Shouldly;
using Xunit;

namespace Gantry.Hub.Specs.Database;

public sealed class MigratorSpecs(TestPostgres postgres)
{
    private static readonly Migration First = new(1, "first", "create table first (id integer); grant select on first to gantry_hub;");
    private static readonly Migration Second = new(2, "second", "create table second (id integer); insert into first values (2);");

    [Fact]
    public async Task Hubs_that_start_together_migrate_once()
    {
        var database = await postgres.CreateEmptyDatabaseAsync();

        await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => PrepareAsync(database, First, Second)));

        (await AskAsync(database, "select count(*) from gantry.schema_migrations")).ShouldBe(2L);
        (await AskAsync(database, "select count(*) from gantry.first")).ShouldBe(1L);
    }

    [Fact]
    public async Task A_step_that_fails_leaves_the_steps_before_it_and_nothing_of_itself()
    {
        var database = await postgres.CreateEmptyDatabaseAsync();
        var broken = new Migration(2, "broken", "insert into first values (2); select nonsense;");

        var refusal = await Should.ThrowAsync<HubStartException>(() => PrepareAsync(database, First, broken));

        refusal.Message.ShouldContain("0002_broken");
        refusal.Message.ShouldContain("nonsense");
        (await AskAsync(database, "select count(*) from gantry.first")).ShouldBe(0L);
        await PrepareAsync(database, First, Second);
        (await AskAsync(database, "select count(*) from gantry.schema_migrations")).ShouldBe(2L);
    }

    [Fact]
    public async Task A_hub_killed_in_the_middle_of_a_step_leaves_it_to_the_next()
    {
        var database = await postgres.CreateEmptyDatabaseAsync();
        await PrepareAsync(database, First);
        var slow = new Migration(2, "slow", "insert into first values (2); select pg_sleep(3600);");
        var killed = PrepareAsync(database, First, slow);
        var waiting = "select pid from pg_stat_activity where datname = current_database() and wait_event = 'PgSleep'";
        object? pid;
        while ((pid = await AskAsync(database, waiting)) is null) await Task.Yield();

        await AskAsync(database, $"select pg_terminate_backend({pid})");
        await Should.ThrowAsync<Exception>(() => killed);

        await PrepareAsync(database, First, Second);
        (await AskAsync(database, "select count(*) from gantry.first")).ShouldBe(1L);
    }

    [Fact]
    public async Task An_older_program_refuses_a_newer_schema()
    {
        var database = await postgres.CreateEmptyDatabaseAsync();
        await PrepareAsync(database, First, Second);

        var refusal = await Should.ThrowAsync<HubStartException>(() => PrepareAsync(database, First));

        refusal.Message.ShouldContain("newer Gantry");
        refusal.Message.ShouldContain("0002_second");
    }

    [Fact]
    public async Task A_step_that_was_changed_afterwards_is_refused()
    {
        var database = await postgres.CreateEmptyDatabaseAsync();
        await PrepareAsync(database, First);

        var refusal = await Should.ThrowAsync<HubStartException>(() => PrepareAsync(database, First with { Sql = First.Sql + " " }));

        refusal.Message.ShouldContain("0001_first");
    }

    [Fact]
    public async Task Checking_tells_what_is_missing_and_changes_nothing()
    {
        var database = await postgres.CreateEmptyDatabaseAsync();
        await PrepareAsync(database, First);

        var pending = await DatabaseStart.PendingAsync(DatabaseAccess.From(database), [First, Second], CancellationToken.None);

        pending.ShouldHaveSingleItem().Name.ShouldBe("second");
        (await AskAsync(database, "select to_regclass('gantry.second')::text")).ShouldBe(DBNull.Value);
    }

    [Fact]
    public async Task Every_migration_opens_with_why()
    {
        await Task.CompletedTask;

        foreach (var migration in Migration.All) migration.Sql.ShouldStartWith("-- ", customMessage: migration.Name);
    }

    private static Task PrepareAsync(string database, params Migration[] migrations) =>
        DatabaseStart.PrepareAsync(DatabaseAccess.From(database), mayCreateDatabase: false, migrations, NullLogger.Instance, CancellationToken.None);

    private static async Task<object?> AskAsync(string database, string sql)
    {
        await using var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(database) { Pooling = false }.ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync();
    }
}
