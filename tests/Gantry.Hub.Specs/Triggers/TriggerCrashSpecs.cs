using System.Net;
using System.Net.Http.Json;
using Shouldly;
using Xunit;

namespace Gantry.Hub.Specs.Triggers;

/// <summary>The hub's program is killed as a schedule comes due, a webhook is called and an event is replayed, and started again: each is there once.</summary>
public sealed class TriggerCrashSpecs(TestPostgres postgres)
{
    [Theory]
    [InlineData("tick.taken")]
    [InlineData("event.after")]
    public Task A_hub_killed_at_a_tick_starts_the_occurrence_once(string fault) => KillAtTickAsync(fault);

    [Theory]
    [InlineData("event.before")]
    [InlineData("tick.started")]
    public Task A_hub_killed_at_rarer_moments_of_a_tick_starts_the_occurrence_once(string fault)
    {
        CrashStage.SkipUnlessSlow();
        return KillAtTickAsync(fault);
    }

    [Fact]
    public async Task A_delivery_that_is_sent_again_to_a_hub_that_was_killed_at_it_starts_one_execution()
    {
        await using var stage = await CrashStage.StartAsync(postgres);
        foreach (var fault in (string[])["event.before", "event.after"])
        {
            await stage.KillAsync(fault, async hub =>
            {
                await CrashStage.SaveAsync(hub, "/api/plans/hooked", new
                {
                    name = "hooked",
                    on = new[] { new { webhook = new { path = "hooked", open = true, reply = "result" } } },
                    steps = new[] { stage.Post("${trigger.body.effect}") },
                });
                (await CallAsync(hub, fault)).Dispose();
            });
        }

        await using var last = await stage.GoOnAsync();
        foreach (var fault in (string[])["event.before", "event.after"])
        {
            using var answer = await CallAsync(last.Client!, fault);
            answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        }

        stage.Ledger.Doubled.ShouldBeEmpty();
        (await stage.AskAsync<long>("select count(*) from executions where status = 'succeeded'")).ShouldBe(2);
        (await stage.AskAsync<long>("select count(*) from executions")).ShouldBe(2);
    }

    [Fact]
    public async Task A_call_that_moves_files_on_a_hub_that_was_killed_at_it_is_one_execution_and_one_transfer()
    {
        await using var stage = await CrashStage.StartAsync(postgres);
        foreach (var fault in (string[])["event.before", "event.after"])
        {
            await stage.KillAsync(fault, async hub =>
            {
                await CrashStage.SaveAsync(hub, "/api/transfer-templates/hooked", new { from = "/nowhere/to/be/found", to = "/nowhere/else" });
                using (await hub.PostAsJsonAsync("/api/plans/hooked/triggers", new { webhook = new { path = "hooked", open = true, reply = "result" } })) { }
                (await CallAsync(hub, fault)).Dispose();
            });
        }

        await using var last = await stage.GoOnAsync();
        foreach (var fault in (string[])["event.before", "event.after"])
            (await CallAsync(last.Client!, fault)).Dispose();

        (await stage.AskAsync<long>("select count(*) from executions where status = 'failed' and is_transfer")).ShouldBe(2);
        (await stage.AskAsync<long>("select count(*) from executions")).ShouldBe(2);
        (await stage.AskAsync<long>("select count(*) from transfers t join executions e using (workspace_id, id) join events n on n.execution_id = e.id and n.status = 'accepted'")).ShouldBe(2);
    }

