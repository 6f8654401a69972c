using Gantry.Engine.Endpoints;
using Shouldly;
using Xunit;

namespace Gantry.TestServers;

public abstract partial class EndpointContract
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(4999)]
    [InlineData(5000)]
    [InlineData(5001)]
    [InlineData(100_000_000)]
    public async Task A_stream_gives_what_is_there_whatever_was_expected(long expectedSize)
    {
        var content = Bytes(5000);
        await WriteAsync("file", content);

        (await ReadAsync("file", expectedSize: expectedSize)).ShouldBe(content);
    }

    [Fact]
    public async Task A_small_file_is_read_whole()
    {
        Assert.SkipUnless(Endpoint is IReadsWhole, "This kind is no IReadsWhole.");
        var whole = (IReadsWhole)Endpoint;
        var content = Bytes(5000);
        await Endpoint.CreateFolderAsync("folder", Token);
        await WriteAsync("folder/file", content);
        await WriteAsync("empty", []);

        var buffer = new byte[5001];
        whole.ReadWhole("folder/file", buffer).ShouldBe(5000);
        buffer.AsSpan(0, 5000).SequenceEqual(content).ShouldBeTrue();
        whole.ReadWhole("folder/file", buffer.AsSpan(0, 4999)).ShouldBe(4999);
        whole.ReadWhole("empty", buffer).ShouldBe(0);
        Should.Throw<EndpointException>(() => whole.ReadWhole("nothing", buffer)).Error.ShouldBe(EndpointError.NotFound);
        Should.Throw<EndpointException>(() => whole.ReadWhole("folder", buffer)).Error.ShouldBe(EndpointError.IsAFolder);
        Should.Throw<EndpointException>(() => whole.ReadWhole("../out", buffer)).Error.ShouldBe(EndpointError.BadPath);
    }

    [Fact]
    public async Task Small_files_are_fetched_whole_many_at_once()
    {
        Assert.SkipUnless(Endpoint is IFetchesWhole, "This kind is no IFetchesWhole.");
        var source = (IFetchesWhole)Endpoint;
        await Endpoint.CreateFolderAsync("folder", Token);
        var sizes = Enumerable.Range(0, 20).Select(number => number * 500).ToList();
        foreach (var size in sizes)
        {
            await WriteAsync($"folder/{size}", Bytes(size));
        }

        var fetched = await Task.WhenAll(sizes.Select(async size =>
        {
            var buffer = new byte[size + 1];
            return await source.FetchWholeAsync($"folder/{size}", buffer, Token) is { } file ? buffer[..file.Length] : null;
        }));

        // Null is always allowed: then it comes as a stream.
        sizes.Zip(fetched).ShouldAllBe(pair => pair.Second == null || Enumerable.SequenceEqual(pair.Second, Bytes(pair.First)));
        (await FetchedAsync("folder/500", 1000)).ShouldBeOneOf(null, 500);
        (await FetchedAsync("folder/1000", 501)).ShouldBeOneOf(null, 501);
        (await FetchedAsync("nothing", 10)).ShouldBeNull();
        (await FetchedAsync("folder", 10)).ShouldBeNull();
        (await FetchedAsync("folder/1500", 1501)).ShouldBeOneOf(null, 1500);
        await Should.ThrowAsync<EndpointException>(async () => await source.FetchWholeAsync("../out", new byte[10], Token));
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(async () => await source.FetchWholeAsync("folder/500", new byte[501], cancelled.Token));

        async Task<int?> FetchedAsync(string path, int bytes)
        {
            try
            {
                return (await source.FetchWholeAsync(path, new byte[bytes], Token))?.Length;
            }
            catch (EndpointException failed) when (failed.Error is EndpointError.NotFound or EndpointError.IsAFolder)
            {
                return null;
            }
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(32768)]
    [InlineData(2_999_999)]
    [InlineData(3_000_000)]
    [InlineData(3_000_001)]
    [InlineData(5_000_000_000)]
    public async Task Reading_starts_at_the_offset(long offset)
    {
        var content = Bytes(3_000_000);
        await WriteAsync("file", content);

        (await ReadAsync("file", offset, content.Length)).AsSpan().SequenceEqual(content.AsSpan((int)Math.Min(offset, content.Length))).ShouldBeTrue();
    }

    [Fact]
    public async Task A_large_file_expected_to_be_small_comes_whole()
    {
        var content = Bytes(2_000_003);
        await WriteAsync("file", content);

        (await ReadAsync("file", expectedSize: 10)).AsSpan().SequenceEqual(content).ShouldBeTrue();
    }

    [Fact]
    public async Task A_stream_may_be_left_before_its_end()
    {
        await WriteAsync("file", Bytes(9_000_000));

        for (var time = 0; time < 20; time++)
        {
            await using var stream = await Endpoint.OpenReadAsync("file", 0, 9_000_000, Token);
            await stream.ReadExactlyAsync(new byte[10], Token);
        }

        (await ReadAsync("file")).Length.ShouldBe(9_000_000);
    }

    [Fact]
    public async Task A_reading_can_be_cancelled()
    {
        await WriteAsync("file", Bytes(100));
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(async () => await Endpoint.OpenReadAsync("file", 0, null, cancelled.Token));
        await Should.ThrowAsync<OperationCanceledException>(async () => await Endpoint.FindAsync("file", cancelled.Token));
        await Should.ThrowAsync<OperationCanceledException>(async () => await Endpoint.ListAsync("", cancelled.Token).ToListAsync(cancelled.Token));

        (await ReadAsync("file")).Length.ShouldBe(100);
    }

    [Fact]
    public async Task What_is_not_there_cannot_be_read()
    {
        await FailsAsync(EndpointError.NotFound, () => ReadAsync("nothing"));
        await FailsAsync(EndpointError.NotFound, () => ReadAsync("nothing", expectedSize: 4096));
        await FailsAsync(EndpointError.NotFound, () => ReadAsync("no/thing"));
    }

    [Fact]
    public async Task A_folder_cannot_be_read()
    {
        await Endpoint.CreateFolderAsync("folder", Token);

        await Should.ThrowAsync<EndpointException>(() => ReadAsync("folder"));
        await Should.ThrowAsync<EndpointException>(() => ReadAsync("folder", expectedSize: 100));
    }

    [Fact]
    public async Task Finding_what_is_not_there_answers_null()
    {
        await WriteAsync("file", "x");

        (await Endpoint.FindAsync("nothing", Token)).ShouldBeNull();
        (await Endpoint.FindAsync("no/thing", Token)).ShouldBeNull();
        (await Endpoint.FindAsync("file/below", Token)).ShouldBeNull();
    }

    [Fact]
    public async Task The_root_is_found_as_a_folder() => (await Endpoint.FindAsync("", Token))!.Kind.ShouldBe(EntryKind.Folder);

    [Fact]
    public async Task Many_files_are_read_at_once_while_others_are_written()
    {
        var content = Bytes(50_000);
        var count = Many(20);
        for (var number = 0; number < count; number++)
        {
            await WriteAsync($"read {number}", content);
        }

        var reads = Enumerable.Range(0, Many(200)).Select(number => Task.Run(() => ReadAsync($"read {number % count}", expectedSize: content.Length))).ToArray();
        var writes = Enumerable.Range(0, Many(200)).Select(number => Task.Run(() => WriteAsync($"write {number}", content))).ToArray();
        await Task.WhenAll(writes);

        foreach (var read in await Task.WhenAll(reads))
        {
            read.AsSpan().SequenceEqual(content).ShouldBeTrue();
        }
    }
}
