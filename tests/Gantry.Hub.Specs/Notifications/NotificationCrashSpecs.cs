using System.Net.Http.Json;
using Gantry.Hub.Specs.Triggers;
using Shouldly;
using Xunit;

namespace Gantry.Hub.Specs.Notifications;

/// <summary>The hub's program is killed as it tells of failures, and started again: each is told, by one execution.</summary>
public sealed class NotificationCrashSpecs(TestPostgres postgres)
{
    [Fact]
    public Task A_hub_killed_as_it_tells_of_a_failure_tells_of_it_once() => KillAsync("notification.told", "notification.taken");

    [Fact]
    public Task A_hub_killed_at_rarer_moments_as_it_tells_of_a_failure_tells_of_it_once()
    {
        CrashStage.SkipUnlessSlow();
        return KillAsync("notification.decided", "notification.recorded", "final.before", "final.after", "accept.before:2", "accept.after:2");
    }

    private async Task KillAsync(params string[] faults)
    {
        await using var stage = await CrashStage.StartAsync(postgres);
        foreach (var fault in faults)
            await stage.KillAsync(fault, hub => FailAsync(stage, hub, fault));

        await using var last = await stage.GoOnAsync();
        foreach (var fault in faults)
            await FailAsync(stage, last.Client!, fault);
        await stage.ArrivedAsync(() => Keys(stage).Count() == faults.Length);
        foreach (var id in (await stage.AskAsync<string>("select string_agg(id::text, ' ') from notifications")).Split(' '))
            (await last.EventsAsync(id))[^1].ShouldContain("\"succeeded\"");

        Keys(stage).Count().ShouldBe(faults.Length);
        stage.Ledger.Requests.ShouldAllBe(request => request.Effect == "told");
        (await stage.AskAsync<long>("select count(*) from executions where plan_name = 'failing'")).ShouldBe(faults.Length);
        (await stage.AskAsync<long>("select count(distinct about) from notifications where status = 'started'")).ShouldBe(faults.Length);
        (await stage.AskAsync<long>("select count(*) from notifications")).ShouldBe(faults.Length);
    }

    private static IEnumerable<string> Keys(CrashStage stage) => stage.Ledger.Requests.Select(request => request.Key).Distinct();

    /// <summary>The same key finds the same execution.</summary>
    private static async Task FailAsync(CrashStage stage, HttpClient hub, string key)
    {
        await CrashStage.SaveAsync(hub, "/api/plans/failing", new
        {
            name = "failing",
            steps = new[] { new { stop = new { status = "failed", message = "It broke." } } },
            notify = new[] { new { on = "failure", use = "webhook.post", with = new { url = stage.Ledger.Url + "/told" } } },
        });
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/execute") { Content = JsonContent.Create(new { plan = "failing" }) };
        request.Headers.Add("Idempotency-Key", key);
        using var started = await hub.SendAsync(request);
        started.IsSuccessStatusCode.ShouldBeTrue(await started.Content.ReadAsStringAsync());
    }
}
