using System.Diagnostics;
using System.Globalization;
using Gantry.Engine.Endpoints;
using Gantry.Engine.Transfers;
using Gantry.Plugins.Endpoints.Rclone;
using Gantry.Plugins.Specs.Endpoints;
using Gantry.TestServers;
using Shouldly;
using Xunit;
using static Gantry.Plugins.Specs.Transfer.LocalStage;

namespace Gantry.Plugins.Specs.Transfer;

/// <summary>Small new files go to a share over a connection of Gantry's own; whatever stands in the way of that, rclone does.</summary>
public sealed class SmbAtOnceSpecs(SharedSambaServer shared) : IDisposable
{
    private const int Files = 100;
    private readonly TemporaryFolder folder = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => folder.Dispose();

    [Theory(Timeout = 120_000)]
    [InlineData("SMB2_10", true)]
    [InlineData("SMB3_00", true)]
    [InlineData("SMB3_02", true)]
    [InlineData("SMB3_11", true)]
    // Without the last two lines a busy machine says 'not yet' before it reads or writes, which rclone does not understand where answers are signed.
    [InlineData("SMB3_11", true, "server signing = mandatory", "server min protocol = SMB3_11", "aio read size = 0", "aio write size = 0")]
    [InlineData("SMB3_11", false, "server smb encrypt = required")]
    [InlineData("SMB3_11", false, "server smb encrypt = desired")]
    [InlineData("SMB3_02", false, "server smb encrypt = desired")]
    [InlineData("SMB3_11", true, "smb2 max credits = 128", "smb2 max write = 65536")]
    public async Task They_arrive_whole_with_their_times_by_each_version(string version, bool isOwn, params string[] lines)
    {
        await using var server = await SambaServer.StartAsync(default, [$"server max protocol = {version}", .. lines]);
        folder.Fill(Files);
        folder.WriteFile("from/middle", new string('x', 200_000));
        folder.WriteFile("from/names/a:b", "replaced by rclone");
        folder.WriteFile("from/names/\u6587\u4EF6 \U0001F3D7.txt", "taken as it is");
        var name = server.NewFolder();
        await using var remote = Open(server, name);

        var result = await CopyAsync(folder.Local("from"), remote);
        var again = await CopyAsync(folder.Local("from"), remote);
        var back = await CopyAsync(remote, folder.Local("back"));

        foreach (var run in (TransferResult[])[result, again, back])
        {
            run.EndedBy.ShouldBeNull();
            run.Failures.ShouldBeEmpty();
        }

        (result.Copied, again.Copied, back.Copied).ShouldBe((Files + 3, 0, Files + 3));
        TreeOf(folder["back"]).ShouldBe(TreeOf(folder["from"]));
        Partials(server, name).ShouldBeEmpty();
        if (isOwn)
        {
            remote.WrittenAtOnce.ShouldBeInRange(Files, Files + 2);
        }
        else
        {
            remote.WrittenAtOnce.ShouldBe(0);
        }
    }

    [Fact(Timeout = 120_000)]
    public async Task What_is_there_already_is_replaced_and_what_others_wrote_in_between_too()
    {
        var server = await shared.GetAsync();
        var name = server.NewFolder();
        await using var remote = Open(server, name);
        folder.Fill(Files);
        await CopyAsync(folder.Local("from"), remote);
        folder.WriteFile("from/folder1/file1", "changed");
        folder.WriteFile("from/folder2/new", "mine");
        await File.WriteAllTextAsync(Path.Combine(server.PathOf("share"), name, "folder2", "new"), "another's, which is longer", Token);

        var result = await CopyAsync(folder.Local("from"), remote);
        var moved = await CopyAsync(remote, folder.Local("back"), request => request with { Mode = TransferMode.Move });

        result.Failures.ShouldBeEmpty();
        result.Copied.ShouldBe(2);
        moved.Failures.ShouldBeEmpty();
        TreeOf(folder["back"]).ShouldBe(TreeOf(folder["from"]));
        Directory.GetFileSystemEntries(Path.Combine(server.PathOf("share"), name)).ShouldBeEmpty();
    }

    [Fact(Timeout = 120_000)]
    public async Task Of_two_names_that_differ_in_case_only_one_arrives_whole_and_the_other_is_told()
    {
        var server = await shared.GetAsync();
        var name = server.NewFolder();
        await using var remote = Open(server, name);
        folder.WriteFile("from/Readme", "one");
        folder.WriteFile("from/README", "two");
        folder.WriteFile("from/other", "three");

        var result = await CopyAsync(folder.Local("from"), remote, request => request with { Retries = 1 });

        (result.Copied, result.Failed).ShouldBe((2, 1));
        var there = Path.Combine(server.PathOf("share"), name);
        Directory.GetFileSystemEntries(there).Length.ShouldBe(2);
        foreach (var file in Directory.GetFiles(there))
        {
            (await File.ReadAllTextAsync(file, Token)).ShouldBe(await File.ReadAllTextAsync(folder[$"from/{Path.GetFileName(file)}"], Token));
        }
    }

    [Theory(Timeout = 120_000)]
    [InlineData(400, false)]
    [InlineData(1_500, false)]
    [InlineData(9_000, false)]
    [InlineData(60_000, false)]
    [InlineData(700, true)]
    [InlineData(20_000, true)]
    public async Task Wherever_the_line_is_cut_every_file_arrives_whole(int afterBytes, bool countsSaid)
    {
        var server = await shared.GetAsync();
        await using CuttingProxy line = new(server.Port) { CutAfter = afterBytes, CountsSaid = countsSaid };
        folder.Fill(Files);
        var name = server.NewFolder();
        var context = server.Context();
        await using SmbEndpoint remote = new(
            "smb://cut",
            new RcloneNames(reservesDevices: true),
            name,
            RemoteOf(server, name),
            _ => ValueTask.FromResult<SmbPlace?>(PlaceOf(server, line.Port)),
            context.Clock,
            context.Notice);

        var result = await CopyAsync(folder.Local("from"), remote);

        result.Failures.Select(failure => failure.Reason).ShouldBeEmpty();
        result.Copied.ShouldBe(Files);

        // What the server still had to read when it was cut it may do after all, even after that was cleared away: under a name that says what it is.
        foreach (var late in Partials(server, name))
        {
            File.Delete(late);
        }

        TreeOf(Path.Combine(server.PathOf("share"), name)).ShouldBe(TreeOf(folder["from"]));
    }

