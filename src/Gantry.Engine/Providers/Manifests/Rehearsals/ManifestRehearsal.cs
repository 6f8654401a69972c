using Gantry.Engine.Documents;
using Gantry.Engine.Settings;

namespace Gantry.Engine.Providers.Manifests.Rehearsals;

/// <summary>
/// Tries a manifest without its vendor: every action is sent, with values that are made up, to a recorder on this machine, and what arrives is held against what the manifest says.
/// </summary>
public static class ManifestRehearsal
{
    /// <param name="text">The manifest.</param>
    /// <param name="name">What its file is called, for messages.</param>
    /// <param name="given">Values that are not made up: of parameters by NAME or ACTION.NAME, of the connection by connection.NAME.</param>
    /// <param name="only">The id of the one action that is tried; null for all, and the verifying of a connection.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="ManifestException">It cannot be used; it says all that is wrong.</exception>
    /// <exception cref="ArgumentException">There is no such action, or nothing that a given value is for.</exception>
    public static async Task<RehearsalReport> RunAsync(string text, string name, IReadOnlyDictionary<string, string> given, string? only, CancellationToken cancellationToken)
    {
        var manifest = ManifestReader.Read(text, name);
        CheckNames(manifest, given, only);
        await using var recorder = new VendorRecorder();
        var stage = new RehearsalStage(manifest, ManifestReader.Tree(text), recorder, given);
        var trials = new ManifestTrials(stage);
        List<RehearsedAction> actions = [];
        foreach (var action in stage.Actions.Where(action => only is null || action.Name == only))
        {
            actions.Add(new RehearsedAction(action.Name, await TryAsync(stage, trials, action, cancellationToken)));
        }

        return new RehearsalReport(manifest.Id, manifest.Verify is null || only is not null ? null : await trials.VerifyAsync(cancellationToken), actions);
    }

    private static void CheckNames(Manifest manifest, IReadOnlyDictionary<string, string> given, string? only)
    {
        if (only is not null && manifest.FindAction(only) is null)
        {
            throw new ArgumentException($"{manifest.Name} has no action '{only}'.{NearestName.Hint(only, manifest.Actions.Select(action => action.Id))}");
        }

        var known = manifest.Fields.Select(field => $"connection.{field.Name}")
            .Concat(manifest.Actions.SelectMany(action => action.Parameters.SelectMany(parameter => (string[])[parameter.Id, $"{action.Id}.{parameter.Id}"])))
            .ToHashSet(StringComparer.Ordinal);
        if (given.Keys.FirstOrDefault(name => !known.Contains(name)) is { } unknown)
        {
            throw new ArgumentException($"Nothing of {manifest.Name} is called '{unknown}'.{NearestName.Hint(unknown, known)}");
        }
    }

    private static async Task<IReadOnlyList<RehearsedTrial>> TryAsync(RehearsalStage stage, ManifestTrials trials, DocumentMember action, CancellationToken cancellationToken)
    {
        var way = stage.AuthOf(action.Value);
        List<RehearsedTrial> all = [await trials.SendAsync(action, way, isAll: true, cancellationToken), await trials.SendAsync(action, way, isAll: false, cancellationToken)];
        foreach (var other in trials.OtherWays().Where(other => other.Action == action))
        {
            all.Add(await trials.SendAsync(action, other.Way, isAll: false, cancellationToken));
        }

        all.Add(await trials.RefuseAsync(action, cancellationToken));
        all.Add(await trials.AskAgainAsync(action, cancellationToken));
        all.Add(await trials.RenewAsync(action, cancellationToken));
        all.Add(await trials.PageAsync(action, cancellationToken));
        all.Add(await trials.FailInSuccessAsync(action, cancellationToken));
        all.Add(await trials.BreakOffAsync(action, cancellationToken));
        return all;
    }
}
