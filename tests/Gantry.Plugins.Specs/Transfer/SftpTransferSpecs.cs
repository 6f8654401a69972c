using Gantry.Engine.Endpoints;
using Gantry.Engine.Transfers;
using Gantry.Plugins.Endpoints.Local;
using Gantry.Plugins.Endpoints.Sftp;
using Gantry.Plugins.Specs.Endpoints;
using Gantry.TestServers;
using Shouldly;
using Xunit;
using static Gantry.Plugins.Specs.Transfer.LocalStage;

namespace Gantry.Plugins.Specs.Transfer;

public sealed class SftpTransferSpecs(SharedSshServer shared) : IDisposable
{
    private const int Files = 300;
    private readonly TemporaryFolder folder = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_tree_goes_there_and_back_unchanged()
    {
        var server = await shared.GetAsync();
        folder.Fill(Files);
        folder.WriteFile("from/large", new string('x', 3_000_000));
        folder.Folder("from/empty");
        await using var remote = Open(server, server.NewFolder());

        var there = await CopyAsync(folder.Local("from"), remote);
        var again = await CopyAsync(folder.Local("from"), remote);
        var back = await CopyAsync(remote, folder.Local("back"));

        (there.IsSuccess, there.Copied).ShouldBe((true, Files + 1));
        (again.Copied, again.Skipped).ShouldBe((0, Files + 1));
        (back.IsSuccess, back.Copied).ShouldBe((true, Files + 1));
        TreeOf(folder["back"]).ShouldBe(TreeOf(folder["from"]));
    }

    [Fact]
    public async Task A_target_folder_that_is_not_there_is_made()
    {
        var server = await shared.GetAsync();
        folder.Fill(Files);
        await using var remote = Open(server, server.NewFolder() + "/new/deep");

        var result = await CopyAsync(folder.Local("from"), remote);

        (result.IsSuccess, result.Copied).ShouldBe((true, Files));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_server_that_is_killed_and_started_again_is_only_a_delay(bool readsWhole)
    {
        await using var server = await SshServer.StartAsync();
        folder.Fill(Files);
        var path = server.NewFolder();
        await using var remote = Open(server, path);
        var local = readsWhole ? new WatchedWhole(folder.Local("from")) : new WatchedEndpoint(folder.Local("from"));
        var cut = local.AfterReads(Files / 3, async () =>
        {
            await server.StopAsync();
            await server.StartAgainAsync();
        });

        var result = await CopyAsync(local, remote);

        await cut;
        result.Failures.ShouldBeEmpty();
        (result.IsSuccess, result.Copied).ShouldBe((true, Files));
        TreeOf(folder["from"]).ShouldBe(TreeOf(path));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_server_that_stays_away_ends_the_transfer_with_one_clear_error(bool readsWhole)
    {
        await using var server = await SshServer.StartAsync();
        folder.Fill(Files);
        await using var remote = Open(server, server.NewFolder());
        var local = readsWhole ? new WatchedWhole(folder.Local("from")) : new WatchedEndpoint(folder.Local("from"));
        var stopped = local.AfterReads(Files / 3, server.StopAsync);

        var result = await CopyAsync(local, remote, request => request with { Retries = 1 });

        await stopped;
        result.IsSuccess.ShouldBeFalse();
        result.EndedBy.ShouldNotBeNull().Error.ShouldBe(EndpointError.Disconnected);
        result.Failures.Count.ShouldBeLessThan(Files / 3);
    }

    [Fact]
    public async Task A_sync_and_a_move_do_on_a_server_what_they_say()
    {
        var server = await shared.GetAsync();
        folder.Fill(Files);
        var path = server.NewFolder();
        Directory.CreateDirectory(path + "/old/deep");
        await File.WriteAllTextAsync(path + "/old/deep/extra", "x", Token);
        await using var remote = Open(server, path);

        var synced = await CopyAsync(folder.Local("from"), remote, request => request with { Mode = TransferMode.Sync });
        var moved = await CopyAsync(remote, folder.Local("back"), request => request with { Mode = TransferMode.Move });

        (synced.IsSuccess, synced.Deleted).ShouldBe((true, 3));
        (moved.IsSuccess, moved.Copied).ShouldBe((true, Files));
        Directory.GetFileSystemEntries(path).ShouldBeEmpty();
        TreeOf(folder["back"]).ShouldBe(TreeOf(folder["from"]));
    }

    public void Dispose() => folder.Dispose();

    private static IEndpoint Open(SshServer server, string path) => new SftpKind().Open(server.Settings(path), server.Context());

    /// <summary>The same, read whole: its files go the short way.</summary>
    private sealed class WatchedWhole(IEndpoint inner) : WatchedEndpoint(inner), IReadsWhole
    {
        private readonly IReadsWhole whole = (IReadsWhole)inner;

        public int ReadWhole(string path, Span<byte> buffer)
        {
            CountRead().Wait(TestContext.Current.CancellationToken);
            return whole.ReadWhole(path, buffer);
        }
    }

    /// <summary>Lets something happen after so many files were opened; the others wait for it.</summary>
    private class WatchedEndpoint(IEndpoint inner) : PassingEndpoint(inner)
    {
        private readonly TaskCompletionSource reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private int left = int.MaxValue;
        private Task happening = Task.CompletedTask;

        public Task AfterReads(int count, Func<Task> what)
        {
            left = count;
            happening = Task.Run(async () =>
            {
                await reached.Task;
                await what();
            });
            return happening;
        }

        /// <summary>What is to be waited for before the next reading.</summary>
        protected Task CountRead()
        {
            if (Interlocked.Decrement(ref left) > 0) return Task.CompletedTask;
            reached.TrySetResult();
            return happening;
        }

        public override async ValueTask<Stream> OpenReadAsync(string path, long offset, long? expectedSize, CancellationToken cancellationToken)
        {
            await CountRead();
            return await base.OpenReadAsync(path, offset, expectedSize, cancellationToken);
        }
    }
}
