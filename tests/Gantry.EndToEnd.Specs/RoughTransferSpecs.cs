using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Gantry.EndToEnd.Specs.Programs;
using Gantry.TestServers;
using Shouldly;
using Xunit;

namespace Gantry.EndToEnd.Specs;

/// <summary>"gantry copy" and "gantry sync" where things go wrong: killed, cancelled, held up, not permitted, fed with strange names.</summary>
public sealed class RoughTransferSpecs : IAsyncLifetime
{
    private const int Files = 600;
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);
    private static readonly Dictionary<string, string?> NoVariables = new(StringComparer.Ordinal);

    private readonly TemporaryFolder folder = new();
    private SshServer server = null!;
    private string remote = "";

    public async ValueTask InitializeAsync()
    {
        server = await SshServer.StartAsync();
        remote = server.NewFolder();
    }

    public async ValueTask DisposeAsync()
    {
        await server.DisposeAsync();
        folder.Dispose();
    }

    [Fact]
    public async Task A_copy_that_was_killed_is_completed_by_the_next_and_leaves_nothing_behind()
    {
        FileTree.Make(folder["source"], Files);
        await using GatedPort gate = new(server.Port, Files * 4096L / 2);
        using (var copy = StartCopy(gate.Port))
        {
            await gate.Reached.WaitAsync(Patience);
            copy.Kill();
            await copy.WaitForExitAsync();
        }

        gate.Open();
        await server.CutAsync();
        var second = await GantryProgram.RunAsync(Copy(server.Port));

        second.Status.ShouldBe(0, second.ToString());
        FileTree.Differences(folder["source"], remote).ShouldBeEmpty();
        Partials(remote).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("-INT")]
    [InlineData("-TERM")]
    public async Task A_copy_that_is_cancelled_ends_with_130_and_only_whole_files(string signal)
    {
        FileTree.Make(folder["source"], Files);
        await using GatedPort gate = new(server.Port, Files * 4096L / 2);
        using var copy = StartCopy(gate.Port);
        var errors = copy.StandardError.ReadToEndAsync();
        await gate.Reached.WaitAsync(Patience);

        await SignalAsync(signal, copy.Id);
        gate.Open();
        await copy.WaitForExitAsync().WaitAsync(Patience);

        copy.ExitCode.ShouldBe(130, await errors);
        (await errors).ShouldContain("Cancelled.");
        Partials(remote).ShouldBeEmpty();
        FileTree.Differences(folder["source"], remote).ShouldAllBe(difference => difference.StartsWith("missing: ", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("-INT", 1, 64 << 20)]
    [InlineData("-TERM", 1, 64 << 20)]
    [InlineData("-INT", 8000, 4096)]
    public async Task A_copy_on_this_machine_that_is_cancelled_stops_and_leaves_only_whole_files(string signal, int files, int bytes)
    {
        for (var i = 0; i < files; i++)
        {
            await File.WriteAllBytesAsync(Path.Combine(folder.Folder("source"), i.ToString(CultureInfo.InvariantCulture)), new byte[bytes]);
        }

        var target = folder.Folder("target");
        var begun = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using FileSystemWatcher watcher = new(target) { EnableRaisingEvents = true };
        watcher.Created += (_, _) => begun.TrySetResult();

        // All of it would take half a minute or more by this bound.
        using var copy = GantryProgram.Start(NoVariables, ["copy", "--bandwidth", "1M", folder["source"], target]);
        var errors = copy.StandardError.ReadToEndAsync();
        await begun.Task.WaitAsync(Patience);
        await SignalAsync(signal, copy.Id);
        await copy.WaitForExitAsync().WaitAsync(Patience);

        copy.ExitCode.ShouldBe(130, await errors);
        (await errors).ShouldContain("Cancelled.");
        Partials(target).ShouldBeEmpty();
        FileTree.Differences(folder["source"], target).ShouldNotBeEmpty();
        FileTree.Differences(folder["source"], target).ShouldAllBe(difference => difference.StartsWith("missing: ", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_is_cancelled_moves_nothing_more_and_says_what_it_has_moved(bool toServer)
    {
        const int Many = 4000;
        FileTree.Make(folder["source"], Many);
        var target = toServer ? remote : folder.Folder("target");
        var begun = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using FileSystemWatcher watcher = new(target) { EnableRaisingEvents = true };
        watcher.Created += (_, _) => begun.TrySetResult();
        using var copy = GantryProgram.Start(NoVariables, [.. toServer ? Copy(server.Port) : ["copy", folder["source"], target], "--bandwidth", "100K", "--json"]);
        var output = copy.StandardOutput.ReadToEndAsync();
        await begun.Task.WaitAsync(Patience);

        await SignalAsync("-TERM", copy.Id);
        await copy.WaitForExitAsync().WaitAsync(Patience);

        copy.ExitCode.ShouldBe(130, await output);
        Partials(target).ShouldBeEmpty();
        // All of it would take 160 seconds, and half of it more than any machine needs to be told.
        Count().ShouldBeLessThan(Many / 2);
        JsonElement.Parse(await output).GetProperty("copied").GetInt32().ShouldBe(Count());

        int Count() => Directory.EnumerateFiles(target, "file*", SearchOption.AllDirectories).Count();
    }

    [Fact]
    public async Task A_server_that_is_killed_in_the_middle_and_started_again_is_only_a_delay()
    {
        FileTree.Make(folder["source"], Files);
        await using GatedPort gate = new(server.Port, Files * 4096L / 2);
        using var copy = StartCopy(gate.Port);
        var errors = copy.StandardError.ReadToEndAsync();
        await gate.Reached.WaitAsync(Patience);

        await server.StopAsync();
        await server.StartAgainAsync();
        gate.Open();
        await copy.WaitForExitAsync().WaitAsync(Patience);

        copy.ExitCode.ShouldBe(0, await errors);
        FileTree.Differences(folder["source"], remote).ShouldBeEmpty();
        Partials(remote).ShouldBeEmpty();
    }

    [Fact]
    public async Task Two_copies_to_one_place_at_once_both_succeed()
    {
        FileTree.Make(folder["source"], Files);

        var ended = await Task.WhenAll(GantryProgram.RunAsync(Copy(server.Port)), GantryProgram.RunAsync(Copy(server.Port)));

        ended.ShouldAllBe(copy => copy.Status == 0, string.Join('\n', ended.Select(copy => copy.ToString())));
        FileTree.Differences(folder["source"], remote).ShouldBeEmpty();
        Partials(remote).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_time_before_1970_is_no_reason_to_send_a_file_to_a_server_again()
    {
        File.SetLastWriteTimeUtc(folder.WriteFile("source/old.txt", "old"), new DateTime(1950, 1, 1, 0, 0, 0, DateTimeKind.Utc));

        await GantryProgram.RunAsync(Copy(server.Port));
        var second = await GantryProgram.RunAsync(Copy(server.Port));

        second.Output.ShouldContain("0 copied (0 B), 1 unchanged.");
    }

    [Fact]
    public async Task What_a_user_may_not_write_or_read_is_told_and_nothing_is_touched()
    {
        using var user = await SystemUser.CreateAsync("does not matter");
        folder.WriteFile("source/a.txt", "a");
        folder.WriteFile("target/a.txt", "old");
        folder.WriteFile("closed/a.txt", "a");
        File.SetUnixFileMode(folder["closed/a.txt"], UnixFileMode.None);
        foreach (var open in new[] { "", "source", "target", "closed" })
        {
            File.SetUnixFileMode(folder[open], (UnixFileMode)0x1ED);
        }

        var intoClosed = await RunAsAsync(user, "copy", folder["source"], folder["target"]);
        var intoNew = await RunAsAsync(user, "copy", folder["source"], folder["target/new/folder"]);
        var fromClosed = await RunAsAsync(user, "sync", folder["closed"], user.Home);

        intoClosed.Status.ShouldBe(1, intoClosed.ToString());
        intoClosed.Errors.ShouldContain("check its owner and permissions");
        intoNew.Status.ShouldBe(1, intoNew.ToString());
        intoNew.Errors.ShouldContain(folder["target/new/folder"]);
        fromClosed.Status.ShouldBe(1, fromClosed.ToString());
        fromClosed.Errors.ShouldContain("a.txt");
        File.ReadAllText(folder["target/a.txt"]).ShouldBe("old");
        Directory.EnumerateFileSystemEntries(folder["target"]).ShouldHaveSingleItem();
    }

    [Fact]
    public async Task A_target_that_may_not_be_written_any_more_half_way_keeps_what_came_and_a_move_keeps_the_rest()
    {
        const int Several = 40;
        const int Bytes = 50_000;
        using var user = await SystemUser.CreateAsync("does not matter");
        var (source, target) = (Path.Combine(user.Home, "source"), Path.Combine(user.Home, "target"));
        Directory.CreateDirectory(source);
        Directory.CreateDirectory(target);
        for (var i = 0; i < Several; i++)
        {
            await File.WriteAllBytesAsync(Path.Combine(source, $"{i:00}"), Content(i));
        }

        await OwnAsync(user);
        var begun = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using FileSystemWatcher watcher = new(target) { EnableRaisingEvents = true };
        watcher.Renamed += (_, renamed) => Arrived(renamed.Name);
        watcher.Created += (_, made) => Arrived(made.Name);

        // All of it would take ten seconds by this bound.
        using var move = GantryProgram.StartAs(user.Name, VariablesOf(user), "move", "--bandwidth", "200K", "--parallel", "2", "--json", source, target);
        var (output, errors) = (move.StandardOutput.ReadToEndAsync(), move.StandardError.ReadToEndAsync());
        await begun.Task.WaitAsync(Patience);
        File.SetUnixFileMode(target, (UnixFileMode)0x16D);
        await move.WaitForExitAsync().WaitAsync(Patience);

        move.ExitCode.ShouldBe(1, await errors + await output);
        var failed = JsonElement.Parse(await output).GetProperty("failures").EnumerateArray().ToDictionary(failure => failure.GetProperty("path").GetString()!, failure => failure.GetProperty("reason").GetString()!);
        failed.Values.ShouldAllBe(reason => reason.Contains("check its owner and permissions", StringComparison.Ordinal));
        var arrived = Directory.EnumerateFiles(target).Select(Path.GetFileName).Where(name => !name!.StartsWith(".gantry-", StringComparison.Ordinal)).ToList();
        arrived.Where(name => !File.ReadAllBytes(Path.Combine(target, name!)).SequenceEqual(Content(int.Parse(name!, CultureInfo.InvariantCulture)))).ShouldBeEmpty();
        arrived.Count.ShouldBeInRange(1, Several - 1);
        failed.Keys.Order(StringComparer.Ordinal).ShouldBe(Directory.EnumerateFiles(source).Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal));
        (failed.Count + arrived.Count).ShouldBe(Several);

        File.SetUnixFileMode(target, (UnixFileMode)0x1ED);
        var again = await RunAsAsync(user, "move", source, target);

        again.Status.ShouldBe(0, again.ToString());
        Directory.EnumerateFileSystemEntries(source).ShouldBeEmpty();
        Directory.EnumerateFileSystemEntries(target).Count().ShouldBe(Several);

        void Arrived(string? name)
        {
            if (name is not null && !name.StartsWith(".gantry-", StringComparison.Ordinal))
            {
                begun.TrySetResult();
            }
        }

        static byte[] Content(int number) => [.. Enumerable.Repeat((byte)number, Bytes)];
    }

    [Fact]
    public async Task A_name_forges_no_line_on_the_terminal_and_is_itself_in_json()
    {
        const string Name = "a\nb \u001b[31m \u202e \\x0a ü.txt";
        folder.WriteFile("source/" + Name, "x");
        Directory.CreateDirectory(folder["target/" + Name + "/not empty"]);

        var listed = await GantryProgram.RunAsync("ls", folder["source"]);
        var asJson = await GantryProgram.RunAsync("ls", folder["source"], "--json");
        var failed = await GantryProgram.RunAsync("copy", folder["source"], folder["target"]);
        var failedAsJson = await GantryProgram.RunAsync("copy", folder["source"], folder["target"], "--json");

        listed.Output.ShouldBe("a\\x0ab \\x1b[31m \\u202e \\x0a ü.txt\n");
        JsonElement.Parse(asJson.Output)[0].GetProperty("path").GetString().ShouldBe(Name);
        failed.Errors.Trim().Split('\n').ShouldHaveSingleItem().ShouldNotContain('\u001b');
        JsonElement.Parse(failedAsJson.Output).GetProperty("failures")[0].GetProperty("path").GetString().ShouldBe(Name);
    }

    [Fact]
    public async Task A_sync_never_empties_its_target_for_a_source_that_is_missing_or_bare()
    {
        folder.WriteFile("target/a.txt", "a");
        folder.Folder("bare");

        var missing = await GantryProgram.RunAsync("sync", folder["missing"], folder["target"]);
        var bare = await GantryProgram.RunAsync("sync", folder["bare"], folder["target"]);
        var meant = await GantryProgram.RunAsync("sync", folder["bare"], folder["target"], "--max-delete", "1");

        missing.Status.ShouldBe(1, missing.ToString());
        bare.Status.ShouldBe(1, bare.ToString());
        bare.Errors.ShouldContain("max-delete");
        meant.Status.ShouldBe(0, meant.ToString());
        Directory.EnumerateFileSystemEntries(folder["target"]).ShouldBeEmpty();
    }

    private Process StartCopy(int port) => GantryProgram.Start(NoVariables, Copy(port));

    private string[] Copy(int port)
    {
        var config = folder.WriteFile("ssh_config-" + port.ToString(CultureInfo.InvariantCulture), $"""
            Host 127.0.0.1
              IdentityFile {server.KeyFile}
              UserKnownHostsFile {server.KnownHostsFile}
              HostKeyAlias [127.0.0.1]:{server.Port}
            """);
        return ["copy", "--ssh-config", config, folder["source"], $"sftp://{SshServer.User}@127.0.0.1:{port}{remote}"];
    }

    private static async Task SignalAsync(string signal, int processId)
    {
        using var kill = GantryProgram.Start("/bin/kill", NoVariables, [signal, processId.ToString(CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync();
        kill.ExitCode.ShouldBe(0);
    }

    private static Dictionary<string, string?> VariablesOf(SystemUser user) => new(StringComparer.Ordinal) { ["HOME"] = user.Home };

    /// <summary>All that is in the user's home is the user's.</summary>
    private static async Task OwnAsync(SystemUser user)
    {
        using var chown = GantryProgram.Start("/bin/chown", NoVariables, ["-R", user.Name, user.Home]);
        await chown.WaitForExitAsync();
        chown.ExitCode.ShouldBe(0);
    }

    private static async Task<Ended> RunAsAsync(SystemUser user, params string[] arguments)
    {
        using var process = GantryProgram.StartAs(user.Name, VariablesOf(user), arguments);
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();
        return new Ended(process.ExitCode, await output, await errors);
    }

    private static string[] Partials(string path) =>
        Directory.GetFiles(path, ".gantry-*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.None });
}
