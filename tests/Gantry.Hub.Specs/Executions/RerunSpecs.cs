using System.Net;
using System.Net.Http.Json;
using System.Net.ServerSentEvents;
using System.Text.Json;
using Shouldly;
using Xunit;

namespace Gantry.Hub.Specs.Executions;

/// <summary>What is run again, and what a called plan is started with.</summary>
public sealed class RerunSpecs(HubFixture hub) : IClassFixture<HubFixture>
{
    private static readonly object Ask = new { approve = new { ask = "Go on?" } };

    [Fact]
    public async Task One_that_still_goes_on_is_not_run_again_from_a_step_of_it()
    {
        var id = await StartAsync(new { steps = new[] { Value("a"), Ask } });
        await UntilAsync(id, "waiting");

        var refused = await RerunAsync(id, new { from = "1" }, HttpStatusCode.Conflict);

        refused.GetProperty("detail").GetString().ShouldBe("The execution is waiting. Only one that is at its end can be run again from a step of it.");
        await CancelAsync(id);
    }

    [Fact]
    public async Task What_its_trigger_saw_is_seen_again()
    {
        var name = await SaveAsync(name => new { on = new[] { new { webhook = new { path = name, open = true } } }, steps = new[] { Value("got ${trigger.body.x}") } });
        using var called = await hub.Nobody.PostAsJsonAsync($"/api/webhook/{name}", new { x = "this" });
        var id = (await called.ReadJsonAsync()).GetProperty("id").GetString()!;
        await UntilAsync(id, "succeeded");

        var again = await RerunAsync(id, new { }, HttpStatusCode.OK);

        again.GetProperty("output").GetString().ShouldBe("got this");
        again.GetProperty("rerun_of").GetString().ShouldBe(id);
    }

    [Fact]
    public async Task A_key_of_one_is_no_key_of_another()
    {
        var (one, other) = (await StartAsync(new { steps = new[] { Value("a") } }), await StartAsync(new { steps = new[] { Value("b") } }));
        var key = HubFixture.NewName("key");

        var first = await RerunAsync(one, new { }, HttpStatusCode.OK, key);
        var same = await RerunAsync(one, new { }, HttpStatusCode.OK, key);
        var refused = await RerunAsync(other, new { }, HttpStatusCode.UnprocessableEntity, key);

        same.GetProperty("id").GetString().ShouldBe(first.GetProperty("id").GetString());
        refused.GetProperty("detail").GetString()!.ShouldStartWith("This Idempotency-Key was used for another request");
    }

    [Fact]
    public async Task Results_of_a_step_that_is_another_now_are_not_taken_over()
    {
        var name = await SaveAsync(_ => new { steps = new[] { Value("a", "first"), Value("b") } });
        var id = await StartAsync(name);
        await UntilAsync(id, "succeeded");
        await SaveAsync(_ => new { steps = new[] { Value("a", "renamed"), Value("b") } }, name);

        var renamed = await RerunAsync(id, new { from = "1", version = "newest" }, HttpStatusCode.UnprocessableEntity);
        await SaveAsync(_ => new { steps = new object[] { new { id = "first", wait = "1ms" }, Value("b") } }, name);
        var replaced = await RerunAsync(id, new { from = "1", version = "newest" }, HttpStatusCode.UnprocessableEntity);
        var old = await RerunAsync(id, new { from = "1" }, HttpStatusCode.OK);

        renamed.GetProperty("detail").GetString().ShouldBe(
            "The step 0 is not the one whose result would be taken over: it was 'logic.transform' with the id 'first'. Run the whole plan again, or the version that was run.");
        replaced.GetProperty("detail").GetString().ShouldBe(renamed.GetProperty("detail").GetString());
        old.GetProperty("output").GetString().ShouldBe("b");
    }

    [Fact]
    public async Task A_called_plan_waits_its_turn_behind_its_own_key()
    {
        var called = await SaveAsync(_ => new { concurrency = new { key = "one", limit = 1 }, steps = new[] { Ask } });
        var first = await StartAsync(new { steps = new[] { new { call = new { plan = called } } } });
        await UntilAsync(first, "waiting");
        var second = await StartAsync(new { steps = new[] { new { call = new { plan = called } } } });
        await UntilAsync(second, "waiting");

        var children = (await hub.Admin.GetFromJsonAsync<JsonElement>($"/api/executions?plan={called}")).GetProperty("items").EnumerateArray().Select(child => child.GetProperty("status").GetString());

        children.ShouldBe(["queued", "waiting"]);
        await CancelAsync(first);
        await CancelAsync(second);
    }

