using System.Net;
using System.Net.Http.Json;
using Shouldly;
using Xunit;

namespace Gantry.Hub.Specs.Accounts;

public sealed class RoleSpecs(HubFixture hub) : IClassFixture<HubFixture>
{
    [Theory]
    [InlineData("viewer")]
    [InlineData("operator")]
    [InlineData("editor")]
    public async Task Only_owners_decide_who_is_a_member(string role)
    {
        using var member = await hub.CreateMemberAsync(role);

        using var answer = await member.PostAsJsonAsync("/api/members", new { user = "admin", role = "viewer" });

        answer.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        (await answer.ReadDetailAsync()).ShouldBe($"That needs the role owner in the workspace 'default'; you are {role}.");
        (await member.GetAsync("/api/members")).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_refusal_is_in_the_audit_log()
    {
        var name = HubFixture.NewName("curious");
        using var member = await hub.CreateMemberAsync("viewer", name);

        await member.GetAsync("/api/audit");

        var log = await hub.Admin.GetStringAsync($"/api/audit?action=access.refused&user={name}");
        log.ShouldContain("GET /api/audit");
    }

    [Fact]
    public async Task A_member_who_was_removed_sees_nothing_at_once()
    {
        var name = HubFixture.NewName("leaving");
        using var member = await hub.CreateMemberAsync("editor", name);
        var id = (await (await member.GetAsync("/api/me")).ReadJsonAsync()).GetProperty("id").GetString();

        using var removed = await hub.Admin.DeleteAsync("/api/members/" + id);

        removed.StatusCode.ShouldBe(HttpStatusCode.NoContent);
        (await member.GetAsync("/api/members")).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        (await member.GetAsync("/api/me")).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_user_who_was_disabled_is_out_at_once_and_cannot_come_back()
    {
        var name = HubFixture.NewName("disabled");
        using var member = await hub.CreateMemberAsync("editor", name);
        var id = (await (await member.GetAsync("/api/me")).ReadJsonAsync()).GetProperty("id").GetString();

        using var changed = await hub.Admin.PatchAsJsonAsync("/api/users/" + id, new { is_disabled = true });

        changed.StatusCode.ShouldBe(HttpStatusCode.NoContent);
        (await member.GetAsync("/api/me")).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        using var again = await hub.Nobody.PostAsJsonAsync("/api/sign-in", new { user = name, password = "password of " + name });
        again.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task The_last_owner_and_the_last_administrator_stay()
    {
        var id = (await (await hub.Admin.GetAsync("/api/me")).ReadJsonAsync()).GetProperty("id").GetString();
        var members = (await (await hub.Admin.GetAsync("/api/members?limit=500")).ReadJsonAsync()).GetProperty("items").EnumerateArray();
        foreach (var other in members.Where(member => member.GetProperty("role").GetString() == "owner").Select(member => member.GetProperty("user_id").GetString()))
        {
            if (other != id) (await hub.Admin.DeleteAsync("/api/members/" + other)).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        }

        (await hub.Admin.DeleteAsync("/api/members/" + id)).StatusCode.ShouldBe(HttpStatusCode.Conflict);
        (await hub.Admin.PatchAsJsonAsync("/api/members/" + id, new { role = "viewer" })).StatusCode.ShouldBe(HttpStatusCode.Conflict);
        (await hub.Admin.PatchAsJsonAsync("/api/users/" + id, new { is_administrator = false })).StatusCode.ShouldBe(HttpStatusCode.Conflict);
        (await hub.Admin.PatchAsJsonAsync("/api/users/" + id, new { is_disabled = true })).StatusCode.ShouldBe(HttpStatusCode.Conflict);
        (await hub.Admin.DeleteAsync("/api/users/" + id)).StatusCode.ShouldBe(HttpStatusCode.Conflict);
        (await hub.Admin.GetAsync("/api/audit")).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Another_workspace_is_not_there_for_a_stranger()
    {
        var insider = HubFixture.NewName("insider");
        using var member = await hub.CreateMemberAsync("editor", insider);
        using var stranger = await hub.CreateStrangerAsync();
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/members");
        request.Headers.Add("Gantry-Workspace", "default");

        using var answer = await stranger.SendAsync(request);

        answer.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await stranger.GetStringAsync("/api/workspaces")).ShouldNotContain("\"default\"");
        (await stranger.GetStringAsync("/api/users")).ShouldNotContain(insider);
        (await stranger.GetStringAsync("/api/audit")).ShouldNotContain("\"sign_in.");
    }

    [Fact]
    public async Task Administrators_rights_are_only_theirs()
    {
        using var owner = await hub.CreateMemberAsync("owner");

        (await owner.PostAsJsonAsync("/api/users", new { name = "x" })).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        (await owner.PostAsJsonAsync("/api/workspaces", new { name = "x" })).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
    }

    [Theory]
    [InlineData("Admin", HttpStatusCode.Conflict)]
    [InlineData("a b", HttpStatusCode.BadRequest)]
    [InlineData("", HttpStatusCode.BadRequest)]
    [InlineData("x\n", HttpStatusCode.BadRequest)]
    public async Task A_name_that_cannot_be_is_refused(string name, HttpStatusCode status) =>
        (await hub.Admin.PostAsJsonAsync("/api/users", new { name })).StatusCode.ShouldBe(status);

    [Fact]
    public async Task Lists_go_on_where_the_page_before_ended()
    {
        for (var i = 0; i < 3; i++) (await hub.CreateMemberAsync("viewer")).Dispose();
        List<string> seen = [];
        string? next = "";
        while (next is not null)
        {
            var page = await (await hub.Admin.GetAsync("/api/users?limit=2" + (next.Length == 0 ? "" : "&after=" + next))).ReadJsonAsync();
            seen.AddRange(page.GetProperty("items").EnumerateArray().Select(user => user.GetProperty("name").GetString()!));
            next = page.GetProperty("next").GetString();
        }

        seen.Count.ShouldBeGreaterThan(3);
        seen.ShouldBeUnique();
        (await hub.Admin.GetAsync("/api/users?after=nonsense")).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await hub.Admin.GetAsync("/api/users?limit=0")).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
    }
}
