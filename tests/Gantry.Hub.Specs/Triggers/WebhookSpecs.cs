using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Shouldly;
using Xunit;

namespace Gantry.Hub.Specs.Triggers;

public sealed class WebhookSpecs(WebhookHub clocked) : IClassFixture<WebhookHub>
{
    private const string Secret = "a secret that only sender and hub know";
    private readonly HubFixture hub = clocked.Hub;

    [Fact]
    public async Task A_call_is_answered_with_the_execution_and_the_plan_sees_the_call()
    {
        var path = await SaveAsync("open: true");
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/api/webhook/{path}?page=2") { Content = JsonContent.Create(new { site = "example.org", n = 12345678901234567890m }) };
        request.Headers.Add("Authorization", "Bearer of-somebody-else");
        request.Headers.Add("X-Kind", "push");

        using var answer = await hub.Nobody.SendAsync(request, TestContext.Current.CancellationToken);

        answer.StatusCode.ShouldBe(HttpStatusCode.Accepted);
        var id = (await answer.ReadJsonAsync()).GetProperty("id").GetString();
        var seen = await SeenAsync(id!);
        seen.GetProperty("method").GetString().ShouldBe("POST");
        seen.GetProperty("path").GetString().ShouldBe(path);
        seen.GetProperty("query").GetProperty("page").GetString().ShouldBe("2");
        seen.GetProperty("body").GetProperty("n").GetRawText().ShouldBe("12345678901234567890");
        seen.GetProperty("headers").GetProperty("x-kind").GetString().ShouldBe("push");
        seen.GetProperty("headers").TryGetProperty("authorization", out _).ShouldBeFalse();
    }

