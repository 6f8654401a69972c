using System.Net;
using Shouldly;
using Xunit;

namespace Gantry.Hub.Specs.Operations;

public sealed class HealthSpecs(HubFixture hub) : IClassFixture<HubFixture>
{
    [Fact]
    public async Task Whether_it_lives_and_can_work_is_everybodys_and_details_are_not()
    {
        using var live = await hub.Nobody.GetAsync("/health");
        using var ready = await hub.Nobody.GetAsync("/health/ready");

        live.StatusCode.ShouldBe(HttpStatusCode.OK);
        ready.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await ready.ReadJsonAsync()).GetProperty("status").GetString().ShouldBe("ready");
        (await ready.Content.ReadAsStringAsync()).ShouldNotContain("database");
    }

    [Fact]
    public async Task Whoever_is_signed_in_sees_what_was_checked()
    {
        var answer = await (await hub.Admin.GetAsync("/health/ready")).ReadJsonAsync();

        answer.GetProperty("checks").EnumerateArray().Select(check => check.GetProperty("name").GetString()).ShouldBe(["database", "disk"]);
    }
}
