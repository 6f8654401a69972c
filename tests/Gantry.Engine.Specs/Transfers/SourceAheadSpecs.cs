using System.Runtime.CompilerServices;
using Gantry.Engine.Endpoints;
using Gantry.Engine.Transfers;
using Gantry.TestServers;
using Shouldly;
using Xunit;

namespace Gantry.Engine.Specs.Transfers;

/// <summary>While the way to the target is being made, the source is listed and its small files are read.</summary>
public sealed class SourceAheadSpecs : IAsyncDisposable
{
    private const int Files = 60;

    private readonly TransferStage stage = new();
    private readonly LaneEndpoint target;
    private readonly CountedSource source;
    private readonly TaskCompletionSource connecting = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public SourceAheadSpecs()
    {
        target = new LaneEndpoint(stage.Target) { Connecting = connecting.Task };
        source = new CountedSource(stage.SourceMemory);
    }

    [Fact]
    public async Task What_was_read_while_connecting_is_not_read_again()
    {
        await stage.FillSourceAsync(Files);
        source.AfterRead = reads => Connect(reads == Files);

        var result = await RunAsync();

        (result.IsSuccess, result.Copied, source.Reads).ShouldBe((true, Files, Files));
        (await stage.TargetTreeAsync()).ShouldBe(await stage.SourceTreeAsync());
    }

    [Fact]
    public async Task Once_connected_no_more_is_read_ahead_and_all_arrives()
    {
        await stage.FillSourceAsync(Files);
        source.AfterRead = reads => Connect(reads == 10);

        var result = await RunAsync();

        (result.IsSuccess, result.Copied, source.Reads).ShouldBe((true, Files, Files));
        (await stage.TargetTreeAsync()).ShouldBe(await stage.SourceTreeAsync());
    }

    [Fact]
    public async Task A_file_that_grew_after_the_listing_arrives_as_it_is_by_then()
    {
        await stage.FillSourceAsync(Files);
        source.BeforeRead = path => path.EndsWith("file 7", StringComparison.Ordinal) ? stage.PutSourceAsync(path, "much longer than it was listed") : Task.CompletedTask;
        source.AfterRead = reads => Connect(reads == Files);

        var result = await RunAsync();

        (result.IsSuccess, result.Copied).ShouldBe((true, Files));
        (await stage.TargetTreeAsync()).ShouldBe(await stage.SourceTreeAsync());
    }

    [Fact]
    public async Task A_file_that_vanishes_meanwhile_is_no_failure_of_the_others()
    {
        await stage.FillSourceAsync(Files);
        source.BeforeRead = path => path.EndsWith("file 7", StringComparison.Ordinal) ? DeleteAsync(path) : Task.CompletedTask;

        var result = await RunAsync();

        result.Copied.ShouldBe(Files - 1);
        (await stage.TargetTreeAsync()).ShouldBe(await stage.SourceTreeAsync());

        async Task DeleteAsync(string path)
        {
            await stage.SourceMemory.DeleteFileAsync(path, stage.Token);
            Connect(true);
        }
    }

    [Fact]
    public async Task What_was_read_in_vain_is_let_go_with_its_folder()
    {
        await stage.FillSourceAsync(Files);
        await stage.RunAsync(stage.SourceMemory, stage.TargetMemory);
        await stage.PutSourceAsync("folder 9/new", "new");
        source.AfterRead = reads => Connect(reads == Files + 1);
        TransferRun run = new(stage.Between(source, target), stage.Clock);
        var isLetGo = false;
        target.End = path =>
        {
            // While this one is under way, there is no more than its folder and the one above.
            isLetGo = SpinWait.SpinUntil(() => run.Ahead.FoldersHeld == 2, TimeSpan.FromSeconds(60));
            return WholeWriteEnd.Written;
        };

        var result = await run.RunAsync(stage.Token);

        (result.Copied, result.Skipped, isLetGo, run.Ahead.FoldersHeld).ShouldBe((1, Files, true, 0));
    }

    [Fact]
    public async Task Nothing_is_read_in_vain_where_files_go_the_long_way()
    {
        await stage.FillSourceAsync(Files);
        source.AfterListing = folders => Connect(folders == 5);

        var result = await RunAsync(request => request with { Mode = TransferMode.Move });

        (result.IsSuccess, result.Copied, source.Reads).ShouldBe((true, Files, 0));
    }

    public ValueTask DisposeAsync() => target.DisposeAsync();

    private void Connect(bool isTime)
    {
        if (isTime)
        {
            connecting.TrySetResult();
        }
    }

    private Task<TransferResult> RunAsync(Func<TransferRequest, TransferRequest>? change = null) => stage.RunAsync(source, target, change);

    private sealed class CountedSource(MemoryEndpoint inner) : PassingEndpoint(inner), IReadsWhole
    {
        private int reads;
        private int listings;

        public int Reads => reads;

        public Func<string, Task> BeforeRead { get; set; } = _ => Task.CompletedTask;

        public Action<int> AfterRead { get; set; } = _ => { };

        public Action<int> AfterListing { get; set; } = _ => { };

        public int ReadWhole(string path, Span<byte> buffer)
        {
            // All of it is in memory, and done at once.
            BeforeRead(path).GetAwaiter().GetResult();
            var count = inner.ReadWhole(path, buffer);
            AfterRead(Interlocked.Increment(ref reads));
            return count;
        }

        public override async IAsyncEnumerable<Entry> ListAsync(string folder, [EnumeratorCancellation] CancellationToken cancellationToken)
        {
            await foreach (var entry in base.ListAsync(folder, cancellationToken))
            {
                yield return entry;
            }

            AfterListing(Interlocked.Increment(ref listings));
        }
    }
}