    [Fact]
    public async Task Inputs_that_are_too_large_for_a_called_plan_fail_the_step_that_calls_it()
    {
        var called = await SaveAsync(_ => new { inputs = new { x = "string" }, steps = new[] { Value("${input.x}") } });

        using var answer = await hub.Admin.PostAsJsonAsync("/api/execute?wait=60s", new
        {
            plan = new { inputs = new { x = "string" }, steps = new[] { new { call = new { plan = called, with = new { x = "${input.x}${input.x}" } } } } },
            inputs = new { x = new string('x', 600_000) },
        });

        var ended = await answer.ReadJsonAsync();
        (ended.GetProperty("status").GetString(), ended.GetProperty("failed_step").GetString()).ShouldBe(("failed", "0"));
        ended.GetProperty("error").GetProperty("message").GetString()!.ShouldContain($"The inputs for the plan '{called}' are larger than 1 MB.");
    }

    [Theory]
    [InlineData("11m")]
    [InlineData("-1s")]
    [InlineData("soon")]
    public async Task Nobody_is_waited_for_longer_than_ten_minutes(string wait)
    {
        using var answer = await hub.Admin.PostAsJsonAsync($"/api/execute?wait={wait}", new { plan = new { steps = new[] { Value("a") } } });

        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await answer.ReadJsonAsync()).GetProperty("detail").GetString()!.ShouldContain("'wait' is a time of at most 10 minutes");
    }

    [Fact]
    public async Task A_step_is_tested_without_what_it_needs_and_one_that_cannot_rehearse_says_so()
    {
        using var tested = await hub.Admin.PostAsJsonAsync("/api/plans/test-step", new { step = new { use = "logic.transform", needs = new[] { "feed" }, with = new { value = "alone" } } });
        using var refused = await hub.Admin.PostAsJsonAsync("/api/plans/test-step", new { step = Value("a"), dry_run = true });
        using var control = await hub.Admin.PostAsJsonAsync("/api/plans/test-step", new { step = new { wait = "1ms" }, dry_run = true });

        (await tested.ReadJsonAsync()).GetProperty("output").GetString().ShouldBe("alone");
        (await refused.ReadJsonAsync()).GetProperty("detail").GetString().ShouldBe("The action 'logic.transform' cannot say what it would do without doing it. Leave 'dry_run' out to perform it.");
        (await control.ReadJsonAsync()).GetProperty("detail").GetString().ShouldBe("Only a step that performs an action ('use') can be rehearsed by 'dry_run'.");
    }

    private static object Value(string value, string? id = null) => id is null ? new { use = "logic.transform", with = new { value } } : new { id, use = "logic.transform", with = new { value } };

    private async Task<string> SaveAsync(Func<string, object> plan, string? name = null)
    {
        name ??= HubFixture.NewName("again");
        using var saved = await hub.Admin.PutAsJsonAsync($"/api/plans/{name}", plan(name));
        saved.IsSuccessStatusCode.ShouldBeTrue(await saved.Content.ReadAsStringAsync());
        return name;
    }

    private async Task<string> StartAsync(object plan)
    {
        using var answer = await hub.Admin.PostAsJsonAsync("/api/execute", new { plan });
        answer.IsSuccessStatusCode.ShouldBeTrue(await answer.Content.ReadAsStringAsync());
        return (await answer.ReadJsonAsync()).GetProperty("id").GetString()!;
    }

    private async Task<JsonElement> RerunAsync(string id, object body, HttpStatusCode status, string? key = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/api/executions/{id}/rerun?wait=60s") { Content = JsonContent.Create(body) };
        if (key is not null)
            request.Headers.Add("Idempotency-Key", key);
        using var answer = await hub.Admin.SendAsync(request);
        answer.StatusCode.ShouldBe(status, await answer.Content.ReadAsStringAsync());
        return await answer.ReadJsonAsync();
    }

    private async Task CancelAsync(string id)
    {
        using var answer = await hub.Admin.PostAsync($"/api/executions/{id}/cancel", null);
        answer.IsSuccessStatusCode.ShouldBeTrue();
    }

    /// <summary>Returns when the execution stands so: every event is a reason to look.</summary>
    private async Task UntilAsync(string id, string status)
    {
        await using (var stream = await hub.Admin.GetStreamAsync($"/api/executions/{id}/events"))
        {
            await foreach (var _ in SseParser.Create(stream).EnumerateAsync())
            {
                if (await StatusAsync(id) == status)
                    return;
            }
        }

        (await StatusAsync(id)).ShouldBe(status);
    }

    private async Task<string?> StatusAsync(string id) => (await hub.Admin.GetFromJsonAsync<JsonElement>($"/api/executions/{id}")).GetProperty("status").GetString();
}
