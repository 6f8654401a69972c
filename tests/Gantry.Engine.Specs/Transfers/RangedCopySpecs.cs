using Gantry.Engine.Endpoints;
using Gantry.Engine.Transfers;
using Shouldly;
using Xunit;

namespace Gantry.Engine.Specs.Transfers;

/// <summary>Large files in ranges: resumed, repeated, and given up in the right way.</summary>
public sealed class RangedCopySpecs : IAsyncDisposable
{
    private const int RangeBytes = 10_000;
    private const int Size = (40 * RangeBytes) + 123;
    private static readonly EndpointException lost = new(EndpointError.Disconnected, "The connection was lost.", isTransient: true);

    private readonly InstantClock clock = new();
    private readonly MemoryEndpoint source;
    private readonly MemoryEndpoint memory;
    private readonly RangesEndpoint target;
    private readonly string content = string.Concat(Enumerable.Range(0, Size / 10).Select(number => $"{number:d9} ")) + new string('.', Size % 10);

    public RangedCopySpecs()
    {
        source = new MemoryEndpoint("memory:source", clock);
        memory = new MemoryEndpoint("memory:target", clock) { RangedFromBytes = 300_000, RangeBytes = RangeBytes, ConcurrentRanges = 4 };
        target = new RangesEndpoint(memory);
    }

