using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Shouldly;
using Xunit;

namespace Gantry.Hub.Specs.Plans;

public sealed class PlanRouteSpecs(HubFixture hub) : IClassFixture<HubFixture>
{
    private static readonly object[] Steps = [new { use = "logic.transform", with = new { value = 1 } }];

    [Fact]
    public async Task A_plan_is_saved_changed_read_and_deleted_by_name_and_by_id()
    {
        var name = HubFixture.NewName("plan");

        using var created = await hub.Admin.PostAsJsonAsync("/api/plans", new { name, steps = Steps });
        var plan = await created.ReadJsonAsync();
        using var changed = await hub.Admin.PutAsync($"/api/plans/{name}", Yaml($"name: {name}\ndescription: new\nsteps: [ {{ use: logic.transform, with: {{ value: 2 }} }} ]"));
        var byId = await (await hub.Admin.GetAsync($"/api/plans/{plan.GetProperty("id")}")).ReadJsonAsync();
        var versions = await (await hub.Admin.GetAsync($"/api/plans/{name}/versions")).ReadJsonAsync();
        var first = await (await hub.Admin.GetAsync($"/api/plans/{name}/versions/1")).ReadJsonAsync();
        using var deleted = await hub.Admin.DeleteAsync($"/api/plans/{name}");

        created.StatusCode.ShouldBe(HttpStatusCode.Created);
        created.Headers.Location!.ToString().ShouldBe($"/api/plans/{plan.GetProperty("id").GetString()}");
        changed.StatusCode.ShouldBe(HttpStatusCode.OK);
        byId.GetProperty("version").GetInt32().ShouldBe(2);
        byId.GetProperty("description").GetString().ShouldBe("new");
        versions.GetProperty("items").EnumerateArray().Select(version => version.GetProperty("version").GetInt32()).ShouldBe([2, 1]);
        first.GetProperty("source").GetString()!.ShouldContain("\"value\":1");
        deleted.StatusCode.ShouldBe(HttpStatusCode.NoContent);
        (await hub.Admin.GetAsync($"/api/plans/{name}")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await hub.Admin.DeleteAsync($"/api/plans/{name}")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task A_name_is_free_again_after_its_plan_was_deleted_and_taken_before()
    {
        var name = HubFixture.NewName("plan");
        await hub.Admin.PostAsJsonAsync("/api/plans", new { name, steps = Steps });

        using var twice = await hub.Admin.PostAsJsonAsync("/api/plans", new { name, steps = Steps });
        await hub.Admin.DeleteAsync($"/api/plans/{name}");
        using var again = await hub.Admin.PostAsJsonAsync("/api/plans", new { name, steps = Steps });

        twice.StatusCode.ShouldBe(HttpStatusCode.Conflict);
        again.StatusCode.ShouldBe(HttpStatusCode.Created);
    }

    [Fact]
    public async Task A_plan_comes_as_json_as_text_in_json_or_as_yaml()
    {
        var (first, second, third) = (HubFixture.NewName("plan"), HubFixture.NewName("plan"), HubFixture.NewName("plan"));

        using var inField = await hub.Admin.PostAsJsonAsync("/api/plans", new { plan = new { name = first, steps = Steps } });
        using var asText = await hub.Admin.PostAsJsonAsync("/api/plans", new { plan = $"name: {second}\nsteps:\n  - use: logic.transform\n    with: {{ value: 1 }}\n" });
        using var asYaml = await hub.Admin.PostAsync("/api/plans", Yaml($"name: {third}\nsteps:\n  - use: logic.transform\n    with: {{ value: 1 }}\n"));

        inField.StatusCode.ShouldBe(HttpStatusCode.Created);
        asText.StatusCode.ShouldBe(HttpStatusCode.Created);
        asYaml.StatusCode.ShouldBe(HttpStatusCode.Created);
        (await asText.ReadJsonAsync()).GetProperty("name").GetString().ShouldBe(second);
    }

    [Fact]
    public async Task A_check_tells_all_findings_at_once_with_line_and_column()
    {
        using var answer = await hub.Admin.PostAsync("/api/plans/check", Yaml("steps:\n  - use: logic.transfrom\n  - use: nowhere.at_all\n"));

        var verdict = await answer.ReadJsonAsync();
        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        verdict.GetProperty("ok").GetBoolean().ShouldBeFalse();
        verdict.GetProperty("errors").EnumerateArray().Select(error => error.GetProperty("line").GetInt32()).ShouldBe([2, 3]);
        verdict.GetProperty("errors")[0].GetProperty("column").GetInt32().ShouldBe(10);
    }

    [Fact]
    public async Task A_check_tells_schedules_as_people_say_them()
    {
        const string Triggers = "on: [ { webhook: { path: checked, open: true } }, { schedule: { cron: \"30 6 * * *\", zone: Europe/Berlin } }, { schedule: { every: 15m } } ]\n";

        using var answer = await hub.Admin.PostAsync("/api/plans/check", Yaml(Triggers + "steps: [ { use: logic.transform, with: { value: 1 } } ]\n"));
        using var wrong = await hub.Admin.PostAsync("/api/plans/check", Yaml(Triggers + "steps: [ { use: nowhere.at_all } ]\n"));

        (await answer.ReadJsonAsync()).GetProperty("schedules").EnumerateArray().Select(words => words.GetString()).ShouldBe(["Every day at 06:30 (Europe/Berlin)", "Every 15 minutes"]);
        (await wrong.ReadJsonAsync()).GetProperty("schedules").GetArrayLength().ShouldBe(0);
    }

    [Fact]
    public async Task Plans_that_call_each_other_in_a_circle_are_neither_saved_nor_found_right()
    {
        var (a, b, c) = (HubFixture.NewName("plan"), HubFixture.NewName("plan"), HubFixture.NewName("plan"));
        (await hub.Admin.PutAsync($"/api/plans/{b}", Yaml($"steps: [ {{ call: {{ plan: {c} }} }} ]"))).EnsureSuccessStatusCode();
        using var last = await hub.Admin.PutAsync($"/api/plans/{c}", Yaml($"steps: [ {{ if: true, then: [ {{ call: {{ plan: {a} }} }} ] }} ]"));
        var calling = $"steps:\n  - use: logic.transfrom\n  - if: true\n    then:\n      - call: {{ plan: {b} }}\n";

        using var check = await hub.Admin.PostAsync("/api/plans/check", Yaml($"name: {a}\n{calling}"));
        using var saved = await hub.Admin.PutAsync($"/api/plans/{a}", Yaml(calling));
        using var created = await hub.Admin.PostAsync("/api/plans", Yaml($"name: {a}\n{calling}"));

        last.StatusCode.ShouldBe(HttpStatusCode.Created);
        var errors = (await check.ReadJsonAsync()).GetProperty("errors");
        errors.EnumerateArray().Select(error => error.GetProperty("line").GetInt32()).ShouldBe([3, 6]);
        errors[1].GetProperty("message").GetString().ShouldBe($"The plans call each other without end: {a} → {b} → {c} → {a}.");
        errors[1].GetProperty("column").GetInt32().ShouldBe(23);
        foreach (var refused in (HttpResponseMessage[])[saved, created])
        {
            refused.StatusCode.ShouldBe(HttpStatusCode.UnprocessableEntity);
            (await refused.Content.ReadAsStringAsync()).ShouldContain("call each other without end");
        }

        (await hub.Admin.GetAsync($"/api/plans/{a}")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task A_circle_by_an_id_and_one_by_an_old_version_are_found_too()
    {
        var name = HubFixture.NewName("plan");
        using var created = await hub.Admin.PostAsync("/api/plans", Yaml($"name: {name}\nsteps: [ {{ call: {{ plan: {name}-other }} }} ]"));
        var id = (await created.ReadJsonAsync()).GetProperty("id").GetString();
        using var changed = await hub.Admin.PutAsync($"/api/plans/{name}", Yaml("steps: [ { use: logic.transform, with: { value: 1 } } ]"));
        using var other = await hub.Admin.PutAsync($"/api/plans/{name}-other", Yaml($"steps: [ {{ call: {{ plan: {id} }} }} ]"));

        using var restored = await hub.Admin.PostAsync($"/api/plans/{name}/versions/1/restore", null);
        using var itself = await hub.Admin.PutAsync($"/api/plans/{name}", Yaml($"steps: [ {{ call: {{ plan: {id} }} }} ]"));

        other.StatusCode.ShouldBe(HttpStatusCode.Created);
        restored.StatusCode.ShouldBe(HttpStatusCode.UnprocessableEntity);
        itself.StatusCode.ShouldBe(HttpStatusCode.UnprocessableEntity);
    }

    [Fact]
    public async Task Of_plans_that_are_saved_at_once_and_call_each_other_one_is_refused()
    {
        for (var i = 0; i < 5; i++)
        {
            var (a, b) = (HubFixture.NewName("plan"), HubFixture.NewName("plan"));

            var answers = await Task.WhenAll(
                hub.Admin.PutAsync($"/api/plans/{a}", Yaml($"steps: [ {{ call: {{ plan: {b} }} }} ]")),
                hub.Admin.PutAsync($"/api/plans/{b}", Yaml($"steps: [ {{ call: {{ plan: {a} }} }} ]")));

            answers.Select(answer => (int)answer.StatusCode).Order().ShouldBe([201, 422]);
        }
    }

    [Fact]
    public async Task A_plan_that_cannot_run_is_not_saved_and_every_reason_is_told()
    {
        using var answer = await hub.Admin.PostAsJsonAsync("/api/plans", new { name = HubFixture.NewName("plan"), steps = Steps, colour = "red", shape = "round" });

        var problem = await answer.ReadJsonAsync();
        answer.StatusCode.ShouldBe(HttpStatusCode.UnprocessableEntity);
        answer.Content.Headers.ContentType!.MediaType.ShouldBe("application/problem+json");
        problem.GetProperty("errors").GetArrayLength().ShouldBe(2);
        problem.GetProperty("detail").GetString()!.ShouldContain("colour");
    }

    [Theory]
    [InlineData("[[[[[[[[[[")]
    [InlineData("a: &a [x]\nb: *a\nsteps: []")]
    [InlineData("steps: [ { use: logic.transform } ]\nsteps: []")]
    [InlineData("name: [")]
    public async Task A_hostile_document_is_a_finding_and_nothing_worse(string yaml)
    {
        using var answer = await hub.Admin.PostAsync("/api/plans/check", Yaml(yaml));
        using var deep = await hub.Admin.PostAsync("/api/plans/check", Yaml(new string('[', 10_000)));

        (await answer.ReadJsonAsync()).GetProperty("ok").GetBoolean().ShouldBeFalse();
        (await deep.ReadJsonAsync()).GetProperty("ok").GetBoolean().ShouldBeFalse();
    }

    [Fact]
    public async Task Of_two_who_change_the_same_version_one_is_told()
    {
        var name = HubFixture.NewName("plan");
        using var created = await hub.Admin.PostAsJsonAsync("/api/plans", new { name, steps = Steps });
        var tag = created.Headers.ETag!.Tag;

        using var first = await ChangeAsync(name, 2, tag);
        using var second = await ChangeAsync(name, 3, tag);

        first.StatusCode.ShouldBe(HttpStatusCode.OK);
        second.StatusCode.ShouldBe(HttpStatusCode.PreconditionFailed);
        (await second.ReadDetailAsync()).ShouldContain("has changed meanwhile");
    }

    [Fact]
    public async Task Saving_what_is_saved_already_makes_no_version()
    {
        var name = HubFixture.NewName("plan");
        await hub.Admin.PostAsJsonAsync("/api/plans", new { name, steps = Steps });

        using var same = await hub.Admin.PutAsJsonAsync($"/api/plans/{name}", new { name, steps = Steps });

        (await same.ReadJsonAsync()).GetProperty("version").GetInt32().ShouldBe(1);
    }

    [Fact]
    public async Task A_plan_s_origin_is_noted_kept_and_says_who_may_delete_it()
    {
        var (mine, handmade) = (HubFixture.NewName("plan"), HubFixture.NewName("plan"));
        async Task<(int Status, JsonElement Body)> PutAsync(string name, int value, string query)
        {
            using var answer = await hub.Admin.PutAsJsonAsync($"/api/plans/{name}{query}", new { name, steps = new[] { new { use = "logic.transform", with = new { value } } } });
            return ((int)answer.StatusCode, await answer.ReadJsonAsync());
        }

        (await PutAsync(mine, 1, "?origin=site-plans")).Body.GetProperty("origin").GetString().ShouldBe("site-plans");
        (await PutAsync(handmade, 1, "")).Body.GetProperty("origin").ValueKind.ShouldBe(JsonValueKind.Null);
        var changed = await PutAsync(mine, 2, "");
        (changed.Body.GetProperty("origin").GetString(), changed.Body.GetProperty("version").GetInt32()).ShouldBe(("site-plans", 2));
        var moved = await PutAsync(mine, 2, "?origin=other");
        (moved.Body.GetProperty("origin").GetString(), moved.Body.GetProperty("version").GetInt32()).ShouldBe(("other", 2));
        (await PutAsync(mine, 2, "?origin=")).Status.ShouldBe(400);
        var listed = (await (await hub.Admin.GetAsync("/api/plans?origin=other")).ReadJsonAsync()).GetProperty("items");
        listed.EnumerateArray().ShouldHaveSingleItem().GetProperty("name").GetString().ShouldBe(mine);

        using var kept = await hub.Admin.DeleteAsync($"/api/plans/{mine}?origin=site-plans");
        using var keptToo = await hub.Admin.DeleteAsync($"/api/plans/{handmade}?origin=site-plans");
        using var deleted = await hub.Admin.DeleteAsync($"/api/plans/{mine}?origin=other");

        kept.StatusCode.ShouldBe(HttpStatusCode.Conflict);
        (await kept.ReadDetailAsync()).ShouldBe($"The plan '{mine}' comes from 'other', and not from 'site-plans'. Nothing was deleted.");
        keptToo.StatusCode.ShouldBe(HttpStatusCode.Conflict);
        deleted.StatusCode.ShouldBe(HttpStatusCode.NoContent);
    }

    [Fact]
    public async Task An_old_version_is_restored_as_the_newest()
    {
        var name = HubFixture.NewName("plan");
        await hub.Admin.PostAsJsonAsync("/api/plans", new { name, steps = Steps });
        using var changed = await ChangeAsync(name, 2, null);

        using var restored = await hub.Admin.PostAsync($"/api/plans/{name}/versions/1/restore", null);

        var plan = await restored.ReadJsonAsync();
        plan.GetProperty("version").GetInt32().ShouldBe(3);
        plan.GetProperty("source").GetString()!.ShouldContain("\"value\":1");
    }

    [Fact]
    public async Task A_plan_of_another_workspace_is_not_found_by_any_route()
    {
        var name = HubFixture.NewName("plan");
        using var created = await hub.Admin.PostAsJsonAsync("/api/plans", new { name, steps = Steps });
        var id = (await created.ReadJsonAsync()).GetProperty("id").GetString();
        using var stranger = await hub.CreateStrangerAsync();

        foreach (var plan in new[] { name, id })
        {
            (await stranger.GetAsync($"/api/plans/{plan}")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
            (await stranger.GetAsync($"/api/plans/{plan}/versions")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
            (await stranger.DeleteAsync($"/api/plans/{plan}")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
            (await stranger.PostAsJsonAsync("/api/execute", new { plan })).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        }

        (await (await stranger.GetAsync("/api/plans")).ReadJsonAsync()).GetProperty("items").GetArrayLength().ShouldBe(0);
    }

    [Fact]
    public async Task A_viewer_reads_an_operator_runs_and_an_editor_edits()
    {
        var name = HubFixture.NewName("plan");
        await hub.Admin.PostAsJsonAsync("/api/plans", new { name, steps = Steps });
        using var viewer = await hub.CreateMemberAsync("viewer");
        using var @operator = await hub.CreateMemberAsync("operator");
        using var editor = await hub.CreateMemberAsync("editor");

        (await viewer.GetAsync($"/api/plans/{name}")).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await viewer.PostAsJsonAsync("/api/execute", new { plan = name })).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        (await @operator.PostAsJsonAsync("/api/execute", new { plan = name })).StatusCode.ShouldBe(HttpStatusCode.Accepted);
        (await @operator.PutAsJsonAsync($"/api/plans/{name}", new { name, steps = Steps })).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        (await editor.PutAsJsonAsync($"/api/plans/{name}", new { name, description = "d", steps = Steps })).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Two_versions_are_compared_by_what_they_say()
    {
        var name = HubFixture.NewName("compared");
        object Plan(int value, string last) => new
        {
            name,
            steps = new object[] { new { id = "same", use = "logic.transform", with = new { value = 1 } }, new { id = "changed", use = "logic.transform", with = new { value } }, new { id = last, use = "logic.transform", with = new { value = 3 } } },
        };
        using (var first = await hub.Admin.PostAsJsonAsync("/api/plans", Plan(1, "old"))) first.EnsureSuccessStatusCode();
        using (var second = await hub.Admin.PutAsJsonAsync($"/api/plans/{name}", Plan(2, "new"))) second.EnsureSuccessStatusCode();

        var diff = await hub.Admin.GetFromJsonAsync<JsonElement>($"/api/plans/{name}/diff");

        diff.GetProperty("steps").EnumerateArray().Select(step => $"{step.GetProperty("step")} {step.GetProperty("change")}").ShouldBe(["changed changed", "new added", "old removed"]);
        diff.GetProperty("steps")[0].GetProperty("members")[0].GetString().ShouldBe("with");
        using var unknown = await hub.Admin.GetAsync($"/api/plans/{name}/diff?from=9");
        unknown.StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Lists_come_in_pages()
    {
        using var stranger = await hub.CreateStrangerAsync();
        for (var i = 0; i < 5; i++)
            await stranger.PostAsJsonAsync("/api/plans", new { name = $"p{i}", steps = Steps });

        var first = await (await stranger.GetAsync("/api/plans?limit=3")).ReadJsonAsync();
        var second = await (await stranger.GetAsync($"/api/plans?limit=3&after={Uri.EscapeDataString(first.GetProperty("next").GetString()!)}")).ReadJsonAsync();

        first.GetProperty("items").EnumerateArray().Concat(second.GetProperty("items").EnumerateArray())
            .Select(plan => plan.GetProperty("name").GetString()).ShouldBe(["p0", "p1", "p2", "p3", "p4"]);
        second.GetProperty("next").ValueKind.ShouldBe(System.Text.Json.JsonValueKind.Null);
    }

    private Task<HttpResponseMessage> ChangeAsync(string name, int value, string? tag)
    {
        var request = new HttpRequestMessage(HttpMethod.Put, $"/api/plans/{name}")
        {
            Content = JsonContent.Create(new { name, steps = new[] { new { use = "logic.transform", with = new { value } } } }),
        };
        if (tag is not null)
            request.Headers.TryAddWithoutValidation("If-Match", tag);
        return hub.Admin.SendAsync(request);
    }

    private static StringContent Yaml(string text) => new(text, Encoding.UTF8, "application/yaml");
}
