using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;
using Npgsql;
using Shouldly;
using Xunit;

namespace Gantry.Hub.Specs.Executions;

/// <summary>A hub in a process of its own, whose memory stays as it is however much its steps give: outputs rest in the database.</summary>
public sealed class LargeOutputSpecs(TestPostgres postgres) : IAsyncLifetime
{
    private const int Megabyte = 1024 * 1024;

    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("gantry-large-");
    private string database = "";
    private MegabyteServer source = null!;

    public async ValueTask InitializeAsync()
    {
        database = await postgres.CreateDatabaseAsync();
        source = await MegabyteServer.StartAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await source.DisposeAsync();
        folder.Delete(recursive: true);
    }

    [Fact]
    public async Task Many_executions_of_a_megabyte_each_leave_the_hubs_memory_flat()
    {
        var executions = Environment.GetEnvironmentVariable("GANTRY_TEST_SLOW") == "1" ? 1_000 : 100;
        await using var hub = await HubProcess.StartAsync(folder.FullName, database, null);
        var plan = new
        {
            plan = new
            {
                steps = new object[]
                {
                    Get("big"),
                    new { id = "length", use = "logic.transform", with = new { value = "${length(steps.big.output.body)}" } },
                    new { wait = "100ms" },
                    new { use = "logic.transform", with = new { value = new { big = "${steps.big.output.body}", length = "${steps.length.output.value ?? steps.length.output}" } } },
                },
            },
        };

        var started = 0;
        await Task.WhenAll(Enumerable.Range(0, 8).Select(async _ =>
        {
            while (Interlocked.Increment(ref started) <= executions)
            {
                using var answer = await hub.Client!.PostAsJsonAsync("/api/execute?wait=5m", plan);
                var ended = await answer.ReadJsonAsync();
                ended.GetProperty("status").GetString().ShouldBe("succeeded", ended.GetRawText());
                ended.GetProperty("output_bytes").GetInt32().ShouldBeGreaterThan(Megabyte);
            }
        }));

        TestContext.Current.TestOutputHelper?.WriteLine($"{executions} executions of 1 MB: at most {hub.MemoryMax / Megabyte} MB.");
        hub.MemoryMax.ShouldBeLessThan(600L * Megabyte);
    }

    /// <summary>By a heap that could not hold them all: how much a process takes where it may is chance.</summary>
    [Fact]
    public async Task Outputs_that_come_all_at_once_are_taken_in_turn()
    {
        var (executions, heapBytesMax) = Environment.GetEnvironmentVariable("GANTRY_TEST_SLOW") == "1" ? (1_000, 500L * Megabyte) : (150, 250L * Megabyte);
        source.AnswersFrom = executions;
        await using var hub = await HubProcess.StartAsync(folder.FullName, database, null, heapBytesMax: heapBytesMax);
        using var patient = new HttpClient { BaseAddress = hub.Client!.BaseAddress, Timeout = Timeout.InfiniteTimeSpan };
        patient.DefaultRequestHeaders.Authorization = hub.Client.DefaultRequestHeaders.Authorization;
        var before = hub.MemoryMax;
        var plan = new
        {
            steps = new object[]
            {
                new { id = "big", use = "http.request", with = new { url = source.Url, timeout = "10m" } },
                new { use = "logic.transform", with = new { value = new { again = "${steps.big.output.body}" } } },
            },
        };

        var ended = await Task.WhenAll(Enumerable.Range(0, executions).Select(async _ =>
        {
            using var answer = await patient.PostAsJsonAsync("/api/execute?wait=10m", new { plan });
            return await answer.ReadJsonAsync();
        }));

        ended.ShouldAllBe(execution => execution.GetProperty("status").GetString() == "succeeded" && execution.GetProperty("output_bytes").GetInt32() > Megabyte);
        source.Requests.ShouldBe(executions);
        TestContext.Current.TestOutputHelper?.WriteLine($"{executions} outputs of 1 MB at once: {before / Megabyte} MB before, at most {hub.MemoryMax / Megabyte} MB.");
    }

