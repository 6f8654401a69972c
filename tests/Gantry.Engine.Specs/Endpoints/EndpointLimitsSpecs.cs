using Gantry.Engine.Endpoints.Limits;
using Gantry.Engine.Specs.Plans;
using Shouldly;
using Xunit;

namespace Gantry.Engine.Specs.Endpoints;

public sealed class EndpointLimitsSpecs
{
    private const int K = 1024;

    private readonly ManualClock clock = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(100 * K, 1000, 10.0)]
    [InlineData(10 * K, 300, 30.0)]
    public async Task So_many_bytes_take_their_time_at_the_rate(int bytesPerSecond, int kibibytes, double seconds)
    {
        var limits = Limits($"{bytesPerSecond}B");
        using var share = await limits.EnterAsync(TransferPriority.Normal, Token);

        var took = await TimeOfAsync(async () =>
        {
            for (var left = kibibytes; left > 0; left -= 10)
            {
                await share.PassAsync(BandwidthDirection.Up, 10 * K, Token);
            }
        });

        took.TotalSeconds.ShouldBe(seconds, tolerance: seconds * 0.02);
    }

    [Fact]
    public async Task All_streams_of_an_endpoint_share_its_rate()
    {
        var limits = Limits("100K");
        using var one = await limits.EnterAsync(TransferPriority.Normal, Token);
        using var other = await limits.EnterAsync(TransferPriority.Normal, Token);

        var took = await TimeOfAsync(() => Task.WhenAll(
            PassAsync(one, BandwidthDirection.Up, 50), PassAsync(one, BandwidthDirection.Down, 50), PassAsync(other, BandwidthDirection.Up, 50)));

        took.TotalSeconds.ShouldBe(15, tolerance: 0.5);
    }

    [Fact]
    public async Task Up_and_down_are_counted_apart_when_both_are_named()
    {
        var limits = Limits("100K:10K");
        using var share = await limits.EnterAsync(TransferPriority.Normal, Token);

        var up = await TimeOfAsync(() => PassAsync(share, BandwidthDirection.Up, 50));
        var down = await TimeOfAsync(() => PassAsync(share, BandwidthDirection.Down, 5));

        up.TotalSeconds.ShouldBe(5, tolerance: 0.2);
        down.TotalSeconds.ShouldBe(5, tolerance: 0.3);
    }

    [Fact]
    public async Task An_idle_hour_does_not_come_as_a_burst()
    {
        var limits = Limits("100K");
        using var share = await limits.EnterAsync(TransferPriority.Normal, Token);
        clock.Advance(TimeSpan.FromHours(1));

        var took = await TimeOfAsync(() => PassAsync(share, BandwidthDirection.Up, 50));

        took.TotalSeconds.ShouldBe(5, tolerance: 0.3);
    }

    [Fact]
    public async Task A_change_is_felt_at_once_by_who_waits_already()
    {
        var limits = Limits("1K");
        using var share = await limits.EnterAsync(TransferPriority.Normal, Token);
        var passing = share.PassAsync(BandwidthDirection.Up, 1000 * K, Token).AsTask();
        clock.Advance(TimeSpan.FromSeconds(10));
        passing.IsCompleted.ShouldBeFalse();

        limits.Update(new LimitSettings { Bandwidth = BandwidthTimetable.Parse("99K") });
        clock.Advance(TimeSpan.FromSeconds(9.9));
        passing.IsCompleted.ShouldBeFalse();
        clock.Advance(TimeSpan.FromSeconds(0.2));

        await passing.WaitAsync(Token);
    }

    [Fact]
    public async Task A_limit_that_goes_away_lets_all_go()
    {
        var limits = Limits("1K");
        using var share = await limits.EnterAsync(TransferPriority.Normal, Token);
        var passing = share.PassAsync(BandwidthDirection.Up, 1000 * K, Token).AsTask();

        limits.Update(new LimitSettings());

        await passing.WaitAsync(Token);
        share.IsOpen.ShouldBeTrue();
    }

    [Fact]
    public async Task The_timetable_goes_on_while_a_stream_waits()
    {
        // The clock begins at 12:00.
        var limits = Limits("00:00,1K 12:05,off");
        using var share = await limits.EnterAsync(TransferPriority.Normal, Token);

        var took = await TimeOfAsync(() => share.PassAsync(BandwidthDirection.Up, 1000 * K, Token).AsTask());

        took.TotalSeconds.ShouldBeInRange(299, 301);
    }

    [Fact]
    public async Task Who_gives_up_waiting_takes_nothing_from_the_others()
    {
        var limits = Limits("10K");
        using var share = await limits.EnterAsync(TransferPriority.Normal, Token);
        using var cancel = new CancellationTokenSource();
        var given = share.PassAsync(BandwidthDirection.Up, 100_000 * K, cancel.Token).AsTask();
        await cancel.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => given);

        var took = await TimeOfAsync(() => PassAsync(share, BandwidthDirection.Up, 5));

        took.TotalSeconds.ShouldBe(5, tolerance: 0.2);
    }

    [Fact]
    public async Task Places_are_given_by_priority_and_then_in_order()
    {
        var limits = new EndpointLimits(new LimitSettings { TransfersMax = 1 }, clock);
        var first = await limits.EnterAsync(TransferPriority.Normal, Token);
        List<string> order = [];
        var waiting = new (string Name, TransferPriority Priority)[]
        {
            ("low", TransferPriority.Low), ("normal", TransferPriority.Normal), ("high", TransferPriority.High), ("normal too", TransferPriority.Normal),
        }.Select(next => EnterAsync(next.Name, next.Priority)).ToArray();

        first.Dispose();
        await Task.WhenAll(waiting);

        order.ShouldBe(["high", "normal", "normal too", "low"]);

        async Task EnterAsync(string name, TransferPriority priority)
        {
            using var share = await limits.EnterAsync(priority, Token);
            order.Add(name);
        }
    }

    [Fact]
    public async Task A_higher_limit_lets_those_in_who_wait()
    {
        var limits = new EndpointLimits(new LimitSettings { TransfersMax = 1 }, clock);
        using var first = await limits.EnterAsync(TransferPriority.Normal, Token);
        var second = limits.EnterAsync(TransferPriority.Normal, Token).AsTask();
        second.IsCompleted.ShouldBeFalse();

        limits.Update(new LimitSettings { TransfersMax = 2 });

        (await second.WaitAsync(Token)).Dispose();
    }

    [Fact]
    public async Task An_urgent_transfer_overtakes_one_that_runs()
    {
        var limits = new EndpointLimits(new LimitSettings { TransfersMax = 1, ConnectionsMax = 1 }, clock);
        using var slow = await limits.EnterAsync(TransferPriority.Normal, Token);
        await slow.EnterFileAsync(Token);

        var urgent = await limits.EnterAsync(TransferPriority.Urgent, Token);
        await urgent.EnterFileAsync(Token);
        var stream = slow.PassAsync(BandwidthDirection.Up, 10, Token).AsTask();
        var file = slow.EnterFileAsync(Token).AsTask();

        (slow.IsOpen, stream.IsCompleted, file.IsCompleted).ShouldBe((false, false, false));
        slow.LeaveFile();
        file.IsCompleted.ShouldBeFalse();
        urgent.Dispose();
        await stream.WaitAsync(Token);
        await file.WaitAsync(Token);
    }

    [Fact]
    public async Task A_stream_that_rests_shows_a_sign_of_life_before_its_connection_is_cut()
    {
        var limits = new EndpointLimits(new LimitSettings(), clock);
        using var slow = await limits.EnterAsync(TransferPriority.Normal, Token);
        using var urgent = await limits.EnterAsync(TransferPriority.Urgent, Token);

        var took = await TimeOfAsync(() => slow.PassAsync(BandwidthDirection.Up, 10, Token).AsTask());

        took.TotalSeconds.ShouldBeInRange(10, 20);
    }

    [Fact]
    public async Task Places_of_files_that_were_broken_off_come_back_with_the_transfer()
    {
        var limits = new EndpointLimits(new LimitSettings { ConnectionsMax = 2 }, clock);
        var broken = await limits.EnterAsync(TransferPriority.Normal, Token);
        await broken.EnterFileAsync(Token);
        await broken.EnterFileAsync(Token);
        broken.Dispose();

        using var next = await limits.EnterAsync(TransferPriority.Normal, Token);

        await next.EnterFileAsync(Token).AsTask().WaitAsync(Token);
        await next.EnterFileAsync(Token).AsTask().WaitAsync(Token);
    }

    [Fact]
    public async Task Two_transfers_between_two_full_endpoints_do_not_wait_for_each_other()
    {
        var a = new EndpointLimits(new LimitSettings { TransfersMax = 1 }, clock);
        var b = new EndpointLimits(new LimitSettings { TransfersMax = 1 }, clock);

        await Task.WhenAll(Enumerable.Range(0, 200).Select(i => Task.Run(async () =>
        {
            EndpointLimits[] both = i % 2 == 0 ? [a, b] : [b, a, b];
            var shares = await EndpointLimits.EnterAllAsync(both, TransferPriority.Normal, Token);
            shares.Count.ShouldBe(2);
            foreach (var share in shares)
            {
                share.Dispose();
            }
        }))).WaitAsync(TimeSpan.FromMinutes(2), Token);
    }

    private EndpointLimits Limits(string bandwidth) => new(new LimitSettings { Bandwidth = BandwidthTimetable.Parse(bandwidth) }, clock);

    private static async Task PassAsync(EndpointShare share, BandwidthDirection direction, int chunks)
    {
        for (var i = 0; i < chunks; i++)
        {
            await share.PassAsync(direction, 10 * K, Token);
        }
    }

    /// <summary>Turns the clock on while the work waits, in steps that are small beside what is measured.</summary>
    private async Task<TimeSpan> TimeOfAsync(Func<Task> work)
    {
        var begin = clock.GetUtcNow();
        var running = work();
        while (!running.IsCompleted)
        {
            await Task.WhenAny(running, clock.WaitForTimersAsync());
            if (!running.IsCompleted)
            {
                clock.Advance(TimeSpan.FromMilliseconds(10));
            }
        }

        await running;
        return clock.GetUtcNow() - begin;
    }
}
