using Gantry.Engine.Endpoints;
using Gantry.Engine.Transfers;
using Gantry.TestServers;
using Shouldly;
using Xunit;

namespace Gantry.Engine.Specs.Transfers;

/// <summary>What a transfer that was cancelled counts and writes into its manifest is what is at the target, neither more nor less.</summary>
public sealed class EndedEarlySpecs : IDisposable
{
    private const int Large = 400_000;

    private readonly TransferStage stage = new();
    private readonly CancellationTokenSource cancellation = new();
    private readonly ListedManifest manifest = new();

    [Theory]
    [InlineData(10, Verification.Size)]
    [InlineData(Large, Verification.Size)]
    [InlineData(10, Verification.Checksum)]
    [InlineData(Large, Verification.Checksum)]
    public async Task A_file_that_got_its_name_in_the_moment_of_the_cancelling_counts_as_copied(int size, Verification verification)
    {
        await stage.PutSourceAsync("a", new string('x', size));
        await using var target = new LeavingEndpoint(stage.TargetMemory, path => path == "a", cancellation);

        var progress = await CancelledAsync(target, request => request with { Verification = verification });

        (await stage.TargetTreeAsync()).ShouldBe(["a=" + new string('x', size)]);
        (progress.Copied, progress.Failed).ShouldBe((1, 0));
        manifest.Lines.ShouldBe([$"a Copied {size} a"]);
    }

    [Fact]
    public async Task A_file_whose_old_version_still_stands_after_the_cancelling_does_not_count()
    {
        await stage.PutSourceAsync("a", "new");
        await stage.PutTargetAsync("a", "old", TransferStage.SomeTime.AddDays(-1));
        await using var target = new LeavingEndpoint(stage.TargetMemory, path => path == "a", cancellation) { Writes = false };

        var progress = await CancelledAsync(target);

        (await stage.TargetTreeAsync()).ShouldBe(["a=old"]);
        progress.Copied.ShouldBe(0);
        manifest.Lines.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_file_that_was_to_be_written_anew_all_the_same_counts_only_when_it_is_certain()
    {
        await stage.PutSourceAsync("a", "one");
        await stage.PutTargetAsync("a", "one");
        await using var target = new LeavingEndpoint(stage.TargetMemory, path => path == "a", cancellation) { Writes = false };

        var progress = await CancelledAsync(target, request => request with { ChangeRule = ChangeRule.Always });

        progress.Copied.ShouldBe(0);
        manifest.Lines.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_move_that_is_cancelled_before_the_source_is_deleted_has_copied_the_file()
    {
        await stage.PutSourceAsync("a", "content");
        stage.Source.Before = (member, _) =>
        {
            if (member != "delete")
            {
                return ValueTask.CompletedTask;
            }

            cancellation.Cancel();
            throw new OperationCanceledException(cancellation.Token);
        };

        var progress = await CancelledAsync(stage.Target, request => request with { Mode = TransferMode.Move });

        (await stage.SourceTreeAsync()).ShouldBe(["a=content"]);
        (await stage.TargetTreeAsync()).ShouldBe(["a=content"]);
        progress.Copied.ShouldBe(1);
        manifest.Lines.ShouldBe(["a Copied 7 a"]);
    }

    [Fact]
    public async Task A_target_that_does_not_answer_after_the_cancelling_is_not_waited_for()
    {
        await stage.PutSourceAsync("a", "content");
        await using var target = new LeavingEndpoint(stage.TargetMemory, path => path == "a", cancellation) { Answers = false };

        var progress = await CancelledAsync(target);

        progress.Copied.ShouldBe(0);
    }

    public void Dispose() => cancellation.Dispose();

    private async Task<TransferProgress> CancelledAsync(IEndpoint target, Func<TransferRequest, TransferRequest>? change = null)
    {
        var request = stage.Request with { Target = new TransferTarget { Endpoint = target }, Manifest = manifest };
        var runner = new TransferRunner(change?.Invoke(request) ?? request);
        await Should.ThrowAsync<OperationCanceledException>(() => runner.RunAsync(cancellation.Token));
        return runner.Progress;
    }

    /// <summary>The transfer is cancelled when a file has got its name, before anybody is told; nothing is answered to what was asked then.</summary>
    private sealed class LeavingEndpoint(MemoryEndpoint inner, Func<string, bool> isLast, CancellationTokenSource cancellation) : PassingEndpoint(inner), IMoves
    {
        /// <summary>Whether the file gets its name at all.</summary>
        public bool Writes { get; init; } = true;

        /// <summary>Whether a question is answered once it is cancelled.</summary>
        public bool Answers { get; init; } = true;

        public override async ValueTask<Entry?> FindAsync(string path, CancellationToken cancellationToken)
        {
            if (!Answers && cancellation.IsCancellationRequested)
            {
                await new TaskCompletionSource().Task.WaitAsync(cancellationToken);
            }

            return await base.FindAsync(path, cancellationToken);
        }

        public override async ValueTask<Entry> WriteAsync(string path, Stream content, WriteOptions options, CancellationToken cancellationToken)
        {
            if (isLast(path) && !Writes)
            {
                await LeaveAsync();
            }

            var entry = await base.WriteAsync(path, content, options, cancellationToken);
            if (isLast(path))
            {
                await LeaveAsync();
            }

            return entry;
        }

        public async ValueTask MoveAsync(string source, string target, CancellationToken cancellationToken)
        {
            await inner.MoveAsync(source, target, cancellationToken);
            if (isLast(target))
            {
                await LeaveAsync();
            }
        }

        private async Task LeaveAsync()
        {
            await cancellation.CancelAsync();
            throw new OperationCanceledException(cancellation.Token);
        }
    }
}
