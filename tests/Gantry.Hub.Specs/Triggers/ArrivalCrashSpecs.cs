using Gantry.Engine.Endpoints;
using Gantry.TestServers;
using Shouldly;
using Xunit;

namespace Gantry.Hub.Specs.Triggers;

/// <summary>The hub's program is killed as files arrive and notices of them come, and started again: each is there once.</summary>
public sealed class ArrivalCrashSpecs(TestPostgres postgres)
{
    [Fact]
    public Task A_hub_killed_as_files_arrive_starts_one_execution_for_each() => KillAtFilesAsync(isBatch: false, "arrival.after", "delivery.taken");

    [Theory]
    [InlineData(false, "arrival.before", "arrival.after", "delivery.done", "event.before", "event.after")]
    [InlineData(true, "arrival.before", "arrival.after", "event.before")]
    public Task A_hub_killed_at_rarer_moments_as_files_arrive_starts_one_execution_for_each(bool isBatch, params string[] faults)
    {
        CrashStage.SkipUnlessSlow();
        return KillAtFilesAsync(isBatch, faults);
    }

    [Fact]
    public Task A_hub_killed_as_it_takes_a_notice_starts_one_execution_for_it() => KillAtNoticesAsync("notice.stored", "arrival.before");

    [Fact]
    public Task A_hub_killed_at_rarer_moments_as_it_takes_a_notice_starts_one_execution_for_it()
    {
        CrashStage.SkipUnlessSlow();
        return KillAtNoticesAsync("notice.received", "arrival.after", "event.before", "event.after", "notice.forgotten");
    }

    private async Task KillAtFilesAsync(bool isBatch, params string[] faults)
    {
        await using var stage = await CrashStage.StartAsync(postgres);
        using TemporaryFolder folder = new();
        using TemporaryFolder outside = new();
        List<string> effects = [];
        foreach (var fault in faults)
        {
            foreach (var name in (string[])["a", "b"])
            {
                effects.Add($"{fault}-{name}");
                File.Move(outside.WriteFile(effects[^1], ""), folder[effects[^1]]);
            }

            await stage.KillAsync(fault, hub => fault == faults[0] ? SaveAsync(stage, hub, folder.Path, isBatch) : Task.CompletedTask);
        }

        await using var last = await stage.GoOnAsync();
        await stage.ArrivedAsync(effects);

        stage.Ledger.Doubled.ShouldBeEmpty();
        (await stage.AskAsync<long>("select count(*) from trigger_files")).ShouldBe(effects.Count);
        (await stage.AskAsync<long>("select count(*) from events where status <> 'accepted'")).ShouldBe(0);
        (await stage.AskAsync<long>("select count(*) from executions")).ShouldBe(await stage.AskAsync<long>("select count(*) from events"));
    }

    private static async Task SaveAsync(CrashStage stage, HttpClient hub, string folder, bool isBatch)
    {
        await CrashStage.SaveAsync(hub, "/api/endpoints/place", new { kind = "local", settings = new { path = folder } });
        await CrashStage.SaveAsync(hub, "/api/plans/arrival", new
        {
            name = "arrival",
            on = new[] { new { files = new { endpoint = "place", settle = "0s", interval = "1s", batch = isBatch } } },
            steps = new[] { isBatch ? new { each = "${trigger.files}", steps = new[] { stage.Post("${item.name}") } } : stage.Post("${trigger.name}") },
        });
    }

    private async Task KillAtNoticesAsync(params string[] faults)
    {
        await using var stage = await CrashStage.StartAsync(postgres);
        await using var server = await S3Server.StartFauxqsAsync();
        using var queue = await TestQueue.CreateAsync(server);
        var bucket = await server.NewBucketAsync();
        List<string> effects = [];
        foreach (var fault in faults)
        {
            effects.Add(fault);
            await queue.SendAsync(TestQueue.NoticeOf(bucket.Find("bucket")!, fault, "01"));
            await stage.KillAsync(fault, hub => fault == faults[0] ? SaveAsync(stage, hub, bucket, queue) : Task.CompletedTask);

            // What left the queue is on record.
            var left = await queue.ContentAsync();
            foreach (var effect in effects.Where(effect => !left.Contains(effect, StringComparison.Ordinal)))
                (await stage.AskAsync<long>($"select count(*) from events where summary like '%{effect}' and status <> 'duplicate'")).ShouldBe(1, effect);
            await queue.ShowAgainAsync();
        }

        await using var last = await stage.GoOnAsync();
        await stage.ArrivedAsync(effects);

        stage.Ledger.Doubled.ShouldBeEmpty();
        (await stage.AskAsync<long>("select count(*) from events where status = 'accepted'")).ShouldBe(effects.Count);
        (await stage.AskAsync<long>("select count(*) from executions")).ShouldBe(effects.Count);
    }

    private static async Task SaveAsync(CrashStage stage, HttpClient hub, EndpointSettings bucket, TestQueue queue)
    {
        await CrashStage.SaveAsync(hub, "/api/credentials/S3", new { value = S3Server.SecretKey, scope = "workspace" });
        await CrashStage.SaveAsync(hub, "/api/endpoints/media", new { kind = "s3", settings = bucket.Values });
        await CrashStage.SaveAsync(hub, "/api/plans/arrival", new
        {
            name = "arrival",
            on = new[] { new { s3_events = new { endpoint = "media", queue = queue.Url } } },
            steps = new[] { stage.Post("${trigger.name}") },
        });
    }
}