    [Fact]
    public async Task A_caller_who_wants_the_result_is_given_it()
    {
        var path = await SaveAsync("open: true, reply: result", "logic.transform, with: { value: \"${trigger.body.a}\" }");

        using var answer = await hub.Nobody.PostAsJsonAsync($"/api/webhook/{path}", new { a = "b" });

        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await answer.ReadJsonAsync()).GetProperty("output").GetString().ShouldBe("b");
    }

    [Fact]
    public async Task A_result_that_takes_longer_than_is_waited_for_is_answered_with_the_execution()
    {
        var path = HubFixture.NewName("hook");
        using (var saved = await hub.Admin.PutAsync($"/api/plans/{path}", new StringContent(
            $"name: {path}\non: [ {{ webhook: {{ path: {path}, open: true, reply: result, wait: 1s }} }} ]\nsteps: [ {{ wait: 1d }} ]\n", Encoding.UTF8, "application/yaml")))
            saved.IsSuccessStatusCode.ShouldBeTrue(await saved.Content.ReadAsStringAsync());

        using var answer = await hub.Nobody.PostAsJsonAsync($"/api/webhook/{path}", new { });

        answer.StatusCode.ShouldBe(HttpStatusCode.Accepted);
        var told = await answer.ReadJsonAsync();
        told.GetProperty("status").GetString().ShouldBeOneOf("running", "waiting");
        using var cancelled = await hub.Admin.PostAsync($"/api/executions/{told.GetProperty("id").GetString()}/cancel", null);
        cancelled.IsSuccessStatusCode.ShouldBeTrue();
    }

    [Fact]
    public async Task A_failure_is_answered_at_once_with_the_execution_and_the_failed_step()
    {
        var path = await SaveAsync("open: true, reply: result, wait: 10m", "logic.transform, with: { value: \"${trigger.body.missing}\" }");

        using var answer = await hub.Nobody.PostAsJsonAsync($"/api/webhook/{path}", new { a = "b" });

        answer.StatusCode.ShouldBe(HttpStatusCode.InternalServerError);
        var told = await answer.ReadJsonAsync();
        told.GetProperty("status").GetString().ShouldBe("failed");
        told.GetProperty("failed_step").GetString().ShouldBe("0");
        told.GetProperty("error").GetProperty("message").GetString()!.ShouldContain("missing");
    }

    [Fact]
    public async Task Members_of_the_body_are_the_plans_inputs_when_the_trigger_says_nothing_of_inputs()
    {
        var path = await SaveAsync("open: true, reply: result", "logic.transform, with: { value: \"${input.site}\" }", "{ site: string }");

        using var answer = await hub.Nobody.PostAsJsonAsync($"/api/webhook/{path}", new { site = "example.org", more = 1 });

        (await answer.ReadJsonAsync()).GetProperty("output").GetString().ShouldBe("example.org");
    }

    [Theory]
    [InlineData("standard", "good", 202)]
    [InlineData("standard", "body", 401)]
    [InlineData("standard", "late", 401)]
    [InlineData("standard", "early", 401)]
    [InlineData("standard", "secret", 401)]
    [InlineData("standard", "none", 401)]
    [InlineData("standard", "several", 202)]
    [InlineData("svix", "good", 202)]
    [InlineData("stripe", "good", 202)]
    [InlineData("stripe", "body", 401)]
    [InlineData("stripe", "late", 401)]
    [InlineData("github", "good", 202)]
    [InlineData("github", "body", 401)]
    [InlineData("slack", "good", 202)]
    [InlineData("slack", "late", 401)]
    [InlineData("shopify", "good", 202)]
    [InlineData("hmac", "good", 202)]
    [InlineData("hmac", "secret", 401)]
    [InlineData("gitlab", "good", 202)]
    [InlineData("gitlab", "secret", 401)]
    [InlineData("token", "good", 202)]
    [InlineData("token", "secret", 401)]
    [InlineData("token", "none", 401)]
    public async Task Only_who_knows_the_secret_is_let_in(string scheme, string what, int status)
    {
        var path = await SaveAsync($"secret: \"${{cred:{await StoreAsync(Secret)}}}\", scheme: {scheme}");
        var time = TimeProvider.System.GetUtcNow() + TimeSpan.FromMinutes(what switch { "late" => -6, "early" => 6, _ => 0 });

        using var answer = await SendAsync(path, scheme, "{\"a\": 1}", time, what);

        ((int)answer.StatusCode).ShouldBe(status);
    }

    [Fact]
    public async Task A_secret_that_is_changed_counts_half_a_second_later_at_most()
    {
        var name = await StoreAsync("the old one");
        var path = await SaveAsync($"secret: \"${{cred:{name}}}\", scheme: hmac");
        using (var refused = await SendAsync(path, "hmac", "{}", TimeProvider.System.GetUtcNow(), "good")) refused.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        using (var changed = await hub.Admin.PutAsJsonAsync($"/api/credentials/{name}", new { value = Secret, scope = "workspace" })) changed.EnsureSuccessStatusCode();

        // What was found a moment ago is not asked for again with every wrong call.
        using (var soon = await SendAsync(path, "hmac", "{}", TimeProvider.System.GetUtcNow(), "good")) soon.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        clocked.SecretsClock.Advance(TimeSpan.FromMilliseconds(500));
        using var answer = await SendAsync(path, "hmac", "{}", TimeProvider.System.GetUtcNow(), "good");

        answer.StatusCode.ShouldBe(HttpStatusCode.Accepted);
    }

    [Fact]
    public async Task A_delivery_that_comes_many_times_starts_one_execution()
    {
        var path = await SaveAsync($"secret: \"${{cred:{await StoreAsync(Secret)}}}\", scheme: github, reply: result");

        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => SendAsync(path, "github", "{\"a\": 1}", TimeProvider.System.GetUtcNow(), "good", "delivery-1")));

        answers.ShouldAllBe(answer => answer.StatusCode == HttpStatusCode.OK);
        List<string> ids = [];
        foreach (var answer in answers) ids.Add((await answer.ReadJsonAsync()).GetProperty("id").GetString()!);
        ids.Distinct().ShouldHaveSingleItem();
        var events = (await EventsAsync(path)).Select(seen => seen.GetProperty("status").GetString()).ToList();
        events.Count(status => status == "accepted").ShouldBe(1);
        events.Count(status => status == "duplicate").ShouldBe(19);
        foreach (var answer in answers) answer.Dispose();
    }

    [Fact]
    public async Task What_cannot_be_started_is_on_record_and_starts_when_it_is_sent_again_to_a_plan_that_can()
    {
        var path = await SaveAsync("open: true", inputs: "{ needed: string }");
        using (var refused = await SendAsync(path, "open", "{}", TimeProvider.System.GetUtcNow(), "good", "again-1"))
        {
            ((int)refused.StatusCode).ShouldBe(422);
            (await refused.ReadDetailAsync()).ShouldContain("'needed'");
        }

        (await EventsAsync(path)).ShouldHaveSingleItem().GetProperty("status").GetString().ShouldBe("failed");
        await SaveAsync("open: true", path: path);
        using var accepted = await SendAsync(path, "open", "{}", TimeProvider.System.GetUtcNow(), "good", "again-1");

        accepted.StatusCode.ShouldBe(HttpStatusCode.Accepted);
        (await EventsAsync(path)).Select(seen => seen.GetProperty("status").GetString()).Order().ShouldBe(["accepted", "duplicate"]);
    }

    [Fact]
    public async Task A_path_belongs_to_one_plan_of_a_workspace_and_to_each_workspace_by_itself()
    {
        var path = await SaveAsync("open: true");
        using var taken = await hub.Admin.PostAsync("/api/plans", Yaml(HubFixture.NewName("other"), $"path: {path}, open: true"));
        taken.StatusCode.ShouldBe(HttpStatusCode.Conflict);
        (await taken.ReadDetailAsync()).ShouldContain($"The plan '{path}' has the webhook POST {path} already.");

        using var stranger = await hub.CreateStrangerAsync();
        using var own = await stranger.PostAsync("/api/plans", Yaml("mine", $"path: {path}, open: true"));
        own.StatusCode.ShouldBe(HttpStatusCode.Created);
        var trigger = (await (await stranger.GetAsync("/api/triggers")).ReadJsonAsync()).GetProperty("items")[0];
        using var called = await hub.Nobody.PostAsJsonAsync(trigger.GetProperty("url").GetString(), new { });
        called.StatusCode.ShouldBe(HttpStatusCode.Accepted);
        (await (await stranger.GetAsync("/api/executions")).ReadJsonAsync()).GetProperty("items").GetArrayLength().ShouldBe(1);
        (await EventsAsync(path)).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("GET", "", 404)]
    [InlineData("HEAD", "verb: GET", 404)]
    [InlineData("GET", "verb: GET", 202)]
    [InlineData("PUT", "verb: put", 202)]
    public async Task A_webhook_has_one_verb(string verb, string field, int status)
    {
        var path = await SaveAsync(field.Length > 0 ? "open: true, " + field : "open: true");

        using var answer = await hub.Nobody.SendAsync(new HttpRequestMessage(new HttpMethod(verb), $"/api/webhook/{path}"), TestContext.Current.CancellationToken);

        ((int)answer.StatusCode).ShouldBe(status);
    }

    [Fact]
    public async Task What_is_no_webhook_or_none_any_more_is_not_there()
    {
        var path = await SaveAsync("open: true");
        using (var deleted = await hub.Admin.DeleteAsync($"/api/plans/{path}")) deleted.EnsureSuccessStatusCode();

        foreach (var address in (string[])[path, "nothing", "~nobody/x", "~", "~default", "a/../b", new string('a', 3000)])
        {
            using var answer = await hub.Nobody.PostAsJsonAsync($"/api/webhook/{address}", new { });
            answer.StatusCode.ShouldBe(HttpStatusCode.NotFound, address);
        }
    }

    [Fact]
    public async Task Bodies_of_every_form_are_taken_up_to_a_megabyte()
    {
        var path = await SaveAsync("open: true, reply: result", "logic.transform, with: { value: \"${trigger.body}\" }");
        async Task<(int Status, string Output)> CallAsync(byte[] body, string type)
        {
            using var content = new ByteArrayContent(body);
            content.Headers.TryAddWithoutValidation("Content-Type", type);
            using var answer = await hub.Nobody.PostAsync($"/api/webhook/{path}", content);
            return ((int)answer.StatusCode, answer.IsSuccessStatusCode ? (await answer.ReadJsonAsync()).GetProperty("output").GetRawText() : "");
        }

        (await CallAsync("a=1&b=x+y"u8.ToArray(), "application/x-www-form-urlencoded")).ShouldBe((200, """{"a":"1","b":"x y"}"""));
        (await CallAsync("plain"u8.ToArray(), "text/plain")).ShouldBe((200, "\"plain\""));
        (await CallAsync([0xff, 0x00], "application/octet-stream")).ShouldBe((200, """{"base64":"/wA="}"""));
        (await CallAsync("{\"a\": 1, \"a\": 2}"u8.ToArray(), "application/json")).Status.ShouldBe(400);
        (await CallAsync("{"u8.ToArray(), "application/json")).Status.ShouldBe(400);
        (await CallAsync(Encoding.UTF8.GetBytes($"\"{new string('x', 200_000)}\""), "application/json")).Output.Length.ShouldBe(200_002);
        (await CallAsync(new byte[1024 * 1024], "text/plain")).Status.ShouldBe(200);
    }

    [Fact]
    public async Task A_paused_webhook_asks_to_be_called_later_and_stays_paused_when_the_plan_is_saved()
    {
        var path = await SaveAsync("open: true");
        var trigger = (await (await hub.Admin.GetAsync($"/api/triggers?plan={path}")).ReadJsonAsync()).GetProperty("items")[0].GetProperty("id").GetString();
        using (var paused = await hub.Admin.PostAsync($"/api/triggers/{trigger}/pause", null)) (await paused.ReadJsonAsync()).GetProperty("state").GetString().ShouldBe("paused");
        await SaveAsync("open: true, reply: result", path: path);

        using (var refused = await hub.Nobody.PostAsJsonAsync($"/api/webhook/{path}", new { })) refused.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
        using (var resumed = await hub.Admin.PostAsync($"/api/triggers/{trigger}/resume", null)) resumed.EnsureSuccessStatusCode();
        using var accepted = await hub.Nobody.PostAsJsonAsync($"/api/webhook/{path}", new { });

        accepted.StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task An_event_is_replayed_by_itself_and_by_what_fits_and_both_are_audited()
    {
        var path = await SaveAsync("open: true", inputs: "{ needed: string }");
        for (var i = 0; i < 3; i++)
            using (await SendAsync(path, "open", $"{{\"n\": {i}}}", TimeProvider.System.GetUtcNow(), "good", $"r-{i}")) { }
        await SaveAsync("open: true, reply: accepted", path: path);
        var failed = await EventsAsync(path);

        using var one = await hub.Admin.PostAsync($"/api/events/{failed[0].GetProperty("id").GetString()}/replay", null);
        one.StatusCode.ShouldBe(HttpStatusCode.Accepted);
        var replayed = await one.ReadJsonAsync();
        replayed.GetProperty("status").GetString().ShouldBe("accepted");
        (await SeenAsync(replayed.GetProperty("execution_id").GetString()!)).GetProperty("body").GetProperty("n").GetInt32().ShouldBe(2);

        using var rest = await hub.Admin.PostAsJsonAsync("/api/events/replay", new { status = "failed", plan = path });
        (await rest.ReadJsonAsync()).GetProperty("replayed").GetInt32().ShouldBe(2);
        using var again = await hub.Admin.PostAsync($"/api/events/{failed[0].GetProperty("id").GetString()}/replay", null);
        (await again.ReadJsonAsync()).GetProperty("original_id").GetString().ShouldBe(failed[0].GetProperty("id").GetString());
        var audit = await (await hub.Admin.GetAsync("/api/audit?limit=500")).Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        audit.ShouldContain("event.replayed");
        audit.ShouldContain("events.replayed");
    }

    [Fact]
    public async Task A_schedule_that_is_run_by_hand_and_refused_is_dead_at_once()
    {
        var name = HubFixture.NewName("plan");
        using (var made = await hub.Admin.PostAsync("/api/plans", new StringContent(
            $"name: {name}\ninputs: {{ needed: string }}\non: [ {{ schedule: {{ every: 1d }} }} ]\nsteps: [ {{ use: logic.transform, with: {{ value: 1 }} }} ]\n", Encoding.UTF8, "application/yaml")))
            made.IsSuccessStatusCode.ShouldBeTrue(await made.Content.ReadAsStringAsync());
        var schedule = (await (await hub.Admin.GetAsync($"/api/triggers?plan={name}")).ReadJsonAsync()).GetProperty("items")[0].GetProperty("id").GetString();

        using var run = await hub.Admin.PostAsync($"/api/triggers/{schedule}/run", null);

        var refused = await run.ReadJsonAsync();
        refused.GetProperty("status").GetString().ShouldBe("dead");
        refused.GetProperty("reason").GetString()!.ShouldContain("'needed'");
        refused.GetProperty("next_attempt_at").ValueKind.ShouldBe(JsonValueKind.Null);
    }

    [Fact]
    public async Task A_dead_event_is_listed_and_replayed()
    {
        var path = await SaveAsync("open: true", inputs: "{ needed: string }");
        (await SendAsync(path, "open", "{}", TimeProvider.System.GetUtcNow(), "good", "dead-1")).Dispose();
        await TestPostgres.ExecuteAsync(hub.ConnectionString, $"""
            update gantry.events e set status = 'dead', attempts = 6, next_attempt_at = null from gantry.execution_plans p where p.name = '{path}' and p.id = e.plan_id
            """);
        await SaveAsync("open: true", path: path);

        var dead = (await (await hub.Admin.GetAsync($"/api/events?status=dead&plan={path}")).ReadJsonAsync()).GetProperty("items").EnumerateArray().ShouldHaveSingleItem();
        dead.GetProperty("reason").GetString()!.ShouldContain("'needed'");
        using var replayed = await hub.Admin.PostAsync($"/api/events/{dead.GetProperty("id").GetString()}/replay", null);

        (await replayed.ReadJsonAsync()).GetProperty("status").GetString().ShouldBe("accepted");
        (await EventsAsync(path)).ShouldHaveSingleItem().GetProperty("status").GetString().ShouldBe("accepted");
    }

    [Fact]
    public async Task A_webhook_whose_trigger_cannot_be_read_asks_to_be_called_later()
    {
        var path = await SaveAsync("open: true, expect: { between: \"02:00-04:00\", zone: Europe/Berlin }");
        await TestPostgres.ExecuteAsync(hub.ConnectionString, $"update gantry.triggers set settings = replace(settings, 'Europe/Berlin', 'Europe/Avalon') where path = '{path}'");

        using var answer = await hub.Nobody.PostAsJsonAsync($"/api/webhook/{path}", new { });

        answer.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
        (await answer.Content.ReadAsStringAsync()).ShouldNotContain("Avalon");
    }

    [Fact]
    public async Task A_schedule_is_set_shown_and_taken_away_beside_the_plans_text()
    {
        var name = HubFixture.NewName("plan");
        using (var made = await hub.Admin.PostAsJsonAsync("/api/plans", new { name, steps = new[] { new { use = "logic.transform", with = new { value = 1 } } } })) made.EnsureSuccessStatusCode();

        using var set = await hub.Admin.PostAsJsonAsync($"/api/plans/{name}/schedule", new { cron = "0 6 * * mon-fri", zone = "Europe/Berlin" });
        set.StatusCode.ShouldBe(HttpStatusCode.OK);
        var jobs = (await (await hub.Admin.GetAsync("/api/scheduler/jobs?limit=500")).ReadJsonAsync()).GetProperty("items").EnumerateArray().Where(job => job.GetProperty("plan").GetString() == name).ToList();
        jobs.ShouldHaveSingleItem().GetProperty("next").GetArrayLength().ShouldBe(10);
        using var wrong = await hub.Admin.PostAsJsonAsync($"/api/plans/{name}/schedule", new { cron = "0 25 * * *" });
        ((int)wrong.StatusCode).ShouldBe(422);
        (await wrong.ReadDetailAsync()).ShouldContain("'25' is not from 0 to 23");
        using var gone = await hub.Admin.PostAsync($"/api/plans/{name}/unschedule", null);
        (await gone.ReadJsonAsync()).GetArrayLength().ShouldBe(0);
    }

    [Fact]
    public async Task A_schedule_is_run_by_hand_with_its_inputs_and_keeps_its_times()
    {
        var name = HubFixture.NewName("plan");
        var plan = new
        {
            name,
            inputs = new { site = "string", at = "string" },
            on = new object[] { new { schedule = new { every = "1d", inputs = new { site = "example.org", at = "${trigger.planned_at}" }, when = "${false}" } }, new { webhook = new { path = name, open = true } } },
            steps = new[] { new { use = "logic.transform", with = new { value = "${input.site}" } } },
        };
        using (var made = await hub.Admin.PostAsJsonAsync("/api/plans", plan)) made.IsSuccessStatusCode.ShouldBeTrue(await made.Content.ReadAsStringAsync());
        var triggers = (await (await hub.Admin.GetAsync($"/api/triggers?plan={name}")).ReadJsonAsync()).GetProperty("items").EnumerateArray().ToDictionary(trigger => trigger.GetProperty("kind").GetString()!);
        var schedule = triggers["schedule"];
        using var operating = await hub.CreateMemberAsync("operator");

        using var run = await operating.PostAsync($"/api/triggers/{schedule.GetProperty("id").GetString()}/run", null);
        using var other = await operating.PostAsync($"/api/triggers/{triggers["webhook"].GetProperty("id").GetString()}/run", null);

        run.StatusCode.ShouldBe(HttpStatusCode.Accepted);
        var started = await run.ReadJsonAsync();
        started.GetProperty("status").GetString().ShouldBe("accepted");
        started.GetProperty("attempts").GetInt32().ShouldBe(1);
        started.GetProperty("trigger").GetProperty("by_hand").GetBoolean().ShouldBeTrue();
        (await (await hub.Admin.GetAsync($"/api/executions/{started.GetProperty("execution_id").GetString()}")).ReadJsonAsync()).GetProperty("inputs").GetProperty("site").GetString().ShouldBe("example.org");
        (await (await hub.Admin.GetAsync($"/api/triggers/{schedule.GetProperty("id").GetString()}")).ReadJsonAsync()).GetProperty("next_at").GetString().ShouldBe(schedule.GetProperty("next_at").GetString());
        other.StatusCode.ShouldBe(HttpStatusCode.Conflict);
        (await (await hub.Admin.GetAsync("/api/audit?action=trigger.run")).Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).ShouldContain(name);
    }

    private static StringContent Yaml(string name, string webhook, string use = "logic.transform, with: { value: \"${trigger}\" }", string inputs = "{}") =>
        new($"name: {name}\ninputs: {inputs}\non: [ {{ webhook: {{ {webhook} }} }} ]\nsteps: [ {{ use: {use} }} ]\n", Encoding.UTF8, "application/yaml");

    /// <summary>A plan whose name is its webhook's path.</summary>
    private async Task<string> SaveAsync(string webhook, string use = "logic.transform, with: { value: \"${trigger}\" }", string inputs = "{}", string? path = null)
    {
        path ??= HubFixture.NewName("hook");
        using var answer = await hub.Admin.PutAsync($"/api/plans/{path}", Yaml(path, $"path: {path}, {webhook}", use, inputs));
        answer.IsSuccessStatusCode.ShouldBeTrue(await answer.Content.ReadAsStringAsync());
        return path;
    }

    private async Task<string> StoreAsync(string value)
    {
        var name = HubFixture.NewName("HOOK").Replace('-', '_');
        using var answer = await hub.Admin.PostAsJsonAsync("/api/credentials", new { name, value, scope = "workspace" });
        answer.EnsureSuccessStatusCode();
        return name;
    }

    private async Task<List<JsonElement>> EventsAsync(string plan) =>
        [.. (await (await hub.Admin.GetAsync($"/api/events?plan={plan}&limit=500")).ReadJsonAsync()).GetProperty("items").EnumerateArray()];

    private async Task<JsonElement> SeenAsync(string execution) =>
        (await (await hub.Admin.GetAsync($"/api/executions/{execution}")).ReadJsonAsync()).GetProperty("trigger");

    private async Task<HttpResponseMessage> SendAsync(string path, string scheme, string body, DateTimeOffset at, string what, string delivery = "d-1")
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/api/webhook/{path}")
        {
            Content = new StringContent(what == "body" ? body + " " : body, Encoding.UTF8, "application/json"),
        };
        var (time, key) = (at.ToUnixTimeSeconds(), what == "secret" ? "another" : Secret);
        byte[] Signed(string text) => HMACSHA256.HashData(Encoding.UTF8.GetBytes(key), Encoding.UTF8.GetBytes(text));
        (string Name, string Value)[] headers = scheme switch
        {
            "standard" or "svix" when (scheme == "svix" ? "svix" : "webhook") is var prefix =>
            [
                ($"{prefix}-id", delivery), ($"{prefix}-timestamp", $"{time}"),
                ($"{prefix}-signature", (what == "several" ? "v1,AAAA v2,BBBB " : "") + "v1," + Convert.ToBase64String(Signed($"{delivery}.{time}.{body}"))),
            ],
            "stripe" => [("Stripe-Signature", $"t={time},v1={Convert.ToHexStringLower(Signed($"{time}.{body}"))},v0=00")],
            "github" => [("X-Hub-Signature-256", "sha256=" + Convert.ToHexStringLower(Signed(body))), ("X-GitHub-Delivery", delivery)],
            "slack" => [("X-Slack-Request-Timestamp", $"{time}"), ("X-Slack-Signature", "v0=" + Convert.ToHexStringLower(Signed($"v0:{time}:{body}")))],
            "shopify" => [("X-Shopify-Hmac-Sha256", Convert.ToBase64String(Signed(body)))],
            "hmac" => [("X-Signature", Convert.ToHexString(Signed(body)))],
            "gitlab" => [("X-Gitlab-Token", key)],
            "token" => [("Authorization", "Bearer " + key)],
            _ => [("Idempotency-Key", delivery)],
        };
        foreach (var (name, value) in what == "none" ? [] : headers)
            request.Headers.TryAddWithoutValidation(name, value);
        return await hub.Nobody.SendAsync(request, TestContext.Current.CancellationToken);
    }
}
