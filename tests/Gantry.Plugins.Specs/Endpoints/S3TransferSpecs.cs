using Gantry.Engine.Endpoints;
using Gantry.Engine.Transfers;
using Gantry.Plugins.Endpoints.S3;
using Gantry.TestServers;
using Shouldly;
using Xunit;

namespace Gantry.Plugins.Specs.Endpoints;

/// <summary>Whole transfers to, from and inside an S3 service.</summary>
public sealed class S3TransferSpecs(SharedS3Servers servers) : IAsyncLifetime
{
    private S3Stage stage = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => stage = await S3Stage.SetAsync(servers);

    public ValueTask DisposeAsync() => stage.DisposeAsync();

    [Fact]
    public async Task A_tree_goes_up_comes_down_and_is_the_same()
    {
        MakeTree();
        await using var source = stage.Local();

        var up = await S3Stage.TransferAsync(source, stage.Endpoint, Token);
        using TemporaryFolder down = new();
        await using var target = new Gantry.Plugins.Endpoints.Local.LocalEndpoint(down.Path, allowedRoots: null);
        var back = await S3Stage.TransferAsync(stage.Endpoint, target, Token);

        (up.Copied, up.Failed, back.Copied, back.Failed).ShouldBe((31, 0, 31, 0), string.Join('\n', up.Failures.Concat(back.Failures)));
        foreach (var file in Directory.GetFiles(stage.Folder.Path, "*", SearchOption.AllDirectories))
        {
            var copy = down[Path.GetRelativePath(stage.Folder.Path, file)];
            File.ReadAllBytes(copy).ShouldBe(File.ReadAllBytes(file));
            File.GetLastWriteTimeUtc(copy).ShouldBe(File.GetLastWriteTimeUtc(file));
        }
    }

    [Fact]
    public async Task A_second_run_copies_nothing_either_way()
    {
        MakeTree();
        await using var source = stage.Local();
        await S3Stage.TransferAsync(source, stage.Endpoint, Token);
        stage.Proxy.Asked.Clear();

        var up = await S3Stage.TransferAsync(source, stage.Endpoint, Token);
        var down = await S3Stage.TransferAsync(stage.Endpoint, source, Token);

        (up.Copied, up.Skipped, down.Copied, down.Skipped).ShouldBe((0, 31, 0, 31), string.Join('\n', up.Failures.Concat(down.Failures)));
        stage.Proxy.Count("PUT", "").ShouldBe(0);
    }

    [Fact]
    public async Task A_file_that_changed_and_kept_its_size_is_copied_again()
    {
        MakeTree();
        await using var source = stage.Local();
        await S3Stage.TransferAsync(source, stage.Endpoint, Token);
        File.WriteAllText(stage.Folder["folder1/file1"], "CONTENT 1");

        var again = await S3Stage.TransferAsync(source, stage.Endpoint, Token);

        (again.Copied, again.Skipped).ShouldBe((1, 30));
        (await S3Stage.ReadAsync(stage.Endpoint, "folder1/file1", Token)).ShouldBe("CONTENT 1"u8.ToArray());
    }

    [Fact]
    public async Task A_sync_deletes_what_the_source_does_not_have()
    {
        MakeTree();
        await using var source = stage.Local();
        await S3Stage.TransferAsync(source, stage.Endpoint, Token);
        Directory.Delete(stage.Folder["folder2"], recursive: true);
        File.Delete(stage.Folder["folder1/file1"]);

        var result = await S3Stage.TransferAsync(source, stage.Endpoint, Token, request => request with { Mode = TransferMode.Sync });

        result.IsSuccess.ShouldBeTrue(string.Join('\n', result.Failures));
        (await stage.Endpoint.FindAsync("folder2", Token)).ShouldBeNull();
        (await stage.Endpoint.FindAsync("folder1/file1", Token)).ShouldBeNull();
        (await stage.Endpoint.FindAsync("folder1/file4", Token)).ShouldNotBeNull();
    }

