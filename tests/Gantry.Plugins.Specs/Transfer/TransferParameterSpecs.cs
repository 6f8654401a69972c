using System.Diagnostics;
using System.Text.Json;
using Gantry.Engine.Endpoints;
using Gantry.Engine.Endpoints.Limits;
using Gantry.Engine.Providers;
using Gantry.Engine.Secrets;
using Gantry.Plugins.Providers.Transfer;
using Gantry.TestServers;
using Shouldly;
using Xunit;

namespace Gantry.Plugins.Specs.Transfer;

/// <summary>Every option of the command line is a parameter of a step as well.</summary>
public sealed class TransferParameterSpecs : IDisposable
{
    private static readonly Guid execution = Guid.Parse("0197f0a0-0000-7000-8000-000000000001");
    private readonly TemporaryFolder folder = new();
    private readonly Opener opener = new();
    private readonly Told told = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task A_target_with_variables_goes_by_the_execution_and_its_time()
    {
        folder.WriteFile("from/in/a.txt", "1");

        var result = await RunAsync("copy", """{"from": "@/from", "to": "@/to/{date:yyyy-MM-dd}/{execution}/{source.dir}-{filename}", "time_zone": "Asia/Tokyo"}""");

        result.IsSuccess.ShouldBeTrue(result.Message);
        File.Exists(folder[$"to/2026-02-01/{execution}/in-a.txt"]).ShouldBeTrue();
    }

    [Theory]
    [InlineData("""{"from": "@/from", "to": "@/to/{yaer}"}""")]
    [InlineData("""{"from": "@/from", "to": "@/to", "time_zone": "Mars"}""")]
    [InlineData("""{"from": "@/from", "to": "@/to", "bandwidth": "10"}""")]
    [InlineData("""{"from": "@/from", "to": "@/to", "bandwidth": "10M:1M"}""")]
    [InlineData("""{"from": "@/from", "to": "@/to", "priority": "asap"}""")]
    [InlineData("""{"from": "@/from", "to": "@/to", "max_age": "5"}""")]
    [InlineData("""{"from": "@/from", "to": "@/to", "metadata": {"a": 1}}""")]
    [InlineData("""{"from": "@/from", "to": "@/to", "backup_dir": "/elsewhere/../x"}""")]
    public async Task What_makes_no_sense_fails_before_anything_moves(string parameters)
    {
        folder.WriteFile("from/a", "1");

        var failure = await Should.ThrowAsync<EndpointException>(() => RunAsync("copy", parameters));

        failure.Error.ShouldBeOneOf(EndpointError.BadSetting, EndpointError.BadPath);
        Directory.Exists(folder["to"]).ShouldBeFalse();
    }

    [Fact]
    public async Task A_backup_and_a_purge_and_kept_names()
    {
        folder.WriteFile("from/a", "new");
        folder.WriteFile("more/b", "2");
        folder.WriteFile("to/a", "older");
        folder.WriteFile("to/stray", "3");

        var result = await RunAsync("copy", """{"from": "@/from", "kept_from": ["@/more"], "to": "@/to", "backup_dir": "@/old/{year}", "purge": true, "max_delete": 1}""");

        result.IsSuccess.ShouldBeTrue(result.Message);
        Files("to").ShouldBe(["a", "more/b"]);
        Files("old").ShouldBe(["2026/a", "2026/stray"]);
    }

    [Fact]
    public async Task Case_and_ages_of_weeks_are_understood()
    {
        folder.WriteFile("from/A.TXT", "1");
        folder.WriteFile("from/b.txt", "2");
        File.SetLastWriteTimeUtc(folder["from/b.txt"], TimeProvider.System.GetUtcNow().AddDays(-20).UtcDateTime);

        await RunAsync("copy", """{"from": "@/from", "to": "@/to", "include": ["*.txt"], "ignore_case": true, "max_age": "2w"}""");

        Files("to").ShouldBe(["A.TXT"]);
    }

    [Fact]
    public async Task A_step_keeps_to_its_bandwidth()
    {
        folder.WriteFile("from/a", new string('x', 300_000));
        var begin = Stopwatch.GetTimestamp();

        (await RunAsync("copy", """{"from": "@/from", "to": "@/to", "bandwidth": "400K", "parallel_source": 2, "parallel_target": 3}""")).IsSuccess.ShouldBeTrue();

        Stopwatch.GetElapsedTime(begin).TotalSeconds.ShouldBeGreaterThan(0.4);
    }

    [Fact]
    public async Task A_step_waits_for_its_place_and_says_so_and_an_urgent_one_does_not()
    {
        folder.WriteFile("from/a", "1");
        opener.Limits = new EndpointLimits(new LimitSettings { TransfersMax = 1 });
        var other = await opener.Limits.EnterAsync(TransferPriority.Normal, TestContext.Current.CancellationToken);

        (await RunAsync("copy", """{"from": "@/from", "to": "@/urgent", "priority": "urgent"}""")).IsSuccess.ShouldBeTrue();
        told.Messages.ShouldNotContain(message => message.Contains("Waiting", StringComparison.Ordinal));
        var waiting = RunAsync("copy", """{"from": "@/from", "to": "@/to"}""");
        told.Messages.ShouldContain(message => message.Contains("Waiting", StringComparison.Ordinal));
        waiting.IsCompleted.ShouldBeFalse();
        other.Dispose();

        (await waiting).IsSuccess.ShouldBeTrue();
    }

    private IReadOnlyList<string> Files(string name) =>
        [.. Directory.GetFiles(folder[name], "*", SearchOption.AllDirectories).Select(file => Path.GetRelativePath(folder[name], file)).Order(StringComparer.Ordinal)];

    private Task<ProviderResult> RunAsync(string action, string parameters) => new TransferProvider().RunAsync(
        new ProviderCall
        {
            Action = action,
            Parameters = JsonElement.Parse(parameters.Replace("@", folder.Path, StringComparison.Ordinal)),
            Secrets = new StoredSecrets(),
            Endpoints = opener,
            IdempotencyKey = "key",
            Log = told,
            ExecutionId = execution,
            AcceptedAt = new DateTimeOffset(2026, 1, 31, 23, 0, 0, TimeSpan.Zero),
        },
        TestContext.Current.CancellationToken);

    private sealed class Opener : IEndpointOpener
    {
        public EndpointLimits? Limits { get; set; }

        public ValueTask<IEndpoint> OpenAsync(string address, CancellationToken cancellationToken) =>
            ValueTask.FromResult(AllPlugins.Endpoints.Open(AllPlugins.Endpoints.Parse(address)!, new EndpointContext { Secrets = new StoredSecrets() }));

        public ValueTask<EndpointLimits?> FindLimitsAsync(string address, CancellationToken cancellationToken) => ValueTask.FromResult(Limits);
    }

    private sealed class Told : IStepLog
    {
        public List<string> Messages { get; } = [];

        public void Write(StepLogLevel level, string message, JsonElement? fields = null) => Messages.Add(message);

        public void Report(JsonElement progress)
        {
        }
    }
}
