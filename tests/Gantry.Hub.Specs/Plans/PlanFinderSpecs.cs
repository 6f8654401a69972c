using Gantry.Hub.Database;
using Gantry.Hub.Plans;
using Shouldly;
using Xunit;

namespace Gantry.Hub.Specs.Plans;

public sealed class PlanFinderSpecs(TestDatabase database) : IClassFixture<TestDatabase>
{
    [Fact]
    public async Task Many_who_ask_at_once_each_find_what_is_theirs()
    {
        var finder = new PlanFinder(database.Database);
        List<Actor> actors = [await database.CreateActorAsync(), await database.CreateActorAsync(), await database.CreateActorAsync()];
        List<SavedPlanRow> saved = [await SaveAsync(actors[0], "own-0"), await SaveAsync(actors[1], "own-1"), await SaveAsync(actors[2], "own-2")];
        foreach (var actor in actors) await SaveAsync(actor, "shared");

        var found = await Task.WhenAll(
            from round in Enumerable.Range(0, 20)
            from asker in Enumerable.Range(0, 3)
            from name in (string[])["own-0", "own-1", "own-2", "shared", "none", "a\0b", saved[0].Id.ToString()]
            select AskAsync(finder, actors, asker, name));

        foreach (var (asker, name, row) in found)
        {
            var expected = name == "shared" ? "shared"
                : name == $"own-{asker}" || (asker == 0 && name == saved[0].Id.ToString()) ? $"own-{asker}" : null;
            row?.Name.ShouldBe(expected);
            (row is null).ShouldBe(expected is null, $"{asker} asked for {name}");
        }
    }

    [Fact]
    public async Task A_member_who_was_removed_finds_nothing_at_once()
    {
        var finder = new PlanFinder(database.Database);
        var actor = await database.CreateActorAsync();
        await SaveAsync(actor, "mine");
        (await finder.FindAsync(actor, "mine", CancellationToken.None)).ShouldNotBeNull();

        await TestPostgres.ExecuteAsync(database.ConnectionString, $"delete from gantry.memberships where user_id = '{actor.UserId}'");

        (await finder.FindAsync(actor, "mine", CancellationToken.None)).ShouldBeNull();
    }

    private static async Task<(int Asker, string Name, SavedPlanRow? Row)> AskAsync(PlanFinder finder, List<Actor> actors, int asker, string name) =>
        (asker, name, await finder.FindAsync(actors[asker], name, CancellationToken.None));

    private async Task<SavedPlanRow> SaveAsync(Actor actor, string name)
    {
        await using var session = await database.Database.OpenAsync(actor, CancellationToken.None);
        var row = await PlanStore.CreateAsync(session, name, null, "{}", CancellationToken.None);
        await session.CommitAsync(CancellationToken.None);
        return row.ShouldNotBeNull();
    }
}
