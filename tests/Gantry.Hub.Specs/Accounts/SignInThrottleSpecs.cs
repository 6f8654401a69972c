using Gantry.Hub.Accounts;
using Shouldly;
using Xunit;

namespace Gantry.Hub.Specs.Accounts;

public sealed class SignInThrottleSpecs
{
    private readonly ManualClock clock = new();

    [Fact]
    public void Guessing_at_an_account_must_wait_longer_each_time_but_never_for_ever()
    {
        var throttle = new SignInThrottle(clock);
        List<double> waits = [];
        for (var i = 0; i < SignInThrottle.FreeForAccount + 8; i++)
        {
            throttle.Failed("alice", "10.0.0." + i);
            var wait = throttle.WaitFor("alice", "10.9.9.9") ?? TimeSpan.Zero;
            waits.Add(wait.TotalSeconds);
            clock.Advance(wait);
        }

        waits.ShouldBe([0, 0, 0, 0, 0, 1, 2, 4, 8, 16, 30, 30, 30]);
        throttle.WaitFor("alice", "10.9.9.9").ShouldBeNull();
        throttle.WaitFor("bob", "10.9.9.9").ShouldBeNull();
    }

    [Fact]
    public void Guessing_at_many_accounts_from_one_address_must_wait_too()
    {
        var throttle = new SignInThrottle(clock);
        for (var i = 0; i <= SignInThrottle.FreeForAddress; i++) throttle.Failed("user" + i, "10.0.0.1");

        throttle.WaitFor("somebody", "10.0.0.1").ShouldNotBeNull();
        throttle.WaitFor("somebody", "10.0.0.2").ShouldBeNull();
    }

    [Fact]
    public void The_right_password_forgives_the_account()
    {
        var throttle = new SignInThrottle(clock);
        for (var i = 0; i < SignInThrottle.FreeForAccount; i++) throttle.Failed("alice", "10.0.0.1");

        throttle.Succeeded("alice", "10.0.0.9");
        throttle.Failed("alice", "10.0.0.1");

        throttle.WaitFor("alice", "10.0.0.1").ShouldBeNull();
    }

    [Fact]
    public void A_flood_of_names_does_not_fill_the_memory_or_free_the_guessed_account()
    {
        var throttle = new SignInThrottle(clock);
        for (var i = 0; i < 20_000; i++) throttle.Failed("name" + i, address: null);
        for (var i = 0; i <= SignInThrottle.FreeForAccount; i++) throttle.Failed("alice", address: null);

        throttle.WaitFor("alice", "10.0.0.1").ShouldNotBeNull();
    }
}
