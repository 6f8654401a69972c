using Gantry.Engine.Endpoints;
using Shouldly;
using Xunit;

namespace Gantry.TestServers;

/// <summary>Large files in ranges (see <see cref="IWritesRanges"/> and <see cref="IReadsRanges"/>), for the kinds that can.</summary>
public abstract partial class EndpointContract
{
    [Fact]
    public async Task A_file_written_in_ranges_arrives_whole()
    {
        var content = await RangedContentAsync();

        await using var write = await BeginAsync("file", content);
        await WriteRangesAsync(write, content);
        var told = await write.CompleteAsync(Token);

        (told.Name, told.Size, told.Kind).ShouldBe(("file", content.Length, EntryKind.File));
        (await ReadAsync("file")).AsSpan().SequenceEqual(content).ShouldBeTrue();
        (await NamesInAsync("")).ShouldBe(["file"]);
        if (Endpoint.Capabilities.TimePrecision is not null && IsExact)
        {
            told.ModifiedAt.ShouldBe(someTime);
            (await KeptTimeAsync("file")).ShouldBe(someTime);
        }
    }

    [Fact]
    public async Task Ranges_are_written_several_at_once()
    {
        var content = await RangedContentAsync();
        await using var write = await BeginAsync("file", content);

        // As many as it takes, begun in rising order; the first of them is the last to get its bytes.
        write.ConcurrentRanges.ShouldBeGreaterThanOrEqualTo(1);
        write.WindowBytes.ShouldBeGreaterThanOrEqualTo(write.RangeBytes);
        foreach (var group in OffsetsOf(write, content).Chunk(RangesAtOnce(write)))
        {
            var others = new TaskCompletionSource();
            var first = new HeldStream(RangeOf(write, content, group[0]), others.Task);
            var all = group.Select((offset, number) =>
            {
                var range = RangeOf(write, content, offset);
                return write.WriteAsync(offset, number == 0 ? first : new MemoryStream(range), range.Length, Token).AsTask();
            }).ToList();
            await Task.WhenAll(all.Skip(1));
            others.SetResult();
            await Task.WhenAll(all);
        }

        await write.CompleteAsync(Token);
        (await ReadAsync("file")).AsSpan().SequenceEqual(content).ShouldBeTrue();
    }

    [Fact]
    public async Task A_range_whose_source_broke_off_can_be_written_again()
    {
        Assert.SkipUnless(GoesOn, "This server takes a file only from its beginning to its end.");
        var content = await RangedContentAsync();
        await using var write = await BeginAsync("file", content);
        var second = RangeOf(write, content, write.RangeBytes);

        await WriteRangesAsync(write, content, until: write.RangeBytes);
        await Should.ThrowAsync<IOException>(async () => await write.WriteAsync(
            write.RangeBytes, ScriptedContent.FailingAfter(second[..(second.Length / 2)]), second.Length, Token));
        await WriteRangesAsync(write, content, from: write.RangeBytes);
        await write.CompleteAsync(Token);

        (await ReadAsync("file")).AsSpan().SequenceEqual(content).ShouldBeTrue();
        (await NamesInAsync("")).ShouldBe(["file"]);
    }

    [Fact]
    public async Task The_old_file_stands_until_all_ranges_are_completed()
    {
        var content = await RangedContentAsync();
        await WriteAsync("file", "old");

        await using var write = await BeginAsync("file", content);
        await WriteRangesAsync(write, content);

        (await ReadTextAsync("file")).ShouldBe("old");
        await write.CompleteAsync(Token);
        (await ReadAsync("file")).AsSpan().SequenceEqual(content).ShouldBeTrue();
    }

    [Fact]
    public async Task A_file_with_a_range_missing_at_its_end_does_not_get_its_name()
    {
        var content = await RangedContentAsync();
        await WriteAsync("file", "old");

        await using (var write = await BeginAsync("file", content))
        {
            await WriteRangesAsync(write, content, until: OffsetsOf(write, content)[^1]);
            await FailsAsync(EndpointError.ContentDiffers, async () => await write.CompleteAsync(Token));
            await write.AbandonAsync();
        }

        (await ReadTextAsync("file")).ShouldBe("old");
        (await NamesInAsync("")).ShouldBe(["file"]);
    }

