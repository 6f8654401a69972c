using System.Net;
using System.Net.Http.Json;
using System.Net.ServerSentEvents;
using System.Text;
using System.Text.Json;
using Gantry.TestServers;
using Shouldly;
using Xunit;

namespace Gantry.Hub.Specs.Triggers;

/// <summary>What a trigger starts of a template stands among the transfers as what a person starts.</summary>
public sealed class TemplateStartSpecs(HubFixture hub) : IClassFixture<HubFixture>, IDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly string place = HubFixture.NewName("place");
    private readonly string name = HubFixture.NewName("template");

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Files_that_arrive_are_a_transfer_that_is_found_told_and_taken_up()
    {
        Directory.CreateDirectory(folder["in"]);
        Directory.CreateDirectory(folder["out/bad.csv"]);
        await SaveAsync(new { from = place + ":in", pattern = "*.csv", to = place + ":out/" });
        folder.WriteFile("in/good.csv", "good");
        folder.WriteFile("in/bad.csv", "bad");
        var trigger = await SetAsync($$"""{"files":{"endpoint":"{{place}}:in","match":"*.csv","batch":true,"settle":"0s","interval":"1d"} }""");

        var failed = await EndedAsync();
        Directory.Delete(folder["out/bad.csv"]);
        File.Delete(folder["out/good.csv"]);
        var retried = await RetryAsync(failed);

        failed.GetProperty("status").GetString().ShouldBe("failed");
        failed.GetProperty("name").GetString().ShouldBe(name);
        var by = failed.GetProperty("trigger");
        (by.GetProperty("kind").GetString(), by.GetProperty("trigger_id").GetString(), by.GetProperty("watches").GetString()).ShouldBe(("files", Id(trigger), $"{place}:in *.csv"));
        var seen = await GetAsync($"/api/events/{by.GetProperty("event_id").GetString()}");
        (seen.GetProperty("execution_id").GetString(), seen.GetProperty("status").GetString()).ShouldBe((Id(failed), "accepted"));
        foreach (var query in (string[])["q=" + name, "endpoint=" + place, "template=" + name, $"q={place}&status=failed"])
            (await IdsAsync(query)).ShouldContain(Id(failed), query);
        (await GetAsync($"/api/transfers/{Id(failed)}/manifest?result=failed")).GetProperty("items").EnumerateArray().Single().GetProperty("path").GetString().ShouldBe("bad.csv");
        (retried.GetProperty("status").GetString(), retried.GetProperty("retry_of").GetString(), retried.TryGetProperty("trigger", out _)).ShouldBe(("succeeded", Id(failed), false));
        Directory.EnumerateFiles(folder["out"]).Select(Path.GetFileName).ShouldBe(["bad.csv"]);
    }

    [Fact]
    public async Task A_call_that_names_files_is_a_transfer_of_these_and_counts_once()
    {
        foreach (var file in (string[])["a", "b"]) folder.WriteFile("in/" + file, file);
        await SaveAsync(new { from = place + ":in", to = place + ":out/" });
        await SetAsync($$"""{"webhook":{"path":"{{name}}","open":true} }""");

        for (var i = 0; i < 2; i++)
            (await CallAsync(new { files = new[] { "b" } }, "the same")).Dispose();
        using var refused = await CallAsync(new { files = new[] { "../b" } }, "another");
        var moved = await EndedAsync();

        (await GetAsync("/api/transfers/" + Id(moved))).GetProperty("files").EnumerateArray().Select(file => file.GetString()).ShouldBe(["b"]);
        (moved.GetProperty("trigger").GetProperty("kind").GetString(), moved.GetProperty("trigger").GetProperty("watches").GetString()).ShouldBe(("webhook", "POST " + name));
        File.Exists(folder["out/a"]).ShouldBeFalse();
        (await IdsAsync("template=" + name)).ShouldBe([Id(moved)]);
        refused.StatusCode.ShouldBe(HttpStatusCode.UnprocessableEntity);
        (await refused.ReadDetailAsync()).ShouldContain("../b");
    }

    [Fact]
    public async Task A_schedule_moves_through_a_chain_of_places_of_the_day_as_a_person_does()
    {
        folder.WriteFile("in/a", "a");
        await SaveAsync(new { from = place + ":in", to = new[] { place + ":day/{execution}", place + ":out" } });
        var schedule = await SetAsync("""{"schedule":{"every":"1d"} }""");

        using var run = await hub.Admin.PostAsync($"/api/triggers/{Id(schedule)}/run", null);
        var moved = await EndedAsync();

        run.StatusCode.ShouldBe(HttpStatusCode.Accepted, await run.Content.ReadAsStringAsync());
        moved.GetProperty("status").GetString().ShouldBe("succeeded", moved.ToString());
        (moved.GetProperty("to")[0].GetString(), moved.GetProperty("trigger").GetProperty("kind").GetString()).ShouldBe(($"{place}:day/{Id(moved)}", "schedule"));
        (File.Exists(folder[$"day/{Id(moved)}/a"]), File.Exists(folder["out/a"])).ShouldBe((true, true));
        var execution = await GetAsync("/api/executions/" + Id(moved));
        (execution.GetProperty("plan").GetString(), execution.GetProperty("is_transfer").GetBoolean()).ShouldBe((name, true));
    }

    [Fact]
    public async Task A_retry_knows_what_the_trigger_saw_that_names_the_place()
    {
        folder.WriteFile("day-1/a", "a");
        Directory.CreateDirectory(folder["out/a"]);
        await SaveAsync(new { from = place + ":${trigger.body.folder}", to = place + ":out/" });
        await SetAsync($$"""{"webhook":{"path":"{{name}}","open":true} }""");
        (await CallAsync(new { folder = "day-1" }, "once")).Dispose();
        var failed = await EndedAsync();
        Directory.Delete(folder["out/a"]);

        var retried = await RetryAsync(failed);

        retried.GetProperty("status").GetString().ShouldBe("succeeded", retried.ToString());
        File.ReadAllText(folder["out/a"]).ShouldBe("a");
    }

    [Fact]
    public async Task What_was_changed_as_a_plan_since_is_an_execution_and_no_transfer()
    {
        await SaveAsync(new { from = place + ":in", to = place + ":out/" });
        await SetAsync($$"""{"webhook":{"path":"{{name}}","open":true,"reply":"result"} }""");
        using (var changed = await hub.Admin.PutAsync(
            $"/api/plans/{name}", new StringContent($"name: {name}\nsteps: [ {{ use: logic.transform, with: {{ value: 1 }} }} ]\n", Encoding.UTF8, "application/yaml")))
            changed.IsSuccessStatusCode.ShouldBeTrue(await changed.Content.ReadAsStringAsync());

        using var answer = await CallAsync(new { }, "once");

        answer.StatusCode.ShouldBe(HttpStatusCode.OK, await answer.Content.ReadAsStringAsync());
        (await IdsAsync("q=" + name)).ShouldBeEmpty();
        (await answer.ReadJsonAsync()).TryGetProperty("is_transfer", out _).ShouldBeFalse();
    }

    private async Task SaveAsync(object template)
    {
        await hub.SaveFoldersAsync((place, folder.Path));
        using var saved = await hub.Admin.PutAsJsonAsync($"/api/transfer-templates/{name}", template);
        saved.IsSuccessStatusCode.ShouldBeTrue(await saved.Content.ReadAsStringAsync());
    }

    private async Task<JsonElement> SetAsync(string trigger)
    {
        using var answer = await hub.Admin.PostAsync($"/api/plans/{name}/triggers", new StringContent(trigger, Encoding.UTF8, "application/json"));
        answer.IsSuccessStatusCode.ShouldBeTrue(await answer.Content.ReadAsStringAsync());
        return await answer.ReadJsonAsync();
    }

    private async Task<HttpResponseMessage> CallAsync(object body, string key)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/webhook/" + name) { Content = JsonContent.Create(body) };
        request.Headers.Add("Idempotency-Key", key);
        return await hub.Nobody.SendAsync(request, TestContext.Current.CancellationToken);
    }

    /// <summary>The transfer of the template, as the list tells it live, at its end.</summary>
    private async Task<JsonElement> EndedAsync()
    {
        using var answer = await hub.Admin.GetAsync("/api/transfers/events?template=" + name, HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
        await using var stream = await answer.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken);
        await foreach (var told in SseParser.Create(stream).EnumerateAsync(TestContext.Current.CancellationToken))
        {
            if (told.EventType == "transfer" && JsonElement.Parse(told.Data) is var transfer && transfer.GetProperty("status").GetString() is "succeeded" or "failed")
                return transfer;
        }

        throw new InvalidOperationException("The list ended before the transfer did.");
    }

    private async Task<JsonElement> RetryAsync(JsonElement transfer)
    {
        using var answer = await hub.Admin.PostAsync($"/api/transfers/{Id(transfer)}/retry?wait=30s", null);
        answer.StatusCode.ShouldBe(HttpStatusCode.OK, await answer.Content.ReadAsStringAsync());
        return await answer.ReadJsonAsync();
    }

    private Task<JsonElement> GetAsync(string path) => hub.Admin.GetFromJsonAsync<JsonElement>(path, TestContext.Current.CancellationToken);

    private async Task<List<string>> IdsAsync(string query) => [.. (await GetAsync("/api/transfers?" + query)).GetProperty("items").EnumerateArray().Select(Id)];

    private static string Id(JsonElement found) => found.GetProperty("id").GetString()!;
}
