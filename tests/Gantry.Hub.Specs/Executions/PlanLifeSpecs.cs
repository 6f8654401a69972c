using System.Net;
using System.Net.Http.Json;
using System.Net.ServerSentEvents;
using System.Text.Json;
using Shouldly;
using Xunit;

namespace Gantry.Hub.Specs.Executions;

/// <summary>What becomes of executions while their plan is changed or deleted, and what is run again afterwards.</summary>
public sealed class PlanLifeSpecs(HubFixture hub) : IClassFixture<HubFixture>
{
    private static readonly object Ask = new { approve = new { ask = "Go on?" } };

    [Fact]
    public async Task A_plan_that_is_edited_while_it_runs_goes_on_as_it_was()
    {
        var name = await SaveAsync(new { steps = new[] { Ask, Answer("old") } });
        var id = await StartAsync(name);
        await UntilAsync(id, "waiting");

        await ChangeAsync(name, new { steps = new[] { Answer("new"), Answer("newer"), Answer("newest") } });
        await ApproveAsync(id);
        var ended = await UntilAsync(id, "succeeded");
        var next = await UntilAsync(await StartAsync(name), "succeeded");

        (ended.GetProperty("output").GetString(), ended.GetProperty("plan_version").GetInt32()).ShouldBe(("old", 1));
        (next.GetProperty("output").GetString(), next.GetProperty("plan_version").GetInt32()).ShouldBe(("newest", 2));
    }

