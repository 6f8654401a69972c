using System.Text.Json;
using Gantry.Engine.Endpoints;
using Gantry.Engine.Plans;
using Gantry.Engine.Secrets;
using Gantry.Engine.Transfers;
using Gantry.TestServers;
using Shouldly;
using Xunit;

namespace Gantry.Plugins.Specs.Transfer;

/// <summary>Several targets in a row, as steps of one plan that name each other's manifests.</summary>
public sealed class ChainSpecs : IDisposable
{
    private readonly TemporaryFolder folder = new();

    [Fact]
    public async Task What_failed_on_the_way_to_the_first_target_is_not_looked_for_by_the_second_and_all_else_arrives()
    {
        folder.WriteFile("from/a", "1");
        folder.WriteFile("from/in/b", "2");
        folder.WriteFile("from/bad", "3");
        Directory.CreateDirectory(folder["one/bad"]);

        var (outcome, journal) = await RunAsync($$$"""
            steps:
              - { id: one, use: transfer.copy, keep_going: true, with: { from: "{{{folder["from"]}}}", to: "{{{folder["one"]}}}/" } }
              - use: transfer.copy
                with: { from: "{{{folder["one"]}}}", to: "{{{folder["two"]}}}/", arrived_in: ["${execution.id}/0"] }
            """);

        (outcome.Status, outcome.FailedStepPath).ShouldBe((ExecutionStatus.Failed, "0"));
        outcome.Error!.Message.ShouldContain("1 failed");
        journal.Attempts.Select(attempt => attempt.Status).ShouldBe([StepStatus.Failed, StepStatus.Succeeded]);
        Files("two").ShouldBe(["a", "in/b"]);
    }

    [Fact]
    public async Task Files_are_named_one_by_one_and_one_that_is_not_there_fails()
    {
        foreach (var name in (string[])["a", "b", "c/d"]) folder.WriteFile("from/" + name, name);

        var (outcome, _) = await RunAsync($$"""
            steps:
              - use: transfer.copy
                with: { from: "{{folder["from"]}}", to: "{{folder["to"]}}", files: [a, c, nowhere, b], exclude: ["b"] }
            """);

        outcome.Error!.Message.ShouldContain("nowhere: It was named, and is not there.");
        outcome.Output!.Value.GetProperty("failed").GetInt32().ShouldBe(1);
        Files("to").ShouldBe(["a", "c/d"]);
    }

    [Fact]
    public async Task A_list_without_a_name_moves_nothing_and_connects_nowhere()
    {
        var (outcome, _) = await RunAsync("""steps: [{ use: transfer.copy, with: { from: /nowhere, to: /neither, files: [] } }]""");

        outcome.Status.ShouldBe(ExecutionStatus.Succeeded);
    }

    [Fact]
    public async Task A_manifest_that_is_not_there_is_an_error_and_not_an_empty_list()
    {
        var (outcome, _) = await RunAsync(
            """steps: [{ use: transfer.copy, with: { from: /nowhere, to: /neither, failed_in: ["01900000-0000-7000-8000-0000000000ff/0"] } }]""");

        outcome.Error!.Message.ShouldContain("There is no manifest '01900000-0000-7000-8000-0000000000ff/0'");
    }

    public void Dispose() => folder.Dispose();

    private static async Task<(PlanOutcome Outcome, MemoryJournal Journal)> RunAsync(string plan)
    {
        var document = PlanReader.Read(plan);
        PlanCheck.Check(document, AllPlugins.Providers).ShouldBeEmpty();
        var (id, journal) = (Guid.CreateVersion7(), new MemoryJournal());
        var outcome = await new PlanRunner(AllPlugins.Providers, TimeProvider.System).RunAsync(
            new PlanRun
            {
                ExecutionId = id,
                Plan = document.Plan!,
                Inputs = JsonElement.Parse("{}"),
                Secrets = new StoredSecrets(),
                Endpoints = new LocalOpener(),
                Manifests = new MemoryManifests(id),
            },
            journal,
            TestContext.Current.CancellationToken);
        return (outcome, journal);
    }

    private IEnumerable<string> Files(string name) => Directory.EnumerateFiles(folder[name], "*", SearchOption.AllDirectories)
        .Select(path => Path.GetRelativePath(folder[name], path)).Order(StringComparer.Ordinal);

    private sealed class LocalOpener : IEndpointOpener
    {
        public ValueTask<IEndpoint> OpenAsync(string address, CancellationToken cancellationToken) => ValueTask.FromResult(
            AllPlugins.Endpoints.Open(AllPlugins.Endpoints.Parse(address)!, new EndpointContext { Secrets = new StoredSecrets() }));
    }
}
