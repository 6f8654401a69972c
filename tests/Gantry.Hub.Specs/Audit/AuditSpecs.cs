using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Gantry.Hub.Audit;
using Gantry.Hub.Database;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using Xunit;

namespace Gantry.Hub.Specs.Audit;

public sealed class AuditSpecs(HubFixture hub) : IClassFixture<HubFixture>
{
    [Fact]
    public async Task A_refused_sign_in_is_recorded_without_what_was_typed_as_password()
    {
        await hub.Nobody.PostAsJsonAsync("/api/sign-in", new { user = "mallory", password = "guess-4711" });

        var log = await hub.Admin.GetStringAsync("/api/audit?action=sign_in.refused");
        log.ShouldContain("mallory");
        log.ShouldContain("127.0.0.1");
        log.ShouldNotContain("guess-4711");
    }

    [Fact]
    public async Task A_password_typed_as_name_is_not_recorded()
    {
        await hub.Nobody.PostAsJsonAsync("/api/sign-in", new { user = "Tr0ub4dor & 3", password = "x" });

        (await hub.Admin.GetStringAsync("/api/audit?action=sign_in.refused")).ShouldNotContain("tr0ub4dor");
    }

    [Fact]
    public async Task Refusals_that_repeat_become_one_entry_with_their_number()
    {
        var path = "/api/users/" + HubFixture.NewName("nobody");
        using var viewer = await hub.CreateMemberAsync("viewer");
        for (var i = 0; i < 20; i++) (await viewer.DeleteAsync(path)).StatusCode.ShouldBe(HttpStatusCode.Forbidden);

        await hub.Server.Services.GetRequiredService<RefusalLog>().FlushAsync(CancellationToken.None);

        var page = await (await hub.Admin.GetAsync("/api/audit?action=access.refused&target=" + Uri.EscapeDataString("DELETE " + path))).ReadJsonAsync();
        var details = page.GetProperty("items").EnumerateArray().Select(entry => entry.GetProperty("details")).ToList();
        details.Count.ShouldBe(2);
        details[0].GetProperty("repeated").GetInt32().ShouldBe(19);
        details[1].GetProperty("status").GetInt32().ShouldBe(403);
    }

    [Fact]
    public async Task What_a_route_itself_refuses_is_recorded()
    {
        using var viewer = await hub.CreateMemberAsync("viewer");
        using var answer = await viewer.PostAsJsonAsync("/api/me/password", new { current_password = "not this one", new_password = "something quite else" });

        answer.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        var log = await hub.Admin.GetStringAsync("/api/audit?action=access.refused");
        log.ShouldContain("POST /api/me/password");
        log.ShouldNotContain("not this one");
    }

    [Fact]
    public async Task A_token_that_is_none_is_recorded_and_a_request_without_one_is_not()
    {
        using var client = hub.NewClient("gts_made-up");
        await client.GetAsync("/api/members?token=made-up");
        await hub.Nobody.GetAsync("/api/workspaces");

        var log = await hub.Admin.GetStringAsync("/api/audit?action=access.refused");
        log.ShouldContain("GET /api/members");
        log.ShouldNotContain("made-up");
        log.ShouldNotContain("GET /api/workspaces");
    }

    [Theory]
    [InlineData("?action=user.*", true)]
    [InlineData("?action=user.creat", false)]
    [InlineData("?action=user.created&since=2001-01-01T00:00:00Z&until=2199-01-01", true)]
    [InlineData("?action=user.created&until=2001-01-01", false)]
    [InlineData("?action=user.created&address=127.0.0.1", true)]
    [InlineData("?action=user.created&address=10.0.0.1", false)]
    public async Task The_log_is_searched_by_what_was_done_when_and_from_where(string query, bool isFound)
    {
        await hub.Admin.PostAsJsonAsync("/api/users", new { name = HubFixture.NewName("searched") });

        var page = await (await hub.Admin.GetAsync("/api/audit" + query)).ReadJsonAsync();

        (page.GetProperty("items").GetArrayLength() > 0).ShouldBe(isFound);
    }

