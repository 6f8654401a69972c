using System.Diagnostics;
using System.Text.Json;
using Gantry.EndToEnd.Specs.Programs;
using Gantry.TestServers;
using Shouldly;
using Xunit;

namespace Gantry.EndToEnd.Specs;

/// <summary>The options of "gantry copy", "sync" and "move", as a user types them.</summary>
public sealed class TransferOptionSpecs : IDisposable
{
    private readonly TemporaryFolder folder = new();

    private Dictionary<string, string?> Variables => new(StringComparer.Ordinal) { ["XDG_CONFIG_HOME"] = folder["config"] };

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task A_manifest_has_a_line_for_each_file_and_one_at_the_end()
    {
        folder.WriteFile("in/good.txt", "good");
        folder.WriteFile("in/same.txt", "same");
        folder.WriteFile("in/name", "a file where the target has a folder");
        folder.WriteFile("out/name/inside.txt", "inside");
        File.Copy(folder["in/same.txt"], folder["out/same.txt"]);
        File.SetLastWriteTimeUtc(folder["out/same.txt"], File.GetLastWriteTimeUtc(folder["in/same.txt"]));

        var ended = await RunAsync("copy", folder["in"], folder["out"], "--manifest", folder["m.jsonl"]);

        ended.Status.ShouldBe(1, ended.ToString());
        var lines = (await File.ReadAllLinesAsync(folder["m.jsonl"])).Select(line => JsonElement.Parse(line)).ToList();
        lines[..^1].Select(line => $"{line.GetProperty("path").GetString()} {line.GetProperty("result").GetString()}").Order()
            .ShouldBe(["good.txt copied", "name failed", "same.txt skipped"]);
        lines.Single(line => line.TryGetProperty("reason", out _)).GetProperty("reason").GetString()!.ShouldContain("folder of this name");
        lines[^1].GetProperty("complete").GetBoolean().ShouldBeTrue();
        lines[^1].GetProperty("failed").GetInt32().ShouldBe(1);
        File.Exists(folder["m.jsonl.part"]).ShouldBeFalse();
    }

    [Fact]
    public async Task A_manifest_of_a_cancelled_copy_says_that_it_is_not_complete()
    {
        for (var i = 0; i < 40; i++)
        {
            folder.WriteFile($"in/{i}", new string('x', 50_000));
        }

        using var copy = GantryProgram.Start(Variables, "copy", folder["in"], folder["out"], "--bandwidth", "100K", "--manifest", folder["m.jsonl"]);
        var errors = copy.StandardError.ReadToEndAsync();
        while (!Directory.Exists(folder["out"]) || Directory.GetFiles(folder["out"]).Count(file => !Path.GetFileName(file).StartsWith('.')) < 3)
        {
            await Task.Yield();
        }

        using var signal = Process.Start("kill", ["-INT", $"{copy.Id}"]);
        await copy.WaitForExitAsync();

        copy.ExitCode.ShouldBe(130, await errors);
        var lines = await File.ReadAllLinesAsync(folder["m.jsonl"]);
        lines.Length.ShouldBeInRange(2, 40);
        var last = JsonElement.Parse(lines[^1]);
        (last.GetProperty("complete").GetBoolean(), last.GetProperty("status").GetString()).ShouldBe((false, "cancelled"));
        Directory.GetFiles(folder["out"]).ShouldAllBe(file => new FileInfo(file).Length == 50_000);
    }

    [Fact]
    public async Task A_manifest_that_cannot_be_written_is_told_before_anything_moves()
    {
        folder.WriteFile("in/a", "a");

        var ended = await RunAsync("copy", folder["in"], folder["out"], "--manifest", folder["nowhere/m.jsonl"]);

        ended.Status.ShouldBe(2, ended.ToString());
        Directory.Exists(folder["out"]).ShouldBeFalse();
    }

