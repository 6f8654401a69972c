using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Gantry.TestServers;
using Shouldly;
using Xunit;

namespace Gantry.Hub.Specs.Endpoints;

public sealed class FileRouteSpecs(HubFixture hub) : IClassFixture<HubFixture>, IAsyncLifetime
{
    private readonly TemporaryFolder folder = new();
    private readonly string name = HubFixture.NewName("files");

    private string Files => $"/api/endpoints/{name}/files";

    public async ValueTask InitializeAsync()
    {
        using var saved = await hub.Admin.PostAsJsonAsync("/api/endpoints", new { name, address = folder.Path });
        saved.EnsureSuccessStatusCode();
    }

    public ValueTask DisposeAsync()
    {
        folder.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task A_folder_is_listed_with_what_is_known_of_each_thing()
    {
        Directory.CreateDirectory(At("sub"));
        await File.WriteAllTextAsync(At("a ä.txt"), "12345");
        File.CreateSymbolicLink(At("link"), "a ä.txt");

        var entries = await ListAsync("");

        entries.Select(entry => entry.GetProperty("name").GetString()).Order(StringComparer.Ordinal).ShouldBe(["a ä.txt", "link", "sub"]);
        var file = entries.Single(entry => entry.GetProperty("kind").GetString() == "file");
        file.GetProperty("size").GetInt64().ShouldBe(5);
        file.GetProperty("modified_at").GetDateTimeOffset().UtcDateTime.ShouldBe(File.GetLastWriteTimeUtc(At("a ä.txt")), TimeSpan.FromSeconds(1));
        entries.Select(entry => entry.GetProperty("kind").GetString()).ShouldBe(["file", "folder", "symbolic_link"], ignoreOrder: true);
    }

    [Fact]
    public async Task A_listing_is_compressed_for_who_takes_it_and_says_that_it_was_cut()
    {
        for (var i = 0; i < 1_200; i++)
            await File.WriteAllTextAsync(At($"file-{i}"), "");
        using var request = new HttpRequestMessage(HttpMethod.Get, Files + "?limit=1000");
        request.Headers.AcceptEncoding.ParseAdd("gzip");

        using var answer = await hub.Admin.SendAsync(request);

        answer.Content.Headers.ContentEncoding.ShouldBe(["gzip"]);
        await using var unpacked = new System.IO.Compression.GZipStream(await answer.Content.ReadAsStreamAsync(), System.IO.Compression.CompressionMode.Decompress);
        var lines = (await new StreamReader(unpacked).ReadToEndAsync()).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        lines.Length.ShouldBe(1_001);
        lines[^1].ShouldBe("""{"more":true}""");
        (await ListAsync("")).Count.ShouldBe(1_200);
    }

    [Theory]
    [InlineData("../x")]
    [InlineData("/etc")]
    [InlineData("a/../../x")]
    [InlineData("a//b")]
    [InlineData("a%00b")]
    [InlineData("./a")]
    public async Task A_path_that_leaves_the_endpoint_is_refused_whatever_is_asked(string path)
    {
        using var listed = await hub.Admin.GetAsync($"{Files}?path={path}");
        using var read = await hub.Admin.GetAsync($"{Files}/content?path={path}");
        using var written = await hub.Admin.PutAsync($"{Files}/content?path={path}", new StringContent("x"));
        var named = Uri.UnescapeDataString(path);
        using var made = await hub.Admin.PostAsJsonAsync(Files + "/folders", new { path = named });
        using var deleted = await hub.Admin.PostAsJsonAsync(Files + "/delete", new { paths = new[] { named }, recursive = true });
        using var renamed = await hub.Admin.PostAsJsonAsync(Files + "/rename", new { from = "a", to = named });

        foreach (var answer in (HttpResponseMessage[])[listed, read, written, made, deleted, renamed])
        {
            answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest, answer.RequestMessage!.RequestUri!.ToString());
            (await answer.ReadDetailAsync()).ShouldContain("is not a path inside an endpoint");
        }
    }

    [Fact]
    public async Task A_folder_of_this_machine_that_users_may_not_name_is_not_listed()
    {
        using var editor = await hub.CreateMemberAsync("editor");
        using var saved = await editor.PutAsJsonAsync($"/api/endpoints/{name}", new { address = folder.Path });

        using var listed = await editor.GetAsync(Files);

        listed.StatusCode.ShouldBe(HttpStatusCode.UnprocessableEntity);
        (await listed.ReadDetailAsync()).ShouldContain(folder.Path);
    }

