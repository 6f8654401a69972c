using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Shouldly;
using Xunit;

namespace Gantry.Hub.Specs.Triggers;

/// <summary>Events as they are listed, and replayed by what fits.</summary>
public sealed class EventRouteSpecs(HubFixture hub) : IClassFixture<HubFixture>
{
    private static readonly DateTimeOffset Now = TimeProvider.System.GetUtcNow();

    [Fact]
    public async Task Events_are_found_by_each_of_their_marks_and_come_in_pages()
    {
        var (plan, webhook) = await GivenEventsAsync();

        (await KeysAsync($"plan={plan}")).ShouldBe("eta, zeta, epsilon, delta, gamma, beta, alpha");
        (await KeysAsync($"plan={plan}&status=dead")).ShouldBe("gamma, beta, alpha");
        (await KeysAsync($"plan={plan}&kind=schedule")).ShouldBe("gamma");
        (await KeysAsync($"trigger={webhook}&status=dead")).ShouldBe("beta, alpha");
        (await KeysAsync($"plan={plan}&q=a%20SITE")).ShouldBe("beta");
        (await KeysAsync($"plan={plan}&q=ALPH")).ShouldBe("alpha");
        (await KeysAsync($"plan={plan}&q=came%20by%20hand")).ShouldBe("gamma");
        (await KeysAsync($"plan={plan}&status=dead&since={Now.AddHours(-60):yyyy-MM-ddTHH:mm:ssZ}")).ShouldBe("gamma, beta");
        (await KeysAsync($"plan={plan}&status=dead&until={Now.AddHours(-36):yyyy-MM-ddTHH:mm:ssZ}")).ShouldBe("beta, alpha");
        using var wrong = await hub.Admin.GetAsync("/api/events?status=lost");
        wrong.StatusCode.ShouldBe(HttpStatusCode.BadRequest);

        var first = await (await hub.Admin.GetAsync($"/api/events?plan={plan}&limit=3")).ReadJsonAsync();
        (await KeysAsync($"plan={plan}&limit=3&after={first.GetProperty("next").GetString()}")).ShouldBe("delta, gamma, beta");
    }

    [Fact]
    public async Task Only_what_fits_is_replayed_the_newest_first_and_what_can_be()
    {
        var (plan, _) = await GivenEventsAsync();

        (await ReplayAsync(new { status = "dead", plan, kind = "webhook", limit = 1 })).ShouldBe(1);
        (await KeysAsync($"plan={plan}&status=dead")).ShouldBe("gamma, alpha");
        (await ReplayAsync(new { status = "dead", plan, q = "alph" })).ShouldBe(1);
        (await KeysAsync($"plan={plan}&status=dead")).ShouldBe("gamma");
        (await ReplayAsync(new { status = "dead", plan, until = Now.AddHours(-36) })).ShouldBe(0);
        (await ReplayAsync(new { status = "dead", plan, since = Now.AddHours(-36) })).ShouldBe(1);
        (await KeysAsync($"plan={plan}&status=dead")).ShouldBe("");

        foreach (var body in new object[] { new { status = "duplicate" }, new { status = "dead", limit = 0 }, new { status = "dead", limit = 1001 } })
        {
            using var refused = await hub.Admin.PostAsJsonAsync("/api/events/replay", body);
            refused.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        }

        foreach (var status in (string[])["duplicate", "alert"])
        {
            var found = (await (await hub.Admin.GetAsync($"/api/events?plan={plan}&status={status}")).ReadJsonAsync()).GetProperty("items").EnumerateArray().ShouldHaveSingleItem();
            using var refused = await hub.Admin.PostAsync($"/api/events/{found.GetProperty("id").GetString()}/replay", null);
            refused.StatusCode.ShouldBe(HttpStatusCode.Conflict);
            (await refused.ReadDetailAsync()).ShouldContain($"'{status}'");
        }

        var audit = (await (await hub.Admin.GetAsync("/api/audit?action=events.replayed&limit=10")).ReadJsonAsync()).GetProperty("items").EnumerateArray().First().GetProperty("details");
        (audit.GetProperty("plan").GetString(), audit.GetProperty("status").GetString(), audit.GetProperty("count").GetInt32()).ShouldBe((plan, "dead", 1));
    }

    /// <summary>A plan with a webhook and a schedule, and what they saw.</summary>
    private async Task<(string Plan, string Webhook)> GivenEventsAsync()
    {
        var name = HubFixture.NewName("seen");
        using var made = await hub.Admin.PostAsJsonAsync("/api/plans", new
        {
            name,
            on = new object[] { new { webhook = new { path = name, open = true } }, new { schedule = new { every = "1d" } } },
            steps = new[] { new { use = "logic.transform", with = new { value = 1 } } },
        });
        made.EnsureSuccessStatusCode();
        (string Key, string Kind, string Status, int HoursAgo, string Summary, string? Reason, bool IsDue)[] events =
        [
            ("alpha", "webhook", "dead", 72, "A call", null, false),
            ("beta", "webhook", "dead", 48, "A call", "It needs a site.", false),
            ("gamma", "schedule", "dead", 24, "Came by hand", null, false),
            ("delta", "webhook", "failed", 3, "A call", null, true),
            ("epsilon", "webhook", "duplicate", 2, "A call", null, false),
            ("zeta", "webhook", "alert", 1, "Nothing came", null, false),
            ("eta", "webhook", "pending", 0, "A call", null, true),
        ];
        foreach (var seen in events)
        {
            await TestPostgres.ExecuteAsync(hub.ConnectionString, $"""
                insert into gantry.events (id, workspace_id, trigger_id, plan_id, kind, status, key, summary, reason, payload, next_attempt_at, created_at)
                select '{Guid.CreateVersion7(Now.AddHours(-seen.HoursAgo))}', t.workspace_id, t.id, t.plan_id, t.kind, '{seen.Status}', '{seen.Key}', '{seen.Summary}',
                  {(seen.Reason is null ? "null" : $"'{seen.Reason}'")}, '{"{}"}', {(seen.IsDue ? "now() + interval '1 day'" : "null")}, now() - interval '{seen.HoursAgo} hours'
                from gantry.triggers t join gantry.execution_plans p on p.workspace_id = t.workspace_id and p.id = t.plan_id
                where p.name = '{name}' and t.kind = '{seen.Kind}'
                """);
        }

        var triggers = (await (await hub.Admin.GetAsync($"/api/triggers?plan={name}")).ReadJsonAsync()).GetProperty("items").EnumerateArray();
        return (name, triggers.Single(trigger => trigger.GetProperty("kind").ValueEquals("webhook")).GetProperty("id").GetString()!);
    }

    private async Task<string> KeysAsync(string query) => string.Join(", ", (await (await hub.Admin.GetAsync($"/api/events?{query}")).ReadJsonAsync())
        .GetProperty("items").EnumerateArray().Select(seen => seen.GetProperty("key").GetString()));

    private async Task<int> ReplayAsync(object body)
    {
        using var answer = await hub.Admin.PostAsJsonAsync("/api/events/replay", body);
        answer.StatusCode.ShouldBe(HttpStatusCode.Accepted);
        return (await answer.ReadJsonAsync()).GetProperty("replayed").GetInt32();
    }
}
