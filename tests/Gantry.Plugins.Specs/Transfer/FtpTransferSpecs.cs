using System.Diagnostics;
using Gantry.Plugins.Specs.Endpoints;
using Gantry.TestServers;
using Shouldly;
using Xunit;

namespace Gantry.Plugins.Specs.Transfer;

/// <summary>What goes wrong at FTP servers while a transfer runs.</summary>
public sealed class FtpTransferSpecs : IDisposable
{
    private const int Files = 300;
    private const int Bytes = 8000;
    private readonly TemporaryFolder folder = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => folder.Dispose();

    [Theory(Timeout = 120_000)]
    [InlineData(FtpMake.Vsftpd)]
    [InlineData(FtpMake.VsftpdExplicit)]
    [InlineData(FtpMake.Proftpd)]
    [InlineData(FtpMake.PureFtpd)]
    public async Task A_disk_that_fills_up_fails_the_rest_with_the_reason_and_keeps_what_was_there(FtpMake make)
    {
        SshServer.SkipOrFail(Environment.UserName == "root", "Mounting a small disk needs root.");
        await using var place = await FtpPlace.StartAsync(make);
        var (path, atServer) = place.NewFolder();
        FillFlat();
        await RunAsync("/bin/mount", "-t", "tmpfs", "-o", "size=1m,mode=777", "gantry-test", path);
        try
        {
            await File.WriteAllTextAsync(path + "/file299", "old", Token);
            File.SetUnixFileMode(path + "/file299", (UnixFileMode)0x1B6);
            await using var remote = place.Open(atServer);

            var result = await LocalStage.CopyAsync(folder.Local("from"), remote);

            result.Failed.ShouldBeGreaterThan(100);
            (result.Copied + result.Failed).ShouldBe(Files);
            result.Failures.ShouldAllBe(failure => failure.Reason.Contains("space", StringComparison.Ordinal));
            foreach (var file in Directory.GetFiles(path))
            {
                new FileInfo(file).Length.ShouldBe(Path.GetFileName(file) == "file299" && result.Failures.Any(failure => failure.Path == "file299") ? 3 : Bytes, file);
            }
        }
        finally
        {
            await RunAsync("/bin/umount", "-l", path);
        }
    }

    [Theory(Timeout = 120_000)]
    [InlineData(FtpMake.Vsftpd)]
    [InlineData(FtpMake.Proftpd)]
    [InlineData(FtpMake.PureFtpd)]
    public async Task A_folder_that_becomes_read_only_half_way_fails_its_rest_and_keeps_what_is_there(FtpMake make)
    {
        await using var place = await FtpPlace.StartAsync(make);
        var (path, atServer) = place.NewFolder();
        FillFlat();
        for (var i = 0; i < Files; i++)
        {
            await File.WriteAllTextAsync(Path.Combine(path, $"file{i}"), "older", Token);
        }

        await using var remote = place.Open(atServer);
        var result = await LocalStage.CopyAsync(folder.Local("from"), remote, request => request with
        {
            Target = request.Target with { ConcurrentFiles = 20 },
            Manifest = new AfterFiles(20, () => File.SetUnixFileMode(path, (UnixFileMode)0x16D)),
        });

        (result.Copied + result.Failed).ShouldBe(Files);
        result.Copied.ShouldBeGreaterThanOrEqualTo(20);
        result.Failed.ShouldBeGreaterThan(0);
        result.Failures.ShouldAllBe(failure => !failure.IsTransient && failure.Path.StartsWith("file", StringComparison.Ordinal));
        var failed = result.Failures.Select(failure => failure.Path).ToHashSet(StringComparer.Ordinal);
        for (var i = 0; i < Files; i++)
        {
            new FileInfo(Path.Combine(path, $"file{i}")).Length.ShouldBe(failed.Contains($"file{i}") ? 5 : Bytes, $"file{i}");
        }
    }

    [Theory(Timeout = 120_000)]
    [InlineData(FtpMake.Vsftpd, false)]
    [InlineData(FtpMake.Vsftpd, true)]
    [InlineData(FtpMake.VsftpdExplicit, false)]
    [InlineData(FtpMake.Pyftpdlib, false)]
    [InlineData(FtpMake.Pyftpdlib, true)]
    [InlineData(FtpMake.Proftpd, true)]
    public async Task A_server_that_is_killed_and_started_again_is_only_a_delay(FtpMake make, bool isDownload)
    {
        await using var place = await FtpPlace.StartAsync(make);
        var (path, atServer) = place.NewFolder();
        FillFlat();
        folder.WriteFile("from/large", new string('y', 3_000_000));
        await using var remote = place.Open(atServer);
        if (isDownload)
        {
            CopyHere(folder["from"], path);
        }

        using SemaphoreSlim again = new(0);
        var restarting = RestartAsync();
        var result = await LocalStage.CopyAsync(isDownload ? remote : folder.Local("from"), isDownload ? folder.Local("back") : remote, request => request with
        {
            Manifest = new AfterFiles(Files / 3, () => again.Release()),
        });

        await restarting;
        result.Failures.Select(failure => failure.Reason).ShouldBeEmpty();
        (result.IsSuccess, result.Copied).ShouldBe((true, Files + 1));
        var there = isDownload ? folder["back"] : path;
        LocalStage.TreeOf(there).ShouldBe(LocalStage.TreeOf(folder["from"]));
        Directory.GetFileSystemEntries(there).Length.ShouldBe(Files + 1);

        async Task RestartAsync()
        {
            await again.WaitAsync(Token);
            await place.Server.StopAsync();
            await place.Server.StartAgainAsync();
        }
    }

    private static void CopyHere(string from, string to)
    {
        foreach (var file in Directory.GetFiles(from))
        {
            var copy = Path.Combine(to, Path.GetFileName(file));
            File.Copy(file, copy);
            File.SetLastWriteTimeUtc(copy, File.GetLastWriteTimeUtc(file));
        }
    }

    private void FillFlat()
    {
        for (var i = 0; i < Files; i++)
        {
            folder.WriteFile($"from/file{i}", new string('x', Bytes));
        }
    }

    private static async Task RunAsync(string program, params string[] arguments)
    {
        using var run = Process.Start(new ProcessStartInfo(program, arguments) { UseShellExecute = false, RedirectStandardError = true })!;
        await run.WaitForExitAsync(CancellationToken.None);
    }
}
