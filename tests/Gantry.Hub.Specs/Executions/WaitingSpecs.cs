using System.Net;
using System.Net.Http.Json;
using System.Net.ServerSentEvents;
using System.Text.Json;
using Shouldly;
using Xunit;

namespace Gantry.Hub.Specs.Executions;

/// <summary>Waits, approvals, events, calls and turns over the API.</summary>
public sealed class WaitingSpecs(HubFixture hub) : IClassFixture<HubFixture>
{
    private static readonly object Echo = new { use = "logic.transform", with = new { value = 1 } };

    [Fact]
    public async Task A_wait_for_a_time_frees_its_worker_and_goes_on_by_itself()
    {
        var id = await StartAsync(new { steps = new object[] { new { wait = "3s" }, Echo } });

        var waiting = await UntilAsync(id, shown => shown.GetProperty("status").GetString() == "waiting");
        waiting.GetProperty("waiting_for").GetString()!.ShouldEndWith("UTC");
        waiting.GetProperty("waits")[0].GetProperty("kind").GetString().ShouldBe("time");
        waiting.GetProperty("wake_at").GetDateTimeOffset().ShouldBeGreaterThan(waiting.GetProperty("started_at").GetDateTimeOffset());

        (await EndAsync(id)).GetProperty("status").GetString().ShouldBe("succeeded");
    }

    [Fact]
    public async Task An_approval_is_asked_of_those_it_names_and_its_answer_is_kept_once()
    {
        using var viewer = await hub.CreateMemberAsync("viewer", HubFixture.NewName("viewer"));
        using var editor = await hub.CreateMemberAsync("editor", HubFixture.NewName("editor"));
        var id = await StartAsync(new { steps = new object[] { new { id = "ask", approve = new { ask = "Go live?", by = new[] { "editor" }, within = "1h" } }, Echo } });

        var waiting = await UntilAsync(id, shown => shown.GetProperty("status").GetString() == "waiting");
        waiting.GetProperty("waiting_for").GetString()!.ShouldContain("'Go live?'");
        waiting.GetProperty("waits")[0].GetProperty("by")[0].GetString().ShouldBe("editor");
        (await ApprovalsAsync(editor)).ShouldContain(id);
        (await ApprovalsAsync(viewer)).ShouldNotContain(id);

        (await AnswerAsync(viewer, id, true)).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        (await AnswerAsync(editor, id, true, "fine")).StatusCode.ShouldBe(HttpStatusCode.OK);
        var ended = await EndAsync(id);
        var late = await AnswerAsync(editor, id, false);

        ended.GetProperty("status").GetString().ShouldBe("succeeded");
        late.StatusCode.ShouldBe(HttpStatusCode.Conflict);
        (await ApprovalsAsync(editor)).ShouldNotContain(id);
        var audit = await hub.Admin.GetFromJsonAsync<JsonElement>("/api/audit?limit=100");
        audit.GetProperty("items").EnumerateArray().Count(entry => entry.GetProperty("action").GetString() == "execution.approved" && entry.GetProperty("target").GetString() == id).ShouldBe(1);
    }

    [Fact]
    public async Task An_approval_that_is_refused_or_comes_too_late_fails_its_step()
    {
        var refused = await StartAsync(new { steps = new object[] { new { approve = new { ask = "Go?" } } } });
        var late = await StartAsync(new { steps = new object[] { new { approve = new { ask = "Go?", within = "1s" } } } });
        await UntilAsync(refused, shown => shown.GetProperty("status").GetString() == "waiting");

        (await AnswerAsync(hub.Admin, refused, false, "not today")).StatusCode.ShouldBe(HttpStatusCode.OK);

        (await EndAsync(refused)).GetProperty("error").GetProperty("message").GetString()!.ShouldContain("not today");
        (await EndAsync(late)).GetProperty("status").GetString().ShouldBe("failed");
        (await AnswerAsync(hub.Admin, late, true)).StatusCode.ShouldBe(HttpStatusCode.Conflict);
    }

