namespace Gantry.Engine.Providers.Manifests.Rehearsals;

/// <summary>What was tried of a manifest, and what came of it.</summary>
/// <param name="Provider">Its id.</param>
/// <param name="Verify">How a connection is verified; null where the manifest does not say how.</param>
/// <param name="Actions">In the order of the manifest.</param>
public sealed record RehearsalReport(string Provider, RehearsedTrial? Verify, IReadOnlyList<RehearsedAction> Actions)
{
    /// <summary>Of all actions.</summary>
    public IEnumerable<RehearsedTrial> Trials => (Verify is null ? [] : (IEnumerable<RehearsedTrial>)[Verify]).Concat(Actions.SelectMany(action => action.Trials));
}

/// <summary>What was tried of one action.</summary>
public sealed record RehearsedAction(string Action, IReadOnlyList<RehearsedTrial> Trials);

/// <summary>One thing that was tried.</summary>
/// <param name="Trial">What: "all parameters".</param>
public sealed record RehearsedTrial(string Trial)
{
    /// <summary>What arrived at the recorder, those for tokens included, in its order.</summary>
    public IReadOnlyList<SentRequest> Sent { get; init; } = [];

    /// <summary>A sentence for each thing that is not as it should be; empty when all is.</summary>
    public IReadOnlyList<string> Faults { get; init; } = [];

    /// <summary>Why it does not apply; null when it was tried.</summary>
    public string? NotTried { get; init; }

    /// <summary>What is worth saying of it; null when nothing is.</summary>
    public string? Note { get; init; }
}

/// <summary>One request as it arrived.</summary>
/// <param name="Method">In capitals.</param>
/// <param name="Host">Where the manifest would have sent it.</param>
/// <param name="Target">The path with the query, as it was sent.</param>
/// <param name="Headers">Without those that every request has.</param>
/// <param name="Body">As text; null when there is none.</param>
/// <param name="IsForToken">It asked for a token.</param>
public sealed record SentRequest(string Method, string Host, string Target, IReadOnlyDictionary<string, string> Headers, string? Body, bool IsForToken);
