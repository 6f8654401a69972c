using System.Runtime.CompilerServices;
using Gantry.Engine.Endpoints;
using Gantry.Engine.Transfers;
using Shouldly;
using Xunit;

namespace Gantry.Engine.Specs.Transfers;

[Collection(nameof(MeasuresMemory))]
public sealed class StreamingSpecs
{
    private readonly TransferStage stage = new();

    [Fact]
    public async Task The_total_is_final_when_all_is_walked_though_files_are_still_on_their_way()
    {
        await stage.PutSourceAsync("in/a", "1");
        await stage.PutSourceAsync("in/deep/b", "2");
        var isWriting = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var goesOn = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        stage.Target.Before = async (member, _) =>
        {
            if (member == "write")
            {
                isWriting.TrySetResult();
                await goesOn.Task;
            }
        };
        var runner = new TransferRunner(stage.Request, stage.Clock);

        var running = runner.RunAsync(stage.Token);
        await isWriting.Task;
        while (!runner.Progress.IsWalkDone)
        {
            await Task.Yield();
            running.IsCompleted.ShouldBeFalse();
        }

        (runner.Progress.FilesTotal, runner.Progress.Copied).ShouldBe((2, 0));
        goesOn.SetResult();
        (await running).Copied.ShouldBe(2);
    }

    [Fact]
    public async Task The_first_file_moves_before_the_source_listing_ends()
    {
        var moved = new TaskCompletionSource();
        stage.Target.Before = (member, _) =>
        {
            if (member == "write")
            {
                moved.TrySetResult();
            }

            return ValueTask.CompletedTask;
        };
        await stage.PutSourceAsync("a", "1");
        await stage.PutSourceAsync("b", "1");
        stage.Source.Listing = (_, entries) => HeldBack(entries, moved.Task);

        var result = await stage.RunAsync(request => request with { Target = request.Target with { Folder = "new" } });

        result.Copied.ShouldBe(2);

        static async IAsyncEnumerable<Entry> HeldBack(IAsyncEnumerable<Entry> entries, Task until)
        {
            var isFirst = true;
            await foreach (var entry in entries)
            {
                if (!isFirst)
                {
                    await until;
                }

                isFirst = false;
                yield return entry;
            }
        }
    }

    [Fact]
    public async Task A_hundred_thousand_files_in_one_folder_take_little_memory()
    {
        const int Count = 100_000;
        var peak = 0L;
        var source = new EndlessFolder(Count);
        var target = new SwallowingEndpoint(written =>
        {
            if (written % 20_000 == 0)
            {
                peak = Math.Max(peak, GC.GetTotalMemory(forceFullCollection: true));
            }
        });
        var before = GC.GetTotalMemory(forceFullCollection: true);

        var result = await new TransferRunner(new TransferRequest
        {
            Sources = [new TransferSource { Endpoint = source }],
            Target = new TransferTarget { Endpoint = target },
        }).RunAsync(stage.Token);

        result.Copied.ShouldBe(Count);
        (peak - before).ShouldBeLessThan(40 * 1024 * 1024);
    }

    [Fact]
    public async Task No_more_files_are_in_flight_than_the_target_likes()
    {
        for (var i = 0; i < 100; i++)
        {
            await stage.PutSourceAsync($"f{i}", "x");
        }

        stage.Target.Capabilities = stage.Target.Capabilities with { ConcurrentFiles = 3 };
        var (now, most) = (0, 0);
        var gate = new Lock();
        stage.Target.Before = async (member, _) =>
        {
            if (member != "write")
            {
                return;
            }

            lock (gate)
            {
                most = Math.Max(most, ++now);
            }

            await Task.Yield();
            lock (gate)
            {
                now--;
            }
        };

        await stage.RunAsync();

        most.ShouldBeLessThanOrEqualTo(3);
    }

    [Fact]
    public async Task Progress_tells_files_and_bytes_as_known_so_far()
    {
        await stage.PutSourceAsync("a", "12345");
        await stage.PutSourceAsync("b", "123");
        await stage.PutTargetAsync("b", "123");
        var runner = new TransferRunner(stage.Request, stage.Clock);

        runner.Progress.FilesTotal.ShouldBe(0);
        await runner.RunAsync(stage.Token);

        var progress = runner.Progress;
        (progress.FilesDone, progress.FilesTotal, progress.BytesDone, progress.BytesTotal, progress.IsWalkDone).ShouldBe((2, 2, 8, 8, true));
    }

    /// <summary>Files that exist only while they are listed and read.</summary>
    private sealed class EndlessFolder(int count) : IEndpoint
    {
        public string Address => "made-up:source";

        public Capabilities Capabilities { get; } = new() { TimePrecision = TimeSpan.FromSeconds(1), ConcurrentFiles = 16 };

        public async IAsyncEnumerable<Entry> ListAsync(string folder, [EnumeratorCancellation] CancellationToken cancellationToken)
        {
            for (var i = 0; i < count; i++)
            {
                yield return new Entry { Name = $"file-{i:0000000}.txt", Kind = EntryKind.File, Size = 100, ModifiedAt = TransferStage.SomeTime };
            }

            await ValueTask.CompletedTask;
        }

        public ValueTask<Entry?> FindAsync(string path, CancellationToken cancellationToken) =>
            ValueTask.FromResult<Entry?>(new Entry { Name = "", Kind = EntryKind.Folder });

        public ValueTask<Stream> OpenReadAsync(string path, long offset, long? expectedSize, CancellationToken cancellationToken) =>
            ValueTask.FromResult<Stream>(new MemoryStream(new byte[100]));

        public ValueTask<Entry> WriteAsync(string path, Stream content, WriteOptions options, CancellationToken cancellationToken) => throw new NotSupportedException();

        public ValueTask DeleteFileAsync(string path, CancellationToken cancellationToken) => throw new NotSupportedException();

        public ValueTask CreateFolderAsync(string path, CancellationToken cancellationToken) => throw new NotSupportedException();

        public ValueTask DeleteFolderAsync(string path, CancellationToken cancellationToken) => throw new NotSupportedException();

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }

    /// <summary>Takes everything and keeps nothing.</summary>
    private sealed class SwallowingEndpoint(Action<int> written) : IEndpoint
    {
        private int count;

        public string Address => "made-up:target";

        public Capabilities Capabilities { get; } = new() { TimePrecision = TimeSpan.FromSeconds(1), ConcurrentFiles = 16 };

        public async IAsyncEnumerable<Entry> ListAsync(string folder, [EnumeratorCancellation] CancellationToken cancellationToken)
        {
            await ValueTask.CompletedTask;
            yield break;
        }

        public ValueTask<Entry?> FindAsync(string path, CancellationToken cancellationToken) => ValueTask.FromResult<Entry?>(null);

        public ValueTask<Stream> OpenReadAsync(string path, long offset, long? expectedSize, CancellationToken cancellationToken) => throw new NotSupportedException();

        public async ValueTask<Entry> WriteAsync(string path, Stream content, WriteOptions options, CancellationToken cancellationToken)
        {
            await content.CopyToAsync(Stream.Null, cancellationToken);
            written(Interlocked.Increment(ref count));
            return new Entry { Name = path, Kind = EntryKind.File, Size = options.Length!.Value };
        }

        public ValueTask DeleteFileAsync(string path, CancellationToken cancellationToken) => ValueTask.CompletedTask;

        public ValueTask CreateFolderAsync(string path, CancellationToken cancellationToken) => ValueTask.CompletedTask;

        public ValueTask DeleteFolderAsync(string path, CancellationToken cancellationToken) => ValueTask.CompletedTask;

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