    [Fact]
    public async Task An_event_reaches_every_step_that_waits_for_it()
    {
        var name = HubFixture.NewName("paid");
        var plan = new { steps = new object[] { new { id = "paid", wait = new { @event = name } }, new { use = "logic.transform", with = new { value = "${steps.paid.output}" } } } };
        string[] ids = [await StartAsync(plan), await StartAsync(plan)];
        foreach (var id in ids) await UntilAsync(id, shown => shown.TryGetProperty("waits", out _));

        using var raised = await hub.Admin.PostAsJsonAsync("/api/signals", new { @event = name, payload = new { amount = 12 } });

        (await raised.ReadJsonAsync()).GetProperty("executions").GetArrayLength().ShouldBe(2);
        foreach (var id in ids)
            (await EndAsync(id)).GetProperty("output").GetRawText().ShouldContain("12");
    }

    [Fact]
    public async Task A_called_plan_is_a_child_whose_end_is_its_callers_result()
    {
        var name = await SaveAsync(new { inputs = new { n = "integer" }, steps = new object[] { new { use = "logic.transform", with = new { value = "${input.n}" } } } });

        var ended = await EndAsync(await StartAsync(new { steps = new object[] { new { call = new { plan = name, with = new { n = 42 } } } } }));

        ended.GetProperty("status").GetString().ShouldBe("succeeded");
        ended.GetProperty("output").GetRawText().ShouldContain("42");
        var child = ended.GetProperty("children")[0];
        child.GetProperty("status").GetString().ShouldBe("succeeded");
        (await ShowAsync(child.GetProperty("id").GetString()!)).GetProperty("parent").GetProperty("execution").GetString().ShouldBe(ended.GetProperty("id").GetString());
    }

    [Fact]
    public async Task Cancelling_a_caller_that_waits_cancels_what_it_called_at_once()
    {
        var name = await SaveAsync(new { steps = new object[] { new { approve = new { ask = "Go?" } } } });
        var id = await StartAsync(new { steps = new object[] { new { call = new { plan = name } } } });
        await UntilAsync(id, shown => shown.GetProperty("status").GetString() == "waiting");

        using var cancelled = await hub.Admin.PostAsJsonAsync($"/api/executions/{id}/cancel", new { });

        cancelled.StatusCode.ShouldBe(HttpStatusCode.OK);
        var shown = await ShowAsync(id);
        shown.GetProperty("status").GetString().ShouldBe("cancelled");
        shown.GetProperty("children")[0].GetProperty("status").GetString().ShouldBe("cancelled");
    }

    [Fact]
    public async Task A_called_plan_begins_nothing_after_the_time_around_its_call_whether_or_not_its_caller_was_there()
    {
        var name = await SaveAsync(new { steps = new object[] { new { approve = new { ask = "Go?" } }, Echo } });
        var id = await StartAsync(new { steps = new object[] { new { timeout = "1h", @if = true, then = new object[] { new { call = new { plan = name } } } } } });
        var child = (await UntilAsync(id, shown => shown.TryGetProperty("children", out var children) && children[0].GetProperty("status").GetString() == "waiting"))
            .GetProperty("children")[0].GetProperty("id").GetString()!;

        // As when all hubs stood still, and the child is taken up first.
        await TestPostgres.ExecuteAsync(hub.ConnectionString, $"update gantry.execution_waits set until_at = until_at - interval '90 minutes' where execution_id = '{id}' and call_id = '{child}'");
        (await AnswerAsync(hub.Admin, child, approve: true)).EnsureSuccessStatusCode();
        var ended = await EndAsync(child);

        ended.GetProperty("status").GetString().ShouldBe("cancelled");
        ended.GetProperty("steps").EnumerateArray().Select(step => step.GetProperty("step").GetString()!).ShouldBe(["0"]);
        using var cancelled = await hub.Admin.PostAsJsonAsync($"/api/executions/{id}/cancel", new { });
    }

