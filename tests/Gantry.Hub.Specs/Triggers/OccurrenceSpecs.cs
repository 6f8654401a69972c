using System.Net.Http.Json;
using System.Text.Json;
using Shouldly;
using Xunit;

namespace Gantry.Hub.Specs.Triggers;

public sealed class OccurrenceSpecs(HubFixture hub) : IClassFixture<HubFixture>
{
    [Fact]
    public async Task A_calendar_has_every_time_of_a_span_and_says_where_it_is_cut()
    {
        var (daily, often) = (HubFixture.NewName("plan"), HubFixture.NewName("plan"));
        foreach (var (name, cron) in new[] { (daily, "30 6 * * *"), (often, "* * * * *") })
        {
            using var made = await hub.Admin.PostAsJsonAsync("/api/plans", new { name, on = new[] { new { schedule = new { cron } } }, steps = new[] { new { use = "logic.transform", with = new { value = 1 } } } });
            made.EnsureSuccessStatusCode();
        }

        var from = TimeProvider.System.GetUtcNow().Date.AddDays(2);
        var found = await (await hub.Admin.GetAsync($"/api/scheduler/occurrences?limit=500&from={from:yyyy-MM-dd}T00:00:00Z&until={from.AddDays(31):yyyy-MM-dd}T00:00:00Z")).ReadJsonAsync();
        using var wrong = await hub.Admin.GetAsync("/api/scheduler/occurrences?from=2026-01-01T00:00:00Z&until=2027-01-01T00:00:00Z");

        JsonElement Of(string plan) => found.GetProperty("items").EnumerateArray().Single(item => item.GetProperty("plan").GetString() == plan);
        Of(daily).GetProperty("times").EnumerateArray().Select(time => time.GetDateTimeOffset()).ShouldBe(Enumerable.Range(0, 31).Select(day => new DateTimeOffset(from, TimeSpan.Zero).AddDays(day).AddHours(6.5)));
        Of(daily).GetProperty("is_cut").GetBoolean().ShouldBeFalse();
        Of(often).GetProperty("times").GetArrayLength().ShouldBe(200);
        Of(often).GetProperty("is_cut").GetBoolean().ShouldBeTrue();
        (await wrong.ReadDetailAsync()).ShouldContain("62 days");
    }
}
