namespace Gantry.Engine.Providers.Manifests;

/// <summary>A manifest that is there, and that nothing can be done with as it is.</summary>
/// <param name="Id">What steps call it by.</param>
/// <param name="Findings">All that is wrong with it; never empty.</param>
/// <param name="Advice">A sentence: what makes it usable.</param>
public sealed record UnusableManifest(string Id, IReadOnlyList<ManifestFinding> Findings, string Advice)
{
    /// <summary>The reason in one line: "acme.yaml 12:5: what is wrong", and how much else there is.</summary>
    public string Reason => Findings.Count == 1 ? Findings[0].ToString() : $"{Findings[0]} ({Findings.Count - 1} more)";

    public override string ToString() => $"The provider '{Id}' cannot be used: {Reason} {Advice}";
}