    public async ValueTask DisposeAsync()
    {
        await source.DisposeAsync();
        await target.DisposeAsync();
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_large_file_arrives_range_by_range(bool isReadInParts)
    {
        await PutAsync();

        var result = await RunAsync(request => isReadInParts ? request : request with { Sources = [new TransferSource { Endpoint = new FaultyEndpoint(source) }] });

        (result.IsSuccess, result.Copied, result.Bytes, result.BytesResumed).ShouldBe((true, 1, Size, 0));
        target.Written.Order().ShouldBe(Enumerable.Range(0, 41).Select(number => (long)number * RangeBytes));
        (await TreeAsync()).ShouldBe(["large=" + content]);
        (await memory.FindAsync("large", Token))!.ModifiedAt.ShouldBe(TransferStage.SomeTime);
    }

    [Fact]
    public async Task No_range_is_begun_before_everything_up_to_the_window_stands()
    {
        await PutAsync();
        var window = 2L * 4 * RangeBytes;
        var begun = new List<long>();
        target.Before = async (offset, _) =>
        {
            lock (begun)
            {
                begun.Add(offset);
                for (var older = 0L; offset < Size && older + RangeBytes <= offset + RangeBytes - window; older += RangeBytes)
                {
                    target.Written.ShouldContain(older);
                }
            }

            await Task.Yield();
        };

        (await RunAsync()).IsSuccess.ShouldBeTrue();
        begun.Count.ShouldBe(42);
    }

    [Fact]
    public async Task A_range_that_failed_is_repeated_by_itself()
    {
        await PutAsync();
        var left = 3;
        target.Before = (offset, _) => offset == 7 * RangeBytes && Interlocked.Decrement(ref left) >= 0 ? throw lost : ValueTask.CompletedTask;

        var result = await RunAsync();

        result.IsSuccess.ShouldBeTrue();
        target.Written.Count.ShouldBe(41);
        clock.Waited.Count.ShouldBe(3);
        (await TreeAsync()).ShouldBe(["large=" + content]);
    }

    [Fact]
    public async Task A_completion_that_failed_is_repeated_by_itself()
    {
        await PutAsync();
        var left = 2;
        target.Before = (offset, _) => offset == Size && left-- > 0 ? throw lost : ValueTask.CompletedTask;

        (await RunAsync()).IsSuccess.ShouldBeTrue();

        target.Written.Count.ShouldBe(41);
        (await TreeAsync()).ShouldBe(["large=" + content]);
    }

    [Theory]
    [InlineData(Verification.Size)]
    [InlineData(Verification.Checksum)]
    public async Task A_later_attempt_at_the_same_transfer_goes_on_where_the_last_one_was_cut_off(Verification verification)
    {
        await PutAsync();
        var missing = 30;
        var standing = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        target.After = _ =>
        {
            if (Interlocked.Decrement(ref missing) == 0)
            {
                standing.SetResult();
            }
        };
        target.Before = async (offset, token) =>
        {
            if (offset >= 30 * RangeBytes)
            {
                await standing.Task.WaitAsync(token);
                throw lost;
            }
        };

        var first = await RunAsync(request => request with { TransferId = "sameid00", Verification = verification });
        first.IsSuccess.ShouldBeFalse();
        (await TreeAsync()).ShouldHaveSingleItem().ShouldStartWith(".gantry-");
        (target.Before, target.After) = (null, null);
        target.Written.Clear();
        var second = await RunAsync(request => request with { TransferId = "sameid00", Verification = verification });

        (second.IsSuccess, second.Copied, second.Bytes).ShouldBe((true, 1, Size));
        second.BytesResumed.ShouldBeGreaterThanOrEqualTo(20 * RangeBytes);
        (target.Written.Count * RangeBytes).ShouldBeLessThan(Size - (19 * RangeBytes));
        (await TreeAsync()).ShouldBe(["large=" + content]);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_source_that_cannot_hash_is_read_once_when_its_copy_is_proved(bool isResumed)
    {
        await PutAsync();
        if (isResumed)
        {
            await LeaveAsync(content[..(30 * RangeBytes)], TimeSpan.FromMinutes(10));
        }

        var bare = new FaultyEndpoint(source);
        var result = await RunAsync(request => request with { Verification = Verification.Checksum, Sources = [new TransferSource { Endpoint = bare }] });

        result.IsSuccess.ShouldBeTrue();
        bare.CallsOf("read").ShouldBe(isResumed ? 2 : 1);
        (await TreeAsync()).ShouldBe(["large=" + content]);
    }

    [Fact]
    public async Task What_another_transfer_left_is_gone_on_with_when_it_was_quiet_for_a_while()
    {
        await PutAsync();
        var left = await LeaveAsync(content[..(30 * RangeBytes)], TimeSpan.FromMinutes(10));

        var result = await RunAsync();

        result.BytesResumed.ShouldBe((30 * RangeBytes) - (2 * 4 * RangeBytes));
        (await TreeAsync()).ShouldBe(["large=" + content]);
        left.ShouldStartWith(".gantry-");
    }

    [Fact]
    public async Task What_another_transfer_is_still_writing_is_left_to_it()
    {
        await PutAsync();
        var left = await LeaveAsync(content[..(30 * RangeBytes)], TimeSpan.FromSeconds(10));
        var isSeen = false;
        target.Before = async (offset, _) =>
        {
            if (offset == 0)
            {
                isSeen = await memory.FindAsync(left, Token) is not null;
            }
        };

        var result = await RunAsync();

        (result.IsSuccess, result.BytesResumed, isSeen).ShouldBe((true, 0, true));
        (await TreeAsync()).ShouldBe(["large=" + content]);
    }

    [Fact]
    public async Task What_is_left_of_another_version_is_not_gone_on_with()
    {
        await PutAsync();
        await LeaveAsync(new string('x', 30 * RangeBytes), TimeSpan.FromMinutes(10), "sameid00", TransferStage.SomeTime.AddTicks(1));

        var result = await RunAsync(request => request with { TransferId = "sameid00" });

        (result.IsSuccess, result.BytesResumed).ShouldBe((true, 0));
        (await TreeAsync()).ShouldBe(["large=" + content]);
    }

    [Fact]
    public async Task Without_a_time_nobody_knows_the_version_so_that_it_begins_anew()
    {
        await PutAsync();
        var timeless = new FaultyEndpoint(source)
        {
            Listing = (_, entries) => entries.Select(entry => entry with { ModifiedAt = null }),
        };
        var name = PartialName.Of("large", Size, null, "sameid00" + "attempt001");
        await TransferStage.PutAsync(memory, name, new string('x', 30 * RangeBytes), clock.GetUtcNow().AddHours(-1));

        var result = await RunAsync(request => request with
        {
            TransferId = "sameid00",
            Sources = [new TransferSource { Endpoint = new TimelessEndpoint(timeless) }],
        });

        (result.IsSuccess, result.BytesResumed).ShouldBe((true, 0));
        (await TreeAsync()).ShouldBe(["large=" + content]);
    }

    [Fact]
    public async Task A_partial_file_that_another_transfer_took_over_is_begun_anew()
    {
        await PutAsync();
        var isTaken = false;
        target.Before = async (offset, _) =>
        {
            if (offset == 20 * RangeBytes && !isTaken)
            {
                isTaken = true;
                var partial = await memory.ListAsync("", Token).FirstAsync(entry => PartialName.Is(entry.Name), Token);
                await memory.DeleteFileAsync(partial.Name, Token);
            }
        };

        var result = await RunAsync();

        (result.IsSuccess, isTaken).ShouldBe((true, true));
        (await TreeAsync()).ShouldBe(["large=" + content]);
    }

    [Fact]
    public async Task A_source_that_changes_while_its_ranges_are_read_never_gets_its_name()
    {
        await PutAsync();
        await TransferStage.PutAsync(memory, "large", "old");
        var times = 0;
        target.Before = async (offset, _) =>
        {
            if (offset == 20 * RangeBytes)
            {
                await TransferStage.PutAsync(source, "large", content, TransferStage.SomeTime.AddHours(++times));
            }
        };

        var result = await RunAsync(request => request with { Retries = 2 });

        (result.Copied, result.Failed, times).ShouldBe((0, 1, 3));
        result.Failures[0].Reason.ShouldContain("still being changed");
        (await TreeAsync()).ShouldBe(["large=old"]);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_source_that_shrinks_is_transferred_when_it_has_settled(bool isReadInParts)
    {
        await PutAsync();
        var isShrunk = false;
        target.Before = async (offset, _) =>
        {
            if (offset == RangeBytes && !isShrunk)
            {
                isShrunk = true;
                await TransferStage.PutAsync(source, "large", content[..(35 * RangeBytes)], TransferStage.SomeTime.AddHours(1));
            }
        };

        var result = await RunAsync(request => isReadInParts ? request : request with { Sources = [new TransferSource { Endpoint = new FaultyEndpoint(source) }] });

        (result.IsSuccess, result.Bytes).ShouldBe((true, 35 * RangeBytes));
        (await TreeAsync()).ShouldBe(["large=" + content[..(35 * RangeBytes)]]);
    }

    [Fact]
    public async Task A_source_that_vanishes_is_reported_and_leaves_nothing()
    {
        await PutAsync();
        target.Before = async (offset, _) =>
        {
            if (offset == 20 * RangeBytes)
            {
                await source.DeleteFileAsync("large", Token);
            }
        };

        var result = await RunAsync();

        (result.Copied, result.Failed).ShouldBe((0, 1));
        result.Failures[0].Reason.ShouldContain("not there any more");
        (await TreeAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_source_that_fails_for_a_moment_is_read_again_from_there()
    {
        await PutAsync();
        var faulty = new FaultyEndpoint(source);
        var left = 2;
        faulty.Reading = (_, stream) => left-- > 0 ? new BreakingStream(stream, 150_000) : stream;

        var result = await RunAsync(request => request with { Sources = [new TransferSource { Endpoint = faulty }] });

        result.IsSuccess.ShouldBeTrue();
        (clock.Waited.Count, target.Written.Count).ShouldBe((2, 41));
        (await TreeAsync()).ShouldBe(["large=" + content]);
    }

    [Fact]
    public async Task A_full_target_keeps_the_old_file_and_nothing_half_written()
    {
        await PutAsync();
        await TransferStage.PutAsync(memory, "large", "old");
        target.Before = (offset, _) => offset >= 20 * RangeBytes
            ? throw new EndpointException(EndpointError.NoSpace, "There is no space left.")
            : ValueTask.CompletedTask;

        var result = await RunAsync();

        result.Failures.ShouldBe([new TransferFailure("large", "There is no space left.", false)]);
        (await TreeAsync()).ShouldBe(["large=old"]);
    }

    [Fact]
    public async Task Cancelling_in_the_middle_leaves_no_temporary_file()
    {
        await PutAsync();
        using var cancellation = CancellationTokenSource.CreateLinkedTokenSource(Token);
        target.Before = async (offset, token) =>
        {
            if (offset >= 20 * RangeBytes)
            {
                await cancellation.CancelAsync();
                token.ThrowIfCancellationRequested();
            }
        };
        var runner = new TransferRunner(Request(), clock);

        await Should.ThrowAsync<OperationCanceledException>(() => runner.RunAsync(cancellation.Token));

        (await TreeAsync()).ShouldBeEmpty();
        runner.Progress.BytesDone.ShouldBe(0);
    }

    [Fact]
    public async Task Progress_counts_each_byte_once()
    {
        await PutAsync();
        var left = 5;
        target.Before = (offset, _) => offset == 9 * RangeBytes && Interlocked.Decrement(ref left) >= 0 ? throw lost : ValueTask.CompletedTask;
        var runner = new TransferRunner(Request(), clock);
        var most = 0L;
        var before = target.Before;
        target.Before = (offset, token) =>
        {
            most = Math.Max(most, runner.Progress.BytesDone);
            return before(offset, token);
        };

        await runner.RunAsync(Token);

        most.ShouldBeLessThanOrEqualTo(Size);
        (runner.Progress.BytesDone, runner.Progress.BytesTotal).ShouldBe((Size, Size));
    }

    [Fact]
    public async Task Two_transfers_of_one_large_file_at_once_both_succeed()
    {
        await PutAsync();

        var results = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => Task.Run(() => RunAsync(request => request with { TransferId = "sameid00" }))));

        results.ShouldAllBe(result => result.IsSuccess);
        (await TreeAsync()).ShouldBe(["large=" + content]);
    }

    private TransferRequest Request() => new()
    {
        Sources = [new TransferSource { Endpoint = source }],
        Target = new TransferTarget { Endpoint = target },
    };

    private Task<TransferResult> RunAsync(Func<TransferRequest, TransferRequest>? change = null) =>
        new TransferRunner(change?.Invoke(Request()) ?? Request(), clock).RunAsync(Token);

    private Task PutAsync() => TransferStage.PutAsync(source, "large", content);

    private async Task<string> LeaveAsync(string left, TimeSpan age, string transferId = "otherid1", DateTimeOffset? version = null)
    {
        var name = PartialName.Of("large", Size, version ?? TransferStage.SomeTime, transferId + "attempt001");
        await TransferStage.PutAsync(memory, name, left, clock.GetUtcNow() - age);
        return name;
    }

    private Task<IReadOnlyList<string>> TreeAsync() => TransferStage.TreeOfAsync(memory);

    /// <summary>Tells no times at all.</summary>
    private sealed class TimelessEndpoint(IEndpoint inner) : TestServers.PassingEndpoint(inner)
    {
        public override async ValueTask<Entry?> FindAsync(string path, CancellationToken cancellationToken) =>
            await base.FindAsync(path, cancellationToken) is { } entry ? entry with { ModifiedAt = null } : null;
    }
}