    [Fact]
    public async Task An_approval_is_open_no_longer_than_the_time_around_its_step()
    {
        var id = await StartAsync(new { steps = new object[] { new { timeout = "1h", @if = true, then = new object[] { new { approve = new { ask = "Go?", within = "2h" } } } } } });

        var waiting = await UntilAsync(id, shown => shown.GetProperty("status").GetString() == "waiting");

        waiting.GetProperty("waits")[0].GetProperty("until").GetDateTimeOffset().ShouldBe(waiting.GetProperty("started_at").GetDateTimeOffset().AddHours(1), TimeSpan.FromMinutes(5));
        using var cancelled = await hub.Admin.PostAsJsonAsync($"/api/executions/{id}/cancel", new { });
    }

    [Fact]
    public async Task Plans_that_call_themselves_for_ever_are_refused_at_a_depth()
    {
        var name = HubFixture.NewName("endless");
        using (var saved = await hub.Admin.PostAsJsonAsync("/api/plans", new { name, steps = new[] { Echo } })) saved.EnsureSuccessStatusCode();

        // No route saves such a plan; one that is there all the same is not called for ever.
        await TestPostgres.ExecuteAsync(hub.ConnectionString, $$$"""
            update gantry.execution_plan_versions set source = '{"steps":[{"call":{"plan":"{{{name}}}"}}]}'
            where plan_id = (select id from gantry.execution_plans where name = '{{{name}}}')
            """);

        var ended = await EndAsync(await StartAsync(new { steps = new object[] { new { call = new { plan = name } } } }));

        ended.GetProperty("status").GetString().ShouldBe("failed");
        ended.GetProperty("error").GetProperty("message").GetString()!.ShouldContain("at most 20 deep");
    }

    [Fact]
    public async Task The_stream_tells_what_is_waited_for_and_how_children_stand_and_tells_it_again_after_a_resume()
    {
        var name = await SaveAsync(new { steps = new object[] { new { approve = new { ask = "Go on?", within = "1h" } } } });
        var id = await StartAsync(new { steps = new object[] { new { id = "child", call = new { plan = name } }, new { id = "free", call = new { plan = name, wait = false } } } });

        var first = await EventsAsync(id, null, events => events.Any(item => item.EventType == "execution" && item.Data.Contains("\"waiting\"", StringComparison.Ordinal)));
        var child = (await ShowAsync(id)).GetProperty("children")[0].GetProperty("id").GetString()!;
        await UntilAsync(child, shown => shown.GetProperty("status").GetString() == "waiting");
        var again = await EventsAsync(id, first.Last(item => item.EventId is not null).EventId,
            events => events.Any(item => item.EventType == "execution") && events.Any(item => item.EventType == "child"));

        var waiting = Data(first.First(item => item.EventType == "step" && item.Data.Contains("\"waiting\"", StringComparison.Ordinal)));
        waiting.GetProperty("call").GetString().ShouldBe(child);
        waiting.GetProperty("wait").GetProperty("kind").GetString().ShouldBe("call");
        again.ShouldAllBe(item => item.EventId == null);
        var standing = Data(again.First(item => item.EventType == "execution"));
        (standing.GetProperty("status").GetString(), standing.GetProperty("waiting_for").GetString()).ShouldBe(("waiting", $"the end of the plan '{name}'"));
        var told = Data(again.First(item => item.EventType == "child"));
        (told.GetProperty("id").GetString(), told.GetProperty("step").GetString(), told.GetProperty("status").GetString()).ShouldBe((child, "0", "waiting"));
        told.GetProperty("started_at").GetDateTimeOffset().ShouldBeGreaterThanOrEqualTo(told.GetProperty("created_at").GetDateTimeOffset());

        (await AnswerAsync(hub.Admin, child, approve: true)).EnsureSuccessStatusCode();
        var all = await EventsAsync(id, null, _ => false);

        Data(all[^1]).GetProperty("status").GetString().ShouldBe("succeeded");
        var ended = all.Where(item => item.EventType == "child").Select(Data).Last(item => item.GetProperty("id").GetString() == child);
        ended.GetProperty("status").GetString().ShouldBe("succeeded");
        ended.GetProperty("ended_at").GetDateTimeOffset().ShouldBeGreaterThan(ended.GetProperty("started_at").GetDateTimeOffset());
        all.Where(item => item.EventType == "child").Select(Data).Select(item => item.GetProperty("step").GetString()!).Distinct().ShouldBe(["0", "1"]);
        all.Where(item => item.EventId is not null).Select(item => int.Parse(item.EventId!, System.Globalization.CultureInfo.InvariantCulture)).ShouldBeInOrder();
    }

