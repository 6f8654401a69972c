using Gantry.Hub.Database;
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
}
