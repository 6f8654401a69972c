using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using System.Xml;
using Gantry.Engine.Documents;

namespace Gantry.Engine.Providers.Manifests.Rehearsals;

/// <summary>What is tried of a manifest: that it sends what it says, takes no wrong parameters, and reads what vendors answer.</summary>
internal sealed partial class ManifestTrials(RehearsalStage stage)
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    /// <summary>The request of one action, held against the manifest's own tree.</summary>
    public Task<RehearsedTrial> SendAsync(DocumentMember action, DocumentNode way, bool isAll, CancellationToken cancellationToken) =>
        TryAsync($"{(isAll ? "all" : "required")} parameters{(way == stage.AuthOf(action.Value) ? "" : $", signed in by {RehearsalStage.NameOf(way)}")}", async (faults, trial) =>
        {
            var given = stage.Parameters(action, isAll);
            var connection = stage.ConnectionOf(way);
            stage.Begin(action.Value);
            var (error, isCut) = await RunAsync(action, way, given, cancellationToken);
            faults.AddIf(error is not null, error?.Message ?? "");
            if (stage.Asked is [var first, ..])
            {
                faults.AddRange(ExpectedRequest.Faults(stage.Tree, action.Value, given, connection, way, first));
            }
            else
            {
                faults.AddIf(!stage.IsOfTokens(action) && error is null, "Nothing was sent.");
            }

            return isCut ? trial with { Note = "its job was not followed: what 'until' says is more than one comparison" } : trial;
        });

    /// <summary>Further ways to sign in, by the first action that takes them; those before it have to want a field, else they would be chosen.</summary>
    public IEnumerable<(DocumentMember Action, DocumentNode Way)> OtherWays() =>
        from way in stage.Ways.Skip(1)
        where stage.Ways.TakeWhile(other => other != way).All(WantsSomething)
        let action = stage.Actions.FirstOrDefault(action => RehearsalStage.Takes(action.Value, way) && way != stage.AuthOf(action.Value))
        where action is not null
        select (action, way);

    /// <summary>Every parameter left out, of another type, or outside of its bounds: each is told, and nothing is sent.</summary>
    public Task<RehearsedTrial> RefuseAsync(DocumentMember action, CancellationToken cancellationToken) => TryAsync("wrong parameters", async (faults, trial) =>
    {
        var complete = stage.Parameters(action, isAll: true);
        var connection = stage.ConnectionOf(stage.AuthOf(action.Value));
        var wrongs = Wrongs(action).ToList();
        stage.Begin(null);
        foreach (var (parameter, what, value) in wrongs)
        {
            var given = (JsonObject)complete.DeepClone();
            given.Remove(parameter);
            if (value is not null)
            {
                given[parameter] = value.DeepClone();
            }

            await RefuseAsync(stage.CallOf(action.Name, given, connection), parameter, what, faults, cancellationToken);
        }

        faults.AddIf(stage.Asked.Count > 0, "Something was sent all the same.");
        return trial with { Note = $"{wrongs.Count} refused" };
    });

    /// <summary>Who a connection belongs to.</summary>
    public Task<RehearsedTrial> VerifyAsync(CancellationToken cancellationToken) => TryAsync("verify", async (faults, trial) =>
    {
        if (stage.Tree.Find("verify")?.Value is not { } verify)
        {
            return trial with { NotTried = "the manifest does not say how a connection is verified" };
        }

        const string Someone = "someone@example.org";
        var way = stage.Ways[0];
        await stage.AgreeAsync(way);
        stage.Begin(null, (_, _) => RehearsalStage.Written(null, new AnswerSketch().Set(SampleValues.Text(verify, "who"), Someone)));
        try
        {
            var who = await stage.Provider.VerifyAsync(stage.CallOf("", [], stage.ConnectionOf(way)), cancellationToken);

            faults.AddIf(stage.Asked.Count != 1, $"It asked {stage.Asked.Count} times, and not once.");
            faults.AddIf(SampleValues.Text(verify, "who") is not null && who != Someone, $"At '{SampleValues.Text(verify, "who")}' of the answer was '{Someone}', and it was told '{who}'.");
            faults.AddIf(stage.Asked is [var asked] && asked.Method != SampleValues.Text(verify, "call")!.Split(' ')[0], "It was sent by another method.");
        }
        catch (ProviderException exception)
        {
            faults.Add(exception.Message);
        }

        return trial;
    });

    private static bool WantsSomething(DocumentNode way) =>
        way.Find("fields")?.Value.Members.Any(field => SampleValues.Text(field.Value, "required") == "true") == true || SampleValues.Text(way, "kind") == "oauth2";

    /// <summary>A null value is a parameter that is left out.</summary>
    private IEnumerable<(string Parameter, string What, JsonNode? Value)> Wrongs(DocumentMember action)
    {
        foreach (var parameter in action.Value.Find("params")?.Value.Members ?? [])
        {
            if (SampleValues.Text(parameter.Value, "required") == "true" && parameter.Value.Find("default") is null)
            {
                yield return (parameter.Name, "it is missing", null);
            }

            foreach (var (what, value) in SampleValues.WrongFor(parameter.Value))
            {
                yield return (parameter.Name, what, value);
            }
        }

        yield return ("gantry_unknown", "there is no such parameter", 1);
    }

    private async Task RefuseAsync(ProviderCall call, string parameter, string what, List<string> faults, CancellationToken cancellationToken)
    {
        try
        {
            await stage.Provider.RunAsync(call, cancellationToken);
            faults.Add($"'{parameter}' was taken: {what}.");
        }
        catch (ProviderException exception) when (exception.Error.Kind == ProviderErrorKind.BadRequest && exception.Message.Contains($"'{parameter}'", StringComparison.Ordinal))
        {
            // As it should be.
        }
        catch (Exception exception) when (exception is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            faults.Add($"'{parameter}' ({what}) was not told as it should be: {exception.Message}");
        }
    }

    /// <summary>What a trial finds, with all that was sent for it. Nothing that is wrong with a manifest ends it in another way.</summary>
    private async Task<RehearsedTrial> TryAsync(string name, Func<List<string>, RehearsedTrial, Task<RehearsedTrial>> tryAsync)
    {
        List<string> faults = [];
        var trial = new RehearsedTrial(name);
        stage.Begin(null);
        try
        {
            trial = await tryAsync(faults, trial);
        }
        catch (NoSampleException missing)
        {
            faults.Add($"It was not tried: {missing.Message}");
        }
        catch (Exception unread) when (unread is JsonException or XmlException or UriFormatException or RegexMatchTimeoutException)
        {
            faults.Add($"What was sent cannot be read: {unread.Message}");
        }

        return trial with { Sent = stage.Sent, Faults = faults };
    }

    /// <summary>Null when it was a success; whether it was ended because its job would never be done.</summary>
    private async Task<(ProviderError? Error, bool IsCut)> RunAsync(DocumentMember action, DocumentNode way, JsonObject given, CancellationToken cancellationToken)
    {
        await stage.AgreeAsync(way);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Limit);
        stage.Cut = limit;
        try
        {
            var result = await stage.Provider.RunAsync(stage.CallOf(action.Name, given, stage.ConnectionOf(way)), limit.Token);
            return (result.Error, false);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return (stage.IsCut ? null : new ProviderError { Kind = ProviderErrorKind.TimedOut, Message = $"It did not end within {Settings.Duration.Format(Limit)}." }, stage.IsCut);
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            return (ProviderFailure.Describe(exception, isCancelled: false), false);
        }
        finally
        {
            stage.Cut = null;
        }
    }

    private Task<(ProviderError? Error, bool IsCut)> RunAsync(DocumentMember action, Func<int, RecordedRequest, RecorderAnswer?> script, CancellationToken cancellationToken)
    {
        var given = stage.Parameters(action, isAll: false);
        stage.Begin(action.Value, script);
        return RunAsync(action, stage.AuthOf(action.Value), given, cancellationToken);
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
