using System.Net;
using System.Net.Http.Json;
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
