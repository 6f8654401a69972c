using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace Gantry.Bench.Engine;

/// <summary>The workloads of executions, each on a fresh hub, checked by reading back every execution and its steps.</summary>
internal static class EngineCommand
{
    private const int Clients = 50;

    public static async Task<int> RunAsync(string[] arguments)
    {
        var (program, runs) = (arguments[0], int.Parse(arguments[1], CultureInfo.InvariantCulture));
        var workloads = arguments.Length > 2 ? arguments[2..] : ["w2", "w3", "w4", "w5", "w6", "w7", "w8", "w9"];
        Console.WriteLine($"{"workload",-44}{"median",14}{"least",14}{"most",14}");
        foreach (var workload in workloads)
        {
            var figures = new List<Dictionary<string, double>>();
            for (var run = 0; run < runs; run++)
            {
                if (workload == "w9")
                {
                    figures.Add(await ScheduleWorkload.RunAsync(program));
                    continue;
                }

                await using var hub = await BenchHub.StartAsync(program);
                figures.Add(workload switch
                {
                    "w2" => await TenStepsAsync(hub),
                    "w3" => await FortyStepsAsync(hub),
                    "w4" => await EachAsync(hub),
                    "w7" => await PayloadAsync(hub),
                    "w5" => await DrainAsync(hub),
                    "w6" => await IdleAsync(hub),
                    "w8" => await KillWorkload.RunAsync(hub),
                    _ => throw new ArgumentException($"There is no workload '{workload}': w2 to w9."),
                });
            }

            foreach (var name in figures[0].Keys)
            {
                var values = figures.Select(figure => figure[name]).Order().ToList();
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                    $"{workload + " " + name,-44}{values[values.Count / 2],14:F1}{values[0],14:F1}{values[^1],14:F1}"));
            }
        }

        return 0;
    }

    /// <summary>W2: ten steps, each durable, asked for and answered by HTTP, fifty clients.</summary>
    private static async Task<Dictionary<string, double>> TenStepsAsync(BenchHub hub)
    {
        var plan = await hub.SavePlanAsync("ten-steps", 10);
        await LoadAsync(hub, plan, 2_000);
        var (elapsed, latencies) = await LoadAsync(hub, plan, 10_000);
        await hub.VerifyAsync(plan, 12_000, 10);
        return new()
        {
            ["10 steps, 50 clients, executions/s"] = latencies.Count / elapsed.TotalSeconds,
            ["p50 ms"] = latencies[latencies.Count / 2],
            ["p99 ms"] = latencies[latencies.Count * 99 / 100],
        };
    }

    /// <summary>W3: forty steps in a row, one execution at a time.</summary>
    private static async Task<Dictionary<string, double>> FortyStepsAsync(BenchHub hub)
    {
        var plan = await hub.SavePlanAsync("forty-steps", 40);
        var latencies = new List<double>();
        for (var i = 0; i < 25; i++)
            latencies.Add(await ExecuteAsync(hub, plan));
        await hub.VerifyAsync(plan, 25, 40);
        var first = latencies[0];
        latencies = [.. latencies.Skip(5).Order()];
        return new() { ["40 steps in a row, ms"] = latencies[latencies.Count / 2], ["the first after the start, ms"] = first };
    }

    /// <summary>W4: one step for each of a hundred items, one execution at a time.</summary>
    private static async Task<Dictionary<string, double>> EachAsync(BenchHub hub)
    {
        var plan = await hub.SavePlanAsync("each", $$$"""
            {"name":"each","inputs":{"items":{"type":"list","default":[{{{string.Join(',', Enumerable.Range(0, 100))}}}]}},"steps":[
              {"id":"all","each":"${input.items}","parallel":8,"steps":[{"use":"logic.transform","with":{"value":"${item}"}}]}]}
            """);
        var latencies = new List<double>();
        for (var i = 0; i < 25; i++)
            latencies.Add(await ExecuteAsync(hub, plan));
        await hub.VerifyAsync(plan, 25, 101);
        latencies = [.. latencies.Skip(5).Order()];
        return new() { ["each over 100 items, ms"] = latencies[latencies.Count / 2] };
    }

    /// <summary>W7: a text that comes with the start goes through two steps and back, fifty clients.</summary>
    private static async Task<Dictionary<string, double>> PayloadAsync(BenchHub hub)
    {
        var plan = await hub.SavePlanAsync("payload", """
            {"name":"payload","inputs":{"data":"string"},"steps":[
              {"id":"one","use":"logic.transform","with":{"value":{"data":"${input.data}"}}},
              {"use":"logic.transform","with":{"value":{"data":"${steps.one.output.data}"}}}]}
            """);
        var figures = new Dictionary<string, double>();
        var total = 0;
        foreach (var (bytes, count) in ((int, int)[])[(16_000, 2_000), (160_000, 500)])
        {
            var body = $$$"""{"plan":"{{{plan}}}","inputs":{"data":"{{{Text(bytes)}}}"}}""";
            await LoadAsync(count / 5, () => ExecuteAsync(hub, plan, body));
            var (elapsed, latencies) = await LoadAsync(count, () => ExecuteAsync(hub, plan, body));
            figures[$"{bytes / 1000} KB through 2 steps, executions/s"] = count / elapsed.TotalSeconds;
            figures[$"{bytes / 1000} KB p99 ms"] = latencies[latencies.Count * 99 / 100];
            total += count + (count / 5);
        }

        await hub.VerifyAsync(plan, total, 2);
        return figures;
    }

    /// <summary>A text that does not compress to nothing, and is the same each time.</summary>
    private static string Text(int bytes)
    {
        var random = new Random(7);
        return new string([.. Enumerable.Range(0, bytes).Select(_ => (char)random.Next('a', 'z' + 1))]);
    }

    /// <summary>
    /// W5: ten thousand one-step executions wait while a thousand others hold every slot; then those are let go, and the queue is drained.
    /// </summary>
    private static async Task<Dictionary<string, double>> DrainAsync(BenchHub hub)
    {
        const int queued = 10_000, slots = 1_000;
        await using var gate = await GateServer.StartAsync();
        var plan = await hub.SavePlanAsync("one-step", 1);
        await LoadAsync(hub, plan, 2_000);
        var blocker = $$$"""{"plan":{"steps":[{"use":"http.request","with":{"url":"{{{gate.Url}}}"}}]}}""";
        await Parallel.ForAsync(0, slots, new ParallelOptions { MaxDegreeOfParallelism = Clients }, async (_, _) =>
        {
            using var answer = await hub.PostAsync("/api/execute", blocker);
            answer.EnsureSuccessStatusCode();
        });
        await gate.ArrivedAsync(slots);
        var before = TimeProvider.System.GetUtcNow();
        await Parallel.ForAsync(0, queued, new ParallelOptions { MaxDegreeOfParallelism = Clients }, async (_, _) =>
        {
            using var answer = await hub.PostAsync("/api/execute", $$"""{"plan":"{{plan}}"}""");
            answer.EnsureSuccessStatusCode();
        });
        var waiting = (await hub.GetAsync("/api/executions?status=queued&limit=500")).GetProperty("items").GetArrayLength();
        if (waiting < 500)
            throw new InvalidOperationException("The executions did not wait.");

        gate.Open();
        await hub.DrainedAsync();
        var drained = (await hub.ExecutionsAsync(plan)).Where(execution => execution.GetProperty("created_at").GetDateTimeOffset() >= before).ToList();
        await hub.VerifyAsync(plan, 2_000 + queued, 1);
        var began = drained.Min(execution => execution.GetProperty("started_at").GetDateTimeOffset());
        var ended = drained.Max(execution => execution.GetProperty("ended_at").GetDateTimeOffset());
        return new() { ["10,000 queued one-step plans, executions/s"] = queued / (ended - began).TotalSeconds };
    }

    /// <summary>W6: one step on an idle hub, from the request to its answer.</summary>
    private static async Task<Dictionary<string, double>> IdleAsync(BenchHub hub)
    {
        var plan = await hub.SavePlanAsync("idle", 1);
        var latencies = new List<double>();
        for (var i = 0; i < 300; i++)
            latencies.Add(await ExecuteAsync(hub, plan));
        latencies = [.. latencies.Skip(100).Order()];
        return new() { ["start to answer p50, ms"] = latencies[latencies.Count / 2], ["start to answer p99, ms"] = latencies[latencies.Count * 99 / 100] };
    }

    private static Task<(TimeSpan Elapsed, List<double> Latencies)> LoadAsync(BenchHub hub, string plan, int executions) =>
        LoadAsync(executions, () => ExecuteAsync(hub, plan));

    private static async Task<(TimeSpan Elapsed, List<double> Latencies)> LoadAsync(int executions, Func<Task<double>> executeAsync)
    {
        var latencies = new double[executions];
        var next = -1;
        var watch = Stopwatch.StartNew();
        await Task.WhenAll(Enumerable.Range(0, Clients).Select(async _ =>
        {
            while (Interlocked.Increment(ref next) is var index && index < executions)
                latencies[index] = await executeAsync();
        }));
        return (watch.Elapsed, [.. latencies.Order()]);
    }

    private static async Task<double> ExecuteAsync(BenchHub hub, string plan, string? body = null)
    {
        var started = Stopwatch.GetTimestamp();
        using var answer = await hub.PostAsync("/api/execute?wait=60s", body ?? $$"""{"plan":"{{plan}}"}""");
        var text = await answer.Content.ReadAsStringAsync();
        var elapsed = Stopwatch.GetElapsedTime(started).TotalMilliseconds;
        return JsonElement.Parse(text).GetProperty("status").GetString() == "succeeded" ? elapsed
            : throw new InvalidOperationException("An execution did not succeed: " + text);
    }
}
