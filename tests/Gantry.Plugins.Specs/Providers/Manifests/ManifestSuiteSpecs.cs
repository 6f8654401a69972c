using System.Collections.Concurrent;
using Gantry.Engine.Documents;
using Gantry.Engine.Providers.Manifests;
using Gantry.Engine.Providers.Manifests.Rehearsals;
using Shouldly;
using Xunit;

namespace Gantry.Plugins.Specs.Providers.Manifests;

/// <summary>Every manifest against a recorder that knows nothing but the manifest's own tree. What a provider's author gets by 'gantry provider test' for one, these do for all.</summary>
public sealed class ManifestSuiteSpecs
{
    [Fact]
    public async Task Every_action_sends_what_its_manifest_says() => (await ForEachAsync(async (stage, trials) =>
    {
        List<(string, RehearsedTrial)> all = [];
        foreach (var action in stage.Actions)
        {
            all.Add((action.Name, await trials.SendAsync(action, stage.AuthOf(action.Value), isAll: true, CancellationToken.None)));
            all.Add((action.Name, await trials.SendAsync(action, stage.AuthOf(action.Value), isAll: false, CancellationToken.None)));
        }

        foreach (var (action, way) in trials.OtherWays())
        {
            all.Add((action.Name, await trials.SendAsync(action, way, isAll: false, CancellationToken.None)));
        }

        return all;
    })).ShouldBeEmpty();

    [Fact]
    public async Task Whatever_is_wrong_with_a_parameter_is_told_before_anything_is_sent() =>
        (await ForEachAsync((stage, trials) => EachAsync(stage.Actions, trials.RefuseAsync))).ShouldBeEmpty();

    [Fact]
    public async Task Every_connection_is_verified_by_the_request_of_its_manifest() =>
        (await ForEachAsync(async (_, trials) => [("verify", await trials.VerifyAsync(CancellationToken.None))])).ShouldBeEmpty();

    [Fact]
    public async Task A_vendor_that_is_asked_too_often_is_asked_again() =>
        (await ForEachAsync((stage, trials) => EachAsync(stage.Actions, trials.AskAgainAsync))).ShouldBeEmpty();

    [Fact]
    public async Task A_token_that_the_vendor_refuses_is_renewed_once() =>
        (await ForEachAsync((stage, trials) => EachAsync(stage.Actions, trials.RenewAsync))).ShouldBeEmpty();

    [Fact]
    public async Task A_failure_within_a_200_is_a_failure() =>
        (await ForEachAsync((stage, trials) => EachAsync(stage.Actions, trials.FailInSuccessAsync))).ShouldBeEmpty();

    [Fact]
    public async Task An_answer_that_breaks_off_or_is_a_web_page_is_told_as_such() =>
        (await ForEachAsync((stage, trials) => EachAsync(stage.Actions, trials.BreakOffAsync))).ShouldBeEmpty();

    [Fact]
    public async Task Every_list_is_read_to_its_end() =>
        (await ForEachAsync((stage, trials) => EachAsync(stage.Actions, trials.PageAsync))).ShouldBeEmpty();

    private static async Task<IReadOnlyList<(string, RehearsedTrial)>> EachAsync(IEnumerable<DocumentMember> actions, Func<DocumentMember, CancellationToken, Task<RehearsedTrial>> tryAsync)
    {
        List<(string, RehearsedTrial)> all = [];
        foreach (var action in actions)
        {
            all.Add((action.Name, await tryAsync(action, CancellationToken.None)));
        }

        return all;
    }

    private static async Task<IReadOnlyList<string>> ForEachAsync(Func<RehearsalStage, ManifestTrials, Task<IReadOnlyList<(string Action, RehearsedTrial Trial)>>> rehearseAsync)
    {
        ConcurrentBag<string> all = [];
        await Parallel.ForEachAsync(AllManifests.Ids.Chunk(40), new ParallelOptions { MaxDegreeOfParallelism = Math.Max(2, Environment.ProcessorCount) }, async (ids, _) =>
        {
            await using var recorder = new VendorRecorder();
            foreach (var id in ids)
            {
                var stage = new RehearsalStage(AllManifests.Read(id), AllManifests.Tree(id), recorder);
                foreach (var (action, trial) in await rehearseAsync(stage, new ManifestTrials(stage)))
                {
                    trial.Faults.Select(fault => $"{id}.{action} ({trial.Trial}): {fault}").ToList().ForEach(all.Add);
                }
            }
        });
        return [.. all.Order(StringComparer.Ordinal)];
    }
}