    [Fact]
    public async Task What_is_moved_is_only_at_the_target()
    {
        MakeTree();
        await using var source = stage.Local();
        await S3Stage.TransferAsync(source, stage.Endpoint, Token, request => request with { Mode = TransferMode.Move });
        stage.LocalNames().ShouldBeEmpty();

        var back = await S3Stage.TransferAsync(stage.Endpoint, source, Token, request => request with { Mode = TransferMode.Move });

        back.IsSuccess.ShouldBeTrue(string.Join('\n', back.Failures));
        stage.LocalNames().Length.ShouldBe(31);
        (await S3Stage.NamesAsync(stage.Endpoint, Token)).ShouldBeEmpty();
    }

    [Fact]
    public async Task Two_transfers_to_one_key_leave_one_file_whole_and_nothing_else()
    {
        using TemporaryFolder other = new();
        File.WriteAllBytes(stage.Folder["file"], S3Stage.Bytes(20_000_000));
        File.WriteAllBytes(other["file"], new byte[20_000_000]);
        await using var one = stage.Local();
        await using var two = new Gantry.Plugins.Endpoints.Local.LocalEndpoint(other.Path, allowedRoots: null);
        await using var second = stage.Open();

        var results = await Task.WhenAll(S3Stage.TransferAsync(one, stage.Endpoint, Token), S3Stage.TransferAsync(two, second, Token));

        results.ShouldAllBe(result => result.IsSuccess);
        var content = await S3Stage.ReadAsync(stage.Endpoint, "file", Token);
        (content.AsSpan().SequenceEqual(S3Stage.Bytes(20_000_000)) || content.AsSpan().SequenceEqual(new byte[20_000_000])).ShouldBeTrue();
        (await S3Stage.NamesAsync(stage.Endpoint, Token)).ShouldBe(["file"]);
    }

    [Fact]
    public async Task A_copy_inside_one_service_moves_no_bytes_and_keeps_time_and_metadata()
    {
        await using var marked = stage.Open(("metadata", "author=Käthe, x=y"));
        await marked.WriteAsync("file", S3Stage.Text("content"), S3Stage.Options(7), Token);
        await using var target = stage.Open(("path", "copies"));
        stage.Proxy.Asked.Clear();

        var result = await S3Stage.TransferAsync(stage.Endpoint, target, Token, request => request with
        {
            Sources = [new TransferSource { Endpoint = stage.Endpoint, Path = "file" }],
        });

        result.IsSuccess.ShouldBeTrue(string.Join('\n', result.Failures));
        stage.Proxy.Count("GET", "/file").ShouldBe(0);
        var details = await ((ITellsDetails)target).FindDetailsAsync("file", Token);
        details!.ModifiedAt.ShouldBe(S3Stage.Time);
        (details.Metadata["author"], details.Metadata["x"]).ShouldBe(("Käthe", "y"));
    }

    [Fact]
    public async Task A_copy_inside_that_fails_with_status_200_is_asked_again()
    {
        await stage.Endpoint.WriteAsync("file", S3Stage.Text("content"), S3Stage.Options(7), Token);
        await using var target = stage.Open(("path", "copies"));
        var failed = 0;
        stage.Proxy.Instead = context => context.Request.Headers.ContainsKey("x-amz-copy-source") && Interlocked.Increment(ref failed) == 1
            ? S3FaultProxy.FailAsync(context, 200, "InternalError")
            : ValueTask.FromResult(false);

        var result = await S3Stage.TransferAsync(stage.Endpoint, target, Token, request => request with
        {
            Sources = [new TransferSource { Endpoint = stage.Endpoint, Path = "file" }],
        });

        result.IsSuccess.ShouldBeTrue(string.Join('\n', result.Failures));
        (await S3Stage.ReadAsync(target, "file", Token)).ShouldBe("content"u8.ToArray());
        failed.ShouldBe(2);
    }