    [Fact]
    public async Task An_execution_of_two_hundred_megabytes_is_taken_up_again_without_holding_them()
    {
        var id = "";
        var steps = Enumerable.Range(0, 200).Select(number => Get($"s{number}"))
            .Append(new { approve = new { ask = "Go on?" } })
            .Concat(Enumerable.Range(0, 5).Select(asker => (object)new
            {
                use = "logic.transform",
                with = new { value = string.Concat(Enumerable.Range(40 * asker, 40).Select(number => $"${{length(steps.s{number}.output.body)}} ")) },
            }))
            .ToArray();
        await using (var first = await HubProcess.StartAsync(folder.FullName, database, null))
        {
            using var accepted = await first.PostAsync("/api/execute", new { plan = new { steps } }, "once");
            id = (await accepted.ShouldNotBeNull().ReadJsonAsync()).GetProperty("id").GetString()!;
            await first.EventAsync(id, data => data.Contains("\"approve\"", StringComparison.Ordinal));
            first.MemoryMax.ShouldBeLessThan(500L * Megabyte);
            first.Kill();
        }

        await using var second = await HubProcess.StartAsync(folder.FullName, database, null);
        using (var approved = await second.Client!.PostAsJsonAsync($"/api/executions/{id}/approve", new { approve = true }))
            approved.EnsureSuccessStatusCode();
        var events = await second.EventsAsync(id);

        events[^1].ShouldContain("\"succeeded\"");
        var shown = await second.Client!.GetFromJsonAsync<JsonElement>($"/api/executions/{id}");
        shown.GetProperty("output").GetRawText().ShouldContain(string.Join(' ', Enumerable.Repeat(Megabyte.ToString(CultureInfo.InvariantCulture), 40)));
        source.Requests.ShouldBe(200);
        TestContext.Current.TestOutputHelper?.WriteLine($"200 steps of 1 MB, taken up again: at most {second.MemoryMax / Megabyte} MB.");
        second.MemoryMax.ShouldBeLessThan(500L * Megabyte);
    }

    [Fact]
    public async Task What_a_called_plan_gives_reaches_its_caller_by_reference()
    {
        await using var hub = await HubProcess.StartAsync(folder.FullName, database, null);
        using (var saved = await hub.Client!.PutAsJsonAsync("/api/plans/called", new { steps = new[] { Get("big") } }))
            saved.EnsureSuccessStatusCode();
        var plan = new
        {
            steps = new object[]
            {
                new { id = "called", call = new { plan = "called" } },
                new { wait = "10ms" },
                new { use = "logic.transform", with = new { value = "${length(steps.called.output.body)}" } },
            },
        };

        using var answer = await hub.Client!.PostAsJsonAsync("/api/execute?wait=5m", new { plan });
        var ended = await answer.ReadJsonAsync();

        ended.GetProperty("status").GetString().ShouldBe("succeeded", ended.GetRawText());
        ended.GetProperty("output").GetRawText().ShouldContain("1048576");
        var id = ended.GetProperty("id").GetString();
        var shown = await hub.Client!.GetFromJsonAsync<JsonElement>($"/api/executions/{id}");
        var url = shown.GetProperty("steps")[0].GetProperty("output_url").GetString();
        (await hub.Client!.GetFromJsonAsync<JsonElement>(url)).GetProperty("body").GetString()!.Length.ShouldBe(Megabyte);
        (await AskAsync<int>("select length(payload) from gantry.execution_signals")).ShouldBeLessThan(1_000);

        // The caller's own row: one that is run again takes it over.
        using var again = await hub.Client!.PostAsJsonAsync($"/api/executions/{id}/rerun?wait=5m", new { from = "2" });
        var rerun = await again.ReadJsonAsync();
        rerun.GetProperty("status").GetString().ShouldBe("succeeded", rerun.GetRawText());
    }

    [Fact]
    public async Task An_each_over_very_many_items_runs_each_once_is_shown_whole_and_holds_little()
    {
        var items = Environment.GetEnvironmentVariable("GANTRY_TEST_SLOW") == "1" ? 100_000 : 4_000;
        await using var hub = await HubProcess.StartAsync(folder.FullName, database, null);
        var plan = new
        {
            inputs = new { items = "list" },
            steps = new object[]
            {
                new { id = "all", each = "${input.items}", parallel = 8, steps = new object[] { new { use = "logic.transform", with = new { value = "${item}" } } } },
                new { use = "logic.transform", with = new { value = "${length(steps.all.output)}" } },
            },
        };

        using var answer = await hub.Client!.PostAsJsonAsync("/api/execute?wait=9m", new { plan, inputs = new { items = Enumerable.Range(0, items) } });
        var ended = await answer.ReadJsonAsync();
        var took = ended.GetProperty("ended_at").GetDateTimeOffset() - ended.GetProperty("started_at").GetDateTimeOffset();
        var held = hub.MemoryMax;
        var shown = await hub.Client!.GetFromJsonAsync<JsonElement>($"/api/executions/{ended.GetProperty("id").GetString()}");

        ended.GetProperty("output").GetInt32().ShouldBe(items);
        shown.GetProperty("steps").GetArrayLength().ShouldBe(items + 2);
        (await AskAsync<long>("select count(*) from gantry.execution_steps where status = 'succeeded' and attempt = 1")).ShouldBe(items + 2);
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"{items} items in {took.TotalSeconds:F1} s: at most {held / Megabyte} MB, and {hub.MemoryMax / Megabyte} MB when all are shown.");
        hub.MemoryMax.ShouldBeLessThan(800L * Megabyte);
    }

    private object Get(string id) => new { id, use = "http.request", with = new { url = source.Url } };

    private async Task<T> AskAsync<T>(string sql)
    {
        await using var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(database) { Pooling = false }.ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        return (T)(await command.ExecuteScalarAsync())!;
    }
}