    [Fact]
    public async Task What_is_abandoned_leaves_the_old_file_and_nothing_else()
    {
        var content = await RangedContentAsync();
        await WriteAsync("file", "old");

        await using (var write = await BeginAsync("file", content))
        {
            await WriteRangesAsync(write, content, until: write.RangeBytes);
            using var cancelling = new CancellationTokenSource();
            var waiting = ScriptedContent.WaitingAfter(RangeOf(write, content, write.RangeBytes)[..1000]);
            var broken = write.WriteAsync(write.RangeBytes, waiting, RangeOf(write, content, write.RangeBytes).Length, cancelling.Token).AsTask();
            await waiting.ReachedEnd;
            await cancelling.CancelAsync();
            await Should.ThrowAsync<OperationCanceledException>(() => broken);
            await write.AbandonAsync();
        }

        (await ReadTextAsync("file")).ShouldBe("old");
        (await NamesInAsync("")).ShouldBe(["file"]);
    }

    [Fact]
    public async Task A_later_attempt_goes_on_with_what_stands()
    {
        Assert.SkipUnless(GoesOn, "This server takes a file only from its beginning to its end.");
        var content = await RangedContentAsync();
        string earlier;
        await using (var dead = await BeginAsync("file", content, out var options))
        {
            earlier = options.PartialName;
            await WriteRangesAsync(dead, content, until: OffsetsOf(dead, content)[^1]);
        }

        (await NamesInAsync("")).ShouldBe([earlier]);
        await using var write = await BeginAsync("file", content, earlier);

        (await NamesInAsync("")).ShouldNotContain(earlier);
        write.Has(0).ShouldBeTrue();
        var missing = OffsetsOf(write, content).Where(offset => !write.Has(offset)).ToList();
        missing.ShouldContain(OffsetsOf(write, content)[^1]);
        foreach (var offset in missing)
        {
            await WriteRangeAsync(write, content, offset);
        }

        (await write.CompleteAsync(Token)).Size.ShouldBe(content.Length);
        (await ReadAsync("file")).AsSpan().SequenceEqual(content).ShouldBeTrue();
        (await NamesInAsync("")).ShouldBe(["file"]);
    }

    [Fact]
    public async Task Of_two_attempts_that_take_over_one_gets_it_and_both_write_whole_files()
    {
        Assert.SkipUnless(GoesOn, "This server takes a file only from its beginning to its end.");
        var content = await RangedContentAsync();
        string earlier;
        await using (var dead = await BeginAsync("file", content, out var options))
        {
            earlier = options.PartialName;
            await WriteRangesAsync(dead, content, until: OffsetsOf(dead, content)[^1]);
        }

        await using var first = await BeginAsync("file", content, earlier);
        await using var second = await BeginAsync("file", content, earlier);

        (first.Has(0), second.Has(0)).ShouldBe((true, false));
        foreach (var write in (IRangedWrite[])[first, second])
        {
            foreach (var offset in OffsetsOf(write, content).Where(offset => !write.Has(offset)))
            {
                await WriteRangeAsync(write, content, offset);
            }

            await write.CompleteAsync(Token);
            (await ReadAsync("file")).AsSpan().SequenceEqual(content).ShouldBeTrue();
        }

        (await NamesInAsync("")).ShouldBe(["file"]);
    }

    [Fact]
    public async Task What_stands_and_is_longer_than_the_file_is_of_no_use()
    {
        var content = await RangedContentAsync();
        var earlier = Options(content.Length).PartialName;
        await WriteAsync(earlier, Bytes(content.Length + 1, seed: 2));

        await using var write = await BeginAsync("file", content, earlier);
        write.Has(0).ShouldBeFalse();
        await WriteRangesAsync(write, content);
        await write.CompleteAsync(Token);

        (await ReadAsync("file")).AsSpan().SequenceEqual(content).ShouldBeTrue();
        (await NamesInAsync("")).ShouldBe(["file"]);
    }

    [Fact]
    public async Task A_partial_file_that_is_taken_away_is_not_found_any_more()
    {
        Assert.SkipUnless(GoesOn, "This server takes a file only from its beginning to its end.");
        var content = await RangedContentAsync();
        await using var write = await BeginAsync("file", content, out var options);
        await WriteRangesAsync(write, content, until: write.RangeBytes);

        await Endpoint.DeleteFileAsync(options.PartialName, Token);

        await FailsAsync(EndpointError.NotFound, async () =>
        {
            await WriteRangesAsync(write, content, from: write.RangeBytes);
            await write.CompleteAsync(Token);
        });
        (await NamesInAsync("")).ShouldBeEmpty();
    }

    [Fact]
    public async Task Ranges_into_a_folder_that_is_not_there_fail()
    {
        Assert.SkipWhen(Endpoint.Capabilities.FoldersAreImplied, "Folders are implied here: any key can be written.");
        var content = await RangedContentAsync();

        var failure = await Should.ThrowAsync<EndpointException>(async () =>
        {
            await using var write = await BeginAsync("no/such/file", content);
            await WriteRangesAsync(write, content);
            await write.CompleteAsync(Token);
        });

        failure.Error.ShouldBe(EndpointError.NotFound);
        (await NamesInAsync("")).ShouldBeEmpty();
    }

