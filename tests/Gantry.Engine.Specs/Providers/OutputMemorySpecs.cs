using Gantry.Engine.Providers;
using Gantry.Engine.Specs.Plans;
using Shouldly;
using Xunit;

namespace Gantry.Engine.Specs.Providers;

/// <summary>How much of outputs is held at once: bounded, in turn, and never at a standstill.</summary>
public sealed class OutputMemorySpecs
{
    private readonly ManualClock clock = new();
    private readonly OutputMemory memory;
    private readonly RunMemory run;

    public OutputMemorySpecs()
    {
        memory = new OutputMemory(100, clock);
        run = memory.Begin();
    }

    [Fact]
    public async Task Who_finds_no_room_waits_in_turn()
    {
        MemoryShare first = run.Begin(), second = run.Begin(), third = run.Begin();
        await TakeAsync(first, 80);

        var (large, small) = (TakeAsync(second, 50), TakeAsync(third, 10));

        (large.IsCompleted, small.IsCompleted, memory.Bytes).ShouldBe((false, false, 80));
        first.Dispose();
        await Task.WhenAll(large, small);
        memory.Bytes.ShouldBe(60);
    }

    [Fact]
    public async Task Who_has_held_some_for_longest_gets_more_so_that_nobody_waits_for_ever()
    {
        var shares = Enumerable.Range(0, 10).Select(_ => run.Begin()).ToList();
        foreach (var share in shares) await TakeAsync(share, 10);

        var waits = shares.Select(share => TakeAsync(share, 50)).ToList();
        foreach (var (share, wait) in shares.Zip(waits))
        {
            await wait;
            share.Dispose();
        }

        memory.Bytes.ShouldBe(0);
    }

    [Fact]
    public async Task More_than_there_is_goes_alone()
    {
        MemoryShare first = run.Begin(), second = run.Begin();
        await TakeAsync(first, 10);
        var large = TakeAsync(second, 1_000);
        large.IsCompleted.ShouldBeFalse();

        first.Dispose();

        await large;
    }

    [Fact]
    public async Task When_nothing_moves_the_next_goes_on_after_a_while()
    {
        MemoryShare first = run.Begin(), second = run.Begin(), third = run.Begin();
        await TakeAsync(first, 100);
        var (next, last) = (TakeAsync(second, 60), TakeAsync(third, 60));

        clock.Advance(TimeSpan.FromSeconds(5));
        await next;
        last.IsCompleted.ShouldBeFalse();
        clock.Advance(TimeSpan.FromSeconds(5));

        await last;
    }

    [Fact]
    public async Task A_wait_that_is_ended_lets_those_behind_it_in()
    {
        using var end = new CancellationTokenSource();
        MemoryShare first = run.Begin(), second = run.Begin(), third = run.Begin();
        await TakeAsync(first, 80);
        var ended = second.TakeAsync(50, end.Token).AsTask();
        var behind = TakeAsync(third, 20);

        await end.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(() => ended);
        await behind;
        memory.Bytes.ShouldBe(100);
    }

    [Fact]
    public async Task A_run_that_ends_leaves_nothing_behind()
    {
        var other = memory.Begin().Begin();
        await TakeAsync(run.Begin(), 60);
        await TakeAsync(run.Begin(), 40);
        var waits = TakeAsync(other, 100);

        run.Dispose();

        await waits;
        memory.Bytes.ShouldBe(100);
    }

    [Fact]
    public async Task What_is_taken_before_a_request_needs_no_more_than_some_room()
    {
        MemoryShare first = run.Begin(), second = run.Begin();
        await TakeAsync(first, 99);
        await TakeAsync(second, 0);
        first.Set(100);

        var waits = TakeAsync(second, 0);

        waits.IsCompleted.ShouldBeFalse();
        first.Set(90);
        await waits;
    }

    private static Task TakeAsync(MemoryShare share, long bytes) => share.TakeAsync(bytes, CancellationToken.None).AsTask();
}