    [Theory]
    [InlineData("?since=yesterday", "since")]
    [InlineData("/verify?from=0", "from")]
    [InlineData("/verify?from=x", "from")]
    [InlineData("/export?scope=all", "scope")]
    public async Task What_cannot_be_searched_for_is_explained(string query, string named)
    {
        using var answer = await hub.Admin.GetAsync("/api/audit" + query);

        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await answer.ReadDetailAsync()).ShouldContain(named);
    }

    [Fact]
    public async Task What_is_known_by_an_id_has_its_name_and_is_found_by_it_also_after_it_is_gone()
    {
        var (user, workspace, key) = (HubFixture.NewName("gone"), HubFixture.NewName("gone"), HubFixture.NewName("gone key"));
        using var member = await hub.CreateMemberAsync("owner", user);
        var userId = (await (await member.GetAsync("/api/me")).ReadJsonAsync()).GetProperty("id").GetString()!;
        var workspaceId = await IdOfAsync("/api/workspaces", new { name = workspace });
        var keyId = await IdOfAsync("/api/api-keys", new { name = key, scopes = new[] { "read" } });
        foreach (var path in new[] { $"/api/members/{userId}", $"/api/users/{userId}", $"/api/workspaces/{workspaceId}", $"/api/api-keys/{keyId}" })
            (await hub.Admin.DeleteAsync(path)).EnsureSuccessStatusCode();

        (await NamesAsync("/api/audit?action=workspace.deleted&target=" + workspace)).ShouldBe([("admin", workspaceId, workspace)]);
        (await NamesAsync("/api/audit?action=api_key.revoked&target=" + keyId)).ShouldBe([("admin", keyId, key)]);
        (await NamesAsync("/api/audit?action=member.removed&target=" + user)).ShouldBe([("admin", userId, user)]);
        (await NamesAsync("/api/audit?action=sign_in.accepted&target=" + user)).ShouldBe([(user, user, null)]);
    }

    [Fact]
    public async Task What_an_entry_does_not_name_is_called_as_it_is_now()
    {
        var name = HubFixture.NewName("audited");
        var plan = await IdOfAsync("/api/plans", new { plan = $"name: {name}\nsteps: [ {{ use: logic.transform, with: {{ value: 1 }} }} ]" });
        await using (var session = await hub.Server.Services.GetRequiredService<HubDatabase>().OpenAsync(Actor.Nobody, CancellationToken.None))
        {
            await AuditLog.AppendAsync(session, "test.unnamed", plan, null, null, CancellationToken.None);
            await session.CommitAsync(CancellationToken.None);
        }

        (await NamesAsync("/api/audit?action=test.unnamed")).ShouldBe([(null, plan, name)]);
    }

    [Fact]
    public async Task A_change_that_fails_leaves_no_entry()
    {
        var name = HubFixture.NewName("twice");
        await hub.Admin.PostAsJsonAsync("/api/users", new { name });
        using var again = await hub.Admin.PostAsJsonAsync("/api/users", new { name });
        again.StatusCode.ShouldBe(HttpStatusCode.Conflict);

        var page = await (await hub.Admin.GetAsync($"/api/audit?action=user.created&user={name}")).ReadJsonAsync();

        page.GetProperty("items").GetArrayLength().ShouldBe(1);
    }

    [Fact]
    public async Task Pages_follow_one_another_newest_first()
    {
        for (var i = 0; i < 5; i++) await hub.Admin.PostAsJsonAsync("/api/users", new { name = HubFixture.NewName("paged") });

        var first = await (await hub.Admin.GetAsync("/api/audit?limit=2&action=user.created")).ReadJsonAsync();
        var second = await (await hub.Admin.GetAsync("/api/audit?limit=2&action=user.created&after=" + first.GetProperty("next").GetString())).ReadJsonAsync();

        var ids = new[] { first, second }.SelectMany(page => page.GetProperty("items").EnumerateArray()).Select(entry => long.Parse(entry.GetProperty("id").GetString()!)).ToList();
        ids.Count.ShouldBe(4);
        ids.ShouldBe(ids.OrderDescending());
        ids.ShouldBeUnique();
    }

    private async Task<string> IdOfAsync(string path, object body)
    {
        using var made = await hub.Admin.PostAsJsonAsync(path, body);
        return (await made.ReadJsonAsync()).GetProperty("id").GetString()!;
    }

    private async Task<IReadOnlyList<(string? User, string? Target, string? Name)>> NamesAsync(string path) =>
        [.. (await (await hub.Admin.GetAsync(path)).ReadJsonAsync()).GetProperty("items").EnumerateArray()
            .Select(entry => (Text(entry, "user_name"), Text(entry, "target"), Text(entry, "target_name")))];

    private static string? Text(JsonElement entry, string name) => entry.TryGetProperty(name, out var value) ? value.GetString() : null;
}
