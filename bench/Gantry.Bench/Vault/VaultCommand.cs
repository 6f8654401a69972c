using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;
using Gantry.Bench.Engine;

namespace Gantry.Bench.Vault;

/// <summary>
/// What a plan with a thousand credentials takes longer than the same plan without: looking all of them up, opening them, putting them in their places. The server
/// that gets them checks that every value arrived.
/// </summary>
internal static class VaultCommand
{
    private const int Count = 1_000;
    private const int Executions = 40;

    /// <summary>What a hub does for the first time is not what is measured, but for the first look into the vault.</summary>
    private const int Warming = 10;

    public static async Task<int> RunAsync(string[] arguments)
    {
        var (program, runs) = (arguments[0], int.Parse(arguments[1], CultureInfo.InvariantCulture));
        List<double> differences = [], firsts = [];
        for (var run = 0; run < runs; run++)
        {
            await using var hub = await BenchHub.StartAsync(program);
            await using var sink = await SinkServer.StartAsync();
            for (var i = 0; i < Count; i++)
            {
                using var stored = await hub.Client.PutAsJsonAsync($"/api/credentials/BENCH_{i}", new { value = ValueOf(i) });
                stored.EnsureSuccessStatusCode();
            }

            var with = await SaveAsync(hub, "with", sink.Url, i => $"${{cred:BENCH_{i}}}");
            var without = await SaveAsync(hub, "without", sink.Url, ValueOf);
            for (var i = 0; i < Warming; i++) await ExecuteAsync(hub, without, sink);
            List<double> withTimes = [], withoutTimes = [];
            for (var i = 0; i < Executions; i++)
            {
                withoutTimes.Add(await ExecuteAsync(hub, without, sink));
                withTimes.Add(await ExecuteAsync(hub, with, sink));
            }

            differences.Add(Median(withTimes) - Median(withoutTimes));
            firsts.Add(withTimes[0] - withoutTimes[0]);
        }

        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"""
            {Count:N0} credentials from the database, ms more than without (median, least, most of {runs} runs of {Executions} executions)
            median execution  {Median(differences),8:F1}{differences.Min(),8:F1}{differences.Max(),8:F1}
            first execution   {Median(firsts),8:F1}{firsts.Min(),8:F1}{firsts.Max(),8:F1}
            """));
        return 0;
    }

    private static string ValueOf(int i) => string.Create(CultureInfo.InvariantCulture, $"value-of-{i}-{i * 7919 % 100_003}");

    private static async Task<string> SaveAsync(BenchHub hub, string name, string url, Func<int, string> text)
    {
        var body = Enumerable.Range(0, Count).ToDictionary(i => i.ToString(CultureInfo.InvariantCulture), text);
        var plan = new { name, steps = new object[] { new { use = "http.request", with = new { url, method = "POST", json = body } } } };
        using var saved = await hub.Client.PostAsJsonAsync("/api/plans", plan);
        saved.EnsureSuccessStatusCode();
        return name;
    }

    private static async Task<double> ExecuteAsync(BenchHub hub, string plan, SinkServer sink)
    {
        var started = Stopwatch.GetTimestamp();
        using var answer = await hub.PostAsync("/api/execute?wait=60s", $$"""{"plan":"{{plan}}"}""");
        var text = await answer.Content.ReadAsStringAsync();
        var elapsed = Stopwatch.GetElapsedTime(started).TotalMilliseconds;
        if (JsonElement.Parse(text).GetProperty("status").GetString() != "succeeded") throw new InvalidOperationException("An execution did not succeed: " + text);
        var arrived = JsonElement.Parse(sink.Last);
        for (var i = 0; i < Count; i++)
        {
            if (arrived.GetProperty(i.ToString(CultureInfo.InvariantCulture)).GetString() != ValueOf(i)) throw new InvalidOperationException($"Value {i} did not arrive.");
        }

        return elapsed;
    }

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);
}
