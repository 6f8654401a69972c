using System.Diagnostics;
using Gantry.Engine.Endpoints;
using Gantry.Engine.Transfers;
using Gantry.Plugins.Endpoints.Local;
using Gantry.Plugins.Endpoints.Sftp;
using Gantry.Plugins.Specs.Endpoints;
using Gantry.TestServers;
using Shouldly;
using Xunit;

namespace Gantry.Plugins.Specs.Transfer;

/// <summary>What goes wrong at SSH servers while a transfer runs, one file after the other or in batches.</summary>
public sealed class SftpFaultTransferSpecs : IDisposable
{
    private const int Files = 300;
    private readonly TemporaryFolder folder = new();
    private readonly List<string> notices = [];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_disk_that_fills_up_fails_the_rest_with_the_reason_and_keeps_what_was_there(bool isBatched)
    {
        SshServer.SkipOrFail(Environment.UserName == "root", "Mounting a small disk needs root.");
        await using var server = await SshServer.StartAsync();
        Fill(8000);
        var path = server.NewFolder();
        await RunAsync("/bin/mount", "-t", "tmpfs", "-o", "size=1m", "gantry-test", path);
        try
        {
            await File.WriteAllTextAsync(path + "/file299", "old", Token);
            await using var remote = Open(server, path);

            var result = await CopyAsync(remote, isBatched);

            result.Failed.ShouldBeGreaterThan(100);
            (result.Copied + result.Failed).ShouldBe(Files);
            result.Failures.ShouldAllBe(failure => failure.Reason.Contains("space", StringComparison.Ordinal));
            foreach (var file in Directory.GetFiles(path))
            {
                new FileInfo(file).Length.ShouldBe(Path.GetFileName(file) == "file299" && result.Failures.Any(failure => failure.Path == "file299") ? 3 : 8000, file);
            }
        }
        finally
        {
            await RunAsync("/bin/umount", "-l", path);
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_folder_that_may_not_be_written_fails_its_files_and_no_others(bool isBatched)
    {
        using var user = await SystemUser.CreateAsync("p");
        using var keys = new TemporaryFolder();
        await using var server = await StartWithKeysAsync(keys);
        Fill(10);
        folder.WriteFile("from/not-mine/file", "new");
        await File.WriteAllTextAsync(Path.Combine(user.Home, "not-mine", "file"), "older", Token);
        await using var remote = Open(server, user.Home, user.Name);

        var result = await CopyAsync(remote, isBatched);

        (result.Copied, result.Failed).ShouldBe((Files, 1));
        var failure = result.Failures.ShouldHaveSingleItem();
        failure.Path.ShouldBe("not-mine/file");
        failure.Reason.ShouldContain("not-mine");
        failure.IsTransient.ShouldBeFalse();
        (await File.ReadAllTextAsync(Path.Combine(user.Home, "not-mine", "file"), Token)).ShouldBe("older");
        Directory.GetFiles(user.Home, ".gantry-*", SearchOption.AllDirectories).ShouldBeEmpty();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_folder_that_becomes_read_only_half_way_fails_its_rest_and_keeps_what_is_there(bool isBatched)
    {
        using var user = await SystemUser.CreateAsync("p");
        using var keys = new TemporaryFolder();
        await using var server = await StartWithKeysAsync(keys);
        Fill(2000);
        for (var i = 0; i < Files; i++)
        {
            await File.WriteAllTextAsync(Path.Combine(user.Home, $"file{i}"), "older", Token);
        }

        // Far from all are under way when the first has arrived.
        await using var remote = Open(server, user.Home, user.Name);
        var result = await CopyAsync(remote, isBatched, request => request with
        {
            Target = request.Target with { ConcurrentFiles = 20 },
            Manifest = new AfterFiles(20, () => File.SetUnixFileMode(user.Home, (UnixFileMode)0x16D)),
        });

        (result.Copied + result.Failed).ShouldBe(Files);
        result.Copied.ShouldBeGreaterThanOrEqualTo(20);
        result.Failed.ShouldBeGreaterThan(0);
        result.Failures.ShouldAllBe(failure => !failure.IsTransient && failure.Path.StartsWith("file", StringComparison.Ordinal));
        var failed = result.Failures.Select(failure => failure.Path).ToHashSet(StringComparer.Ordinal);
        for (var i = 0; i < Files; i++)
        {
            new FileInfo(Path.Combine(user.Home, $"file{i}")).Length.ShouldBe(failed.Contains($"file{i}") ? 5 : 2000, $"file{i}");
        }
    }

    [Theory]
    [InlineData(5)]
    [InlineData(-5)]
    public async Task A_server_whose_clock_is_hours_off_gets_and_gives_files_once(int hours)
    {
        SshServer.SkipOrFail(File.Exists(ProgramPipe.OpenSshServer), "OpenSSH's sftp-server is not installed.");
        Fill(100);
        folder.WriteFile("there/made-at-the-server", "x");
        await using var remote = new SftpEndpoint(
            "sftp://skewed",
            folder["there"],
            _ => Task.FromResult<SftpPipe>(ProgramPipe.Start(
                ProgramPipe.OpenSshServer, [], stream => new SkewedStream(stream, TimeSpan.FromHours(hours)), stream => stream)),
            TimeProvider.System,
            _ => { });

        var there = await CopyAsync(remote);
        var thereAgain = await CopyAsync(remote);
        var back = await BackAsync();
        var backAgain = await BackAsync();

        (there.IsSuccess, there.Copied).ShouldBe((true, Files));
        (thereAgain.IsSuccess, thereAgain.Copied).ShouldBe((true, 0));
        (back.IsSuccess, back.Copied).ShouldBe((true, Files + 1));
        (backAgain.IsSuccess, backAgain.Copied).ShouldBe((true, 0));

        // What the server's clock says is kept as it is: it is the file's time, however wrong.
        (File.GetLastWriteTimeUtc(folder["back/made-at-the-server"]) - TimeProvider.System.GetUtcNow().UtcDateTime).TotalHours.ShouldBe(hours, 0.5);

        Task<TransferResult> BackAsync() => new TransferRunner(new TransferRequest
        {
            Sources = [new TransferSource { Endpoint = remote }],
            Target = new TransferTarget { Endpoint = new LocalEndpoint(folder.Folder("back"), allowedRoots: null) },
        }).RunAsync(Token);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Times_do_not_hang_on_the_clock_of_the_server(bool isBatched)
    {
        await using var server = await SshServer.StartAsync();
        Fill(10);
        File.SetLastWriteTimeUtc(folder["from/file0"], DateTime.UnixEpoch.AddDays(1));
        File.SetLastWriteTimeUtc(folder["from/file1"], DateTime.UnixEpoch.AddDays(40_000));
        await using var remote = Open(server, server.NewFolder());

        var first = await CopyAsync(remote, isBatched);
        var second = await CopyAsync(remote, isBatched);

        (first.IsSuccess, first.Copied).ShouldBe((true, Files));
        (second.IsSuccess, second.Copied, second.Skipped).ShouldBe((true, 0, Files));
        notices.ShouldBeEmpty();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Where_no_time_can_be_set_files_are_compared_by_size_and_that_is_told_once(bool isBatched)
    {
        await using var server = await SshServer.StartAsync("Subsystem sftp /usr/lib/openssh/sftp-server -P setstat,fsetstat");
        Fill(10);
        await using var remote = Open(server, server.NewFolder());

        var first = await CopyAsync(remote, isBatched);
        var second = await CopyAsync(remote, isBatched);

        (first.IsSuccess, first.Copied).ShouldBe((true, Files));
        (second.IsSuccess, second.Copied).ShouldBe((true, 0));
        notices.Count(notice => notice.Contains("modification times", StringComparison.Ordinal)).ShouldBe(isBatched ? 0 : 1);
    }

    [Fact]
    public async Task A_server_that_takes_no_further_connection_gets_the_files_over_the_first()
    {
        // One login at a time: the second is refused while the first is not through.
        await using var server = await SshServer.StartAsync("MaxStartups 1");
        Fill(10);
        var path = server.NewFolder();
        await using var remote = Open(server, path);

        var result = await CopyAsync(remote, isBatched: true);

        result.Failures.ShouldBeEmpty();
        (result.IsSuccess, result.Copied).ShouldBe((true, Files));
        Directory.GetFiles(path).Length.ShouldBe(Files);
    }

    public void Dispose() => folder.Dispose();

    private void Fill(int bytes)
    {
        for (var i = 0; i < Files; i++)
        {
            File.SetLastWriteTimeUtc(folder.WriteFile($"from/file{i}", new string('x', bytes)), DateTime.UnixEpoch.AddDays(10_000 + i));
        }
    }

    private IEndpoint Open(SshServer server, string path, string? user = null)
    {
        var settings = server.Settings(path);
        var values = new Dictionary<string, string>(settings.Values, StringComparer.Ordinal);
        values["user"] = user ?? values["user"];
        return new SftpKind().Open(settings with { Values = values }, server.Context() with { Notice = Hear });
    }

    private void Hear(string notice)
    {
        lock (notices)
        {
            notices.Add(notice);
        }
    }

    private Task<TransferResult> CopyAsync(IEndpoint target, bool isBatched = false, Func<TransferRequest, TransferRequest>? change = null)
    {
        TransferRequest request = new()
        {
            Sources = [new TransferSource { Endpoint = new LocalEndpoint(folder["from"], allowedRoots: null) }],
            Target = new TransferTarget { Endpoint = target },
            IsBatched = isBatched,
            Retries = 2,
        };
        return new TransferRunner(change?.Invoke(request) ?? request).RunAsync(Token);
    }

    /// <summary>A server that lets every user of this machine in by its key.</summary>
    private static async Task<SshServer> StartWithKeysAsync(TemporaryFolder keys)
    {
        var server = await SshServer.StartAsync($"AuthorizedKeysFile {keys["keys"]}");
        File.SetUnixFileMode(keys.Path, (UnixFileMode)0x1ED);
        File.Copy(server.KeyFile + ".pub", keys["keys"]);
        File.SetUnixFileMode(keys["keys"], (UnixFileMode)0x1A4);
        return server;
    }

    private static async Task RunAsync(string program, params string[] arguments)
    {
        using var run = Process.Start(new ProcessStartInfo(program, arguments) { UseShellExecute = false, RedirectStandardError = true })!;
        await run.WaitForExitAsync(CancellationToken.None);
        SshServer.SkipOrFail(run.ExitCode == 0, $"{program} does not work here.");
    }
}
