using System.Collections.Concurrent;
using Gantry.Engine.Endpoints;

namespace Gantry.Engine.Transfers;

/// <summary>The manifests of an execution that no hub runs: later steps find what earlier ones moved, and nothing stays.</summary>
public sealed class MemoryManifests(Guid executionId) : IManifestStore
{
    private readonly ConcurrentDictionary<string, ConcurrentDictionary<string, ManifestEntry>> files = new(StringComparer.Ordinal);

    public IKeptManifest Begin(string stepPath, int attempt, Func<TransferProgress?> progress)
    {
        var name = $"{executionId}/{stepPath}";
        return new Kept(name, files.GetOrAdd(name, _ => new ConcurrentDictionary<string, ManifestEntry>(StringComparer.Ordinal)));
    }

    public ValueTask<IReadOnlyCollection<string>> FindPathsAsync(string manifest, ManifestPart part, CancellationToken cancellationToken)
    {
        if (files.TryGetValue(manifest, out var found))
        {
            return ValueTask.FromResult<IReadOnlyCollection<string>>([.. found.Values.Select(entry => PathIn(entry, part)).OfType<string>()]);
        }

        return manifest.StartsWith($"{executionId}/", StringComparison.Ordinal)
            ? ValueTask.FromResult<IReadOnlyCollection<string>>([])
            : throw new EndpointException(EndpointError.NotFound, $"There is no manifest '{EndpointPath.Printable(manifest)}': without a hub only those of the same run are kept.");
    }

    /// <summary>The path by which the entry belongs to the part; null when it does not.</summary>
    public static string? PathIn(in ManifestEntry entry, ManifestPart part) => (part, entry.Outcome) switch
    {
        (ManifestPart.Arrived, FileOutcome.Copied or FileOutcome.Skipped) => entry.TargetPath ?? entry.Path,
        (ManifestPart.Settled, FileOutcome.Copied or FileOutcome.Skipped) => entry.Path,
        (ManifestPart.Failed, FileOutcome.Failed) => entry.Path,
        _ => null,
    };

    private sealed class Kept(string name, ConcurrentDictionary<string, ManifestEntry> files) : IKeptManifest
    {
        public string Name => name;

        // What a later attempt says of a file is what counts.
        public void Add(in ManifestEntry entry) => files[entry.Path] = entry;

        public ValueTask CompleteAsync(TransferResult? result, CancellationToken cancellationToken) => ValueTask.CompletedTask;

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
