namespace Gantry.Engine.Transfers;

/// <summary>What became of one file.</summary>
public enum FileOutcome
{
    /// <summary>It is at the target because of this transfer.</summary>
    Copied,

    /// <summary>It was at the target already, or may not be overwritten there.</summary>
    Skipped,

    /// <summary>A sync deleted it at the target.</summary>
    Deleted,
    Failed,
}

/// <summary>One line of a transfer's manifest.</summary>
public readonly record struct ManifestEntry
{
    /// <summary>Relative to the source, as endpoints give it; "" is the source itself. A failure may be a folder's, when its listing failed.</summary>
    public required string Path { get; init; }

    /// <summary>Where it is at the target, relative to the target; null when it never came so far.</summary>
    public string? TargetPath { get; init; }

    public required FileOutcome Outcome { get; init; }

    /// <summary>In bytes; null when nobody told.</summary>
    public long? Size { get; init; }

    /// <summary>At the source; null when nobody told.</summary>
    public DateTimeOffset? ModifiedAt { get; init; }

    /// <summary>"sha256:…" and the like, when the transfer computed one anyway.</summary>
    public string? Hash { get; init; }

    /// <summary>Of a copied file: how much an earlier attempt had brought already.</summary>
    public long ResumedBytes { get; init; }

    /// <summary>From its being taken up to its end; zero for what was only looked at.</summary>
    public TimeSpan Duration { get; init; }

    /// <summary>A sentence; null unless it failed.</summary>
    public string? Reason { get; init; }

    /// <summary>It failed for a reason that may pass.</summary>
    public bool IsTransient { get; init; }
}

/// <summary>Is told of each file once, when it is at its end. What a transfer that ended early did not come to is not told.</summary>
public interface ITransferManifest
{
    /// <summary>Called from many threads while files are in flight: it returns at once and does not fail.</summary>
    void Add(in ManifestEntry entry);
}
