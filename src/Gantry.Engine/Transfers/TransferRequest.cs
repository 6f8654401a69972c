using Gantry.Engine.Endpoints;
using Gantry.Engine.Endpoints.Limits;

namespace Gantry.Engine.Transfers;

public enum TransferMode
{
    Copy,

    /// <summary>Copies, then deletes at the target what the source does not have.</summary>
    Sync,

    /// <summary>Copies, and deletes each source file once its copy is verified.</summary>
    Move,

    /// <summary>Changes nothing: every difference between the two sides counts as a failure.</summary>
    Check,
}

/// <summary>When a file that is at the target already is sent again.</summary>
public enum ChangeRule
{
    /// <summary>When its size differs, or its time by as much as the coarser side can tell.</summary>
    SizeAndTime,

    /// <summary>When its content differs.</summary>
    Checksum,
    Always,

    /// <summary>Never: what is there stays as it is.</summary>
    NeverOverwrite,
}

public enum Verification
{
    /// <summary>The size, as the target tells it after the last byte.</summary>
    Size,

    /// <summary>A hash of what is at the target: computed there where it can, else by reading it back.</summary>
    Checksum,
}

public enum SymbolicLinkPolicy
{
    /// <summary>Links are left out, with a note.</summary>
    Skip,

    /// <summary>What a link leads to is copied in its place. Links that lead out of the source are failures.</summary>
    Follow,

    /// <summary>Links are made anew at the target, unchanged.</summary>
    Keep,
}

public enum NoMatchPolicy
{
    Succeed,
    Fail,
}

/// <summary>
/// What is transferred: a folder (its content, or itself with <see cref="KeepName"/>) or one file.
/// </summary>
public sealed record TransferSource
{
    public required IEndpoint Endpoint { get; init; }

    /// <summary>The folder or the file; "" is the endpoint's root.</summary>
    public string Path { get; init; } = "";

    /// <summary>A folder arrives in a folder of its own name instead of only its content.</summary>
    public bool KeepName { get; init; }

    /// <summary>What stands there, where somebody looked just now; null lets the transfer look.</summary>
    public Entry? Found { get; init; }

    /// <summary>Its own name; null takes it from the path.</summary>
    public string? Name { get; init; }

    /// <summary>The transfer's place at the endpoint, entered; null when it has no limits.</summary>
    public EndpointShare? Share { get; init; }

    /// <summary>How many files are read here at once; null leaves it to the request, and then to the endpoint.</summary>
    public int? ConcurrentFiles { get; init; }
}

/// <summary>Where it goes.</summary>
public sealed record TransferTarget
{
    public required IEndpoint Endpoint { get; init; }

    /// <summary>The folder that receives; made when it is missing.</summary>
    public string Folder { get; init; } = "";

    /// <summary>The name a single source file gets there; null keeps its own.</summary>
    public string? FileName { get; init; }

    /// <summary>Names each file by itself, below the folder; null keeps the source's folders and names.</summary>
    public PathTemplate? Files { get; init; }

    /// <summary>The transfer's place at the endpoint, entered; null when it has no limits.</summary>
    public EndpointShare? Share { get; init; }

    /// <summary>How many files are written here at once; null leaves it to the request, and then to the endpoint.</summary>
    public int? ConcurrentFiles { get; init; }
}

/// <summary>One transfer, completely told.</summary>
public sealed record TransferRequest
{
    /// <summary>One or more. When two of them have the same path, the later one wins. Sync takes exactly one.</summary>
    public required IReadOnlyList<TransferSource> Sources { get; init; }

    public required TransferTarget Target { get; init; }

    public TransferMode Mode { get; init; }

    public FileSelection Selection { get; init; } = FileSelection.All;

    public ChangeRule ChangeRule { get; init; }

    public Verification Verification { get; init; }

    public SymbolicLinkPolicy SymbolicLinks { get; init; }

    public NoMatchPolicy NoMatch { get; init; }

    /// <summary>Put over what the source keeps with each file, where the target keeps such things; null means nothing.</summary>
    public IReadOnlyDictionary<string, string>? Metadata { get; init; }

    /// <summary>How many files are in flight at once; null leaves it to what the endpoints say of themselves.</summary>
    public int? ConcurrentFiles { get; init; }

    /// <summary>The transfer's own bandwidth, whatever its endpoints allow; null means none.</summary>
    public EndpointShare? Share { get; init; }

    /// <summary>How often an operation is repeated that failed for a reason that may pass.</summary>
    public int Retries { get; init; } = 5;

    /// <summary>Small files travel in batches where the target can take them (<see cref="ITakesBatches"/>); elsewhere this is noted, and nothing else.</summary>
    public bool IsBatched { get; init; }

    /// <summary>Tells what would be done, and does nothing.</summary>
    public bool IsDryRun { get; init; }

    /// <summary>
    /// A folder of the target's endpoint into which goes, under the path that it had, what would be overwritten or deleted at the target. No transfer
    /// touches what is in it. Null means that it is not kept.
    /// </summary>
    public string? BackupFolder { get; init; }

    /// <summary>Once everything has arrived, all in the target's folder that the transfer neither brought nor found there is deleted.</summary>
    public bool Purges { get; init; }

    /// <summary>With sync or a purge: when more would be deleted, nothing is, and the transfer fails. Null means no bound.</summary>
    public int? DeletesMax { get; init; }

    /// <summary>
    /// The same for every attempt at the same transfer (8 to 32 of [0-9a-z]), so that what an attempt left half written is recognised
    /// and removed by the next. No two of its attempts ever share a temporary name. Null: there was no former attempt.
    /// </summary>
    public string? TransferId { get; init; }

    /// <summary>How many failures the result lists; all are counted.</summary>
    public int FailuresListed { get; init; } = 1000;

    /// <summary>Is told what becomes of each file; null when nobody asks.</summary>
    public ITransferManifest? Manifest { get; init; }
}
