using Gantry.Engine.Endpoints;
using Gantry.Engine.Endpoints.Limits;
using Gantry.Engine.Transfers;
using Shouldly;
using Xunit;

namespace Gantry.Engine.Specs.Transfers;

/// <summary>Limits of endpoints, through the runner.</summary>
public sealed class LimitSpecs
{
    private readonly TransferStage stage = new();

    [Theory]
    [InlineData(40, 5_000)]
    [InlineData(1, 900_000)]
    public async Task Files_take_their_time_by_the_bandwidth_of_either_side_and_of_the_transfer(int files, int bytes)
    {
        await PutAsync(files, bytes);
        foreach (var side in (string[])["source", "target", "own"])
        {
            var limits = new EndpointLimits(new LimitSettings { Bandwidth = BandwidthTimetable.Parse($"{files * bytes * 2}B") });
            using var share = await limits.EnterAsync(TransferPriority.Normal, stage.Token);
            var target = new MemoryEndpoint("memory:of-" + side);
            var begin = TimeProvider.System.GetTimestamp();

            var result = await new TransferRunner(new TransferRequest
            {
                Sources = [new TransferSource { Endpoint = stage.Source, Share = side == "source" ? share : null }],
                Target = new TransferTarget { Endpoint = target, Share = side == "target" ? share : null },
                Share = side == "own" ? share : null,
            }).RunAsync(stage.Token);

            result.Copied.ShouldBe(files, result.EndedBy?.Message ?? string.Join(" ", result.Failures.Take(2)));
            TimeProvider.System.GetElapsedTime(begin).TotalSeconds.ShouldBeGreaterThan(0.3, side);
        }
    }

    [Theory]
    [InlineData("1000B:off", true)]
    [InlineData("off:1000B", false)]
    public async Task What_goes_up_and_what_comes_down_have_bounds_of_their_own(string bandwidth, bool boundsUp)
    {
        await PutAsync(1, 30_000);
        foreach (var isTarget in (bool[])[true, false])
        {
            var limits = new EndpointLimits(new LimitSettings { Bandwidth = BandwidthTimetable.Parse(bandwidth) }, stage.Clock);

            var took = await CopyAsync(limits, isTarget);

            took.TotalSeconds.ShouldBe(isTarget == boundsUp ? 29 : 0, 2);
        }
    }

    [Fact]
    public async Task A_timetable_frees_a_file_that_is_under_way()
    {
        await PutAsync(1, 300_000);
        var limits = new EndpointLimits(new LimitSettings { Bandwidth = BandwidthTimetable.Parse("12:00,1000B 12:01,off") }, stage.Clock);

        var took = await CopyAsync(limits, isTarget: true);

        took.TotalSeconds.ShouldBe(60, 5);
    }

    [Fact]
    public async Task A_bound_that_is_changed_meanwhile_is_felt_by_a_file_that_is_under_way()
    {
        await PutAsync(1, 300_000);
        var limits = new EndpointLimits(new LimitSettings { Bandwidth = BandwidthTimetable.Parse("1000B") }, stage.Clock);
        stage.Source.Reading = (_, stream) => new BreakingStream(stream, 20_000, () => limits.Update(new LimitSettings { Bandwidth = BandwidthTimetable.Parse("10000B") }));

        var took = await CopyAsync(limits, isTarget: true);

        took.TotalSeconds.ShouldBe(19 + 28, 5);
    }

    [Fact]
    public async Task A_quick_lane_is_throttled_like_any_other_way()
    {
        await PutAsync(50, 2_000);
        var limits = new EndpointLimits(new LimitSettings { Bandwidth = BandwidthTimetable.Parse("200000B") });
        using var share = await limits.EnterAsync(TransferPriority.Normal, stage.Token);
        var begin = TimeProvider.System.GetTimestamp();

        var result = await new TransferRunner(new TransferRequest
        {
            Sources = [new TransferSource { Endpoint = stage.SourceMemory }],
            Target = new TransferTarget { Endpoint = new LaneEndpoint(stage.TargetMemory), Share = share },
        }).RunAsync(stage.Token);

        result.Copied.ShouldBe(50);
        TimeProvider.System.GetElapsedTime(begin).TotalSeconds.ShouldBeGreaterThan(0.3);
    }