    [Fact]
    public async Task A_plan_that_is_deleted_while_executions_of_it_are_queued_and_wait_brings_them_to_their_end()
    {
        var name = await SaveAsync(new { concurrency = new { key = "one", limit = 1 }, steps = new[] { Ask, Answer("done") } });
        var (first, second) = (await StartAsync(name), await StartAsync(name));
        await UntilAsync(first, "waiting");
        (await ShowAsync(second)).GetProperty("status").GetString().ShouldBe("queued");

        using var deleted = await hub.Admin.DeleteAsync($"/api/plans/{name}");
        using var refused = await hub.Admin.PostAsJsonAsync("/api/execute", new { plan = name });
        await ApproveAsync(first);
        await UntilAsync(second, "waiting");
        await ApproveAsync(second);

        deleted.StatusCode.ShouldBe(HttpStatusCode.NoContent);
        refused.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        foreach (var id in (string[])[first, second])
            (await UntilAsync(id, "succeeded")).GetProperty("output").GetString().ShouldBe("done");
        using var rerun = await hub.Admin.PostAsJsonAsync($"/api/executions/{first}/rerun", new { from = "1" });
        rerun.StatusCode.ShouldBe(HttpStatusCode.Accepted, await rerun.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task A_called_plan_that_is_deleted_meanwhile_ends_and_is_not_called_again()
    {
        var called = await SaveAsync(new { steps = new[] { Ask, Answer("called") } });
        var id = await StartAsync(new { steps = new object[] { new { call = new { plan = called } }, new { call = new { plan = called } } } });
        await UntilAsync(id, "waiting");

        (await hub.Admin.DeleteAsync($"/api/plans/{called}")).EnsureSuccessStatusCode();
        await ApproveAsync((await ShowAsync(id)).GetProperty("children")[0].GetProperty("id").GetString()!);
        var ended = await UntilAsync(id, "failed");

        ended.GetProperty("failed_step").GetString().ShouldBe("1");
        ended.GetProperty("error").GetProperty("message").GetString()!.ShouldContain($"There is no plan '{called}'");
        ended.GetProperty("steps")[0].GetProperty("output").GetString().ShouldBe("called");
    }

    [Fact]
    public async Task A_key_names_its_execution_for_a_day_and_another_one_after_that()
    {
        var (plan, key) = (new { plan = new { steps = new[] { Answer("x") } } }, HubFixture.NewName("key"));
        var first = await StartAsync(plan, key);
        var again = await StartAsync(plan, key);

        await PassAsync("23 hours 30 minutes");
        var late = await StartAsync(plan, key);
        await PassAsync("30 minutes");
        var next = await StartAsync(plan, key);

        again.ShouldBe(first);
        late.ShouldBe(first);
        next.ShouldNotBe(first);
        (await StartAsync(plan, key)).ShouldBe(next);

        Task PassAsync(string time) => TestPostgres.ExecuteAsync(hub.ConnectionString, $"update gantry.execution_keys set expires_at = expires_at - interval '{time}' where key = '{key}'");
    }

    [Fact]
    public async Task An_execution_is_run_again_from_any_step_with_other_inputs_and_what_was_before_is_taken_over()
    {
        var name = await SaveAsync(new
        {
            inputs = new { n = "integer" },
            steps = new object[]
            {
                new { id = "first", use = "logic.transform", with = new { value = "first ${input.n}" } },
                new { id = "second", use = "logic.transform", with = new { value = "${steps.first.output}, second ${input.n}" } },
            },
        });
        var id = await StartAsync(new { plan = name, inputs = new { n = 1 } }, null);
        await UntilAsync(id, "succeeded");

        using var answer = await hub.Admin.PostAsJsonAsync($"/api/executions/{id}/rerun?wait=60s", new { from = "1", inputs = new { n = 2 } });
        var again = await answer.ReadJsonAsync();

        again.GetProperty("output").GetString().ShouldBe("first 1, second 2");
        again.GetProperty("rerun_from").GetString().ShouldBe("1");
    }

    [Fact]
    public async Task A_line_of_the_log_tells_when_how_grave_which_step_and_attempt_what_and_as_whom()
    {
        var id = await StartAsync(new { steps = new object[] { new { id = "one", use = "logic.transform", with = new { value = 1 } } } });
        var ended = await UntilAsync(id, "succeeded");

        var line = (await hub.Admin.GetFromJsonAsync<JsonElement>($"/api/execution-logs?execution={id}")).GetProperty("items")[0];
        var newest = (await hub.Admin.GetFromJsonAsync<JsonElement>("/api/execution-logs?limit=1")).GetProperty("items")[0];

        line.GetProperty("time").GetDateTimeOffset().ShouldBeGreaterThanOrEqualTo(ended.GetProperty("created_at").GetDateTimeOffset() - TimeSpan.FromSeconds(1));
        line.GetProperty("level").GetString().ShouldBe("info");
        line.GetProperty("step").GetString().ShouldBe("0");
        line.GetProperty("attempt").GetInt32().ShouldBe(1);
        line.GetProperty("message").GetString()!.ShouldStartWith("Step 'one' (logic.transform) succeeded");
        line.GetProperty("user_id").GetString().ShouldBe(ended.GetProperty("user_id").GetString());
        newest.GetProperty("user_id").GetString().ShouldBe(ended.GetProperty("user_id").GetString());
    }

    private static object Answer(string value) => new { use = "logic.transform", with = new { value } };

    private async Task<string> SaveAsync(object plan)
    {
        var name = HubFixture.NewName("plan");
        await ChangeAsync(name, plan);
        return name;
    }

    private async Task ChangeAsync(string name, object plan)
    {
        using var saved = await hub.Admin.PutAsJsonAsync($"/api/plans/{name}", plan);
        saved.IsSuccessStatusCode.ShouldBeTrue(await saved.Content.ReadAsStringAsync());
    }

    private Task<string> StartAsync(object plan) => StartAsync(new { plan }, null);

    private async Task<string> StartAsync(object body, string? key)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/execute") { Content = JsonContent.Create(body) };
        if (key is not null)
            request.Headers.Add("Idempotency-Key", key);
        using var answer = await hub.Admin.SendAsync(request);
        answer.IsSuccessStatusCode.ShouldBeTrue(await answer.Content.ReadAsStringAsync());
        return (await answer.ReadJsonAsync()).GetProperty("id").GetString()!;
    }

    private async Task ApproveAsync(string id)
    {
        using var answer = await hub.Admin.PostAsJsonAsync($"/api/executions/{id}/approve", new { approve = true });
        answer.IsSuccessStatusCode.ShouldBeTrue(await answer.Content.ReadAsStringAsync());
    }

    private Task<JsonElement> ShowAsync(string id) => hub.Admin.GetFromJsonAsync<JsonElement>($"/api/executions/{id}");

    /// <summary>Returns when the execution stands so: every event is a reason to look.</summary>
    private async Task<JsonElement> UntilAsync(string id, string status)
    {
        await using (var stream = await hub.Admin.GetStreamAsync($"/api/executions/{id}/events"))
        {
            await foreach (var _ in SseParser.Create(stream).EnumerateAsync())
            {
                if (await ShowAsync(id) is var shown && shown.GetProperty("status").GetString() == status)
                    return shown;
            }
        }

        var last = await ShowAsync(id);
        last.GetProperty("status").GetString().ShouldBe(status, last.GetRawText());
        return last;
    }
}
