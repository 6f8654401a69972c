using System.Net;
using System.Net.Http.Json;
using System.Net.ServerSentEvents;
using System.Text;
using System.Text.Json;
using Shouldly;
using Xunit;

namespace Gantry.Hub.Specs.Executions;

public sealed class ExecuteRouteSpecs(HubFixture hub) : IClassFixture<HubFixture>
{
    private static readonly object OneStep = new { steps = new[] { new { use = "logic.transform", with = new { value = new { a = 1 } } } } };

    [Fact]
    public async Task A_start_is_accepted_and_can_be_looked_at_to_its_end()
    {
        using var answer = await hub.Admin.PostAsJsonAsync("/api/execute", new { plan = OneStep });
        var execution = await answer.ReadJsonAsync();
        var id = execution.GetProperty("id").GetString();
        var events = await EventsAsync(id!);
        var shown = await (await hub.Admin.GetAsync($"/api/executions/{id}")).ReadJsonAsync();

        answer.StatusCode.ShouldBe(HttpStatusCode.Accepted);
        answer.Headers.Location!.ToString().ShouldBe($"/api/executions/{id}");
        execution.GetProperty("status").GetString().ShouldBeOneOf("queued", "running");
        events[^1].EventType.ShouldBe("execution");
        shown.GetProperty("status").GetString().ShouldBe("succeeded");
        shown.GetProperty("output").GetProperty("a").GetInt32().ShouldBe(1);
        shown.GetProperty("steps").GetArrayLength().ShouldBe(1);
        shown.GetProperty("steps")[0].GetProperty("status").GetString().ShouldBe("succeeded");
    }

    [Fact]
    public async Task Waiting_answers_the_result()
    {
        using var answer = await hub.Admin.PostAsJsonAsync("/api/execute?wait=30s", new { plan = OneStep });

        var execution = await answer.ReadJsonAsync();
        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        execution.GetProperty("status").GetString().ShouldBe("succeeded");
        execution.GetProperty("output").GetProperty("a").GetInt32().ShouldBe(1);
    }

    [Fact]
    public async Task Waiting_for_one_that_fails_answers_the_failed_step_and_why()
    {
        using var answer = await hub.Admin.PostAsJsonAsync("/api/execute?wait=30s", new
        {
            plan = new
            {
                steps = new object[]
                {
                    new { use = "logic.transform", with = new { value = 1 } },
                    new { use = "http.request", with = new { url = "http://127.0.0.1:1/" } },
                },
            },
        });

        var execution = await answer.ReadJsonAsync();
        execution.GetProperty("status").GetString().ShouldBe("failed");
        execution.GetProperty("failed_step").GetString().ShouldBe("1");
        execution.GetProperty("error").GetProperty("message").GetString()!.ShouldContain("127.0.0.1");
    }

    [Fact]
    public async Task The_older_form_is_accepted_as_it_is()
    {
        using var json = await hub.Admin.PostAsJsonAsync("/api/execute?wait=30s", new { steps = new[] { new { provider = "logic", action = "transform", @params = new { value = 7 } } } });
        using var yaml = await hub.Admin.PostAsync("/api/execute?wait=30s", new StringContent("steps: [ { use: logic.transform, with: { value: 7 } } ]", Encoding.UTF8, "application/yaml"));

        (await json.ReadJsonAsync()).GetProperty("output").GetInt32().ShouldBe(7);
        (await yaml.ReadJsonAsync()).GetProperty("output").GetInt32().ShouldBe(7);
    }

    [Fact]
    public async Task Inputs_are_checked_against_the_plan_and_its_defaults_filled_in()
    {
        var plan = new { inputs = new { site = (object)"string", count = new { type = "integer", @default = 5 } }, steps = new[] { new { use = "logic.transform", with = new { value = "${input.count}" } } } };

        using var good = await hub.Admin.PostAsJsonAsync("/api/execute?wait=30s", new { plan, inputs = new { site = "a" } });
        using var missing = await hub.Admin.PostAsJsonAsync("/api/execute", new { plan });
        using var unknown = await hub.Admin.PostAsJsonAsync("/api/execute", new { plan, inputs = new { site = "a", sight = "b" } });
        using var wrong = await hub.Admin.PostAsJsonAsync("/api/execute", new { plan, inputs = new { site = "a", count = "many" } });

        (await good.ReadJsonAsync()).GetProperty("output").GetInt32().ShouldBe(5);
        missing.StatusCode.ShouldBe(HttpStatusCode.UnprocessableEntity);
        (await missing.ReadDetailAsync()).ShouldContain("site");
        (await unknown.ReadDetailAsync()).ShouldContain("sight");
        (await wrong.ReadDetailAsync()).ShouldContain("count");
    }

