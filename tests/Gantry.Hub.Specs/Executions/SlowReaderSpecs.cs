using Gantry.Engine.Work;
using Gantry.Hub.Executions;
using Shouldly;
using Xunit;

namespace Gantry.Hub.Specs.Executions;

/// <summary>Whoever watches and does not read holds no more than so much.</summary>
public sealed class SlowReaderSpecs
{
    private static readonly Guid Id = Guid.CreateVersion7();

    private readonly ExecutionEvents events = new();

    [Fact]
    public async Task Large_events_that_nobody_reads_end_the_watch_before_they_are_many()
    {
        using var watch = events.WatchExecution(Id);

        for (var number = 1; number <= 500; number++)
            events.Publish(new ExecutionEvent(Id, number, "log", new string('x', 50_000)));

        watch.CharactersWaiting.ShouldBeInRange(900_000, ExecutionEvents.CharactersWaitingMax);
        Read(watch).ShouldBe(Enumerable.Range(1, 20));
        watch.CharactersWaiting.ShouldBe(0);
        (await watch.WaitToReadAsync(TestContext.Current.CancellationToken)).ShouldBeFalse();
    }

    [Fact]
    public void Progress_that_nobody_reads_is_left_out_and_ends_nothing()
    {
        using var watch = events.WatchExecution(Id);
        for (var number = 1; number <= 500; number++)
            events.Publish(new ExecutionEvent(Id, null, "progress", new string('x', 50_000)));
        Read(watch).Count.ShouldBe(20);

        events.Publish(new ExecutionEvent(Id, 7, "log", "x"));

        Read(watch).ShouldBe([7]);
    }

    [Fact]
    public void Whoever_reads_hears_all()
    {
        using var watch = events.WatchExecution(Id);
        List<int> heard = [];

        for (var number = 1; number <= 500; number++)
        {
            events.Publish(new ExecutionEvent(Id, number, "log", new string('x', 50_000)));
            heard.AddRange(Read(watch));
        }

        heard.ShouldBe(Enumerable.Range(1, 500));
    }

    private static List<int> Read(Watch watch)
    {
        List<int> numbers = [];
        while (watch.TryRead(out var happened))
            numbers.Add(happened.Sequence ?? 0);
        return numbers;
    }
}