    [Fact]
    public async Task What_is_written_is_read_back_whole_and_in_ranges()
    {
        using var written = await hub.Admin.PutAsync($"{Files}/content?path=in.bin&modified_at=2026-01-31T08:00:00Z", new StringContent("0123456789"));
        using var whole = await hub.Admin.GetAsync($"{Files}/content?path=in.bin");
        using var middle = await RangeAsync("bytes=2-4", null);
        using var end = await RangeAsync("bytes=-3", null);
        using var beyond = await RangeAsync("bytes=10-", null);
        using var same = await RangeAsync("bytes=0-0", whole.Headers.ETag!.ToString());
        using var other = await RangeAsync("bytes=0-0", "\"another\"");

        written.StatusCode.ShouldBe(HttpStatusCode.Created);
        File.GetLastWriteTimeUtc(At("in.bin")).ShouldBe(new DateTime(2026, 1, 31, 8, 0, 0, DateTimeKind.Utc));
        (await whole.Content.ReadAsStringAsync()).ShouldBe("0123456789");
        whole.Content.Headers.ContentLength.ShouldBe(10);
        (await middle.Content.ReadAsStringAsync()).ShouldBe("234");
        middle.StatusCode.ShouldBe(HttpStatusCode.PartialContent);
        middle.Content.Headers.ContentRange!.ToString().ShouldBe("bytes 2-4/10");
        (await end.Content.ReadAsStringAsync()).ShouldBe("789");
        beyond.StatusCode.ShouldBe(HttpStatusCode.RequestedRangeNotSatisfiable);
        same.StatusCode.ShouldBe(HttpStatusCode.PartialContent);
        other.StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Theory]
    [InlineData("page.html", "text/plain; charset=utf-8")]
    [InlineData("drawing.svg", "text/plain; charset=utf-8")]
    [InlineData("photo.PNG", "image/png")]
    public async Task What_a_browser_could_run_is_never_answered_as_what_it_is(string file, string shown)
    {
        await File.WriteAllTextAsync(At(file), "<script>alert(1)</script>");

        using var inline = await hub.Admin.GetAsync($"{Files}/content?path={file}&inline=true");
        using var saved = await hub.Admin.GetAsync($"{Files}/content?path={file}");

        inline.Content.Headers.ContentType!.ToString().ShouldBe(shown);
        inline.Headers.GetValues("Content-Security-Policy").Single().ShouldEndWith("; sandbox");
        inline.Headers.GetValues("X-Content-Type-Options").Single().ShouldBe("nosniff");
        saved.Content.Headers.ContentType!.ToString().ShouldBe("application/octet-stream");
        saved.Content.Headers.ContentDisposition!.ToString().ShouldBe($"attachment; filename={file}; filename*=UTF-8''{file}");
    }