    [Theory]
    [InlineData("""{"plan":{"steps":[{"use":"nowhere.at_all"}]}}""", 422, "nowhere")]
    [InlineData("""{"plan":"x-unknown"}""", 404, "x-unknown")]
    [InlineData("""{"plan":"x","colour":1}""", 400, "colour")]
    [InlineData("""{"plan":"x","plan":"y"}""", 400, "plan")]
    [InlineData("""{"plan":7}""", 400, "plan")]
    [InlineData("""[]""", 400, "object")]
    [InlineData("""{""", 400, "JSON")]
    [InlineData("", 400, "empty")]
    public async Task A_wrong_body_is_refused_with_a_sentence(string body, int status, string word)
    {
        using var answer = await hub.Admin.PostAsync("/api/execute", new StringContent(body, Encoding.UTF8, "application/json"));

        ((int)answer.StatusCode).ShouldBe(status);
        (await answer.ReadDetailAsync()).ShouldContain(word);
    }

    [Fact]
    public async Task The_same_key_answers_the_same_execution_and_another_request_is_told()
    {
        var key = HubFixture.NewName("key");

        using var first = await ExecuteAsync(key, OneStep);
        using var second = await ExecuteAsync(key, OneStep);
        using var other = await ExecuteAsync(key, new { steps = new[] { new { use = "logic.transform", with = new { value = 2 } } } });
        using var waited = await ExecuteAsync(key, OneStep, "?wait=30s");

        var id = (await first.ReadJsonAsync()).GetProperty("id").GetString();
        (await second.ReadJsonAsync()).GetProperty("id").GetString().ShouldBe(id);
        second.StatusCode.ShouldBe(HttpStatusCode.Accepted);
        other.StatusCode.ShouldBe(HttpStatusCode.UnprocessableEntity);
        (await waited.ReadJsonAsync()).GetProperty("status").GetString().ShouldBe("succeeded");
    }

