using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Gantry.TestServers;
using Shouldly;
using Xunit;

namespace Gantry.Hub.Specs.Triggers;

/// <summary>What starts a plan or a template, set beside its text.</summary>
public sealed class TriggerBesideSpecs(HubFixture hub) : IClassFixture<HubFixture>
{
    [Fact]
    public async Task What_starts_a_template_outlasts_its_changes()
    {
        using TemporaryFolder folder = new();
        var (name, place) = (HubFixture.NewName("arrivals"), HubFixture.NewName("place"));
        await hub.SaveFoldersAsync((place, folder.Path));
        await SaveAsync(name, place, "*.csv");
        var set = await SetAsync(name, $$"""{"files":{"endpoint":"{{place}}:in","match":"*.csv","batch":true} }""");

        await SaveAsync(name, place, "*.txt", "changed");

        var kept = (await TriggersAsync(name)).ShouldHaveSingleItem();
        (kept.GetProperty("id").GetString(), kept.GetProperty("kind").GetString(), kept.GetProperty("state").GetString(), kept.GetProperty("is_of_plan").GetBoolean())
            .ShouldBe((set.GetProperty("id").GetString(), "files", "active", false));
    }

    [Fact]
    public async Task A_webhook_is_set_in_the_place_of_the_one_before_and_taken_away_by_itself()
    {
        var name = await SavePlanAsync("");
        await SetAsync(name, $$"""{"webhook":{"path":"{{name}}-old","open":true} }""");
        var set = await SetAsync(name, $$"""{"webhook":{"path":"{{name}}-new","open":true} }""");
        await SetAsync(name, """{"schedule":{"every":"1d"}}""");

        (await CallAsync(name + "-old")).ShouldBe(HttpStatusCode.NotFound);
        (await CallAsync(name + "-new")).ShouldBe(HttpStatusCode.Accepted);
        using var removed = await hub.Admin.DeleteAsync($"/api/triggers/{set.GetProperty("id").GetString()}");

        removed.StatusCode.ShouldBe(HttpStatusCode.NoContent);
        (await CallAsync(name + "-new")).ShouldBe(HttpStatusCode.NotFound);
        (await KindsAsync(name)).ShouldBe(["schedule"]);
    }

    [Fact]
    public async Task What_stands_in_the_plans_text_is_taken_away_there()
    {
        var name = await SavePlanAsync("on: [ { schedule: { every: 1d } } ]");
        var id = (await TriggersAsync(name)).Single().GetProperty("id").GetString();

        using var answer = await hub.Admin.DeleteAsync($"/api/triggers/{id}");

        answer.StatusCode.ShouldBe(HttpStatusCode.Conflict);
        (await answer.ReadDetailAsync()).ShouldContain("text");
        (await KindsAsync(name)).ShouldBe(["schedule"]);
    }

    [Fact]
    public async Task What_is_no_trigger_is_refused_with_the_reason()
    {
        var name = await SavePlanAsync("");

        using var answer = await PostAsync(name, """{"files":{"match":"*.csv"}}""");

        answer.StatusCode.ShouldBe(HttpStatusCode.UnprocessableEntity);
        (await answer.ReadDetailAsync()).ShouldContain("endpoint");
        (await KindsAsync(name)).ShouldBeEmpty();
    }

    private async Task SaveAsync(string name, string place, string pattern, string? description = null)
    {
        using var saved = await hub.Admin.PutAsJsonAsync($"/api/transfer-templates/{name}", new { from = place + ":in", pattern, to = place + ":out/", description });
        saved.IsSuccessStatusCode.ShouldBeTrue(await saved.Content.ReadAsStringAsync());
    }

    private async Task<string> SavePlanAsync(string on)
    {
        var name = HubFixture.NewName("beside");
        using var saved = await hub.Admin.PutAsync(
            $"/api/plans/{name}", new StringContent($"name: {name}\n{on}\nsteps: [ {{ use: logic.transform, with: {{ value: 1 }} }} ]\n", Encoding.UTF8, "application/yaml"));
        saved.IsSuccessStatusCode.ShouldBeTrue(await saved.Content.ReadAsStringAsync());
        return name;
    }

    private async Task<JsonElement> SetAsync(string plan, string trigger)
    {
        using var answer = await PostAsync(plan, trigger);
        answer.IsSuccessStatusCode.ShouldBeTrue(await answer.Content.ReadAsStringAsync());
        return await answer.ReadJsonAsync();
    }

    private Task<HttpResponseMessage> PostAsync(string plan, string trigger) =>
        hub.Admin.PostAsync($"/api/plans/{plan}/triggers", new StringContent(trigger, Encoding.UTF8, "application/json"));

    private async Task<HttpStatusCode> CallAsync(string path)
    {
        using var answer = await hub.Nobody.PostAsJsonAsync($"/api/webhook/{path}", new { });
        return answer.StatusCode;
    }

    private async Task<List<JsonElement>> TriggersAsync(string plan) =>
        [.. (await (await hub.Admin.GetAsync($"/api/triggers?plan={plan}")).ReadJsonAsync()).GetProperty("items").EnumerateArray()];

    private async Task<IEnumerable<string?>> KindsAsync(string plan) => (await TriggersAsync(plan)).Select(trigger => trigger.GetProperty("kind").GetString());
}
