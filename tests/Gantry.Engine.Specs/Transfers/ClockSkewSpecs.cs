using Gantry.Engine.Endpoints;
using Gantry.Engine.Transfers;
using Shouldly;
using Xunit;

namespace Gantry.Engine.Specs.Transfers;

/// <summary>A target whose clock is hours off: what was sent is not sent again, and what changed is.</summary>
public sealed class ClockSkewSpecs : IAsyncDisposable
{
    private readonly TransferStage stage = new();
    private readonly InstantClock targetClock = new();
    private readonly MemoryEndpoint target;
    private readonly StoreEndpoint store;

    public ClockSkewSpecs()
    {
        target = new MemoryEndpoint("memory:off", targetClock);
        store = new StoreEndpoint(new MemoryEndpoint("memory:store", targetClock), targetClock);
    }

    public async ValueTask DisposeAsync()
    {
        await target.DisposeAsync();
        await store.DisposeAsync();
    }

    public static TheoryData<int, bool> Skews => new() { { -13, false }, { 13, false }, { -13, true }, { 13, true } };

    [Theory]
    [MemberData(nameof(Skews))]
    public async Task A_second_run_sends_nothing(int hours, bool toStore)
    {
        targetClock.Skip(TimeSpan.FromHours(hours));
        await PutAsync("old", TransferStage.SomeTime);
        await PutAsync("new", stage.Clock.GetUtcNow());
        (await RunAsync(toStore)).Copied.ShouldBe(2);

        var second = await RunAsync(toStore);

        (second.Copied, second.Skipped).ShouldBe((0, 2));
    }

    [Theory]
    [MemberData(nameof(Skews))]
    public async Task A_file_that_changed_is_sent_whichever_side_says_it_is_later(int hours, bool toStore)
    {
        targetClock.Skip(TimeSpan.FromHours(hours));
        await PutAsync("a", stage.Clock.GetUtcNow());
        await RunAsync(toStore);
        await stage.PutSourceAsync("a", "two", stage.Clock.GetUtcNow().AddMinutes(1));

        (await RunAsync(toStore)).Copied.ShouldBe(1);

        await using var arrived = await (toStore ? store : (IEndpoint)target).OpenReadAsync("a", 0, null, stage.Token);
        using StreamReader reader = new(arrived);
        (await reader.ReadToEndAsync(stage.Token)).ShouldBe("two");
    }

    [Theory]
    [InlineData(-13)]
    [InlineData(13)]
    public async Task A_target_that_gives_files_its_own_time_is_compared_by_size_and_never_sent_the_same_again(int hours)
    {
        targetClock.Skip(TimeSpan.FromHours(hours));
        await PutAsync("a", stage.Clock.GetUtcNow());
        await using MemoryEndpoint own = new("memory:own", targetClock) { Capabilities = target.Capabilities with { KeepsGivenTimes = false } };
        var request = stage.Request with { Target = new TransferTarget { Endpoint = own } };
        (await new TransferRunner(request, stage.Clock).RunAsync(stage.Token)).Copied.ShouldBe(1);

        var second = await new TransferRunner(request, stage.Clock).RunAsync(stage.Token);

        (second.Copied, second.Skipped).ShouldBe((0, 1));
        second.Notes.ShouldHaveSingleItem().ShouldContain("same size");
    }

    private Task PutAsync(string path, DateTimeOffset time) => stage.PutSourceAsync(path, "one", time);

    private Task<TransferResult> RunAsync(bool toStore) => new TransferRunner(
        stage.Request with { Target = new TransferTarget { Endpoint = toStore ? store : target } }, stage.Clock).RunAsync(stage.Token);
}