    [Fact]
    public async Task Fifty_who_send_the_same_key_at_once_start_one_execution()
    {
        var key = HubFixture.NewName("key");

        var answers = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => ExecuteAsync(key, OneStep)));

        var ids = await Task.WhenAll(answers.Select(async answer => (await answer.ReadJsonAsync()).GetProperty("id").GetString()));
        ids.Distinct().ShouldHaveSingleItem();
    }

    [Fact]
    public async Task The_stream_resumes_exactly_behind_what_was_seen()
    {
        using var answer = await hub.Admin.PostAsJsonAsync("/api/execute?wait=30s", new { plan = OneStep });
        var id = (await answer.ReadJsonAsync()).GetProperty("id").GetString()!;

        var all = await EventsAsync(id);
        var rest = await EventsAsync(id, after: all[1].EventId);
        var tail = await EventsAsync(id, query: "?tail=1");

        all.Select(item => int.Parse(item.EventId!)).ShouldBe(Enumerable.Range(1, all.Count));
        all.Select(item => item.EventType).ShouldBe(["execution", "execution", "log", "step", "execution"]);
        rest.Select(item => item.Data).ShouldBe(all.Skip(2).Select(item => item.Data));
        tail.Select(item => item.EventId).ShouldBe(["3", "4", "5"]);
        (await hub.Admin.GetAsync($"/api/executions/{id}/events?tail=some")).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task Cancelling_stops_a_running_step_at_once()
    {
        await using var target = new SilentServer();
        using var allowed = await hub.Admin.PostAsJsonAsync("/api/execute", new { plan = new { steps = new[] { new { use = "http.request", with = new { url = target.Url, method = "POST" } } } } });
        var id = (await allowed.ReadJsonAsync()).GetProperty("id").GetString()!;
        await target.Called;

        var clock = System.Diagnostics.Stopwatch.StartNew();
        using var cancelled = await hub.Admin.PostAsync($"/api/executions/{id}/cancel", null);
        var events = await EventsAsync(id);

        // The request itself would give up after 100 seconds.
        clock.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(60));
        cancelled.StatusCode.ShouldBe(HttpStatusCode.Accepted);
        JsonElement.Parse(events[^1].Data).GetProperty("status").GetString().ShouldBe("cancelled");
        (await hub.Admin.PostAsync($"/api/executions/{id}/cancel", null)).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Cancelling_ends_the_wait_for_the_next_attempt()
    {
        using var accepted = await hub.Admin.PostAsJsonAsync("/api/execute", new
        {
            plan = new { steps = new[] { new { use = "http.request", with = new { url = "http://127.0.0.1:1/" }, retry = new { attempts = 5, delay = "10m", max = "10m" } } } },
        });
        var id = (await accepted.ReadJsonAsync()).GetProperty("id").GetString()!;
        await using var stream = await hub.Admin.GetStreamAsync($"/api/executions/{id}/events");
        var events = SseParser.Create(stream).EnumerateAsync().GetAsyncEnumerator();
        do (await events.MoveNextAsync()).ShouldBeTrue();
        while (events.Current.EventType != "step" || !events.Current.Data.Contains("\"failed\"", StringComparison.Ordinal));

        // What does not end the wait leaves the events open for ten minutes, which is longer than anybody here waits for them.
        using var cancelled = await hub.Admin.PostAsync($"/api/executions/{id}/cancel", null);
        var all = await EventsAsync(id);

        JsonElement.Parse(all[^1].Data).GetProperty("status").GetString().ShouldBe("cancelled");
    }

    public static TheoryData<string, string, string> HostileDocuments => new()
    {
        { "application/json", new string('[', 10_000), "too deep" },
        { "application/json", "{\"plan\":" + new string('[', 10_000), "too deep" },
        { "application/json", "{\"plan\":\"steps:\\n  - " + new string('[', 10_000) + "\"}", "deep" },
        { "application/json", "{\"plan\":{\"steps\":[{\"use\":\"logic.transform\",\"with\":{\"value\":" + new string('[', 100) + new string(']', 100) + "}}]}}", "deep" },
        { "application/yaml", new string('[', 10_000), "depth" },
        { "application/yaml", string.Concat(Enumerable.Repeat("- ", 10_000)), "deep" },
        { "application/yaml", "a: &a [x, x]\nb: &b [*a, *a]\nc: &c [*b, *b]\nsteps: [{use: logic.transform, with: {value: *c}}]", "anchor" },
        { "application/yaml", "steps: *s", "alias" },
    };

    [Theory]
    [MemberData(nameof(HostileDocuments))]
    public async Task A_hostile_plan_is_refused_with_a_sentence(string type, string body, string word)
    {
        using var answer = await hub.Admin.PostAsync("/api/execute", new StringContent(body, Encoding.UTF8, type));

        ((int)answer.StatusCode).ShouldBeInRange(400, 422);
        (await answer.ReadDetailAsync()).ShouldContain(word, Case.Insensitive);
    }

    [Fact]
    public async Task A_body_over_the_limit_is_refused_also_when_its_length_is_not_announced()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/execute")
        {
            Content = new StreamContent(new SpaceStream()) { Headers = { ContentType = new("application/json") } },
            Headers = { TransferEncodingChunked = true },
        };

        HttpResponseMessage? answer = null;
        try
        {
            answer = await hub.Admin.SendAsync(request);
        }
        catch (HttpRequestException)
        {
            // Cut while it was still sending: refused as well.
        }

        answer?.StatusCode.ShouldBe(HttpStatusCode.RequestEntityTooLarge);
        answer?.Dispose();
        (await hub.Admin.GetAsync("/api/executions?limit=1")).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_queued_execution_is_cancelled_at_once_and_never_runs()
    {
        using var answer = await hub.Admin.PostAsJsonAsync("/api/execute?wait=30s", new { plan = OneStep });
        var id = Guid.CreateVersion7();
        await TestPostgres.ExecuteAsync(hub.ConnectionString, $$"""
            insert into gantry.executions (id, workspace_id, user_id, plan_text, inputs, status)
            select '{{id}}', workspace_id, user_id, plan_text, inputs, 'waiting' from gantry.executions
            where id = '{{(await answer.ReadJsonAsync()).GetProperty("id").GetString()}}'
            """);

        using var cancelled = await hub.Admin.PostAsync($"/api/executions/{id}/cancel", null);

        cancelled.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await cancelled.ReadJsonAsync()).GetProperty("status").GetString().ShouldBe("cancelled");
        (await EventsAsync(id.ToString())).Count.ShouldBe(2);
    }

    [Fact]
    public async Task An_execution_at_its_end_is_not_cancelled_any_more()
    {
        using var answer = await hub.Admin.PostAsJsonAsync("/api/execute?wait=30s", new { plan = OneStep });
        var id = (await answer.ReadJsonAsync()).GetProperty("id").GetString();

        using var cancelled = await hub.Admin.PostAsync($"/api/executions/{id}/cancel", null);

        cancelled.StatusCode.ShouldBe(HttpStatusCode.Conflict);
        (await (await hub.Admin.GetAsync($"/api/executions/{id}")).ReadJsonAsync()).GetProperty("status").GetString().ShouldBe("succeeded");
    }

    [Fact]
    public async Task An_execution_is_run_again_with_its_version_or_the_newest_and_other_inputs()
    {
        var name = HubFixture.NewName("plan");
        await hub.Admin.PostAsJsonAsync("/api/plans", new { name, inputs = new { n = "integer" }, steps = new[] { new { use = "logic.transform", with = new { value = "${input.n}" } } } });
        using var answer = await hub.Admin.PostAsJsonAsync("/api/execute?wait=30s", new { plan = name, inputs = new { n = 1 } });
        var id = (await answer.ReadJsonAsync()).GetProperty("id").GetString();
        await hub.Admin.PutAsJsonAsync($"/api/plans/{name}", new { name, inputs = new { n = "integer" }, steps = new[] { new { use = "logic.transform", with = new { value = "new ${input.n}" } } } });

        using var same = await hub.Admin.PostAsync($"/api/executions/{id}/rerun?wait=30s", null);
        using var newest = await hub.Admin.PostAsJsonAsync($"/api/executions/{id}/rerun?wait=30s", new { version = "newest", inputs = new { n = 2 } });

        (await same.ReadJsonAsync()).GetProperty("output").GetInt32().ShouldBe(1);
        var second = await newest.ReadJsonAsync();
        second.GetProperty("output").GetString().ShouldBe("new 2");
        second.GetProperty("plan_version").GetInt32().ShouldBe(2);
        second.GetProperty("rerun_of").GetString().ShouldBe(id);
    }

    [Fact]
    public async Task Lists_are_filtered_and_paged()
    {
        using var stranger = await hub.CreateStrangerAsync();
        for (var i = 0; i < 5; i++)
            await stranger.PostAsJsonAsync("/api/execute?wait=30s", new { plan = OneStep });
        await stranger.PostAsJsonAsync("/api/execute?wait=30s", new { plan = new { steps = new[] { new { use = "http.request", with = new { url = "http://127.0.0.1:1/" } } } } });

        var first = await (await stranger.GetAsync("/api/executions?limit=4")).ReadJsonAsync();
        var second = await (await stranger.GetAsync($"/api/executions?limit=4&after={first.GetProperty("next").GetString()}")).ReadJsonAsync();
        var failed = await (await stranger.GetAsync("/api/executions?status=failed")).ReadJsonAsync();

        first.GetProperty("items").GetArrayLength().ShouldBe(4);
        second.GetProperty("items").GetArrayLength().ShouldBe(2);
        second.GetProperty("next").ValueKind.ShouldBe(JsonValueKind.Null);
        failed.GetProperty("items").GetArrayLength().ShouldBe(1);
        var newest = first.GetProperty("items")[0].GetProperty("created_at").GetString();
        var since = await (await stranger.GetAsync($"/api/executions?since={newest}")).ReadJsonAsync();
        since.GetProperty("items").EnumerateArray().ShouldHaveSingleItem().GetProperty("id").GetString().ShouldBe(first.GetProperty("items")[0].GetProperty("id").GetString());
        (await stranger.GetAsync("/api/executions?since=yesterday")).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await stranger.GetAsync("/api/executions?status=lost")).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await stranger.GetAsync("/api/executions?after=x")).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task Logs_are_found_by_execution_level_and_text()
    {
        using var stranger = await hub.CreateStrangerAsync();
        using var answer = await stranger.PostAsJsonAsync("/api/execute?wait=30s", new { plan = OneStep });
        var id = (await answer.ReadJsonAsync()).GetProperty("id").GetString();

        var all = await (await stranger.GetAsync($"/api/execution-logs?execution={id}")).ReadJsonAsync();
        var errors = await (await stranger.GetAsync($"/api/execution-logs?execution={id}&level=error")).ReadJsonAsync();
        var found = await (await stranger.GetAsync("/api/execution-logs?q=SUCCEEDED")).ReadJsonAsync();
        var none = await (await stranger.GetAsync("/api/execution-logs?q=%25")).ReadJsonAsync();

        all.GetProperty("items").GetArrayLength().ShouldBe(1);
        errors.GetProperty("items").GetArrayLength().ShouldBe(0);
        found.GetProperty("items")[0].GetProperty("execution").GetString().ShouldBe(id);
        none.GetProperty("items").GetArrayLength().ShouldBe(0);
    }

    [Fact]
    public async Task Logs_are_read_page_by_page_and_by_the_least_level()
    {
        using var stranger = await hub.CreateStrangerAsync();
        var fails = new { use = "http.request", with = new { url = "http://127.0.0.1:1/" }, retry = new { attempts = 1 }, keep_going = true };
        using var answer = await stranger.PostAsJsonAsync("/api/execute?wait=30s", new { plan = new { steps = new[] { fails, fails, fails } } });
        var path = $"/api/execution-logs?execution={(await answer.ReadJsonAsync()).GetProperty("id").GetString()}";

        var all = await LinesAsync(path);
        var first = await (await stranger.GetAsync(path + "&limit=2")).ReadJsonAsync();
        var rest = await LinesAsync($"{path}&limit=500&after={first.GetProperty("next").GetString()}");
        var errors = await LinesAsync(path + "&level=warning");

        all.Count.ShouldBe(6);
        first.GetProperty("items").EnumerateArray().Select(line => line.GetProperty("message").GetString()).Concat(rest).ShouldBe(all);
        errors.Count.ShouldBe(3);

        async Task<List<string?>> LinesAsync(string query) =>
            [.. (await (await stranger.GetAsync(query)).ReadJsonAsync()).GetProperty("items").EnumerateArray().Select(line => line.GetProperty("message").GetString())];
    }

    [Fact]
    public async Task An_execution_of_another_workspace_is_not_found_by_any_route()
    {
        using var answer = await hub.Admin.PostAsJsonAsync("/api/execute?wait=30s", new { plan = OneStep });
        var id = (await answer.ReadJsonAsync()).GetProperty("id").GetString();
        using var stranger = await hub.CreateStrangerAsync();

        (await stranger.GetAsync($"/api/executions/{id}")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await stranger.GetAsync($"/api/executions/{id}/events")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await stranger.GetAsync($"/api/execution-logs?execution={id}")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await stranger.PostAsync($"/api/executions/{id}/cancel", null)).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await stranger.PostAsync($"/api/executions/{id}/rerun", null)).StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    private async Task<HttpResponseMessage> ExecuteAsync(string key, object plan, string query = "")
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/execute" + query) { Content = JsonContent.Create(new { plan }) };
        request.Headers.Add("Idempotency-Key", key);
        return await hub.Admin.SendAsync(request);
    }

    private async Task<List<SseItem<string>>> EventsAsync(string id, string? after = null, string query = "")
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/api/executions/{id}/events{query}");
        if (after is not null)
            request.Headers.Add("Last-Event-ID", after);
        using var answer = await hub.Admin.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        answer.EnsureSuccessStatusCode();
        var items = new List<SseItem<string>>();
        await foreach (var item in SseParser.Create(await answer.Content.ReadAsStreamAsync()).EnumerateAsync())
            items.Add(item);
        return items;
    }

    /// <summary>Spaces without end.</summary>
    private sealed class SpaceStream : Stream
    {
        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override int Read(byte[] buffer, int offset, int count)
        {
            buffer.AsSpan(offset, count).Fill((byte)' ');
            return count;
        }

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
