using System.Text.Json;
using Gantry.EndToEnd.Specs.Programs;
using Gantry.TestServers;
using Shouldly;
using Xunit;

namespace Gantry.EndToEnd.Specs;

/// <summary>The commands that need no hub: what they do, what they say, and the status they end with.</summary>
public sealed class FileCommandSpecs : IDisposable
{
    private readonly TemporaryFolder folder = new();

    private Dictionary<string, string?> Variables => new(StringComparer.Ordinal) { ["XDG_CONFIG_HOME"] = folder["config"] };

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Copy_moves_what_is_new_and_nothing_twice()
    {
        FileTree.Make(folder["in"], 20);

        var first = await RunAsync("copy", folder["in"], folder["out"]);
        var second = await RunAsync("copy", folder["in"], folder["out"]);

        first.ToString().ShouldBe("status 0\n20 copied (80.0 KiB), 0 unchanged.\n\n");
        second.ToString().ShouldBe("status 0\n0 copied (0 B), 20 unchanged.\n\n");
        FileTree.Differences(folder["in"], folder["out"]).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_dry_run_says_what_it_would_do_and_does_nothing()
    {
        folder.WriteFile("in/new.txt", "new");
        folder.WriteFile("out/extra.txt", "extra");

        var copy = await RunAsync("copy", "--dry-run", folder["in"], folder["other"]);
        var sync = await RunAsync("sync", "--dry-run", folder["in"], folder["out"]);
        var move = await RunAsync("move", "--dry-run", folder["in"], folder["other"]);

        copy.Output.ShouldBe("copy    new.txt (3 B)\nWould be: 1 copied (3 B), 0 unchanged.\n");
        sync.Output.ShouldBe("copy    new.txt (3 B)\ndelete  extra.txt\nWould be: 1 copied (3 B), 0 unchanged, 1 deleted.\n");
        move.Status.ShouldBe(0, move.ToString());
        Directory.Exists(folder["other"]).ShouldBeFalse();
        File.Exists(folder["in/new.txt"]).ShouldBeTrue();
        File.Exists(folder["out/extra.txt"]).ShouldBeTrue();
    }

    [Fact]
    public async Task Sync_deletes_what_only_the_target_has_unless_it_is_more_than_allowed()
    {
        folder.WriteFile("in/a.txt", "a");
        folder.WriteFile("out/b.txt", "b");
        folder.WriteFile("out/c.txt", "c");

        var refused = await RunAsync("sync", "--max-delete", "1", folder["in"], folder["out"]);
        var left = Directory.GetFiles(folder["out"]).Length;
        var done = await RunAsync("sync", folder["in"], folder["out"]);

        refused.Status.ShouldBe(1, refused.ToString());
        left.ShouldBeGreaterThanOrEqualTo(2);
        done.Status.ShouldBe(0, done.ToString());
        Directory.GetFiles(folder["out"]).Select(Path.GetFileName).ShouldBe(["a.txt"]);
    }

    [Fact]
    public async Task Move_leaves_nothing_behind()
    {
        folder.WriteFile("in/a.txt", "a");

        var ended = await RunAsync("move", folder["in"], folder["out"]);

        ended.Status.ShouldBe(0, ended.ToString());
        File.Exists(folder["in/a.txt"]).ShouldBeFalse();
        (await File.ReadAllTextAsync(folder["out/a.txt"])).ShouldBe("a");
    }

    [Fact]
    public async Task Check_tells_differences_by_its_status_and_names_each()
    {
        folder.WriteFile("in/a.txt", "a");
        folder.WriteFile("in/b.txt", "b");
        await RunAsync("copy", folder["in"], folder["out"]);

        var same = await RunAsync("check", folder["in"], folder["out"]);
        File.Delete(folder["out/b.txt"]);
        var different = await RunAsync("check", folder["in"], folder["out"]);

        same.ToString().ShouldBe("status 0\n2 the same, 0 different.\n\n");
        different.Status.ShouldBe(1);
        different.Output.ShouldBe("1 the same, 1 different.\n");
        different.Errors.ShouldContain("b.txt");
    }

    [Fact]
    public async Task One_json_document_has_the_counts_and_the_failures()
    {
        folder.WriteFile("in/good.txt", "good");
        folder.WriteFile("in/name", "a file where the target has a folder");
        folder.WriteFile("out/name/inside.txt", "inside");

        var ended = await RunAsync("copy", "--json", folder["in"], folder["out"]);

        ended.Status.ShouldBe(1, ended.ToString());
        ended.Errors.ShouldBeEmpty();
        var document = JsonElement.Parse(ended.Output);
        document.GetProperty("status").GetString().ShouldBe("failed");
        document.GetProperty("copied").GetInt32().ShouldBe(1);
        document.GetProperty("failed").GetInt32().ShouldBe(1);
        var failure = document.GetProperty("failures").EnumerateArray().ShouldHaveSingleItem();
        failure.GetProperty("path").GetString().ShouldBe("name");
        failure.GetProperty("reason").GetString().ShouldNotBeNullOrEmpty();
        document.EnumerateObject().Select(member => member.Name).ShouldBe(
            ["status", "copied", "skipped", "deleted", "failed", "bytes", "bytes_resumed", "folders", "duration_seconds", "failures", "notes", "error"]);
    }

    [Fact]
    public async Task A_target_that_nobody_saved_is_told_once()
    {
        folder.WriteFile("in/a.txt", "a");

        var json = await RunAsync("copy", "--json", folder["in"], "nosuch:/y");

        json.Status.ShouldBe(2, json.ToString());
        JsonElement.Parse(json.Output).GetProperty("error").GetProperty("kind").GetString().ShouldBe("bad_setting");
        json.ToString().ShouldEndWith(json.Output + "\n");
    }

    [Fact]
    public async Task A_server_that_is_not_there_is_status_3_also_as_json()
    {
        folder.WriteFile("in/a.txt", "a");
        const string Nowhere = "sftp://127.0.0.1:1/x";

        var plain = await RunAsync("copy", "--retries", "0", folder["in"], Nowhere);
        var json = await RunAsync("copy", "--retries", "0", "--json", folder["in"], Nowhere);
        var listed = await RunAsync("ls", Nowhere);

        plain.Status.ShouldBe(3, plain.ToString());
        plain.Errors.ShouldContain("refuses connections");
        json.Status.ShouldBe(3, json.ToString());
        JsonElement.Parse(json.Output).GetProperty("error").GetProperty("message").GetString()!.ShouldContain("refuses connections");
        listed.Status.ShouldBe(3, listed.ToString());
    }

    [Theory]
    [InlineData("copy")]
    [InlineData("copy", "only-one")]
    [InlineData("copy", "a", "b", "--dryrun")]
    [InlineData("copy", "a", "b", "--max-size", "big")]
    [InlineData("copy", "a", "b", "--checksum", "--always")]
    [InlineData("copy", "gopher://nowhere/x", "b")]
    [InlineData("copy", "sftp://user:secret@host/x", "b")]
    [InlineData("sync", "a", "b", "c")]
    [InlineData("ls")]
    [InlineData("rm", "/")]
    [InlineData("copy", "a", "b", "--set", "colour=red")]
    [InlineData("copy", "a", "b", "--ask", "colour")]
    public async Task What_was_typed_wrongly_is_status_2_and_changes_nothing(params string[] words)
    {
        var ended = await RunAsync(words);

        ended.Status.ShouldBe(2, ended.ToString());
        ended.Errors.ShouldStartWith("gantry: ");
        ended.Errors.ShouldNotContain("secret@");
        ended.Output.ShouldBeEmpty();
    }

    [Fact]
    public async Task Who_asked_for_a_document_gets_one_also_when_options_make_no_sense()
    {
        folder.WriteFile("names", "../out\n");
        foreach (var words in (string[][])[["--max-size", "big"], ["--files-from", folder["names"]], ["--time-zone", "Mars/Base"]])
        {
            var ended = await RunAsync(["copy", folder["in"], folder["out"], "--json", .. words]);

            ended.Status.ShouldBe(2, ended.ToString());
            using var document = System.Text.Json.JsonDocument.Parse(ended.Output);
            document.RootElement.GetProperty("error").GetProperty("kind").GetString().ShouldBe("bad_setting");
        }
    }

    [Fact]
    public async Task Whoever_is_asked_for_a_password_is_told_whose_it_is()
    {
        var ended = await RunAsync("copy", "ftp://shop@127.0.0.1:1/htdocs", folder["out"], "--ask", "password");

        ended.Status.ShouldBe(2, ended.ToString());
        ended.Errors.ShouldContain("password of ftp://shop@127.0.0.1:1/htdocs: nobody can be asked");
        ended.Errors.ShouldContain("--set 'password=${cred:NAME}'");
    }

    [Fact]
    public async Task A_source_that_is_missing_is_a_failure_and_makes_no_target()
    {
        var ended = await RunAsync("copy", folder["nowhere"], folder["out"]);

        ended.Status.ShouldBe(1, ended.ToString());
        ended.Errors.ShouldContain(folder["nowhere"]);
        Directory.Exists(folder["out"]).ShouldBeFalse();
    }

    [Fact]
    public async Task A_place_is_made_listed_read_and_deleted()
    {
        var made = await RunAsync("mkdir", folder["new/deep"]);
        folder.WriteFile("new/deep/a.txt", "content\n");
        var listed = await RunAsync("ls", "-R", folder["new"]);
        var shown = await RunAsync("ls", "--json", folder["new/deep"]);
        var read = await RunAsync("cat", folder["new/deep/a.txt"]);
        var refused = await RunAsync("rm", folder["new"]);
        var gone = await RunAsync("rm", folder["new/deep/a.txt"]);
        var again = await RunAsync("rm", folder["new/deep/a.txt"]);
        var all = await RunAsync("rm", "-r", folder["new"]);

        made.ToString().ShouldBe("status 0\n\n");
        listed.Output.ShouldBe("deep/\ndeep/a.txt\n");
        var entry = JsonElement.Parse(shown.Output).EnumerateArray().ShouldHaveSingleItem();
        entry.GetProperty("path").GetString().ShouldBe("a.txt");
        entry.GetProperty("size").GetInt64().ShouldBe(8);
        read.ToString().ShouldBe("status 0\ncontent\n\n");
        refused.Status.ShouldBe(2, refused.ToString());
        gone.Status.ShouldBe(0, gone.ToString());
        again.Status.ShouldBe(1, again.ToString());
        again.Errors.ShouldContain("There is nothing at");
        all.Status.ShouldBe(0, all.ToString());
        Directory.Exists(folder["new"]).ShouldBeFalse();
    }

    [Fact]
    public async Task A_folder_is_listed_by_name_and_as_json_with_one_line_each()
    {
        foreach (var name in (string[])["b.txt", "a/2.txt", "a/1.txt", "c.txt", "B.txt"])
        {
            folder.WriteFile("in/" + name, "x");
        }

        var listed = await RunAsync("ls", "-R", folder["in"]);
        var asJson = await RunAsync("ls", "--json", folder["in"]);

        listed.Output.ShouldBe("B.txt\na/\na/1.txt\na/2.txt\nb.txt\nc.txt\n");
        asJson.Output.Split('\n').Length.ShouldBe(4 + 3);
        JsonElement.Parse(asJson.Output).EnumerateArray().Select(entry => entry.GetProperty("path").GetString()).ShouldBe(["B.txt", "a", "b.txt", "c.txt"]);
    }

    /// <summary>The server goes on with ever new names, so that a command that waited for the end would say nothing, and need ever more memory.</summary>
    [Theory(Timeout = 120_000)]
    [InlineData("--long")]
    [InlineData("--json")]
    public async Task A_large_folder_is_told_while_it_is_listed_until_nobody_reads_any_more(string option)
    {
        const int Names = 100_000;
        await using MisbehavingFtpServer server = new()
        {
            EndsLeftOnesBy = "426 Left\r\n",
            ListingPieces = piece => string.Concat(Enumerable.Range(piece * 1000, 1000).Select(number => $"type=file;size=3;modify=20260102030405; name-{number}\r\n")),
        };
        using var listing = GantryProgram.Start(
            new Dictionary<string, string?>(Variables, StringComparer.Ordinal) { ["CRED_FTP"] = "x", ["DOTNET_gcServer"] = "0" },
            "ls", option, $"ftp://user@127.0.0.1:{server.Port}/?connections=1", "--set", "password=${cred:FTP}");
        try
        {
            var told = 0;
            for (; told < Names && await listing.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken) is { } line; told++)
            {
                (told < 2 || line.Contains("name-", StringComparison.Ordinal)).ShouldBeTrue(line);
            }

            listing.Refresh();
            told.ShouldBe(Names, await ErrorsAsync());
            listing.PeakWorkingSet64.ShouldBeLessThan(400L * 1024 * 1024);
            listing.StandardOutput.Close();
            await listing.WaitForExitAsync(TestContext.Current.CancellationToken);
        }
        finally
        {
            listing.Kill();
        }

        async Task<string> ErrorsAsync() => listing.HasExited ? await listing.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken) : "";
    }

    private Task<Ended> RunAsync(params string[] words) => GantryProgram.RunAsync(Variables, null, words);
}