    [Theory]
    [InlineData("final.before")]
    [InlineData("final.after")]
    public async Task A_plan_without_effects_is_on_record_whole_or_not_at_all(string fault)
    {
        await using var stage = await CrashStage.StartAsync(postgres);
        await stage.KillAsync(fault, async hub =>
        {
            await CrashStage.SaveAsync(hub, "/api/plans/hooked", new
            {
                name = "hooked",
                on = new[] { new { webhook = new { path = "hooked", open = true, reply = "result" } } },
                steps = new[] { new { use = "logic.transform", with = new { value = "${trigger.body.effect}" } } },
            });
            (await CallAsync(hub, "made")).Dispose();
        });

        await using var last = await stage.GoOnAsync();
        using var answer = await CallAsync(last.Client!, "made");

        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await answer.ReadJsonAsync()).GetProperty("output").GetString().ShouldBe("made");
        (await stage.AskAsync<string>("select string_agg(status, ' ') from executions")).ShouldBe("succeeded");
        (await stage.AskAsync<string>("select string_agg(status, ' ') from execution_steps")).ShouldBe("succeeded");
        (await stage.AskAsync<long>("select count(*) from events where status = 'accepted'")).ShouldBe(1);
    }

    [Fact]
    public Task A_hub_killed_at_a_replay_starts_the_execution_once() => KillAtReplayAsync("replay.after");

    [Theory]
    [InlineData("replay.before")]
    [InlineData("event.before:2")]
    [InlineData("replay.delivered")]
    public Task A_hub_killed_at_rarer_moments_of_a_replay_starts_the_execution_once(string fault)
    {
        CrashStage.SkipUnlessSlow();
        return KillAtReplayAsync(fault);
    }

    private async Task KillAtTickAsync(string fault)
    {
        await using var stage = await CrashStage.StartAsync(postgres);
        await stage.KillAsync(fault, async hub =>
        {
            await CrashStage.SaveAsync(hub, "/api/plans/tick", new
            {
                name = "tick",
                on = new[] { new { schedule = new { every = "1d" } } },
                steps = new[] { stage.Post("tick") },
            });
            await stage.ExecuteAsync("update triggers set next_at = now(); select pg_notify('gantry_triggers', '')");
        });

        await using var last = await stage.GoOnAsync();
        await stage.ArrivedAsync(["tick"]);

        stage.Ledger.Doubled.ShouldBeEmpty();
        (await stage.AskAsync<long>("select count(*) from executions")).ShouldBe(1);
        (await stage.AskAsync<string>("select string_agg(status, ' ') from events")).ShouldBe("accepted");
        (await stage.AskAsync<bool>("select next_at > now() from triggers")).ShouldBeTrue();
    }

    private async Task KillAtReplayAsync(string fault)
    {
        await using var stage = await CrashStage.StartAsync(postgres);
        await stage.KillAsync(fault, async hub =>
        {
            await SaveAsync(stage, hub, inputs: new { needed = "string" });
            using (var refused = await CallAsync(hub, "replayed"))
                refused.StatusCode.ShouldBe(HttpStatusCode.UnprocessableEntity);
            await SaveAsync(stage, hub, inputs: new { });
            await ReplayAsync(hub);
        });

        // Replayed or not: what failed is tried again.
        await using var last = await stage.GoOnAsync();
        await stage.ArrivedAsync(["replayed"]);

        stage.Ledger.Doubled.ShouldBeEmpty();
        (await stage.AskAsync<long>("select count(*) from executions")).ShouldBe(1);
        (await stage.AskAsync<string>("select string_agg(status, ' ') from events")).ShouldBe("accepted");
    }

    private static Task SaveAsync(CrashStage stage, HttpClient hub, object inputs) => CrashStage.SaveAsync(hub, "/api/plans/hooked", new
    {
        name = "hooked",
        inputs,
        on = new[] { new { webhook = new { path = "hooked", open = true } } },
        steps = new[] { stage.Post("${trigger.body.effect}") },
    });

    private static async Task ReplayAsync(HttpClient hub)
    {
        var failed = (await (await hub.GetAsync("/api/events?status=failed")).ReadJsonAsync()).GetProperty("items")[0].GetProperty("id").GetString();
        (await hub.PostAsync($"/api/events/{failed}/replay", null)).Dispose();
    }

    private static Task<HttpResponseMessage> CallAsync(HttpClient hub, string effect)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, "/api/webhook/hooked") { Content = JsonContent.Create(new { effect }) };
        request.Headers.Add("Idempotency-Key", effect);
        return hub.SendAsync(request);
    }
}
