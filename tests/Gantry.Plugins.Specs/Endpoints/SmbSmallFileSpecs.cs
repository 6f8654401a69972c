using Gantry.Engine.Endpoints;
using Gantry.Plugins.Endpoints.Local;
using Gantry.Plugins.Endpoints.Rclone;
using Gantry.TestServers;
using Shouldly;
using Xunit;

namespace Gantry.Plugins.Specs.Endpoints;

/// <summary>Small files go past rclone's memory of its folders: whoever looks, reads, replaces or deletes afterwards meets what is there.</summary>
public sealed class SmbSmallFileSpecs(SharedSambaServer shared)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact(Timeout = 120_000)]
    public async Task What_was_written_is_read_replaced_moved_and_deleted()
    {
        var server = await shared.GetAsync();
        var name = server.NewFolder();
        var there = Path.Combine(server.PathOf("share"), name);
        await using var endpoint = new SmbKind().Open(server.Settings($"share/{name}"), server.Context());
        await endpoint.CreateFolderAsync("sub", Token);
        await Task.WhenAll(Enumerable.Range(0, 40).Select(number => WriteAsync(endpoint, $"sub/{number}", [(byte)number])));

        (await endpoint.ListAsync("sub", Token).CountAsync(Token)).ShouldBe(40);
        await WriteAsync(endpoint, "sub/new", [1, 2, 3]);
        (await ReadAsync(endpoint, "sub/new")).ShouldBe([1, 2, 3]);
        await WriteAsync(endpoint, "sub/new", [4]);
        (await ReadAsync(endpoint, "sub/new")).ShouldBe([4]);
        await WriteAsync(endpoint, "sub/other", [5]);
        await ((IMoves)endpoint).MoveAsync("sub/other", "sub/moved", Token);
        await WriteAsync(endpoint, "sub/gone", [6]);
        await endpoint.DeleteFileAsync("sub/gone", Token);

        Directory.GetFiles(Path.Combine(there, "sub")).Select(Path.GetFileName)
            .ShouldBe([.. Enumerable.Range(0, 40).Select(number => $"{number}"), "new", "moved"], ignoreOrder: true);
        (await File.ReadAllBytesAsync(Path.Combine(there, "sub", "moved"), Token)).ShouldBe([5]);
        File.GetLastWriteTimeUtc(Path.Combine(there, "sub", "39")).ShouldBe(DateTime.UnixEpoch.AddYears(50));
    }

    [Fact(Timeout = 120_000)]
    public async Task A_folder_with_new_files_is_not_deleted_and_moves_with_them()
    {
        var server = await shared.GetAsync();
        var name = server.NewFolder();
        await using var endpoint = new SmbKind().Open(server.Settings($"share/{name}"), server.Context());
        await endpoint.CreateFolderAsync("from", Token);
        await WriteAsync(endpoint, "from/a", [1]);

        (await Should.ThrowAsync<EndpointException>(async () => await endpoint.DeleteFolderAsync("from", Token))).Error.ShouldBe(EndpointError.FolderNotEmpty);
        await WriteAsync(endpoint, "from/b", [2]);
        await ((IMoves)endpoint).MoveAsync("from", "to", Token);

        (await ReadAsync(endpoint, "to/b")).ShouldBe([2]);
        (await endpoint.ListAsync("to", Token).Select(entry => entry.Name).ToListAsync(Token)).ShouldBe(["a", "b"], ignoreOrder: true);
    }

    [Fact(Timeout = 120_000)]
    public async Task Another_ones_file_that_came_meanwhile_is_replaced_as_one_that_was_known()
    {
        var server = await shared.GetAsync();
        var name = server.NewFolder();
        var there = Path.Combine(server.PathOf("share"), name);
        await using var endpoint = new SmbKind().Open(server.Settings($"share/{name}"), server.Context());
        await WriteAsync(endpoint, "known", [1]);
        await File.WriteAllBytesAsync(Path.Combine(there, "file"), new byte[10], Token);

        await WriteAsync(endpoint, "file", [2]);

        (await File.ReadAllBytesAsync(Path.Combine(there, "file"), Token)).ShouldBe([2]);
        Directory.GetFileSystemEntries(there).Select(Path.GetFileName).ShouldBe(["file", "known"], ignoreOrder: true);
    }

    [Theory(Timeout = 120_000)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_cancelled_upload_ends_and_leaves_nothing_here_and_nothing_there(bool staysSilent)
    {
        var server = await shared.GetAsync();
        await using CuttingProxy line = new(server.Port) { HoldAfter = 100_000 };
        var name = server.NewFolder();
        var there = Path.Combine(server.PathOf("share"), name);
        var endpoint = new SmbKind().Open(
            server.Settings($"share/{name}").With("port", line.Port.ToString(System.Globalization.CultureInfo.InvariantCulture)), server.Context());
        var mark = Guid.CreateVersion7().ToByteArray();
        using CancellationTokenSource cancelling = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var write = WriteAsync(endpoint, "file", [.. mark, .. new byte[900_000]], cancelling.Token);
        await line.Held;
        StagedWith(mark).ShouldHaveSingleItem();

        await cancelling.CancelAsync();
        if (!staysSilent)
        {
            line.Release();
        }

        await Should.ThrowAsync<OperationCanceledException>(() => write);
        StagedWith(mark).ShouldBeEmpty();
        await endpoint.DisposeAsync();

        // What a server that hears nothing has got so far stays under a name that says what it is.
        Directory.GetFileSystemEntries(there).Where(entry => !staysSilent || !PartialName.Is(Path.GetFileName(entry))).ShouldBeEmpty();
    }

    [Fact(Timeout = 120_000)]
    public async Task What_a_server_made_after_it_was_cut_off_is_gone_after_the_next_run()
    {
        var server = await shared.GetAsync();
        var name = server.NewFolder();
        var there = Path.Combine(server.PathOf("share"), name);
        using TemporaryFolder here = new();
        foreach (var file in (string[])["arrived", "missing"])
        {
            await File.WriteAllTextAsync(here[file], "content", Token);
            File.SetLastWriteTimeUtc(here[file], DateTime.UnixEpoch.AddYears(50));
            await File.WriteAllTextAsync(Path.Combine(there, PartialName.Of(file, 7, DateTimeOffset.UnixEpoch.AddYears(50), "another0attempt")), "cont", Token);
        }

        File.Copy(here["arrived"], Path.Combine(there, "arrived"));
        File.SetLastWriteTimeUtc(Path.Combine(there, "arrived"), DateTime.UnixEpoch.AddYears(50));
        await using var source = new LocalEndpoint(here.Path, allowedRoots: null);
        await using var target = new SmbKind().Open(server.Settings($"share/{name}"), server.Context());

        var result = await S3Stage.TransferAsync(source, target, Token);

        (result.Copied, result.Skipped, result.Failed).ShouldBe((1, 1, 0), string.Join('\n', result.Failures));
        Directory.GetFileSystemEntries(there).Select(Path.GetFileName).ShouldBe(["arrived", "missing"], ignoreOrder: true);
    }

    [Fact(Timeout = 120_000)]
    public void Files_lie_ready_for_rclone_where_nobody_else_reads_them_and_no_longer_than_needed()
    {
        var stage = new RcloneStage();
        var name = stage.Put([1, 2], DateTimeOffset.UnixEpoch.AddYears(3));
        var folder = stage.Folder;

        File.GetUnixFileMode(folder).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        File.GetLastWriteTimeUtc(Path.Combine(folder, name)).ShouldBe(DateTime.UnixEpoch.AddYears(3));
        stage.Take(name);
        Directory.GetFiles(folder).Where(file => !file.EndsWith(".lock", StringComparison.Ordinal)).ShouldBeEmpty();
        stage.Put([3], null);
        stage.Dispose();
        Directory.Exists(folder).ShouldBeFalse();
    }

    /// <summary>Files that lie ready for an rclone and begin so.</summary>
    private static List<string> StagedWith(byte[] mark)
    {
        List<string> found = [];
        foreach (var stage in Directory.GetDirectories("/dev/shm", "gantry-stage-*"))
        {
            try
            {
                found.AddRange(Directory.GetFiles(stage).Where(file => !file.EndsWith(".lock", StringComparison.Ordinal) && File.ReadAllBytes(file).AsSpan().StartsWith(mark)));
            }
            catch (IOException)
            {
                // Another test's, which is just going.
            }
        }

        return found;
    }

    private static Task WriteAsync(IEndpoint endpoint, string path, byte[] content) => WriteAsync(endpoint, path, content, Token);

    private static async Task WriteAsync(IEndpoint endpoint, string path, byte[] content, CancellationToken cancellationToken) => await endpoint.WriteAsync(
        path,
        new MemoryStream(content),
        new WriteOptions { PartialName = PartialName.Of(EndpointPath.NameOf(path), null, null, Guid.CreateVersion7().ToString("N")), ModifiedAt = DateTimeOffset.UnixEpoch.AddYears(50), Length = content.Length },
        cancellationToken);

    private static async Task<byte[]> ReadAsync(IEndpoint endpoint, string path)
    {
        await using var stream = await endpoint.OpenReadAsync(path, 0, null, Token);
        using var content = new MemoryStream();
        await stream.CopyToAsync(content, Token);
        return content.ToArray();
    }
}