    [Fact(Timeout = 120_000)]
    public async Task A_share_that_fills_up_fails_the_rest_with_the_reason_and_names_no_part_of_a_file()
    {
        SshServer.SkipOrFail(Environment.UserName == "root", "Mounting a small disk needs root.");
        await using var server = await SambaServer.StartAsync();
        using var mount = Process.Start(new ProcessStartInfo("/bin/mount", ["-t", "tmpfs", "-o", "size=256k", "gantry-test", server.PathOf("small")]) { UseShellExecute = false, RedirectStandardError = true })!;
        await mount.WaitForExitAsync(Token);
        SshServer.SkipOrFail(mount.ExitCode == 0, "A tmpfs cannot be mounted here.");
        try
        {
            for (var i = 0; i < 40; i++)
            {
                folder.WriteFile($"from/{i}", new string('x', 20_000));
            }

            await using var remote = (SmbEndpoint)new SmbKind().Open(server.Settings("small/here"), server.Context());

            var result = await CopyAsync(folder.Local("from"), remote, request => request with { Retries = 0 });

            remote.WrittenAtOnce.ShouldBeGreaterThan(0);
            (result.Copied + result.Failed).ShouldBe(40);
            result.Failures.ShouldAllBe(failure => failure.Reason.Contains("space", StringComparison.Ordinal) || failure.Reason.Contains("disk was full", StringComparison.Ordinal));
            var files = Directory.GetFiles(Path.Combine(server.PathOf("small"), "here")).Where(file => !PartialName.Is(Path.GetFileName(file))).ToList();
            files.Count.ShouldBe((int)result.Copied);
            files.ShouldAllBe(file => new FileInfo(file).Length == 20_000);
        }
        finally
        {
            using var unmount = Process.Start(new ProcessStartInfo("/bin/umount", ["-l", server.PathOf("small")]) { UseShellExecute = false })!;
            await unmount.WaitForExitAsync(CancellationToken.None);
        }
    }

    [Fact(Timeout = 120_000)]
    public async Task A_wrong_password_is_tried_once()
    {
        var server = await shared.GetAsync();
        var name = server.NewFolder();
        await using CuttingProxy line = new(server.Port);
        folder.Fill(Files);
        await using SmbEndpoint remote = new(
            "smb://refused",
            new RcloneNames(reservesDevices: true),
            name,
            RemoteOf(server, name),
            _ => ValueTask.FromResult<SmbPlace?>(PlaceOf(server, line.Port) with { Password = "wrong" }),
            TimeProvider.System,
            _ => { });

        var result = await CopyAsync(folder.Local("from"), remote);

        (result.Copied, result.Failed).ShouldBe((Files, 0));
        (remote.WrittenAtOnce, line.Connections).ShouldBe((0, 1));
    }

    [Fact(Timeout = 120_000)]
    public async Task A_cancelled_transfer_leaves_whole_files_and_no_others()
    {
        var server = await shared.GetAsync();
        var name = server.NewFolder();
        var remote = Open(server, name);
        folder.Fill(500);
        using CancellationTokenSource cancelling = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var request = Request(folder.Local("from"), remote) with { Manifest = new AfterFiles(50, cancelling.Cancel) };

        await Should.ThrowAsync<OperationCanceledException>(() => new TransferRunner(request).RunAsync(cancelling.Token));
        await remote.DisposeAsync();

        var arrived = TreeOf(Path.Combine(server.PathOf("share"), name));
        arrived.Length.ShouldBeInRange(50, 499);
        arrived.ShouldBeSubsetOf(TreeOf(folder["from"]));
    }

    private static SmbEndpoint Open(SambaServer server, string name) => (SmbEndpoint)new SmbKind().Open(server.Settings($"share/{name}"), server.Context());

    private static List<string> Partials(SambaServer server, string name) =>
        [.. Directory.GetFiles(Path.Combine(server.PathOf("share"), name), "*", SearchOption.AllDirectories).Where(file => PartialName.Is(Path.GetFileName(file)))];

    private static SmbPlace PlaceOf(SambaServer server, int port) => new()
    {
        Dialled = null,
        Host = "127.0.0.1",
        Port = port,
        Share = "share",
        User = SambaServer.User,
        Domain = SambaServer.Workgroup,
        Password = server.Password,
    };

    /// <summary>What rclone serves, which is not cut.</summary>
    private static Func<CancellationToken, ValueTask<RcloneRemote>> RemoteOf(SambaServer server, string name)
    {
        RcloneRemote remote = new()
        {
            Address = "smb://beside",
            Remote = RcloneRemote.OwnName + ":",
            Path = $"share/{name}",
            Options = new Dictionary<string, string>(StringComparer.Ordinal)
            {
                ["type"] = "smb",
                ["host"] = "127.0.0.1",
                ["port"] = server.Port.ToString(CultureInfo.InvariantCulture),
                ["user"] = SambaServer.User,
                ["pass"] = RcloneObscure.Obscure(server.Password),
            },
            Tries = 1,
            Streams = true,
        };
        return _ => ValueTask.FromResult(remote);
    }
}
