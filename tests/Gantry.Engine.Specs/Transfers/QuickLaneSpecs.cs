using Gantry.Engine.Endpoints;
using Gantry.Engine.Transfers;
using Gantry.TestServers;
using Shouldly;
using Xunit;

namespace Gantry.Engine.Specs.Transfers;

/// <summary>Small files on the short way: whatever happens there, they arrive as they would on the long one.</summary>
public sealed class QuickLaneSpecs : IAsyncDisposable
{
    private const int Files = 400;

    private readonly TransferStage stage = new();
    private readonly LaneEndpoint target;

    public QuickLaneSpecs() => target = new LaneEndpoint(stage.Target);

    [Fact]
    public async Task Small_files_arrive_without_the_long_way()
    {
        await stage.FillSourceAsync(Files);

        var result = await RunAsync();

        (result.IsSuccess, result.Copied, target.Began).ShouldBe((true, Files, Files));
        (await stage.TargetTreeAsync()).ShouldBe(await stage.SourceTreeAsync());
    }

    [Theory]
    [InlineData(WholeWriteEnd.NotWritten)]
    [InlineData(WholeWriteEnd.Lost)]
    public async Task What_does_not_arrive_goes_the_long_way_and_leaves_nothing_behind(WholeWriteEnd end)
    {
        await stage.FillSourceAsync(Files);
        target.End = path => path.EndsWith('3') ? end : WholeWriteEnd.Written;

        var result = await RunAsync();

        (result.IsSuccess, result.Copied).ShouldBe((true, Files));
        (await stage.TargetTreeAsync()).ShouldBe(await stage.SourceTreeAsync());
    }

    [Fact]
    public async Task What_cannot_be_begun_goes_the_long_way()
    {
        await stage.FillSourceAsync(Files);
        target.Begins = path => !path.EndsWith('7');

        var result = await RunAsync();

        (result.IsSuccess, result.Copied).ShouldBe((true, Files));
        (await stage.TargetTreeAsync()).ShouldBe(await stage.SourceTreeAsync());
    }

    [Fact]
    public async Task What_fails_on_both_ways_is_told_once_and_the_rest_arrives()
    {
        await stage.FillSourceAsync(Files);
        target.End = path => path.EndsWith("17", StringComparison.Ordinal) ? WholeWriteEnd.NotWritten : WholeWriteEnd.Written;
        stage.Target.Before = (member, path) => member == "write" && path.EndsWith("17", StringComparison.Ordinal)
            ? throw new EndpointException(EndpointError.PermissionDenied, $"'{path}' may not be written.")
            : ValueTask.CompletedTask;

        var result = await RunAsync();

        (result.Copied, result.Failed).ShouldBe((Files - 4, 4));
        result.Failures.ShouldAllBe(failure => failure.Path.EndsWith("17", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_file_that_is_not_as_it_was_listed_is_looked_at_again()
    {
        await stage.FillSourceAsync(Files);
        var isFirst = true;
        stage.Source.Listing = (_, entries) => entries.Select(entry =>
            entry.Name == "file 5" && isFirst ? Shorter(entry) : entry);
        Entry Shorter(Entry entry)
        {
            isFirst = false;
            return entry with { Size = entry.Size - 1 };
        }

        var result = await RunAsync(request => request with { Sources = [new TransferSource { Endpoint = new ReadingEndpoint(stage.Source, stage.SourceMemory) }] });

        (result.IsSuccess, result.Copied).ShouldBe((true, Files));
        (await stage.TargetTreeAsync()).ShouldBe(await stage.SourceTreeAsync());
    }

    [Fact]
    public async Task No_more_are_under_way_than_the_target_likes()
    {
        await stage.FillSourceAsync(Files);
        target.Allow(concurrentFiles: 5);

        var result = await RunAsync();

        (result.Copied, target.Began).ShouldBe((Files, Files));
        target.UnderWayMost.ShouldBeLessThanOrEqualTo(5);
    }

    [Fact]
    public async Task A_server_that_does_not_answer_is_left_when_the_transfer_is_cancelled()
    {
        await stage.FillSourceAsync(Files);
        using var cancelled = CancellationTokenSource.CreateLinkedTokenSource(stage.Token);
        target.End = path =>
        {
            if (path.EndsWith("33", StringComparison.Ordinal))
            {
                cancelled.Cancel();
            }

            return null;
        };
        target.Allow(concurrentFiles: Files);

        var run = new TransferRunner(stage.Between(stage.SourceMemory, target), stage.Clock).RunAsync(cancelled.Token);

        await Should.ThrowAsync<OperationCanceledException>(run);
    }

    [Theory]
    [InlineData(TransferMode.Move, Verification.Size)]
    [InlineData(TransferMode.Copy, Verification.Checksum)]
    public async Task What_asks_more_of_each_file_goes_the_long_way(TransferMode mode, Verification verification)
    {
        await stage.FillSourceAsync(Files);

        var result = await RunAsync(request => request with { Mode = mode, Verification = verification });

        (result.IsSuccess, result.Copied, target.Began).ShouldBe((true, Files, 0));
    }

    [Fact]
    public async Task Large_files_between_small_ones_go_their_own_way()
    {
        await stage.FillSourceAsync(Files);
        for (var number = 0; number < 20; number++)
        {
            await stage.PutSourceAsync($"folder {number % 4}/large {number}", new string('x', 300_000));
        }

        var result = await RunAsync();

        (result.IsSuccess, result.Copied, target.Began).ShouldBe((true, Files + 20, Files));
        (await stage.TargetTreeAsync()).ShouldBe(await stage.SourceTreeAsync());
    }

    public ValueTask DisposeAsync() => target.DisposeAsync();

    private Task<TransferResult> RunAsync(Func<TransferRequest, TransferRequest>? change = null) => stage.RunAsync(stage.SourceMemory, target, change);

    /// <summary>Lists as a test says, and reads whole.</summary>
    private sealed class ReadingEndpoint(FaultyEndpoint lists, MemoryEndpoint reads) : PassingEndpoint(lists), IReadsWhole
    {
        public int ReadWhole(string path, Span<byte> buffer) => reads.ReadWhole(path, buffer);
    }
}