    [Fact]
    public async Task A_dry_run_names_each_file_and_as_json_is_one_document()
    {
        folder.WriteFile("in/new.txt", "new");
        folder.WriteFile("out/old.txt", "old");

        var ended = await RunAsync("sync", folder["in"], folder["out"], "--dry-run");
        var json = await RunAsync("sync", folder["in"], folder["out"], "--dry-run", "--json");
        var none = await RunAsync("copy", folder["in"], folder["out"], "--dry-run", "--json", "--exclude", "*");

        ended.Output.ShouldBe("copy    new.txt (3 B)\ndelete  old.txt\nWould be: 1 copied (3 B), 0 unchanged, 1 deleted.\n");
        var document = JsonElement.Parse(json.Output);
        document.GetProperty("files").EnumerateArray().Select(file => file.GetProperty("result").GetString()).ShouldBe(["copied", "deleted"]);
        document.GetProperty("deleted").GetInt32().ShouldBe(1);
        JsonElement.Parse(none.Output).GetProperty("files").GetArrayLength().ShouldBe(0);
        File.Exists(folder["out/new.txt"]).ShouldBeFalse();
    }

    [Fact]
    public async Task A_target_with_variables_is_filled_in_and_an_unknown_one_is_status_2()
    {
        folder.WriteFile("in/sub/report.pdf", "1");

        var ended = await RunAsync("copy", folder["in"], folder["out"] + "/{year}/{extension}/{source.dir}-{filename}", "--time-zone", "Asia/Tokyo");
        var unknown = await RunAsync("copy", folder["in"], folder["bad"] + "/{yaer}");
        var zone = await RunAsync("copy", folder["in"], folder["bad"] + "/{year}", "--time-zone", "Mars/Olympus");

        ended.Status.ShouldBe(0, ended.ToString());
        var year = TimeZoneInfo.ConvertTime(TimeProvider.System.GetUtcNow(), TimeZoneInfo.FindSystemTimeZoneById("Asia/Tokyo")).Year;
        File.Exists(folder[$"out/{year}/pdf/sub-report.pdf"]).ShouldBeTrue();
        unknown.Status.ShouldBe(2, unknown.ToString());
        unknown.Errors.ShouldContain("{year}");
        zone.Status.ShouldBe(2, zone.ToString());
        Directory.Exists(folder["bad"]).ShouldBeFalse();
    }

    [Fact]
    public async Task What_a_sync_takes_away_is_in_the_backup_folder_beside_the_target()
    {
        folder.WriteFile("in/kept.txt", "new content");
        folder.WriteFile("out/kept.txt", "old");
        folder.WriteFile("out/sub/gone.txt", "gone");

        var ended = await RunAsync("sync", folder["in"], folder["out"], "--backup-dir", folder["old"] + "/{year}");
        var elsewhere = await RunAsync("sync", folder["in"], folder["out"], "--backup-dir", "sftp://127.0.0.1/old");

        ended.Status.ShouldBe(0, ended.ToString());
        var kept = Directory.GetFiles(folder["old"], "*", SearchOption.AllDirectories).Select(File.ReadAllText).Order();
        kept.ShouldBe(["gone", "old"]);
        (await File.ReadAllTextAsync(folder["out/kept.txt"])).ShouldBe("new content");
        elsewhere.Status.ShouldBe(2, elsewhere.ToString());
    }

    [Fact]
    public async Task A_purge_leaves_what_was_brought_and_keeps_names_where_that_is_asked()
    {
        folder.WriteFile("in/a.txt", "a");
        folder.WriteFile("more/b.txt", "b");
        folder.WriteFile("out/old/c.txt", "c");

        var ended = await RunAsync("copy", folder["in"], folder["out"], "--keep", folder["more"], "--purge");

        ended.Status.ShouldBe(0, ended.ToString());
        Directory.GetFiles(folder["out"], "*", SearchOption.AllDirectories).Select(file => Path.GetRelativePath(folder["out"], file)).Order()
            .ShouldBe(["a.txt", "more/b.txt"]);
        Directory.Exists(folder["out/old"]).ShouldBeFalse();
    }

    [Fact]
    public async Task A_rate_is_kept_on_every_way_a_file_can_take()
    {
        folder.WriteFile("in/large", new string('x', 600_000));
        folder.WriteFile("in/small", new string('x', 100_000));
        var begin = Stopwatch.GetTimestamp();

        var ended = await RunAsync("copy", folder["in"], folder["out"], "--bandwidth", "400K");

        ended.Status.ShouldBe(0, ended.ToString());
        Stopwatch.GetElapsedTime(begin).TotalSeconds.ShouldBeGreaterThan(1.4);
    }

