using Gantry.Engine.Documents;

namespace Gantry.Engine.Providers.Manifests;

/// <summary>One thing that is wrong with a manifest. Its text is "acme.yaml 12:5: what is wrong".</summary>
public sealed record ManifestFinding(string File, DocumentPosition Position, string Message)
{
    public override string ToString() => $"{File} {Position.Line}:{Position.Column}: {Message}";
}

/// <summary>A manifest that cannot be used. The message has all that is wrong with it, a line each.</summary>
public sealed class ManifestException(IReadOnlyList<ManifestFinding> findings) : Exception(string.Join('\n', findings))
{
    public IReadOnlyList<ManifestFinding> Findings { get; } = findings;
}
