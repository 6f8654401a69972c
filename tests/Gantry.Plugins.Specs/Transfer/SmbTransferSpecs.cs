using Gantry.Engine.Endpoints;
using Gantry.Engine.Transfers;
using Gantry.Plugins.Endpoints.Local;
using Gantry.Plugins.Endpoints.Rclone;
using Gantry.Plugins.Specs.Endpoints;
using Gantry.TestServers;
using Shouldly;
using Xunit;

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
        Fill();
        folder.WriteFile("from/large", new string('x', 3_000_000));
        folder.Folder("from/empty");
        var share = $"share/{server.NewFolder()}/new";
        await using var remote = new SmbKind().Open(server.Settings(share), server.Context());

        var there = await CopyAsync(Local("from"), remote);
        await using var anew = new SmbKind().Open(server.Settings(share), server.Context());
        var again = await CopyAsync(Local("from"), anew);
        var back = await CopyAsync(anew, Local("back"));
        var unchanged = await CopyAsync(anew, Local("back"));

        there.Failures.ShouldBeEmpty();
        (there.IsSuccess, there.Copied).ShouldBe((true, Files + 1));
        (again.Copied, again.Skipped).ShouldBe((0, Files + 1));
        (back.IsSuccess, back.Copied).ShouldBe((true, Files + 1));
        (unchanged.Copied, unchanged.Skipped).ShouldBe((0, Files + 1));
        TreeOf("back").ShouldBe(TreeOf("from"));
        Directory.Exists(folder["back/empty"]).ShouldBeTrue();
    }

    [Fact(Timeout = 120_000)]
    public async Task A_sync_and_a_move_do_on_a_share_what_they_say()
    {
        var server = await shared.GetAsync();
        Fill();
        var name = server.NewFolder();
        var path = Path.Combine(server.PathOf("share"), name);
        Directory.CreateDirectory(path + "/old/deep");
        await File.WriteAllTextAsync(path + "/old/deep/extra", "x", Token);
        await using var remote = new SmbKind().Open(server.Settings($"share/{name}"), server.Context());

        var synced = await CopyAsync(Local("from"), remote, request => request with { Mode = TransferMode.Sync });
        var moved = await CopyAsync(remote, Local("back"), request => request with { Mode = TransferMode.Move });

        (synced.IsSuccess, synced.Deleted).ShouldBe((true, 3));
        moved.Failures.ShouldBeEmpty();
        (moved.IsSuccess, moved.Copied).ShouldBe((true, Files));
        Directory.GetFileSystemEntries(path).ShouldBeEmpty();
        TreeOf("back").ShouldBe(TreeOf("from"));
    }

    [Fact(Timeout = 120_000)]
    public async Task A_server_that_is_killed_and_started_again_is_only_a_delay()
    {
        await using var server = await SambaServer.StartAsync();
        Fill();
        var name = server.NewFolder();
        await using var remote = new SmbKind().Open(server.Settings($"share/{name}"), server.Context());
        await CopyAsync(Local("from"), remote);
        await server.StopAsync();
        await server.StartAgainAsync();
        folder.WriteFile("from/more", "more");

        var result = await CopyAsync(Local("from"), remote, request => request with { Retries = 5 });

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
        var there = await CopyAsync(Local("from"), remote);
        var again = await CopyAsync(Local("from"), remote, request => request with { Mode = TransferMode.Sync });
        var back = await CopyAsync(remote, Local("back"));

        there.Failures.ShouldBeEmpty();
        (there.Copied, again.Copied, again.Deleted, back.Copied).ShouldBe((names.Length, 0, 0, names.Length));
        TreeOf("back").ShouldBe(TreeOf("from"));
    }

    [Fact(Timeout = 120_000)]
    public async Task Two_names_that_a_share_takes_for_one_are_reported_and_one_stays_whole()
    {
        var server = await shared.GetAsync();
        folder.WriteFile("from/Name", "upper");
        folder.WriteFile("from/name", "lower");
        var name = server.NewFolder();
        await using var remote = new SmbKind().Open(server.Settings($"share/{name}"), server.Context());

        var result = await CopyAsync(Local("from"), remote, request => request with { Retries = 1 });

        (result.Copied, result.Failures.Count).ShouldBe((1, 1));
        result.Failures[0].Reason.ShouldContain("upper");
        var there = Directory.GetFiles(Path.Combine(server.PathOf("share"), name)).ShouldHaveSingleItem();
        (await File.ReadAllTextAsync(there, Token)).ShouldBe(Path.GetFileName(there) == "Name" ? "upper" : "lower");
    }

    public void Dispose() => folder.Dispose();

    private void Fill()
    {
        for (var i = 0; i < Files; i++)
        {
            var file = folder.WriteFile($"from/folder{i % 7}/file{i}", new string((char)('a' + (i % 26)), i * 10));
            File.SetLastWriteTimeUtc(file, DateTime.UnixEpoch.AddDays(10_000 + i));
        }
    }

    private IEndpoint Local(string name) => new LocalEndpoint(folder[name], allowedRoots: null);

    private static Task<TransferResult> CopyAsync(IEndpoint from, IEndpoint to, Func<TransferRequest, TransferRequest>? change = null)
    {
        var request = new TransferRequest { Sources = [new TransferSource { Endpoint = from }], Target = new TransferTarget { Endpoint = to } };
        return new TransferRunner(change?.Invoke(request) ?? request).RunAsync(Token);
    }

    private string[] TreeOf(string name) =>
    [
        .. Directory.GetFiles(folder[name], "*", SearchOption.AllDirectories)
            .Select(file => $"{Path.GetRelativePath(folder[name], file)} {File.GetLastWriteTimeUtc(file):yyyyMMddHHmmss} {File.ReadAllText(file)}")
            .Order(StringComparer.Ordinal),
    ];
}