    [Fact]
    public async Task Names_that_are_hard_survive_parts_copies_and_links()
    {
        const string Name = "a+b & 100% ?q#f ü e\u0301 \U0001F3D7 'x\".bin";
        var content = S3Stage.Bytes(17_000_000);
        var ranges = (IWritesRanges)stage.Endpoint;
        await using (var write = await ranges.BeginRangesAsync(Name, S3Stage.Options(content.Length), Token))
        {
            for (var offset = 0; offset < content.Length; offset += write.RangeBytes)
            {
                var length = Math.Min(write.RangeBytes, content.Length - offset);
                await write.WriteAsync(offset, new MemoryStream(content, offset, length), length, Token);
            }

            await write.CompleteAsync(Token);
        }

        await ((ICopiesInside)stage.Endpoint).CopyFromAsync(stage.Endpoint, Name, "copy of " + Name, S3Stage.Options(content.Length), Token);
        using HttpClient http = new();
        var link = await ((IPresigns)stage.Endpoint).PresignAsync("copy of " + Name, TimeSpan.FromMinutes(5), isUpload: false, Token);

        (await http.GetByteArrayAsync(new Uri(link), Token)).AsSpan().SequenceEqual(content).ShouldBeTrue();
        (await S3Stage.NamesAsync(stage.Endpoint, Token)).ShouldBe([Name, "copy of " + Name]);
    }

    [Fact]
    public async Task Content_of_unknown_length_goes_in_parts_when_it_is_long()
    {
        var content = S3Stage.Bytes(30_000_000);

        var entry = await stage.Endpoint.WriteAsync("file", ScriptedContent.Of(content, 70_001), S3Stage.Options(null), Token);

        entry.Size.ShouldBe(content.Length);
        stage.Proxy.Count("PUT", "partNumber=").ShouldBe(4);
        (await S3Stage.ReadAsync(stage.Endpoint, "file", Token)).AsSpan().SequenceEqual(content).ShouldBeTrue();
        (await S3Stage.NamesAsync(stage.Endpoint, Token)).ShouldBe(["file"]);
    }

    [Fact]
    public async Task A_long_content_that_breaks_off_leaves_the_old_file_and_no_upload()
    {
        await stage.Endpoint.WriteAsync("file", S3Stage.Text("old"), S3Stage.Options(3), Token);

        await Should.ThrowAsync<IOException>(async () =>
            await stage.Endpoint.WriteAsync("file", ScriptedContent.FailingAfter(S3Stage.Bytes(20_000_000)), S3Stage.Options(null), Token));

        (await S3Stage.ReadAsync(stage.Endpoint, "file", Token)).ShouldBe("old"u8.ToArray());
        (await S3Stage.NamesAsync(stage.Endpoint, Token)).ShouldBe(["file"]);
        stage.Proxy.Count("DELETE", "uploadId=").ShouldBe(1);
    }

    [Fact]
    public async Task A_marker_that_is_deleted_takes_its_upload_along()
    {
        var ranges = (IWritesRanges)stage.Endpoint;
        var options = S3Stage.Options(17_000_000);
        await using var write = await ranges.BeginRangesAsync("file", options, Token);

        await stage.Endpoint.DeleteFileAsync(options.PartialName, Token);

        stage.Proxy.Count("DELETE", "uploadId=").ShouldBe(1);
        (await S3Stage.NamesAsync(stage.Endpoint, Token)).ShouldBeEmpty();
    }

    [Fact]
    public async Task Five_gibibytes_go_in_parts()
    {
        Assert.SkipUnless(Environment.GetEnvironmentVariable("GANTRY_TEST_SLOW") == "1", "Slow: ./test --slow");
        const long Length = (5L << 30) + 1;
        using (var file = new FileStream(stage.Folder["large"], FileMode.CreateNew))
        {
            file.SetLength(Length);
        }

        await using var server = await S3Server.StartS3rverAsync(isOnDisk: true);
        await using var target = new S3Kind().Open(await server.NewBucketAsync(), S3Server.Context());
        await using var source = stage.Local();
        var result = await S3Stage.TransferAsync(source, target, Token);

        result.IsSuccess.ShouldBeTrue(string.Join('\n', result.Failures));
        (await target.FindAsync("large", Token))!.Size.ShouldBe(Length);
    }

    private void MakeTree()
    {
        for (var number = 0; number < 30; number++)
        {
            var path = stage.Folder.WriteFile($"folder{number % 3}/file{number}", $"content {number}");
            File.SetLastWriteTimeUtc(path, S3Stage.Time.AddSeconds(number + 0.123456).UtcDateTime);
        }

        File.WriteAllBytes(stage.Folder["empty"], []);
        File.SetLastWriteTimeUtc(stage.Folder["empty"], S3Stage.Time.UtcDateTime);
    }
}