    [Theory]
    [InlineData("--bandwidth", "10")]
    [InlineData("--bandwidth", "10M:1M")]
    [InlineData("--bandwidth", "25:00,1M")]
    [InlineData("--parallel", "0")]
    [InlineData("--parallel", "1:2:3")]
    [InlineData("--min-age", "5")]
    [InlineData("--metadata", "novalue")]
    [InlineData("--backup-dir", "../..")]
    [InlineData("--max-delete", "5")]
    public async Task A_value_without_sense_is_status_2_and_nothing_moves(string option, string value)
    {
        folder.WriteFile("in/a.txt", "a");

        var ended = await RunAsync("copy", folder["in"], folder["out"], option, value);

        ended.Status.ShouldBe(2, ended.ToString());
        ended.Errors.ShouldStartWith("gantry: ");
        Directory.Exists(folder["out"]).ShouldBeFalse();
    }

    [Fact]
    public async Task Only_named_files_are_copied_and_letters_may_differ_in_case()
    {
        folder.WriteFile("in/a.txt", "1");
        folder.WriteFile("in/sub/B.TXT", "2");
        folder.WriteFile("in/c.jpg", "3");
        File.WriteAllBytes(folder["names"], [.. "\uFEFF# a list\r\n/sub\n./c.jpg\n"u8, 0xE4, (byte)'\n']);
        using (var making = Process.Start("/bin/sh", ["-c", $"printf x > '{folder["in"]}'/$(printf '\\344')"]))
        {
            await making.WaitForExitAsync(TestContext.Current.CancellationToken);
        }


        var named = await RunAsync("copy", folder["in"], folder["named"], "--files-from", folder["names"]);
        var cased = await RunAsync("copy", folder["in"], folder["cased"], "--include", "*.txt", "--ignore-case");

        named.Output.ShouldStartWith("3 copied", Case.Sensitive, named.ToString());
        cased.Output.ShouldStartWith("2 copied", Case.Sensitive, cased.ToString());
        File.Exists(folder["named/sub/B.TXT"]).ShouldBeTrue();
        File.Exists(folder["cased/sub/B.TXT"]).ShouldBeTrue();
    }

    [Fact]
    public async Task A_named_file_that_is_not_there_is_told_by_its_name_and_is_status_1()
    {
        folder.WriteFile("in/a.txt", "1");
        File.WriteAllText(folder["names"], "a.txt\nsub/nowhere.txt\n");

        var copied = await RunAsync("copy", folder["in"], folder["out"], "--files-from", folder["names"]);
        var document = await RunAsync("copy", folder["in"], folder["out"], "--files-from", folder["names"], "--json");

        copied.Status.ShouldBe(1, copied.ToString());
        (copied.Output + copied.Errors).ShouldContain("sub/nowhere.txt: It was named, and is not there.");
        File.ReadAllText(folder["out/a.txt"]).ShouldBe("1");
        document.Status.ShouldBe(1, document.ToString());
        var json = JsonElement.Parse(document.Output);
        (json.GetProperty("failed").GetInt32(), json.GetProperty("failures")[0].GetProperty("path").GetString()).ShouldBe((1, "sub/nowhere.txt"));
    }

    [Fact]
    public async Task Limits_are_saved_with_an_endpoint_and_hold()
    {
        folder.WriteFile("in/file", new string('x', 300_000));

        var added = await RunAsync("endpoint", "add", "slow", folder["out"], "--limit", "bandwidth=200K", "--limit", "transfers=1");
        var again = await RunAsync("endpoint", "add", "slow", folder["out"]);
        var shown = await RunAsync("endpoint", "show", "slow", "--json");
        var wrong = await RunAsync("endpoint", "add", "slow", folder["out"], "--limit", "bandwith=1M");
        var begin = Stopwatch.GetTimestamp();
        var copied = await RunAsync("copy", folder["in"], "slow:x");

        added.Status.ShouldBe(0, added.ToString());
        again.Status.ShouldBe(0, again.ToString());
        JsonElement.Parse(shown.Output).GetProperty("limits").GetProperty("bandwidth").GetString().ShouldBe("200K");
        wrong.Status.ShouldBe(2, wrong.ToString());
        wrong.Errors.ShouldContain("'bandwidth'");
        copied.Status.ShouldBe(0, copied.ToString());
        Stopwatch.GetElapsedTime(begin).TotalSeconds.ShouldBeGreaterThan(1.2);
    }

    private Task<Ended> RunAsync(params string[] words) => GantryProgram.RunAsync(Variables, null, words);
}