    [Fact]
    public async Task A_file_that_is_there_is_replaced_only_when_that_is_said()
    {
        await File.WriteAllTextAsync(At("there"), "old");

        using var refused = await hub.Admin.PutAsync($"{Files}/content?path=there", new StringContent("new"));
        var between = await File.ReadAllTextAsync(At("there"));
        using var replaced = await hub.Admin.PutAsync($"{Files}/content?path=there&overwrite=true", new StringContent("new"));

        refused.StatusCode.ShouldBe(HttpStatusCode.Conflict);
        between.ShouldBe("old");
        replaced.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await File.ReadAllTextAsync(At("there"))).ShouldBe("new");
    }

    [Fact]
    public async Task A_file_is_larger_than_other_bodies_may_be()
    {
        var bytes = new byte[40 * 1024 * 1024];
        Random.Shared.NextBytes(bytes);

        using var written = await hub.Admin.PutAsync($"{Files}/content?path=large", new ByteArrayContent(bytes));

        written.StatusCode.ShouldBe(HttpStatusCode.Created, await written.Content.ReadAsStringAsync());
        (await File.ReadAllBytesAsync(At("large"))).AsSpan().SequenceEqual(bytes).ShouldBeTrue();
    }

    [Fact]
    public async Task Folders_are_made_renamed_counted_and_deleted_with_all_that_is_in_them()
    {
        using var made = await hub.Admin.PostAsJsonAsync(Files + "/folders", new { path = "one/two" });
        using var again = await hub.Admin.PostAsJsonAsync(Files + "/folders", new { path = "one/two" });
        await File.WriteAllTextAsync(At("one/two/file"), "12345");
        Directory.CreateDirectory(At("kept"));
        File.CreateSymbolicLink(At("one/out"), At("kept"));
        using var renamed = await hub.Admin.PostAsJsonAsync(Files + "/rename", new { from = "one", to = "uno" });
        using var taken = await hub.Admin.PostAsJsonAsync(Files + "/rename", new { from = "uno", to = "kept" });
        using var inside = await hub.Admin.PostAsJsonAsync(Files + "/rename", new { from = "uno", to = "uno/two/uno" });
        using var counted = await hub.Admin.PostAsJsonAsync(Files + "/count", new { paths = new[] { "uno" } });
        using var careful = await hub.Admin.PostAsJsonAsync(Files + "/delete", new { paths = new[] { "uno" } });
        using var deleted = await hub.Admin.PostAsJsonAsync(Files + "/delete", new { paths = new[] { "uno", "gone" }, recursive = true });

        made.StatusCode.ShouldBe(HttpStatusCode.Created);
        again.StatusCode.ShouldBe(HttpStatusCode.Conflict);
        (await renamed.ReadJsonAsync()).GetProperty("name").GetString().ShouldBe("uno");
        taken.StatusCode.ShouldBe(HttpStatusCode.Conflict);
        inside.StatusCode.ShouldBe(HttpStatusCode.Conflict);
        var count = await counted.ReadJsonAsync();
        (count.GetProperty("files").GetInt64(), count.GetProperty("folders").GetInt64()).ShouldBe((2, 2));
        careful.StatusCode.ShouldBe(HttpStatusCode.Conflict);
        (await deleted.ReadJsonAsync()).GetProperty("files").GetInt64().ShouldBe(2);
        Directory.Exists(At("uno")).ShouldBeFalse();
        Directory.Exists(At("kept")).ShouldBeTrue("what a link points to stays");
    }

    [Fact]
    public async Task What_was_done_by_hand_is_on_record_and_not_for_viewers()
    {
        using var viewer = await hub.CreateMemberAsync("viewer");
        using var refused = await viewer.PutAsync($"{Files}/content?path=theirs", new StringContent("x"));
        using var written = await hub.Admin.PutAsync($"{Files}/content?path=mine", new StringContent("x"));
        using var read = await hub.Admin.GetAsync($"{Files}/content?path=mine");
        using var deleted = await hub.Admin.PostAsJsonAsync(Files + "/delete", new { paths = new[] { "mine" } });

        var audit = await hub.Admin.GetFromJsonAsync<JsonElement>("/api/audit?limit=100");

        refused.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        File.Exists(At("theirs")).ShouldBeFalse();
        audit.GetProperty("items").EnumerateArray().Where(entry => entry.GetProperty("target").GetString() == name).Select(entry => entry.GetProperty("action").GetString())
            .ShouldBe(["files.deleted", "file.read", "file.created", "endpoint.created"]);
    }

    [Fact]
    public async Task A_link_names_its_workspace_in_the_query()
    {
        await File.WriteAllTextAsync(At("linked"), "here");
        using var stranger = await hub.CreateStrangerAsync();

        using var named = await hub.Admin.GetAsync($"{Files}/content?path=linked&workspace=default");
        using var foreign = await stranger.GetAsync($"{Files}/content?path=linked&workspace=default");

        (await named.Content.ReadAsStringAsync()).ShouldBe("here");
        foreign.StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task A_server_is_asked_over_one_connection_for_one_folder_after_the_other()
    {
        await using var server = await SshServer.StartAsync();
        var root = server.NewFolder();
        await File.WriteAllTextAsync(Path.Combine(root, "there.txt"), "over ssh");
        using var saved = await hub.Admin.PutAsJsonAsync($"/api/endpoints/{name}", new { kind = "sftp", settings = server.Settings(root).Values });
        using var unknown = await hub.Admin.GetAsync(Files);
        using var pinned = await hub.Admin.PatchAsJsonAsync($"/api/endpoints/{name}", new { settings = new { host_key = server.HostKey } });

        var first = await ListAsync("");
        using var read = await hub.Admin.GetAsync($"{Files}/content?path=there.txt");
        using var missing = await hub.Admin.GetAsync($"{Files}?path=nowhere");

        unknown.StatusCode.ShouldBe(HttpStatusCode.UnprocessableEntity);
        (await unknown.ReadDetailAsync()).ShouldContain("SHA256:");
        first.Single().GetProperty("name").GetString().ShouldBe("there.txt");
        (await read.Content.ReadAsStringAsync()).ShouldBe("over ssh");
        missing.StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    private string At(string path) => Path.Combine(folder.Path, path);

    private async Task<HttpResponseMessage> RangeAsync(string range, string? condition)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"{Files}/content?path=in.bin");
        request.Headers.Range = RangeHeaderValue.Parse(range);
        if (condition is not null)
            request.Headers.TryAddWithoutValidation("If-Range", condition);
        return await hub.Admin.SendAsync(request);
    }

    private async Task<IReadOnlyList<JsonElement>> ListAsync(string path)
    {
        using var answer = await hub.Admin.GetAsync($"{Files}?path={path}");
        var text = await answer.Content.ReadAsStringAsync();
        answer.StatusCode.ShouldBe(HttpStatusCode.OK, text);
        return [.. text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonDocument.Parse(line).RootElement)];
    }
}
