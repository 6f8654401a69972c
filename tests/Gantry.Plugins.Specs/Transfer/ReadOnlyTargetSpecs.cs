using System.Diagnostics;
using Gantry.Engine.Transfers;
using Gantry.Plugins.Endpoints.Rclone;
using Gantry.TestServers;
using Shouldly;
using Xunit;
using static Gantry.Plugins.Specs.Transfer.LocalStage;

namespace Gantry.Plugins.Specs.Transfer;

/// <summary>A share on which nothing may be written any more, half-way through a move. (RoughTransferSpecs has a folder of this machine.)</summary>
public sealed class ReadOnlyTargetSpecs : IDisposable
{
    private const int Files = 60;
    private const UnixFileMode Closed = (UnixFileMode)0x16D;
    private const UnixFileMode Open = (UnixFileMode)0x1ED;

    private readonly TemporaryFolder folder = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => folder.Dispose();

    [Theory(Timeout = 120_000)]
    [InlineData("small 30", 1)]
    [InlineData("a large one", 1_000_000)]
    public async Task What_came_before_stays_the_rest_is_told_and_kept_and_a_later_run_completes_it(string last, int bytes)
    {
        using var user = await SystemUser.CreateAsync("does not matter");
        await using var server = await SambaServer.StartAsync(default, $"force user = {user.Name}");
        var share = server.NewFolder();
        var path = Path.Combine(server.PathOf("share"), share);
        await LetInAsync(user, server, path);
        folder.WriteFile("from/a large one", new string('x', 3_000_000));
        for (var i = 0; i < Files; i++)
        {
            folder.WriteFile($"from/small {i:00}", new string((char)('a' + (i % 26)), 100 + i));
        }

        var before = TreeOf(folder["from"]);
        await using var source = new HappeningSource(folder.Local("from"), last, bytes, () =>
        {
            File.SetUnixFileMode(path, Closed);
            return Task.CompletedTask;
        });
        await using (var remote = new SmbKind().Open(server.Settings($"share/{share}"), server.Context()))
        {
            var moved = await CopyAsync(source, remote, request => request with { Mode = TransferMode.Move, Retries = 2 });

            moved.IsSuccess.ShouldBeFalse();
            moved.Failures.Select(failure => failure.Path).ShouldContain(last);
            moved.Failures.ShouldAllBe(failure => failure.Reason.Contains("Access Denied", StringComparison.OrdinalIgnoreCase) || failure.Reason.Contains("permission", StringComparison.OrdinalIgnoreCase));
            moved.Failures.Select(failure => failure.Path).Order(StringComparer.Ordinal)
                .ShouldBe(Directory.GetFiles(folder["from"]).Select(file => Path.GetFileName(file)).Order(StringComparer.Ordinal));
            string[] arrived = [.. TreeOf(path).Where(file => !file.StartsWith(".gantry-", StringComparison.Ordinal))];
            arrived.ShouldBeSubsetOf(before);
            (arrived.Length + moved.Failures.Count).ShouldBe(Files + 1);
        }

        File.SetUnixFileMode(path, Open);
        await using var anew = new SmbKind().Open(server.Settings($"share/{share}"), server.Context());
        var completed = await CopyAsync(folder.Local("from"), anew, request => request with { Mode = TransferMode.Move });

        completed.Failures.ShouldBeEmpty();
        TreeOf(path).ShouldBe(before);
        Directory.GetFiles(folder["from"]).ShouldBeEmpty();
    }

    /// <summary>The folder is the user's, and may be reached.</summary>
    private static async Task LetInAsync(SystemUser user, SambaServer server, string path)
    {
        foreach (var folder in new[] { Path.GetDirectoryName(server.PathOf("share"))!, server.PathOf("share"), path })
        {
            File.SetUnixFileMode(folder, Open);
        }

        using var chown = Process.Start(new ProcessStartInfo("/bin/chown", [user.Name, path]) { UseShellExecute = false })!;
        await chown.WaitForExitAsync(Token);
        chown.ExitCode.ShouldBe(0);
    }
}
