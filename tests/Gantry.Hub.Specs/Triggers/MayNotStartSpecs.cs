using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Shouldly;
using Xunit;

namespace Gantry.Hub.Specs.Triggers;

/// <summary>Whoever saved a trigger, or a workspace's rules, may not start executions any more: what they left says so itself.</summary>
public sealed class MayNotStartSpecs(HubFixture hub) : IClassFixture<HubFixture>
{
    private const string Text = "Whoever saved this trigger may not start executions in this workspace any more. Save the plan (or set its schedule) anew, as somebody who may.";

    [Theory]
    [InlineData("viewer")]
    [InlineData("removed")]
    [InlineData("disabled")]
    public async Task Its_triggers_are_broken_until_somebody_who_may_saves_the_plan(string became)
    {
        var (user, name) = (HubFixture.NewName("leaver"), HubFixture.NewName("left"));
        using var leaver = await hub.CreateMemberAsync("editor", user);
        await SaveAsync(leaver, name);
        (await StateAsync($"/api/triggers?plan={name}", name)).ShouldBe([("active", null), ("active", null)]);
        var brokenBefore = await BrokenAsync();

        await BecomeAsync(user, became);
        using var viewer = await hub.CreateMemberAsync("viewer");

        (await StateAsync($"/api/triggers?plan={name}", name)).ShouldBe([("broken", Text), ("broken", Text)]);
        (await StateAsync("/api/scheduler/jobs?limit=500", name, viewer)).ShouldBe([("broken", Text)]);
        (await StateAsync("/api/triggers?state=broken&limit=500", name, viewer)).ShouldBe([("broken", Text), ("broken", Text)]);
        (await StateAsync("/api/triggers?state=active&limit=500", name)).ShouldBeEmpty();
        (await BrokenAsync()).ShouldBe(brokenBefore + 2);
        (await SaveAsync(hub.Admin, name)).ShouldBe(2);
        (await StateAsync($"/api/triggers?plan={name}", name)).ShouldBe([("active", null), ("active", null)]);
        (await StateAsync("/api/triggers?state=broken&limit=500", name)).ShouldBeEmpty();
        (await BrokenAsync()).ShouldBe(brokenBefore);
        (await SaveAsync(hub.Admin, name)).ShouldBe(2);
    }

    [Fact]
    public async Task An_operator_may_and_one_that_is_paused_is_paused_first_of_all()
    {
        var (user, name) = (HubFixture.NewName("leaver"), HubFixture.NewName("left"));
        using var leaver = await hub.CreateMemberAsync("editor", user);
        await SaveAsync(leaver, name);
        await BecomeAsync(user, "operator");
        (await StateAsync($"/api/triggers?plan={name}", name)).ShouldBe([("active", null), ("active", null)]);

        using (var paused = await hub.Admin.PostAsync($"/api/plans/{name}/unschedule", null)) paused.EnsureSuccessStatusCode();
        await BecomeAsync(user, "viewer");

        (await StateAsync("/api/scheduler/jobs?limit=500", name)).ShouldBe([("paused", Text)]);
        (await StateAsync("/api/triggers?state=paused&limit=500", name)).ShouldBe([("paused", Text)]);
    }

    [Fact]
    public async Task A_workspaces_rules_say_that_nobody_is_told_any_more()
    {
        var user = HubFixture.NewName("leaver");
        using var leaver = await hub.CreateMemberAsync("editor", user);
        using (var set = await leaver.PutAsJsonAsync("/api/notification-default", new { notify = new[] { new { on = "failure", use = "logic.transform", with = new { value = 1 } } } }))
            (await set.ReadJsonAsync()).GetProperty("broken").ValueKind.ShouldBe(JsonValueKind.Null);

        await BecomeAsync(user, "viewer");

        var shown = await (await hub.Admin.GetAsync("/api/notification-default")).ReadJsonAsync();
        shown.GetProperty("broken").GetString()!.ShouldStartWith("Whoever saved this rule may not start executions");
        shown.GetProperty("notify").GetArrayLength().ShouldBe(1);
        using var removed = await hub.Admin.DeleteAsync("/api/notification-default");
        removed.EnsureSuccessStatusCode();
    }

    /// <summary>Answers the version.</summary>
    private static async Task<int> SaveAsync(HttpClient who, string name)
    {
        using var saved = await who.PutAsync($"/api/plans/{name}", new StringContent(
            $"name: {name}\non: [ {{ schedule: {{ cron: \"0 6 1 1 *\" }} }}, {{ webhook: {{ path: {name}, open: true }} }} ]\nsteps: [ {{ use: logic.transform, with: {{ value: 1 }} }} ]\n", Encoding.UTF8, "application/yaml"));
        saved.IsSuccessStatusCode.ShouldBeTrue(await saved.Content.ReadAsStringAsync());
        return (await saved.ReadJsonAsync()).GetProperty("version").GetInt32();
    }

    private async Task BecomeAsync(string user, string what)
    {
        using var answer = what switch
        {
            "removed" => await hub.Admin.DeleteAsync($"/api/members/{await IdAsync(user)}"),
            "disabled" => await hub.Admin.PatchAsJsonAsync($"/api/users/{await IdAsync(user)}", new { is_disabled = true }),
            _ => await hub.Admin.PatchAsJsonAsync($"/api/members/{await IdAsync(user)}", new { role = what }),
        };
        answer.IsSuccessStatusCode.ShouldBeTrue(await answer.Content.ReadAsStringAsync());
    }

    private async Task<string> IdAsync(string user) => (await ItemsAsync("/api/users?limit=500", hub.Admin))
        .Single(one => one.GetProperty("name").GetString() == user).GetProperty("id").GetString()!;

    private async Task<List<(string State, string? Broken)>> StateAsync(string path, string plan, HttpClient? who = null) =>
        [.. (await ItemsAsync(path, who ?? hub.Admin)).Where(trigger => trigger.GetProperty("plan").GetString() == plan)
            .Select(trigger => (trigger.GetProperty("state").GetString()!, trigger.GetProperty("broken").GetString()))];

    private async Task<int> BrokenAsync() => (await (await hub.Admin.GetAsync("/api/overview")).ReadJsonAsync()).GetProperty("triggers_broken").GetInt32();

    private static async Task<IReadOnlyList<JsonElement>> ItemsAsync(string path, HttpClient who)
    {
        var page = await (await who.GetAsync(path)).ReadJsonAsync();
        return [.. (page.ValueKind == JsonValueKind.Array ? page : page.GetProperty("items")).EnumerateArray()];
    }
}
