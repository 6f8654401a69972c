using Gantry.Engine.Work;
using Shouldly;
using Xunit;

namespace Gantry.Engine.Specs.Work;

public sealed class WorkerSpecs
{
    private readonly MemoryQueue queue = new(itemsMax: 100);

    [Fact]
    public async Task An_item_that_waits_already_is_not_added_twice_and_what_does_not_fit_is_left_out()
    {
        var small = new MemoryQueue(itemsMax: 2);
        var (first, second, third) = (NewItem(), NewItem(), NewItem());

        await small.PublishAsync([first, first, second, third], CancellationToken.None);

        (await small.ReadAsync(10, CancellationToken.None)).ShouldBe([first, second]);
        await small.PublishAsync([first], CancellationToken.None);
        (await small.ReadAsync(10, CancellationToken.None)).ShouldBe([first]);
    }

    [Fact]
    public async Task A_reader_waits_for_the_first_item()
    {
        var reading = queue.ReadAsync(10, CancellationToken.None).AsTask();
        var item = NewItem();

        reading.IsCompleted.ShouldBeFalse();
        await queue.PublishAsync([item], CancellationToken.None);

        (await reading).ShouldBe([item]);
    }

    [Fact]
    public async Task No_more_run_at_once_than_there_are_slots_and_all_run()
    {
        using var stop = new CancellationTokenSource();
        var gate = new SemaphoreSlim(0);
        var (running, most, ended) = (0, 0, 0);
        var allEnded = new TaskCompletionSource();
        var worker = new Worker<WorkItem>(queue, (items, _) => Task.FromResult(items), async _ =>
        {
            lock (gate)
                most = Math.Max(most, ++running);
            await gate.WaitAsync();
            lock (gate)
            {
                running--;
                if (++ended == 20)
                    allEnded.SetResult();
            }
        }, runsMax: 4, claimsMax: 3);
        await queue.PublishAsync([.. Enumerable.Range(0, 20).Select(_ => NewItem())], CancellationToken.None);

        var working = worker.WorkAsync(stop.Token);
        gate.Release(20);
        await allEnded.Task;
        await stop.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(working);
        await worker.DrainedAsync(CancellationToken.None);
        most.ShouldBeLessThanOrEqualTo(4);
    }

    [Fact]
    public void An_idle_worker_holds_no_slot_and_a_reserved_one_is_given_back()
    {
        var worker = new Worker<WorkItem>(queue, (items, _) => Task.FromResult(items), _ => Task.CompletedTask, runsMax: 1, claimsMax: 1);
        using var stop = new CancellationTokenSource();
        var working = worker.WorkAsync(stop.Token);

        worker.TryReserve().ShouldBeTrue();
        worker.TryReserve().ShouldBeFalse();
        worker.Release();
        worker.TryReserve().ShouldBeTrue();

        stop.Cancel();
        working.IsCompletedSuccessfully.ShouldBeFalse();
    }

    private static WorkItem NewItem() => new(Guid.CreateVersion7());
}