    [Fact]
    public async Task Parts_of_a_file_are_read_several_at_once()
    {
        var reader = Ability<IReadsRanges>();
        var content = Bytes(3_000_001);
        await WriteAsync("file", content);
        const int Part = 700_000;

        var parts = await Task.WhenAll(Enumerable.Range(0, 5).Select(number => Task.Run(async () =>
        {
            await using var stream = await reader.OpenRangeAsync("file", number * (long)Part, Part, Token);
            using var part = new MemoryStream();
            await stream.CopyToAsync(part, Token);
            return part.ToArray();
        })));

        reader.ConcurrentRanges.ShouldBeGreaterThanOrEqualTo(1);
        parts.SelectMany(part => part).ToArray().AsSpan().SequenceEqual(content).ShouldBeTrue();
        parts[^1].Length.ShouldBe(content.Length - (4 * Part));
    }

    [Theory]
    [InlineData(10)]
    [InlineData(11)]
    [InlineData(1L << 31)]
    [InlineData(1L << 32)]
    public async Task A_part_beyond_the_end_is_empty(long offset)
    {
        var reader = Ability<IReadsRanges>();
        await WriteAsync("file", Bytes(10));

        await using var stream = await reader.OpenRangeAsync("file", offset, 5, Token);

        (await stream.ReadAsync(new byte[5], Token)).ShouldBe(0);
    }

    [Fact]
    public async Task Parts_of_what_is_not_there_cannot_be_read()
    {
        var reader = Ability<IReadsRanges>();

        await FailsAsync(EndpointError.NotFound, async () =>
        {
            await using var stream = await reader.OpenRangeAsync("nothing", 0, 5, Token);
            await stream.ReadExactlyAsync(new byte[1], Token);
        });
    }

    /// <summary>Long enough for ranges, and for some of them to be certain when the last is missing.</summary>
    private async Task<byte[]> RangedContentAsync()
    {
        var ranges = Ability<IWritesRanges>();
        await Endpoint.FindAsync("", Token);
        Assert.SkipWhen(ranges.RangedFromBytes == long.MaxValue, "This server takes no ranges.");
        var length = Math.Max(ranges.RangedFromBytes, 1);
        await using var write = await ranges.BeginRangesAsync("size", Options(length) with { Length = length }, Token);
        await write.AbandonAsync();
        var window = write.WindowBytes == long.MaxValue ? write.RangeBytes : write.WindowBytes;
        return Bytes((int)Math.Max(length, window + (2L * write.RangeBytes)) + 4321);
    }

    private ValueTask<IRangedWrite> BeginAsync(string path, byte[] content, string? earlier = null) =>
        Ability<IWritesRanges>().BeginRangesAsync(path, Options(content.Length, someTime, 0x1A4) with { EarlierPartialName = earlier }, Token);

    private ValueTask<IRangedWrite> BeginAsync(string path, byte[] content, out WriteOptions options) =>
        Ability<IWritesRanges>().BeginRangesAsync(path, options = Options(content.Length, someTime, 0x1A4), Token);

    private static List<long> OffsetsOf(IRangedWrite write, byte[] content) =>
        [.. Enumerable.Range(0, (int)((content.Length + (long)write.RangeBytes - 1) / write.RangeBytes)).Select(number => number * (long)write.RangeBytes)];

    private static byte[] RangeOf(IRangedWrite write, byte[] content, long offset) =>
        content[(int)offset..(int)Math.Min(content.Length, offset + write.RangeBytes)];

    private static int RangesAtOnce(IRangedWrite write) =>
        (int)Math.Min(write.ConcurrentRanges, write.WindowBytes / write.RangeBytes);

    private static async Task WriteRangeAsync(IRangedWrite write, byte[] content, long offset)
    {
        var range = RangeOf(write, content, offset);
        await write.WriteAsync(offset, ScriptedContent.Of(range, 70_001), range.Length, Token);
    }

    private static async Task WriteRangesAsync(IRangedWrite write, byte[] content, long from = 0, long until = long.MaxValue)
    {
        foreach (var offset in OffsetsOf(write, content).Where(offset => offset >= from && offset < until))
        {
            await WriteRangeAsync(write, content, offset);
        }
    }

    /// <summary>Gives its first byte, and the rest when it may.</summary>
    private sealed class HeldStream(byte[] content, Task release) : MemoryStream(content)
    {
        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (Position > 0)
            {
                await release.WaitAsync(cancellationToken);
            }

            return await base.ReadAsync(Position == 0 ? buffer[..Math.Min(1, buffer.Length)] : buffer, cancellationToken);
        }
    }
}
