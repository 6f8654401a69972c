using Gantry.Engine.Endpoints;
using Gantry.Engine.Transfers;
using Gantry.Plugins.Endpoints.Local;
using Gantry.Plugins.Endpoints.Rclone;
using Gantry.Plugins.Specs.Endpoints;
using Gantry.TestServers;
using Shouldly;
using Xunit;
using static Gantry.Plugins.Specs.Transfer.LocalStage;

namespace Gantry.Plugins.Specs.Transfer;

/// <summary>Whole transfers to a share and back.</summary>
public sealed class SmbTransferSpecs(SharedSambaServer shared) : IDisposable
{
    private const int Files = 60;
    private readonly TemporaryFolder folder = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact(Timeout = 120_000)]
    public async Task A_tree_goes_there_and_back_unchanged_and_a_second_run_copies_nothing()
    {
        var server = await shared.GetAsync();
        folder.Fill(Files);
        folder.WriteFile("from/large", new string('x', 3_000_000));
        folder.Folder("from/empty");
        var share = $"share/{server.NewFolder()}/new";
        await using var remote = new SmbKind().Open(server.Settings(share), server.Context());

        var there = await CopyAsync(folder.Local("from"), remote);
        await using var anew = new SmbKind().Open(server.Settings(share), server.Context());
        var again = await CopyAsync(folder.Local("from"), anew);
        var back = await CopyAsync(anew, folder.Local("back"));
        var unchanged = await CopyAsync(anew, folder.Local("back"));

        there.Failures.ShouldBeEmpty();
        (there.IsSuccess, there.Copied).ShouldBe((true, Files + 1));
        (again.Copied, again.Skipped).ShouldBe((0, Files + 1));
        (back.IsSuccess, back.Copied).ShouldBe((true, Files + 1));
        (unchanged.Copied, unchanged.Skipped).ShouldBe((0, Files + 1));
        TreeOf(folder["back"]).ShouldBe(TreeOf(folder["from"]));
        Directory.Exists(folder["back/empty"]).ShouldBeTrue();
    }

    [Fact(Timeout = 120_000)]
    public async Task A_sync_and_a_move_do_on_a_share_what_they_say()
    {
        var server = await shared.GetAsync();
        folder.Fill(Files);
        var name = server.NewFolder();
        var path = Path.Combine(server.PathOf("share"), name);
        Directory.CreateDirectory(path + "/old/deep");
        await File.WriteAllTextAsync(path + "/old/deep/extra", "x", Token);
        await using var remote = new SmbKind().Open(server.Settings($"share/{name}"), server.Context());

        var synced = await CopyAsync(folder.Local("from"), remote, request => request with { Mode = TransferMode.Sync });
        var moved = await CopyAsync(remote, folder.Local("back"), request => request with { Mode = TransferMode.Move });

        (synced.IsSuccess, synced.Deleted).ShouldBe((true, 3));
        moved.Failures.ShouldBeEmpty();
        (moved.IsSuccess, moved.Copied).ShouldBe((true, Files));
        Directory.GetFileSystemEntries(path).ShouldBeEmpty();
        TreeOf(folder["back"]).ShouldBe(TreeOf(folder["from"]));
    }

    [Fact(Timeout = 120_000)]
    public async Task A_server_that_is_killed_and_started_again_is_only_a_delay()
    {
        await using var server = await SambaServer.StartAsync();
        folder.Fill(Files);
        var name = server.NewFolder();
        await using var remote = new SmbKind().Open(server.Settings($"share/{name}"), server.Context());
        await CopyAsync(folder.Local("from"), remote);
        await server.StopAsync();
        await server.StartAgainAsync();
        folder.WriteFile("from/more", "more");

        var result = await CopyAsync(folder.Local("from"), remote, request => request with { Retries = 5 });

        (result.EndedBy?.Message ?? "").ShouldBe("");
        result.Failures.Select(failure => failure.Reason).ShouldBeEmpty();
        (result.IsSuccess, result.Copied).ShouldBe((true, 1));
    }

    [Fact(Timeout = 120_000)]
    public async Task Hard_names_go_there_and_back()
    {
        var server = await shared.GetAsync();
        string[] names =
        [
            "a:b*c?", "quote\"<x>|", "back\\slash", "dot.", "space ", " space", ".hidden", "...", "CON", "nul.txt", "new\nline", "caf\u00e9", "cafe\u0301", "\U0001F3D7", "\u6587\u4EF6", "-dash",
            "wide\uFF1Acolon", "mark\u201B", "symbol\u240A", "\uFF23ON", "~", "#%", new string('n', 255),
        ];
        foreach (var name in names)
        {
            folder.WriteFile("from/" + name, name);
        }

        await using var remote = new SmbKind().Open(server.Settings($"share/{server.NewFolder()}"), server.Context());
        var there = await CopyAsync(folder.Local("from"), remote);
        var again = await CopyAsync(folder.Local("from"), remote, request => request with { Mode = TransferMode.Sync });
        var back = await CopyAsync(remote, folder.Local("back"));

        there.Failures.ShouldBeEmpty();
        (there.Copied, again.Copied, again.Deleted, back.Copied).ShouldBe((names.Length, 0, 0, names.Length));
        TreeOf(folder["back"]).ShouldBe(TreeOf(folder["from"]));
    }

    [Fact(Timeout = 120_000)]
    public async Task Two_names_that_a_share_takes_for_one_are_reported_and_one_stays_whole()
    {
        var server = await shared.GetAsync();
        folder.WriteFile("from/Name", "upper");
        folder.WriteFile("from/name", "lower");
        var name = server.NewFolder();
        await using var remote = new SmbKind().Open(server.Settings($"share/{name}"), server.Context());

        var result = await CopyAsync(folder.Local("from"), remote, request => request with { Retries = 1 });

        (result.Copied, result.Failures.Count).ShouldBe((1, 1));
        result.Failures[0].Reason.ShouldContain("upper");
        var there = Directory.GetFiles(Path.Combine(server.PathOf("share"), name)).ShouldHaveSingleItem();
        (await File.ReadAllTextAsync(there, Token)).ShouldBe(Path.GetFileName(there) == "Name" ? "upper" : "lower");
    }

    public void Dispose() => folder.Dispose();
}
