using Gantry.Engine.Providers.Manifests;
using Gantry.Engine.Providers.Manifests.Connections;
using Gantry.Engine.Specs.Plans;
using Shouldly;
using Xunit;

namespace Gantry.Engine.Specs.Providers.Manifests;

public sealed class RateBudgetSpecs
{
    [Fact]
    public async Task No_more_is_asked_in_a_second_than_the_vendor_allows()
    {
        var clock = new ManualClock();
        var budget = new RateBudget(new ManifestLimits { PerSecond = 2 });

        var turns = Enumerable.Range(0, 4).Select(_ => budget.EnterAsync(clock, CancellationToken.None).AsTask()).ToList();

        turns.Count(turn => turn.IsCompleted).ShouldBe(2);
        clock.Advance(TimeSpan.FromSeconds(2));
        await Task.WhenAll(turns).WaitAsync(TimeSpan.FromMinutes(2), TimeProvider.System);
    }

    [Fact]
    public async Task No_more_is_asked_at_once_than_the_vendor_allows()
    {
        var budget = new RateBudget(new ManifestLimits { Concurrent = 1 });
        using var first = await budget.EnterAsync(TimeProvider.System, CancellationToken.None);

        var second = budget.EnterAsync(TimeProvider.System, CancellationToken.None).AsTask();

        second.IsCompleted.ShouldBeFalse();
        first!.Dispose();
        (await second)!.Dispose();
    }

    [Fact]
    public async Task What_one_is_told_all_wait_for()
    {
        var clock = new ManualClock();
        var budget = new RateBudget(new ManifestLimits());
        budget.CloseUntil(clock.GetUtcNow() + TimeSpan.FromSeconds(30));

        var turn = budget.EnterAsync(clock, CancellationToken.None).AsTask();

        turn.IsCompleted.ShouldBeFalse();
        clock.Advance(TimeSpan.FromSeconds(31));
        await turn.WaitAsync(TimeSpan.FromMinutes(2), TimeProvider.System);
    }
}
