using FsCheck;
using FsCheck.Fluent;
using Gantry.Engine.Plans;
using Shouldly;
using Xunit;

namespace Gantry.Engine.Specs.Plans;

public sealed class RetryPolicySpecs
{
    [Fact]
    public void Waits_grow_up_to_the_longest()
    {
        var policy = new RetryPolicy { Delay = TimeSpan.FromSeconds(1), Factor = 3, Max = TimeSpan.FromSeconds(20), HasJitter = false };

        Enumerable.Range(1, 5).Select(failures => policy.WaitAfter(failures, 0.9, null).TotalSeconds).ShouldBe([1, 3, 9, 20, 20]);
    }

    [Fact]
    public void Jitter_takes_away_up_to_a_half() =>
        Prop.ForAll(Gen.Choose(1, 2000).ToArbitrary(), Gen.Choose(0, 999).ToArbitrary(), (failures, chance) =>
        {
            var wait = new RetryPolicy().WaitAfter(failures, chance / 1000.0, null);
            var longest = new RetryPolicy { HasJitter = false }.WaitAfter(failures, 0, null);

            wait.ShouldBeInRange(longest / 2, longest);
        }).Check(Config.QuickThrowOnFailure.WithQuietOnSuccess(true));

    [Fact]
    public void The_key_is_the_same_for_a_step_of_an_execution_and_different_for_all_others()
    {
        var (one, other) = (Guid.CreateVersion7(), Guid.CreateVersion7());

        IdempotencyKey.For(one, "3.items[7].0").ShouldBe(IdempotencyKey.For(one, "3.items[7].0"));
        new[] { IdempotencyKey.For(one, "1"), IdempotencyKey.For(one, "11"), IdempotencyKey.For(other, "1"), IdempotencyKey.For(one, new string('1', 1000)) }.ShouldBeUnique();
        IdempotencyKey.For(one, "1").ShouldMatch("^[0-9a-f]{64}$");
    }
}
