using Gantry.Hub.Database;
using Npgsql;
using Shouldly;
using Xunit;

namespace Gantry.Hub.Specs.Database;

public sealed class HubDatabaseSpecs(TestDatabase database) : IClassFixture<TestDatabase>
{
    private static readonly CancellationToken None = CancellationToken.None;

    [Fact]
    public async Task A_session_sees_only_what_its_actor_may()
    {
        var (alice, bob) = (await database.CreateActorAsync(), await database.CreateActorAsync());

        await using var session = await database.Database.OpenAsync(alice, None);
        var seen = await session.QueryAsync<Guid>("select user_id from memberships", null, None);

        seen.ShouldBe([alice.UserId!.Value]);
        seen.ShouldNotContain(bob.UserId!.Value);
    }

    [Fact]
    public async Task Nobody_sees_nothing()
    {
        await database.CreateActorAsync();

        await using var session = await database.Database.OpenAsync(Actor.Nobody, None);

        (await session.FindAsync<long>("select count(*) from users", null, None)).ShouldBe(0);
        (await session.FindAsync<long>("select count(*) from workspaces", null, None)).ShouldBe(0);
    }

    [Fact]
    public async Task Nothing_of_a_session_is_left_for_the_next_on_the_same_connection()
    {
        var actor = await database.CreateActorAsync();
        await using var one = new HubDatabase(DatabaseAccess.From(database.ConnectionString), TimeProvider.System, new PoolSizes(Hub: 1, Worker: 1));
        int process;
        await using (var session = await one.OpenAsync(actor, None))
        {
            process = session.Connection.ProcessID;
            await session.ExecuteAsync($"set gantry.user_id = '{actor.UserId}'; set gantry.workspace_id = '{actor.WorkspaceId}'; set statement_timeout = 4711", null, None);
            await session.CommitAsync(None);
        }

        await using var next = await one.OpenAsync(Actor.Nobody, None);

        next.Connection.ProcessID.ShouldBe(process);
        (await next.FindAsync<long>("select count(*) from users", null, None)).ShouldBe(0);
        (await next.FindAsync<string>("select current_setting('statement_timeout')", null, None)).ShouldBe("0");
    }

    [Fact]
    public async Task A_statement_that_failed_at_any_of_its_uses_serves_the_next_caller()
    {
        var actor = await database.CreateActorAsync();
        for (var failing = 0; failing < 4; failing++)
        {
            await using var one = new HubDatabase(DatabaseAccess.From(database.ConnectionString), TimeProvider.System, new PoolSizes(Hub: 1, Worker: 1));
            for (var use = 0; use < 6; use++)
            {
                await using var session = await one.OpenAsync(actor, None);
                var answer = session.QueryAsync<int>("select 10 / @by", new { by = use == failing ? 0 : 5 }, None);

                if (use == failing)
                    (await Should.ThrowAsync<PostgresException>(answer)).SqlState.ShouldBe(PostgresErrorCodes.DivisionByZero);
                else
                    (await answer).ShouldBe([2], $"It had failed at use {failing}, and this is use {use}.");
            }
        }
    }

    [Fact]
    public async Task What_is_not_committed_never_happened()
    {
        var actor = await database.CreateActorAsync();
        await using (var session = await database.Database.OpenAsync(actor, None))
            await session.ExecuteAsync("update workspaces set name = 'changed' where id = @id", new { id = actor.WorkspaceId }, None);

        await using var next = await database.Database.OpenAsync(actor, None);

        (await next.FindAsync<string>("select name from workspaces", null, None)).ShouldNotBe("changed");
    }

    [Fact]
    public async Task A_workspace_without_a_user_shows_nothing()
    {
        var actor = await database.CreateActorAsync();

        await using var session = await database.Database.OpenAsync(actor with { UserId = null }, None);

        (await session.FindAsync<long>("select count(*) from memberships", null, None)).ShouldBe(0);
        (await session.FindAsync<Guid?>("select current_workspace_id()", null, None)).ShouldBeNull();
    }

    [Fact]
    public async Task A_user_cannot_make_themselves_an_administrator()
    {
        var actor = await database.CreateActorAsync();
        await using var session = await database.Database.OpenAsync(actor, None);

        var refusal = await Should.ThrowAsync<PostgresException>(
            () => session.ExecuteAsync("update users set is_administrator = true where id = @id", new { id = actor.UserId }, None));

        refusal.SqlState.ShouldBe(PostgresErrorCodes.InsufficientPrivilege);
    }

    [Fact]
    public async Task Times_come_back_as_they_went_in()
    {
        await using var session = await database.Database.OpenAsync(Actor.Nobody, None);
        var time = new DateTimeOffset(2026, 3, 4, 5, 6, 7, TimeSpan.FromHours(2));

        var back = await session.FindAsync<DateTimeOffset>("select @time::timestamptz", new { time }, None);

        back.ShouldBe(time);
        back.Offset.ShouldBe(TimeSpan.Zero);
    }
}
