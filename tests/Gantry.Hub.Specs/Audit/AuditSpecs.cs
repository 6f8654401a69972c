using System.Net;
using System.Net.Http.Json;
using Gantry.Hub.Audit;
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
}
