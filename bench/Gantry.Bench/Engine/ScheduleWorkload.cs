using System.Globalization;

namespace Gantry.Bench.Engine;

/// <summary>W9: ten thousand plans, each with a schedule that is due in the same second, and two hubs on one database.</summary>
internal static class ScheduleWorkload
{
    private const int Plans = 10_000;

    /// <summary>How many are saved before, due in a year, to see how long the others will take.</summary>
    private const int Paces = 200;

    private static readonly TimeSpan Lead = TimeSpan.FromSeconds(20);

    public static async Task<Dictionary<string, double>> RunAsync(string program)
    {
        await using var postgres = await BenchPostgres.StartAsync();
        await using var first = await BenchHub.StartAsync(program, postgres.ConnectionString);
        await using var second = await BenchHub.StartAsync(program, postgres.ConnectionString);
        var saving = TimeProvider.System.GetTimestamp();
        await SaveAsync(first, second, "pace", Paces, TimeProvider.System.GetUtcNow().AddDays(-1));
        var pace = TimeProvider.System.GetElapsedTime(saving) / Paces;
        var due = Whole(TimeProvider.System.GetUtcNow() + (pace * Plans * 1.5) + Lead);
        await SaveAsync(first, second, "due", Plans, due);
        if (TimeProvider.System.GetUtcNow() > due)
            throw new InvalidOperationException("Saving the plans took longer than was left until they were due.");

        // Nothing is to be seen before, and nothing is to be missing after: the hubs are asked until as many are there as there have to be.
        await Task.Delay(due - TimeProvider.System.GetUtcNow(), TimeProvider.System);
        var started = await StartedAsync(first, Plans);
        var delays = started.Select(at => (at - due).TotalSeconds).Order().ToList();
        return new()
        {
            ["10,000 schedules in one second, two hubs: started"] = started.Count,
            ["median, s after they were due"] = delays[delays.Count / 2],
            ["the last, s after they were due"] = delays[^1],
        };
    }

    private static DateTimeOffset Whole(DateTimeOffset at) => at.AddTicks(-(at.Ticks % TimeSpan.TicksPerSecond));

    private static Task SaveAsync(BenchHub first, BenchHub second, string prefix, int count, DateTimeOffset due) =>
        Parallel.ForAsync(0, count, new ParallelOptions { MaxDegreeOfParallelism = 16 }, async (number, _) =>
        {
            var cron = due.ToString("s m H d M", CultureInfo.InvariantCulture) + " *";
            await (number % 2 == 0 ? first : second).SavePlanAsync($"{prefix}-{number}",
                $$$"""{"name":"{{{prefix}}}-{{{number}}}","on":[{"schedule":{"cron":"{{{cron}}}","zone":"UTC","missed":"all"}}],"steps":[{"use":"logic.transform","with":{"value":1}}]}""");
        });

    /// <summary>When each plan's one execution was started. Fails when one has two, or did not succeed.</summary>
    private static async Task<List<DateTimeOffset>> StartedAsync(BenchHub hub, int expected)
    {
        while (true)
        {
            await hub.DrainedAsync();
            var executions = await hub.ExecutionsAsync(null);
            var doubled = executions.CountBy(execution => execution.GetProperty("plan").GetString()!).Count(plan => plan.Value > 1);
            if (doubled > 0 || executions.Count > expected)
                throw new InvalidOperationException($"{doubled} plans were started twice.");
            if (executions.Count == expected && executions.All(execution => execution.GetProperty("status").GetString() == "succeeded"))
                return [.. executions.Select(execution => execution.GetProperty("started_at").GetDateTimeOffset())];
            await Task.Delay(TimeSpan.FromSeconds(1), TimeProvider.System);
        }
    }
}
