using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Gantry.TestServers;
using Shouldly;
using Xunit;

namespace Gantry.Hub.Specs.Transfers;

public sealed class TransferRouteSpecs(HubFixture hub) : IClassFixture<HubFixture>, IDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly string source = HubFixture.NewName("source");
    private readonly string primary = HubFixture.NewName("primary");
    private readonly string archive = HubFixture.NewName("archive");

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task A_transfer_is_started_by_one_request_and_tells_what_became_of_each_file()
    {
        await SaveAllAsync();
        folder.WriteFile("from/a.txt", "hello");
        folder.WriteFile("from/in/b.txt", "world!");
        folder.WriteFile("one/in/b.txt", "world!");
        File.SetLastWriteTimeUtc(folder["one/in/b.txt"], File.GetLastWriteTimeUtc(folder["from/in/b.txt"]));

        var done = await RunAsync(new { name = "Morning delivery", from = source + ":", to = primary + ":" });

        done.GetProperty("status").GetString().ShouldBe("succeeded", done.ToString());
        var link = done.GetProperty("links")[0];
        (link.GetProperty("complete").GetBoolean(), link.GetProperty("progress").GetProperty("copied").GetInt32(), link.GetProperty("progress").GetProperty("skipped").GetInt32())
            .ShouldBe((true, 1, 1));
        link.GetProperty("result").GetProperty("bytes").GetInt64().ShouldBe(5);
        var lines = (await ManifestAsync(done)).GetProperty("items").EnumerateArray().ToList();
        lines.Select(line => $"{line.GetProperty("path")} {line.GetProperty("result")} {line.GetProperty("size")}").Order(StringComparer.Ordinal)
            .ShouldBe(["a.txt copied 5", "in/b.txt skipped 6"]);
        File.ReadAllText(folder["one/a.txt"]).ShouldBe("hello");
    }

    [Fact]
    public async Task Only_what_failed_is_taken_up_by_a_retry()
    {
        await SaveAllAsync();
        foreach (var name in (string[])["a", "bad", "c"]) folder.WriteFile("from/" + name, name);
        Directory.CreateDirectory(folder["one/bad"]);

        var failed = await RunAsync(new { from = source + ":", to = primary + ":" });
        Directory.Delete(folder["one/bad"]);
        File.Delete(folder["one/a"]);
        folder.WriteFile("from/new", "new");
        var retried = await RetryAsync(failed);

        failed.GetProperty("status").GetString().ShouldBe("failed");
        failed.GetProperty("links")[0].GetProperty("result").GetProperty("failures")[0].GetProperty("path").GetString().ShouldBe("bad");
        retried.GetProperty("status").GetString().ShouldBe("succeeded", retried.ToString());
        retried.GetProperty("retry_of").GetString().ShouldBe(failed.GetProperty("id").GetString());
        Files("one").ShouldBe(["bad", "c"]);
        using var again = await hub.Admin.PostAsync($"/api/transfers/{retried.GetProperty("id")}/retry", null);
        again.StatusCode.ShouldBe(HttpStatusCode.Conflict);
        (await again.ReadDetailAsync()).ShouldBe("Nothing of the transfer failed.");
    }

    [Fact]
    public async Task In_a_chain_one_files_failure_stops_nothing_and_a_retry_brings_it_through_all_links()
    {
        await SaveAllAsync();
        foreach (var name in (string[])["a", "bad", "c", "late"]) folder.WriteFile("from/" + name, name);
        Directory.CreateDirectory(folder["one/bad"]);
        Directory.CreateDirectory(folder["two/late"]);

        var first = await RunAsync(new { from = source + ":", to = new[] { primary + ":", archive + ":" } });
        var (one, two) = (Files("one"), Files("two"));
        Directory.Delete(folder["one/bad"]);
        Directory.Delete(folder["two/late"]);
        File.Delete(folder["two/a"]);
        var second = await RetryAsync(first);

        (first.GetProperty("status").GetString(), first.GetProperty("failed_step").GetString()).ShouldBe(("failed", "0"));
        one.ShouldBe(["a", "c", "late"]);
        two.ShouldBe(["a", "c"]);
        first.GetProperty("links").EnumerateArray().Select(link => link.GetProperty("progress").GetProperty("failed").GetInt32()).ShouldBe([1, 1]);
        second.GetProperty("status").GetString().ShouldBe("succeeded", second.ToString());
        Files("one").ShouldBe(["a", "bad", "c", "late"]);
        Files("two").ShouldBe(["bad", "c", "late"]);
        second.GetProperty("links").EnumerateArray().Select(link => link.GetProperty("progress").GetProperty("copied").GetInt32()).ShouldBe([1, 2]);
    }

    [Fact]
    public async Task A_chain_whose_last_link_never_came_to_its_end_is_taken_up_there()
    {
        await SaveAllAsync();
        folder.WriteFile("from/a", "a");
        await hub.SaveFoldersAsync((archive, folder["one/a/below a file"]));

        var first = await RunAsync(new { from = source + ":", to = new[] { primary + ":", archive + ":sub" } });
        File.Delete(folder["from/a"]);
        await SaveAllAsync();
        var second = await RetryAsync(first);

        first.GetProperty("failed_step").GetString().ShouldBe("1", first.ToString());
        second.GetProperty("status").GetString().ShouldBe("succeeded", second.ToString());
        Files("two").ShouldBe(["sub/a"]);
    }

    [Fact]
    public async Task A_retry_of_a_transfer_that_never_began_is_the_whole_transfer()
    {
        await SaveAllAsync();
        await hub.SaveFoldersAsync((source, folder["missing"]));
        var first = await RunAsync(new { from = source + ":", to = new[] { primary + ":", archive + ":" }, files = new[] { "a" } });
        foreach (var name in (string[])["a", "b"]) folder.WriteFile("from/" + name, name);
        await SaveAllAsync();

        var second = await RetryAsync(first);
        var third = await hub.Admin.GetFromJsonAsync<JsonElement>("/api/transfers/" + Id(second));

        first.GetProperty("links")[0].GetProperty("complete").GetBoolean().ShouldBeFalse(first.ToString());
        second.GetProperty("status").GetString().ShouldBe("succeeded", second.ToString());
        third.GetProperty("files")[0].GetString().ShouldBe("a");
        Files("two").ShouldBe(["a"]);
    }

    [Fact]
    public async Task The_stream_tells_the_state_the_links_and_each_file_and_goes_on_behind_the_last_event()
    {
        await SaveAllAsync();
        foreach (var name in (string[])["a", "b", "c"]) folder.WriteFile("from/" + name, name);
        var done = await RunAsync(new { from = source + ":", to = primary + ":" });
        var path = $"/api/transfers/{done.GetProperty("id")}/events";

        var all = await hub.Admin.GetStringAsync(path);
        var second = all.Split('\n').Where(line => line.StartsWith("id: ", StringComparison.Ordinal)).ElementAt(1)["id: ".Length..];
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Add("Last-Event-ID", second);
        using var rest = await hub.Admin.SendAsync(request);
        var none = await hub.Admin.GetStringAsync(path + "?files=none");

        Count(all, "event: file").ShouldBe(3);
        Count(all, "event: progress").ShouldBe(1);
        all.ShouldContain("event: transfer\ndata: {\"id\":\"" + done.GetProperty("id"));
        Count(await rest.Content.ReadAsStringAsync(), "event: file").ShouldBe(1);
        Count(none, "event: file").ShouldBe(0);
    }

    [Fact]
    public async Task The_manifest_is_paged_searched_and_downloaded()
    {
        await SaveAllAsync();
        var names = Enumerable.Range(0, 30).Select(i => $"file {i:00} \"quoted\"\n.txt").ToArray();
        foreach (var name in names) folder.WriteFile("from/" + name, name);
        folder.WriteFile("from/bad", "x");
        Directory.CreateDirectory(folder["one/bad"]);
        var done = await RunAsync(new { from = source + ":", to = primary + ":" });
        var path = $"/api/transfers/{done.GetProperty("id")}/manifest";

        List<string> paged = [];
        for (var next = ""; next is not null;)
        {
            var page = await hub.Admin.GetFromJsonAsync<JsonElement>($"{path}?limit=7&result=copied{(next.Length == 0 ? "" : "&after=" + next)}");
            paged.AddRange(page.GetProperty("items").EnumerateArray().Select(line => line.GetProperty("path").GetString()!));
            next = page.GetProperty("next").GetString();
        }

        var failed = await hub.Admin.GetFromJsonAsync<JsonElement>(path + "?result=failed");
        var found = await hub.Admin.GetFromJsonAsync<JsonElement>(path + "?q=FILE%2007");
        var lines = (await hub.Admin.GetStringAsync(path + ".jsonl")).TrimEnd('\n').Split('\n').Select(line => JsonElement.Parse(line).GetProperty("path").GetString()!);

        paged.Order(StringComparer.Ordinal).ShouldBe(names);
        failed.GetProperty("items").EnumerateArray().Single().GetProperty("path").GetString().ShouldBe("bad");
        found.GetProperty("items").EnumerateArray().Single().GetProperty("path").GetString().ShouldBe(names[7]);
        lines.Order(StringComparer.Ordinal).ShouldBe(names.Prepend("bad"));
    }

    [Fact]
    public async Task A_manifest_of_many_files_is_told_whole()
    {
        const int Many = 6_100;
        await SaveAllAsync();
        for (var i = 0; i < Many; i++) folder.WriteFile($"from/{i % 10}/{i}", "");

        var done = await RunAsync(new { from = source + ":", to = primary + ":" });
        var lines = (await hub.Admin.GetStringAsync($"/api/transfers/{Id(done)}/manifest.jsonl")).TrimEnd('\n').Split('\n');
        var events = await hub.Admin.GetStringAsync($"/api/transfers/{Id(done)}/events");
        List<string> paged = [];
        for (var next = "0.0"; next is not null;)
        {
            var page = await hub.Admin.GetFromJsonAsync<JsonElement>($"/api/transfers/{Id(done)}/manifest?limit=500&after={next}");
            paged.AddRange(page.GetProperty("items").EnumerateArray().Select(line => line.GetProperty("path").GetString()!));
            next = page.GetProperty("next").GetString();
        }

        lines.Select(line => JsonElement.Parse(line).GetProperty("path").GetString()).Distinct(StringComparer.Ordinal).Count().ShouldBe(Many);
        Count(events, "event: file").ShouldBe(Many);
        paged.Distinct(StringComparer.Ordinal).Count().ShouldBe(Many);
    }

    [Fact]
    public async Task The_history_is_searched_by_text_endpoint_status_and_time()
    {
        await SaveAllAsync();
        folder.WriteFile("from/a", "a");
        var mark = HubFixture.NewName("Übergabe");
        var good = await RunAsync(new { name = mark + " good", from = source + ":", to = primary + ":" });
        var bad = await RunAsync(new { name = mark + " bad", from = source + ":nowhere", to = archive + ":" });

        (await IdsAsync($"q={Uri.EscapeDataString(mark.ToUpperInvariant())}")).ShouldBe([Id(bad), Id(good)]);
        (await IdsAsync($"q={Uri.EscapeDataString(mark)}&status=failed")).ShouldBe([Id(bad)]);
        (await IdsAsync($"q={Uri.EscapeDataString(mark)}&status=succeeded")).ShouldBe([Id(good)]);
        (await IdsAsync($"q={Uri.EscapeDataString(mark)}&endpoint={primary}")).ShouldBe([Id(good)]);
        (await IdsAsync($"endpoint={source}")).ShouldBe([Id(bad), Id(good)]);
        (await IdsAsync($"endpoint={source}&limit=1&after={Id(bad)}")).ShouldBe([Id(good)]);
        (await IdsAsync($"endpoint={source}&until={good.GetProperty("created_at").GetString()}")).ShouldBeEmpty();
        (await IdsAsync($"endpoint={source}&since={good.GetProperty("created_at").GetString()}")).ShouldBe([Id(bad), Id(good)]);
        (await IdsAsync("q=nowhere&endpoint=" + archive)).ShouldBe([Id(bad)]);
        (await IdsAsync("q=" + Uri.EscapeDataString("%' or true --"))).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("""{"from":"/a"}""", "'to'")]
    [InlineData("""{"from":"/a","to":[]}""", "'to' is an address")]
    [InlineData("""{"from":"/a","to":"/b","mode":"steal"}""", "'mode'")]
    [InlineData("""{"from":"/a","to":"/b","options":{"includ":["x"]}}""", "includ")]
    [InlineData("""{"from":"/a","to":"/b","options":{"to":"/c"}}""", "'to' is no option")]
    [InlineData("""{"from":"/a","to":["/b","/c"],"mode":"move"}""", "A chain copies")]
    [InlineData("""{"from":"/a","to":"/b","files":["../x"]}""", "../x")]
    [InlineData("""{"from":"nobody-has-this:x","to":"/b"}""", "There is no endpoint 'nobody-has-this'")]
    [InlineData("""{"from":"relative","to":"/b"}""", "not an address that a hub understands")]
    public async Task What_cannot_be_run_is_refused_in_a_sentence(string body, string message)
    {
        using var answer = await hub.Admin.PostAsync("/api/transfers", new StringContent(body, System.Text.Encoding.UTF8, "application/json"));

        ((int)answer.StatusCode).ShouldBeOneOf(400, 422);
        (await answer.ReadDetailAsync()).ShouldContain(message);
    }

    [Fact]
    public async Task Another_workspaces_transfers_manifests_and_templates_are_not_there()
    {
        await SaveAllAsync();
        folder.WriteFile("from/a", "a");
        var done = await RunAsync(new { name = "theirs", from = source + ":", to = primary + ":" });
        var template = HubFixture.NewName("template");
        using var saved = await hub.Admin.PostAsJsonAsync("/api/transfer-templates", new { name = template, from = source + ":", to = primary + ":" });
        using var stranger = await hub.CreateStrangerAsync();

        foreach (var path in (string[])["", "/events", "/manifest", "/manifest.jsonl"])
        {
            using var answer = await stranger.GetAsync($"/api/transfers/{Id(done)}{path}");
            answer.StatusCode.ShouldBe(HttpStatusCode.NotFound, path);
        }

        using var retried = await stranger.PostAsync($"/api/transfers/{Id(done)}/retry", null);
        using var run = await stranger.PostAsJsonAsync($"/api/transfer-templates/{template}/run", new { });
        retried.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        run.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await stranger.GetFromJsonAsync<JsonElement>("/api/transfers?q=theirs")).GetProperty("items").GetArrayLength().ShouldBe(0);
        (await stranger.GetFromJsonAsync<JsonElement>("/api/transfer-templates")).GetProperty("items").GetArrayLength().ShouldBe(0);
    }

    [Fact]
    public async Task Another_workspaces_manifest_chooses_no_files()
    {
        await SaveAllAsync();
        folder.WriteFile("from/a", "a");
        var done = await RunAsync(new { from = source + ":", to = primary + ":" });
        using var stranger = await hub.CreateStrangerAsync();
        var plan = new { steps = new[] { new { use = "transfer.copy", with = new { from = "/tmp/x", to = "/tmp/y", arrived_in = new[] { Id(done) + "/0" } } } } };

        using var answer = await stranger.PostAsJsonAsync("/api/execute?wait=30s", plan);

        (await answer.ReadJsonAsync()).GetProperty("error").GetProperty("message").GetString()!.ShouldContain("There is no manifest");
    }

    [Fact]
    public async Task Local_paths_of_users_stay_inside_the_roots()
    {
        folder.WriteFile("from/a", "a");
        using var editor = await hub.CreateMemberAsync("editor");

        using var answer = await editor.PostAsJsonAsync("/api/transfers?wait=30s", new { from = folder["from"], to = folder["one"] });
        var done = await answer.ReadJsonAsync();

        done.GetProperty("status").GetString().ShouldBe("failed", done.ToString());
        Directory.Exists(folder["one"]).ShouldBeFalse();
    }

    [Fact]
    public async Task A_chain_through_places_of_the_day_and_its_retry_find_what_arrived_there()
    {
        await SaveAllAsync();
        folder.WriteFile("from/a", "a");
        folder.WriteFile("from/late", "late");
        Directory.CreateDirectory(folder["two/late"]);
        var name = HubFixture.NewName("daily");
        using var created = await hub.Admin.PostAsJsonAsync("/api/transfer-templates", new { name, from = source + ":", to = new[] { primary + ":{year}/{execution}", archive + ":" } });

        var first = await PostAsync($"/api/transfer-templates/{name}/run?wait=30s", null);
        Directory.Delete(folder["two/late"]);
        var second = await RetryAsync(first);
        using var unknown = await hub.Admin.PostAsJsonAsync("/api/transfers", new { from = source + ":", to = primary + ":{yaer}" });

        var day = $"{first.GetProperty("created_at").GetString()![..4]}/{Id(first)}";
        first.GetProperty("to")[0].GetString().ShouldBe($"{primary}:{day}");
        Files("one").ShouldBe([$"{day}/a", $"{day}/late"]);
        second.GetProperty("status").GetString().ShouldBe("succeeded", second.ToString());
        Files("two").ShouldBe(["a", "late"]);
        (await IdsAsync("template=" + name)).ShouldBe([Id(first)]);
        unknown.StatusCode.ShouldBe(HttpStatusCode.UnprocessableEntity);
        (await unknown.ReadDetailAsync()).ShouldContain("yaer");
    }

    [Fact]
    public async Task The_same_key_starts_one_transfer()
    {
        await SaveAllAsync();
        folder.WriteFile("from/a", "a");
        List<string?> ids = [];
        for (var i = 0; i < 2; i++)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, "/api/transfers") { Content = JsonContent.Create(new { from = source + ":", to = primary + ":" }) };
            request.Headers.Add("Idempotency-Key", source);
            using var answer = await hub.Admin.SendAsync(request);
            answer.StatusCode.ShouldBe(HttpStatusCode.Accepted);
            ids.Add(Id(await answer.ReadJsonAsync()));
        }

        ids[1].ShouldBe(ids[0]);
        (await IdsAsync($"endpoint={source}")).Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_template_is_saved_changed_run_restored_and_deleted()
    {
        await SaveAllAsync();
        foreach (var name in (string[])["a.md", "b.md", "c.txt"]) folder.WriteFile("from/" + name, name);
        var name1 = HubFixture.NewName("pages");
        var path = "/api/transfer-templates/" + name1;

        using var created = await hub.Admin.PostAsJsonAsync("/api/transfer-templates", new { name = name1, description = "The pages", from = source + ":", pattern = "*.md", to = primary + ":" });
        var first = await PostAsync(path + "/run?wait=30s", new { files = new[] { "a.md" } });
        var one = Files("one");
        using var changed = await hub.Admin.PutAsJsonAsync(path, new { from = source + ":", pattern = "*.txt", to = archive + ":", options = new { verify = "checksum" } });
        var second = await PostAsync(path + "/run?wait=30s", null);
        var shown = await hub.Admin.GetFromJsonAsync<JsonElement>(path);
        using var restored = await hub.Admin.PostAsync($"/api/plans/{name1}/versions/1/restore", null);
        var old = await hub.Admin.GetFromJsonAsync<JsonElement>(path);

        created.StatusCode.ShouldBe(HttpStatusCode.Created, await created.Content.ReadAsStringAsync());
        first.GetProperty("status").GetString().ShouldBe("succeeded", first.ToString());
        one.ShouldBe(["a.md"]);
        changed.StatusCode.ShouldBe(HttpStatusCode.OK, await changed.Content.ReadAsStringAsync());
        (second.GetProperty("name").GetString(), second.GetProperty("template_id").GetString()).ShouldBe((name1, shown.GetProperty("id").GetString()));
        Files("two").ShouldBe(["c.txt"]);
        (shown.GetProperty("pattern").GetString(), shown.GetProperty("version").GetInt32(), shown.GetProperty("options").ToString()).ShouldBe(("*.txt", 2, """{"verify":"checksum"}"""));
        (old.GetProperty("pattern").GetString(), old.GetProperty("version").GetInt32(), old.GetProperty("description").GetString()).ShouldBe(("*.md", 3, "The pages"));
        (await IdsAsync("template=" + name1)).ShouldBe([Id(second), Id(first)]);
        using var byHand = await hub.Admin.PutAsJsonAsync("/api/plans/" + name1, new { name = name1, steps = new[] { new { use = "transfer.list", with = new { from = source + ":" } } } });
        using var noTemplate = await hub.Admin.GetAsync(path);
        noTemplate.StatusCode.ShouldBe(HttpStatusCode.Conflict);
        using var deleted = await hub.Admin.DeleteAsync(path);
        deleted.StatusCode.ShouldBe(HttpStatusCode.NoContent);
        using var gone = await hub.Admin.GetAsync(path);
        gone.StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task A_template_that_runs_again_is_in_the_history_and_a_retry_is_of_its_files()
    {
        await SaveAllAsync();
        folder.WriteFile("from/a", "a");
        folder.WriteFile("from/bad", "b");
        Directory.CreateDirectory(folder["one/bad"]);
        var name = HubFixture.NewName("again");
        using var created = await hub.Admin.PostAsJsonAsync("/api/transfer-templates", new { name, from = source + ":", to = primary + ":" });
        var first = await PostAsync($"/api/transfer-templates/{name}/run?wait=30s", null);
        var rerun = await PostAsync($"/api/executions/{Id(first)}/rerun?wait=30s", null);
        Directory.Delete(folder["one/bad"]);

        var retried = await RetryAsync(first);

        (await IdsAsync("q=" + name)).ShouldBe([Id(retried), Id(rerun), Id(first)]);
        retried.GetProperty("links")[0].GetProperty("progress").GetProperty("files_total").GetInt32().ShouldBe(1);
    }

    private async Task<JsonElement> PostAsync(string path, object? body)
    {
        using var answer = await hub.Admin.PostAsync(path, body is null ? null : JsonContent.Create(body));
        answer.StatusCode.ShouldBe(HttpStatusCode.OK, await answer.Content.ReadAsStringAsync());
        return await answer.ReadJsonAsync();
    }

    private static int Count(string text, string part) => text.Split(part).Length - 1;

    private static string Id(JsonElement transfer) => transfer.GetProperty("id").GetString()!;

    private IEnumerable<string> Files(string name) => Directory.EnumerateFiles(folder[name], "*", SearchOption.AllDirectories)
        .Select(path => Path.GetRelativePath(folder[name], path)).Order(StringComparer.Ordinal).ToList();

    private async Task<List<string>> IdsAsync(string query) =>
        [.. (await hub.Admin.GetFromJsonAsync<JsonElement>("/api/transfers?" + query)).GetProperty("items").EnumerateArray().Select(Id)];

    private Task<JsonElement> ManifestAsync(JsonElement transfer) => hub.Admin.GetFromJsonAsync<JsonElement>($"/api/transfers/{Id(transfer)}/manifest")!;

    private Task SaveAllAsync() => hub.SaveFoldersAsync((source, folder["from"]), (primary, folder["one"]), (archive, folder["two"]));

    private async Task<JsonElement> RunAsync(object transfer)
    {
        using var answer = await hub.Admin.PostAsJsonAsync("/api/transfers?wait=30s", transfer);
        answer.StatusCode.ShouldBe(HttpStatusCode.OK, await answer.Content.ReadAsStringAsync());
        return await answer.ReadJsonAsync();
    }

    private async Task<JsonElement> RetryAsync(JsonElement transfer)
    {
        using var answer = await hub.Admin.PostAsync($"/api/transfers/{Id(transfer)}/retry?wait=30s", null);
        answer.StatusCode.ShouldBe(HttpStatusCode.OK, await answer.Content.ReadAsStringAsync());
        return await answer.ReadJsonAsync();
    }
}
