using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Gantry.Engine.Documents;
using Gantry.Engine.Providers;
using Microsoft.AspNetCore.Http;
using Shouldly;
using Xunit;

namespace Gantry.Plugins.Specs.Providers.Manifests;

/// <summary>Every action of every manifest against a recorder that knows nothing but the manifest's own tree.</summary>
public sealed class ManifestSuiteSpecs
{
    [Fact]
    public async Task Every_action_sends_what_its_manifest_says() => (await ForEachAsync(async (rehearsal, faults) =>
    {
        foreach (var action in rehearsal.Actions)
        {
            foreach (var isAll in (bool[])[true, false])
            {
                await SendAsync(rehearsal, action, rehearsal.AuthOf(action.Value), isAll, faults);
            }
        }

        foreach (var auth in rehearsal.Tree.Find("auth")!.Value.Items.Skip(1))
        {
            if (rehearsal.Actions.FirstOrDefault(action => action.Value.Find("auth")?.Value.Items.Any(item => item.Text == GeneratedValues.Text(auth, "id")) != false) is { } action
                && rehearsal.Tree.Find("auth")!.Value.Items.TakeWhile(other => other != auth).All(IsNamed))
            {
                await SendAsync(rehearsal, action, auth, isAll: false, faults);
            }
        }
    })).ShouldBeEmpty();

    [Fact]
    public async Task Whatever_is_wrong_with_a_parameter_is_told_before_anything_is_sent() => (await ForEachAsync(async (rehearsal, faults) =>
    {
        foreach (var action in rehearsal.Actions)
        {
            rehearsal.Begin();
            var connection = rehearsal.ConnectionOf(rehearsal.AuthOf(action.Value));
            foreach (var parameter in action.Value.Find("params")?.Value.Members ?? [])
            {
                if (GeneratedValues.Text(parameter.Value, "required") == "true" && parameter.Value.Find("default") is null)
                {
                    var without = Rehearsal.Parameters(action.Value, isAll: true);
                    without.Remove(parameter.Name);
                    await RefuseAsync(rehearsal, action.Name, without, connection, parameter.Name, "it is missing", faults);
                }

                foreach (var (what, value) in GeneratedValues.WrongFor(parameter.Value))
                {
                    var wrong = Rehearsal.Parameters(action.Value, isAll: true);
                    wrong[parameter.Name] = value.DeepClone();
                    await RefuseAsync(rehearsal, action.Name, wrong, connection, parameter.Name, what, faults);
                }
            }

            var unknown = Rehearsal.Parameters(action.Value, isAll: true);
            unknown["gantry_unknown"] = 1;
            await RefuseAsync(rehearsal, action.Name, unknown, connection, "gantry_unknown", "there is no such parameter", faults);
            faults.AddIf(rehearsal.Asked.Count > 0, $"{rehearsal.Id}.{action.Name}: something was sent");
        }
    })).ShouldBeEmpty();

    [Fact]
    public async Task Every_connection_is_verified_by_the_request_of_its_manifest() => (await ForEachAsync(async (rehearsal, faults) =>
    {
        if (rehearsal.Tree.Find("verify")?.Value is not { } verify)
        {
            return;
        }

        var auth = rehearsal.Tree.Find("auth")!.Value.Items[0];
        await rehearsal.AgreeAsync(auth);
        rehearsal.Begin();
        rehearsal.Acting = null;
        rehearsal.Script = (_, _) => new AnswerSketch().Set(GeneratedValues.Text(verify, "who"), "someone@example.org");
        try
        {
            var who = await rehearsal.Provider.VerifyAsync(rehearsal.CallOf("", [], rehearsal.ConnectionOf(auth)), CancellationToken.None);

            faults.AddIf(rehearsal.Asked.Count != 1, $"{rehearsal.Id}: verify asked {rehearsal.Asked.Count} times");
            faults.AddIf(GeneratedValues.Text(verify, "who") is not null && who != "someone@example.org", $"{rehearsal.Id}: verify says '{who}'");
            faults.AddIf(rehearsal.Asked is [var asked] && asked.Method != GeneratedValues.Text(verify, "call")!.Split(' ')[0], $"{rehearsal.Id}: verify has another method");
        }
        catch (ProviderException exception)
        {
            faults.Add($"{rehearsal.Id}: verify failed: {exception.Message}");
        }
    })).ShouldBeEmpty();

    private static bool IsNamed(DocumentNode auth) => auth.Find("fields")?.Value.Members.Any(field => GeneratedValues.Text(field.Value, "required") == "true") == true || GeneratedValues.Text(auth, "kind") == "oauth2";

    private static async Task SendAsync(Rehearsal rehearsal, DocumentMember action, DocumentNode auth, bool isAll, List<string> faults)
    {
        var given = Rehearsal.Parameters(action.Value, isAll);
        var connection = rehearsal.ConnectionOf(auth);
        await rehearsal.AgreeAsync(auth);
        rehearsal.Begin();
        rehearsal.Acting = action.Value;
        var name = $"{rehearsal.Id}.{action.Name} ({(isAll ? "all" : "required")})";
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        try
        {
            var result = await rehearsal.Provider.RunAsync(rehearsal.CallOf(action.Name, given, connection), limit.Token);

            faults.AddIf(!result.IsSuccess, $"{name}: {result.Message}");
        }
        catch (Exception exception)
        {
            faults.Add($"{name}: {exception.GetType().Name}: {exception.Message}");
        }

        if (rehearsal.Asked.Count > 0)
        {
            faults.AddRange(ExpectedRequest.Faults(rehearsal.Tree, action.Value, given, connection, auth, rehearsal.Asked[0]).Select(fault => $"{name}: {fault}"));
        }
    }

    private static async Task RefuseAsync(
        Rehearsal rehearsal, string action, JsonObject given, IReadOnlyDictionary<string, string> connection, string parameter, string what, List<string> faults)
    {
        try
        {
            await rehearsal.Provider.RunAsync(rehearsal.CallOf(action, given, connection), CancellationToken.None);
            faults.Add($"{rehearsal.Id}.{action}: '{parameter}' was taken: {what}");
        }
        catch (ProviderException exception) when (exception.Error.Kind == ProviderErrorKind.BadRequest && exception.Message.Contains($"'{parameter}'", StringComparison.Ordinal))
        {
            // As it should be.
        }
        catch (Exception exception)
        {
            faults.Add($"{rehearsal.Id}.{action}: '{parameter}' ({what}) was not told as it should be: {exception.Message}");
        }
    }

    internal static async Task<IReadOnlyList<string>> ForEachAsync(Func<Rehearsal, List<string>, Task> rehearse)
    {
        ConcurrentBag<string> all = [];
        await Parallel.ForEachAsync(AllManifests.Ids.Chunk(40), new ParallelOptions { MaxDegreeOfParallelism = Math.Max(2, Environment.ProcessorCount) }, async (ids, _) =>
        {
            await using var recorder = await Recorder.StartAsync();
            foreach (var id in ids)
            {
                List<string> faults = [];
                try
                {
                    await rehearse(new Rehearsal(id, recorder), faults);
                }
                catch (Exception exception)
                {
                    faults.Add($"{id}: {exception.GetType().Name}: {exception.Message}");
                }

                faults.ForEach(all.Add);
            }
        });
        return [.. all.Order(StringComparer.Ordinal)];
    }
}

internal static class FaultList
{
    public static void AddIf(this List<string> faults, bool isFault, string what)
    {
        if (isFault)
        {
            faults.Add(what);
        }
    }
}