    [Fact]
    public async Task Those_who_watch_a_parent_see_its_children_begin_wait_and_end()
    {
        var name = await SaveAsync(new { steps = new object[] { new { approve = new { ask = "Go on?" } } } });
        var id = await StartAsync(new { steps = new object[] { new { call = new { plan = name } }, new { use = "logic.transform", with = new { value = 1 } } } });
        var isAnswered = false;

        var events = await EventsAsync(id, null, events =>
        {
            if (!isAnswered && events[^1] is { EventType: "child" } item && Data(item).GetProperty("status").GetString() == "waiting")
            {
                isAnswered = true;
                _ = AnswerAsync(hub.Admin, Data(item).GetProperty("id").GetString()!, approve: true);
            }

            return false;
        });

        var states = events.Where(item => item.EventType == "child").Select(item => Data(item).GetProperty("status").GetString()!).ToList();
        states.ShouldContain("waiting");
        states[^1].ShouldBe("succeeded");
        Data(events[^1]).GetProperty("status").GetString().ShouldBe("succeeded");
    }

    [Fact]
    public async Task Executions_behind_a_key_say_whose_turn_it_is_and_run_one_after_the_other()
    {
        var name = await SaveAsync(new
        {
            concurrency = new { key = "one", limit = 1 },
            steps = new object[] { new { wait = new { @event = "go-on" } } },
        });
        var (first, second) = (await StartAsync(name), await StartAsync(name));
        await UntilAsync(first, shown => shown.TryGetProperty("waits", out _));

        var behind = await ShowAsync(second);
        behind.GetProperty("status").GetString().ShouldBe("queued");
        behind.GetProperty("waiting_for").GetString()!.ShouldContain(first);
        behind.GetProperty("concurrency_key").GetString().ShouldBe("one");
        using (await hub.Admin.PostAsJsonAsync("/api/signals", new { @event = "go-on", execution = first }))
            await EndAsync(first);

        await UntilAsync(second, shown => shown.TryGetProperty("waits", out _));
        using (await hub.Admin.PostAsJsonAsync("/api/signals", new { @event = "go-on", execution = second }))
            (await EndAsync(second)).GetProperty("status").GetString().ShouldBe("succeeded");
    }

    [Fact]
    public async Task A_run_again_from_the_failed_step_takes_over_what_had_succeeded()
    {
        var name = await SaveAsync(new
        {
            inputs = new { go = new { type = "boolean", @default = false } },
            steps = new object[]
            {
                new { id = "first", use = "logic.transform", with = new { value = "${execution.id}" } },
                new { @if = "${!input.go}", then = new object[] { new { stop = new { status = "failed", message = "Not yet." } } } },
                new { use = "logic.transform", with = new { value = "${steps.first.output}" } },
            },
        });
        var failed = await EndAsync(await StartAsync(name));
        failed.GetProperty("status").GetString().ShouldBe("failed");

        using var again = await hub.Admin.PostAsJsonAsync($"/api/executions/{failed.GetProperty("id").GetString()}/rerun?wait=20s", new { from = "1", inputs = new { go = true } });
        var ended = await again.ReadJsonAsync();

        ended.GetProperty("status").GetString().ShouldBe("succeeded");
        ended.GetProperty("output").GetString().ShouldBe(failed.GetProperty("id").GetString());
        ended.GetProperty("rerun_from").GetString().ShouldBe("1");
        using var unknown = await hub.Admin.PostAsJsonAsync($"/api/executions/{failed.GetProperty("id").GetString()}/rerun", new { from = "9" });
        unknown.StatusCode.ShouldBe(HttpStatusCode.UnprocessableEntity);
    }