    [Fact]
    public async Task No_more_files_are_under_way_than_the_endpoint_allows_over_all_its_transfers()
    {
        await PutAsync(30, 100);
        var limits = new EndpointLimits(new LimitSettings { ConnectionsMax = 3 });
        var (now, most) = (0, 0);
        stage.Source.Before = async (member, _) =>
        {
            if (member == "read")
            {
                most = Math.Max(most, Interlocked.Increment(ref now));
                await Task.Yield();
                Interlocked.Decrement(ref now);
            }
        };

        await Task.WhenAll(Enumerable.Range(0, 3).Select(async i =>
        {
            using var share = await limits.EnterAsync(TransferPriority.Normal, stage.Token);
            var result = await new TransferRunner(new TransferRequest
            {
                Sources = [new TransferSource { Endpoint = stage.Source, Share = share }],
                Target = new TransferTarget { Endpoint = new MemoryEndpoint($"memory:of-{i}") },
            }).RunAsync(stage.Token);
            result.Copied.ShouldBe(30);
        }));

        most.ShouldBeInRange(1, 3);
    }

    [Fact]
    public async Task While_an_urgent_transfer_runs_another_begins_no_file()
    {
        await PutAsync(20, 100);
        var limits = new EndpointLimits(new LimitSettings());
        using var share = await limits.EnterAsync(TransferPriority.Normal, stage.Token);
        var urgent = await limits.EnterAsync(TransferPriority.Urgent, stage.Token);
        var runner = new TransferRunner(stage.Request with { Sources = [new TransferSource { Endpoint = stage.Source, Share = share }] });

        var running = runner.RunAsync(stage.Token);
        while (runner.Progress.FilesTotal < 20)
        {
            await Task.Yield();
        }

        (runner.Progress.Copied, running.IsCompleted).ShouldBe((0, false));
        urgent.Dispose();
        (await running).Copied.ShouldBe(20);
    }

    [Fact]
    public async Task A_cancelled_transfer_leaves_its_places_to_others()
    {
        await PutAsync(5, 100);
        var limits = new EndpointLimits(new LimitSettings { ConnectionsMax = 1, TransfersMax = 1 });
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(stage.Token);
        stage.Source.Before = async (member, _) =>
        {
            if (member == "read")
            {
                await cancel.CancelAsync();
                cancel.Token.ThrowIfCancellationRequested();
            }
        };
        using (var share = await limits.EnterAsync(TransferPriority.Normal, stage.Token))
        {
            var runner = new TransferRunner(stage.Request with { Sources = [new TransferSource { Endpoint = stage.Source, Share = share }] });
            await Should.ThrowAsync<OperationCanceledException>(() => runner.RunAsync(cancel.Token));
        }

        stage.Source.Before = null;
        using var next = await limits.EnterAsync(TransferPriority.Normal, stage.Token);

        (await stage.RunAsync(request => request with { Sources = [new TransferSource { Endpoint = stage.Source, Share = next }] })).Copied.ShouldBe(5);
    }

    /// <summary>How long it takes by the clock of the limits, where nobody really waits.</summary>
    private async Task<TimeSpan> CopyAsync(EndpointLimits limits, bool isTarget)
    {
        using var share = await limits.EnterAsync(TransferPriority.Normal, stage.Token);
        var target = new MemoryEndpoint("memory:another", stage.Clock);
        var begin = stage.Clock.GetUtcNow();

        var result = await new TransferRunner(
            new TransferRequest
            {
                Sources = [new TransferSource { Endpoint = stage.Source, Share = isTarget ? null : share }],
                Target = new TransferTarget { Endpoint = target, Share = isTarget ? share : null },
            },
            stage.Clock).RunAsync(stage.Token);

        result.Copied.ShouldBe(1, result.EndedBy?.Message ?? string.Join(" ", result.Failures));
        return stage.Clock.GetUtcNow() - begin;
    }

    private async Task PutAsync(int files, int bytes)
    {
        for (var i = 0; i < files; i++)
        {
            await stage.PutSourceAsync($"f{i}", new string('x', bytes));
        }
    }
}
