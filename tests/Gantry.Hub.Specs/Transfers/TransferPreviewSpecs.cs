using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Gantry.TestServers;
using Shouldly;
using Xunit;

namespace Gantry.Hub.Specs.Transfers;

public sealed class TransferPreviewSpecs(HubFixture hub) : IClassFixture<HubFixture>, IDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly string source = HubFixture.NewName("source");
    private readonly string target = HubFixture.NewName("target");

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task It_tells_where_each_file_would_be_and_moves_nothing()
    {
        await SaveAllAsync();
        folder.WriteFile("from/in/report.pdf", "hello");
        folder.WriteFile("from/there.pdf", "same");
        folder.WriteFile("from/note.txt", "no");
        folder.WriteFile("to/there.pdf", "same");
        File.SetLastWriteTimeUtc(folder["to/there.pdf"], File.GetLastWriteTimeUtc(folder["from/there.pdf"]));

        var plain = await PreviewAsync(new { from = source + ":", to = target + ":", options = new { include = new[] { "*.pdf" } } });
        var renamed = await PreviewAsync(new { from = source + ":in", to = target + ":{year}/{basename}-kept.{extension}" });

        plain.GetProperty("is_whole").GetBoolean().ShouldBeTrue();
        plain.GetProperty("files").EnumerateArray().Select(file => $"{file.GetProperty("path")} {file.GetProperty("result")} {file.GetProperty("target_path")}")
            .ShouldBe(["in/report.pdf copied in/report.pdf", "there.pdf skipped there.pdf"]);
        renamed.GetProperty("files")[0].GetProperty("target_path").GetString().ShouldBe("report-kept.pdf");
        renamed.GetProperty("to").GetString().ShouldBe($"{target}:{TimeProvider.System.GetUtcNow().Year}/{{basename}}-kept.{{extension}}");
        Directory.GetFiles(folder["to"], "*", SearchOption.AllDirectories).ShouldHaveSingleItem();
        (await hub.Admin.GetFromJsonAsync<JsonElement>($"/api/transfers?endpoint={source}")).GetProperty("items").GetArrayLength().ShouldBe(0);
    }

    [Fact]
    public async Task It_ends_when_it_has_seen_enough_and_says_so()
    {
        await SaveAllAsync();
        for (var i = 0; i < 60; i++) folder.WriteFile($"from/{i:00}", "");

        var preview = await PreviewAsync(new { from = source + ":", to = target + ":" }, "?limit=20");

        (preview.GetProperty("files").GetArrayLength(), preview.GetProperty("is_whole").GetBoolean()).ShouldBe((20, false));
    }

    [Fact]
    public async Task What_is_wrong_is_told_in_words()
    {
        await SaveAllAsync();

        using var unknown = await hub.Admin.PostAsJsonAsync("/api/transfers/preview", new { from = source + ":", to = target + ":{yaer}" });
        using var missing = await hub.Admin.PostAsJsonAsync("/api/transfers/preview", new { from = source + ":nowhere", to = target + ":" });

        unknown.StatusCode.ShouldBe(HttpStatusCode.UnprocessableEntity);
        (await unknown.ReadDetailAsync()).ShouldContain("{year}");
        missing.StatusCode.ShouldBe(HttpStatusCode.UnprocessableEntity);
        (await missing.ReadDetailAsync()).ShouldContain("nowhere");
    }

    [Fact]
    public async Task The_manifest_is_a_table_for_spreadsheets_as_well()
    {
        await SaveAllAsync();
        folder.WriteFile("from/a, \"b\".txt", "hello");
        folder.WriteFile("from/=1+1", "x");
        Directory.CreateDirectory(folder["to/=1+1"]);

        using var answer = await hub.Admin.PostAsJsonAsync("/api/transfers?wait=60s", new { from = source + ":", to = target + ":" });
        var lines = (await hub.Admin.GetStringAsync($"/api/transfers/{(await answer.ReadJsonAsync()).GetProperty("id")}/manifest.csv")).TrimEnd().Split("\r\n");

        lines[0].ShouldStartWith("path,result,target_path,size,");
        lines.Length.ShouldBe(3);
        lines.ShouldContain(line => line.StartsWith("\"a, \"\"b\"\".txt\",copied,", StringComparison.Ordinal));
        lines.ShouldContain(line => line.StartsWith("'=1+1,failed,", StringComparison.Ordinal));
    }

    private async Task<JsonElement> PreviewAsync(object request, string query = "")
    {
        using var answer = await hub.Admin.PostAsJsonAsync("/api/transfers/preview" + query, request);
        answer.StatusCode.ShouldBe(HttpStatusCode.OK, await answer.Content.ReadAsStringAsync());
        return await answer.ReadJsonAsync();
    }

    private async Task SaveAllAsync()
    {
        Directory.CreateDirectory(folder["from"]);
        Directory.CreateDirectory(folder["to"]);
        await hub.SaveFoldersAsync((source, folder["from"]), (target, folder["to"]));
    }
}
