using Gantry.Engine.Transfers;

namespace Gantry.Engine.Specs.Transfers;

/// <summary>"path outcome size place-or-reason" of every file, sorted.</summary>
internal sealed class ListedManifest : ITransferManifest
{
    private readonly Lock gate = new();
    private readonly List<string> lines = [];

    public IEnumerable<string> Lines => lines.Order(StringComparer.Ordinal);

    public void Add(in ManifestEntry entry)
    {
        lock (gate)
        {
            lines.Add($"{entry.Path} {entry.Outcome} {entry.Size} {entry.TargetPath ?? entry.Reason}");
        }
    }
}