    [Fact]
    public async Task One_step_is_tested_by_itself_with_inputs_and_outputs_of_others()
    {
        using var tested = await hub.Admin.PostAsJsonAsync("/api/plans/test-step", new
        {
            step = new { use = "logic.transform", with = new { value = "${input.a} ${steps.feed.output.b}" } },
            inputs = new { a = "one" },
            outputs = new { feed = new { b = "two ${input.a}" } },
        });
        using var refused = await hub.Admin.PostAsJsonAsync("/api/plans/test-step", new { step = Echo, dry_run = true });

        (await tested.ReadJsonAsync()).GetProperty("output").GetString().ShouldBe("one two ${input.a}");
        refused.StatusCode.ShouldBe(HttpStatusCode.UnprocessableEntity);
    }

    private Task<string> StartAsync(string plan) => StartAsync((object)plan);

    private async Task<string> StartAsync(object plan)
    {
        using var answer = await hub.Admin.PostAsJsonAsync("/api/execute", new { plan });
        answer.StatusCode.ShouldBe(HttpStatusCode.Accepted, await answer.Content.ReadAsStringAsync());
        return (await answer.ReadJsonAsync()).GetProperty("id").GetString()!;
    }

    private async Task<string> SaveAsync(object plan)
    {
        var name = HubFixture.NewName("plan");
        using var saved = await hub.Admin.PutAsJsonAsync($"/api/plans/{name}", plan);
        saved.IsSuccessStatusCode.ShouldBeTrue(await saved.Content.ReadAsStringAsync());
        return name;
    }

    private async Task<JsonElement> ShowAsync(string id)
    {
        using var answer = await hub.Admin.GetAsync($"/api/executions/{id}");
        return await answer.ReadJsonAsync();
    }

    /// <summary>Reads the stream of its events until the execution is as it should be: every event is a reason to look.</summary>
    private async Task<JsonElement> UntilAsync(string id, Func<JsonElement, bool> isIt)
    {
        await using var stream = await hub.Admin.GetStreamAsync($"/api/executions/{id}/events");
        await foreach (var _ in SseParser.Create(stream).EnumerateAsync())
        {
            var shown = await ShowAsync(id);
            if (isIt(shown)) return shown;
        }

        var last = await ShowAsync(id);
        return isIt(last) ? last : throw new InvalidOperationException($"The execution ended otherwise: {last}");
    }

    /// <summary>The events up to the one that is enough, or to the end.</summary>
    private async Task<List<SseItem<string>>> EventsAsync(string id, string? after, Func<List<SseItem<string>>, bool> isEnough)
    {
        List<SseItem<string>> events = [];
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/api/executions/{id}/events");
        if (after is not null)
            request.Headers.Add("Last-Event-ID", after);
        using var answer = await hub.Admin.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        await foreach (var item in SseParser.Create(await answer.Content.ReadAsStreamAsync()).EnumerateAsync())
        {
            events.Add(item);
            if (isEnough(events))
                break;
        }

        return events;
    }

    private static JsonElement Data(SseItem<string> item) => JsonElement.Parse(item.Data);

    private Task<JsonElement> EndAsync(string id) => UntilAsync(id, shown => shown.GetProperty("status").GetString() is "succeeded" or "failed" or "cancelled");

    private static Task<HttpResponseMessage> AnswerAsync(HttpClient who, string id, bool approve, string? comment = null) =>
        who.PostAsJsonAsync($"/api/executions/{id}/approve", new { approve, comment });

    private static async Task<List<string>> ApprovalsAsync(HttpClient who)
    {
        var page = await who.GetFromJsonAsync<JsonElement>("/api/approvals?limit=100");
        return [.. page.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("execution").GetString()!)];
    }
}
