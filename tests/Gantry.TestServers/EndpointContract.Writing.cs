using Gantry.Engine.Endpoints;
using Shouldly;
using Xunit;

namespace Gantry.TestServers;

public abstract partial class EndpointContract
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(4096)]
    [InlineData(32768)]
    [InlineData(32769)]
    [InlineData(262144)]
    [InlineData(261120 + 1)]
    [InlineData((4 << 20) + 7)]
    public async Task A_file_of_any_size_arrives_whole(int size)
    {
        var content = Bytes(size);

        var known = await Endpoint.WriteAsync("known", new MemoryStream(content), Options(size), Token);
        var unknown = await Endpoint.WriteAsync("unknown", new MemoryStream(content), Options(), Token);

        known.ShouldSatisfyAllConditions(() => known.Name.ShouldBe("known"), () => known.Size.ShouldBe(size), () => known.Kind.ShouldBe(EntryKind.File));
        unknown.Size.ShouldBe(size);
        (await ReadAsync("known", expectedSize: size)).AsSpan().SequenceEqual(content).ShouldBeTrue();
        (await ReadAsync("unknown")).AsSpan().SequenceEqual(content).ShouldBeTrue();
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(10_000, 1021)]
    [InlineData(1_000_000, 70_001)]
    public async Task A_source_may_give_its_bytes_in_any_portions(int size, int portion)
    {
        var content = Bytes(size);

        await Endpoint.WriteAsync("file", ScriptedContent.Of(content, portion), Options(size), Token);

        (await ReadAsync("file")).AsSpan().SequenceEqual(content).ShouldBeTrue();
    }

    [Fact]
    public async Task What_is_written_is_told_as_a_listing_tells_it()
    {
        Assert.SkipUnless(IsExact, "This server does not tell what it keeps.");
        var told = await Endpoint.WriteAsync("file", new MemoryStream(Bytes(5000)), Options(5000, someTime, 0x1A0), Token);

        var listed = (await ListAsync("")).ShouldHaveSingleItem();
        (told with { ModifiedAt = null, StoredAt = null }).ShouldBe(listed with { ModifiedAt = null, StoredAt = null });
        if (Endpoint.Capabilities.TimePrecision is not null)
        {
            told.ModifiedAt.ShouldBe(someTime);
            (listed.ModifiedAt ?? await KeptTimeAsync("file")).ShouldBe(someTime);
        }

        if (KeepsModes)
        {
            listed.UnixMode.ShouldBe(0x1A0);
        }

        (await Endpoint.FindAsync("file", Token)).ShouldBe(listed);
    }

    [Fact]
    public async Task Times_are_kept_as_precisely_as_is_said()
    {
        Assert.SkipWhen(Endpoint.Capabilities.TimePrecision is null || !IsExact, "This kind does not keep every time.");
        var precision = Endpoint.Capabilities.TimePrecision!.Value.Ticks;
        DateTimeOffset[] times = [DateTimeOffset.UnixEpoch, someTime.AddTicks(9_999_999), new(2037, 12, 31, 23, 59, 59, TimeSpan.FromHours(-8)), someTime.ToOffset(TimeSpan.FromHours(5))];

        foreach (var time in times)
        {
            var told = await Endpoint.WriteAsync("file", new MemoryStream([1]), Options(1, time), Token);

            var expected = (time < Endpoint.Capabilities.TimeFirst ? Endpoint.Capabilities.TimeFirst : time).UtcTicks / precision * precision;
            told.ModifiedAt!.Value.UtcTicks.ShouldBe(expected);
            (await KeptTimeAsync("file"))!.Value.UtcTicks.ShouldBe(expected);
        }
    }

    [Fact]
    public async Task A_file_is_replaced_by_a_shorter_one_whole()
    {
        await WriteAsync("file", Bytes(100_000));

        await WriteAsync("file", "short");

        (await ReadTextAsync("file")).ShouldBe("short");
        (await NamesInAsync("")).ShouldBe(["file"]);
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(1, 0)]
    [InlineData(4096, 4095)]
    [InlineData(4096, 4097)]
    [InlineData(1_000_000, 999_999)]
    [InlineData(1_000_000, 1_300_000)]
    public async Task Content_of_another_length_leaves_the_old_file_and_nothing_else(int announced, int real)
    {
        await WriteAsync("file", "old");

        await FailsAsync(
            EndpointError.ContentDiffers, async () => await Endpoint.WriteAsync("file", new MemoryStream(Bytes(real)), Options(announced), Token));

        (await ReadTextAsync("file")).ShouldBe("old");
        (await NamesInAsync("")).ShouldBe(["file"]);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1000)]
    [InlineData(700_000)]
    public async Task A_source_that_breaks_off_leaves_the_old_file_and_nothing_else(int size)
    {
        await WriteAsync("file", "old");

        var content = ScriptedContent.FailingAfter(Bytes(size));
        await Should.ThrowAsync<Exception>(async () => await Endpoint.WriteAsync("file", content, Options(size + 1), Token));

        (await ReadTextAsync("file")).ShouldBe("old");
        (await NamesInAsync("")).ShouldBe(["file"]);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1000)]
    [InlineData(700_000)]
    public async Task A_cancelled_write_leaves_the_old_file_and_a_usable_endpoint(int size)
    {
        await WriteAsync("file", "old");
        using var cancelling = new CancellationTokenSource();
        var content = ScriptedContent.WaitingAfter(Bytes(size));

        var write = Endpoint.WriteAsync("file", content, Options(size + 1), cancelling.Token).AsTask();
        await content.ReachedEnd;
        await cancelling.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(() => write);
        (await ReadTextAsync("file")).ShouldBe("old");
        (await NamesInAsync("")).ShouldBe(["file"]);
    }

    [Fact]
    public async Task Nobody_sees_a_file_before_it_is_whole()
    {
        Assert.SkipWhen(Endpoint.Capabilities.WritesAreAtomic, "This kind uses no partial names.");
        await WriteAsync("file", "old");
        using var cancelling = new CancellationTokenSource();
        var content = ScriptedContent.WaitingAfter(Bytes(3_000_000));
        var options = Options();

        var write = Endpoint.WriteAsync("file", content, options, cancelling.Token).AsTask();
        await content.ReachedEnd;

        (await NamesInAsync("")).ShouldBe([options.PartialName, "file"]);
        PartialName.Is(options.PartialName).ShouldBeTrue();
        (await ReadTextAsync("file")).ShouldBe("old");
        await cancelling.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => write);
    }

    [Fact]
    public async Task What_an_earlier_try_left_under_the_partial_name_does_no_harm()
    {
        Assert.SkipWhen(Endpoint.Capabilities.WritesAreAtomic, "This kind uses no partial names.");
        var options = Options(3);
        await WriteAsync(options.PartialName, Bytes(5000));

        await Endpoint.WriteAsync("file", new MemoryStream([1, 2, 3]), options, Token);

        (await ReadAsync("file")).ShouldBe([1, 2, 3]);
        (await NamesInAsync("")).ShouldBe(["file"]);
    }

    [Fact]
    public async Task Writing_into_a_folder_that_is_not_there_fails()
    {
        Assert.SkipWhen(Endpoint.Capabilities.FoldersAreImplied, "Folders are implied here: any key can be written.");
        await FailsAsync(EndpointError.NotFound, () => WriteAsync("no/such/file", "x"));

        (await NamesInAsync("")).ShouldBeEmpty();
    }

    [Fact]
    public async Task Writing_over_a_folder_fails_and_leaves_it()
    {
        Assert.SkipWhen(Endpoint.Capabilities.FoldersAreImplied, "Folders are implied here: any key can be written.");
        await Endpoint.CreateFolderAsync("thing", Token);
        await WriteAsync("thing/inside", "x");

        await Should.ThrowAsync<EndpointException>(() => WriteAsync("thing", "y"));

        (await NamesInAsync("thing")).ShouldBe(["inside"]);
        (await NamesInAsync("")).ShouldBe(["thing"]);
    }

    [Fact]
    public async Task Writing_below_a_file_fails()
    {
        Assert.SkipWhen(Endpoint.Capabilities.FoldersAreImplied, "Folders are implied here: any key can be written.");
        await WriteAsync("file", "x");

        await Should.ThrowAsync<EndpointException>(() => WriteAsync("file/below", "y"));

        (await ReadTextAsync("file")).ShouldBe("x");
        (await NamesInAsync("")).ShouldBe(["file"]);
    }

    [Fact]
    public async Task Many_writes_at_once_all_arrive()
    {
        var count = Many(1500);
        await Endpoint.CreateFolderAsync("many", Token);

        await Task.WhenAll(Enumerable.Range(0, count).Select(number => Task.Run(() => WriteAsync($"many/{number:d4}", Bytes(number * 7, number)))));

        (await NamesInAsync("many")).ShouldBe(Enumerable.Range(0, count).Select(number => $"{number:d4}"));
        var contents = await Task.WhenAll(Enumerable.Range(0, count).Select(number => Task.Run(() => ReadAsync($"many/{number:d4}", expectedSize: number * 7))));
        for (var number = 0; number < count; number++)
        {
            contents[number].AsSpan().SequenceEqual(Bytes(number * 7, number)).ShouldBeTrue($"file {number}");
        }
    }

    [Fact]
    public async Task Many_writes_of_one_file_leave_one_of_them_whole()
    {
        Assert.SkipUnless(TakesWritesAtOnce, "This server fails when the same thing is written several times at once.");
        await Task.WhenAll(Enumerable.Range(1, Many(50)).Select(number => Task.Run(() => WriteAsync("file", Bytes(20_000 + number, number)))));

        var content = await ReadAsync("file");
        content.AsSpan().SequenceEqual(Bytes(content.Length, content.Length - 20_000)).ShouldBeTrue();
        (await NamesInAsync("")).ShouldBe(["file"]);
    }

    [Fact]
    public async Task Large_and_small_files_can_be_written_at_once()
    {
        var large = Bytes(9_000_000);

        await Task.WhenAll(
            [.. Enumerable.Range(0, 3).Select(number => WriteAsync($"large {number}", large)), .. Enumerable.Range(0, Many(100)).Select(number => WriteAsync($"small {number}", "s"))]);

        (await ListAsync("")).Count.ShouldBe(3 + Many(100));
        (await ReadAsync("large 1")).AsSpan().SequenceEqual(large).ShouldBeTrue();
    }
}
