using Gantry.Engine.Endpoints;
using Gantry.Engine.Settings;

namespace Gantry.Engine.Transfers;

/// <summary>One thing that was not done, and why.</summary>
/// <param name="Path">Relative to the source; "" is the source itself.</param>
/// <param name="Reason">A sentence.</param>
/// <param name="IsTransient">It may succeed when the transfer is repeated.</param>
public sealed record TransferFailure(string Path, string Reason, bool IsTransient);

/// <summary>Why a transfer ended before it was through: an endpoint is lost, or its rules were broken.</summary>
public sealed record TransferEnd(EndpointError Error, string Message, bool IsTransient);

/// <summary>What a transfer did. It succeeded exactly when nothing failed.</summary>
public sealed record TransferResult
{
    public bool IsSuccess => Failed == 0 && EndedBy is null;

    /// <summary>Files that are now at the target because of this transfer.</summary>
    public required long Copied { get; init; }

    /// <summary>Files that were at the target already (or may not be overwritten).</summary>
    public required long Skipped { get; init; }

    /// <summary>Files, links and folders deleted at the target by sync.</summary>
    public required long Deleted { get; init; }

    public required long Failed { get; init; }

    /// <summary>Bytes of the files copied.</summary>
    public required long Bytes { get; init; }

    /// <summary>How many of those bytes an earlier transfer that broke off had brought already.</summary>
    public long BytesResumed { get; init; }

    /// <summary>Folders made at the target.</summary>
    public required long Folders { get; init; }

    /// <summary>The first of them (<see cref="TransferRequest.FailuresListed"/>).</summary>
    public required IReadOnlyList<TransferFailure> Failures { get; init; }

    /// <summary>Whether all that failed may succeed when the transfer is repeated.</summary>
    public required bool AllFailuresAreTransient { get; init; }

    /// <summary>What is worth knowing though nothing failed: links and devices left out, a side that keeps no times.</summary>
    public required IReadOnlyList<string> Notes { get; init; }

    /// <summary>Null when it went to its end.</summary>
    public TransferEnd? EndedBy { get; init; }

    public required TimeSpan Duration { get; init; }

    /// <summary>One line for a person.</summary>
    public string Summary
    {
        get
        {
            var parts = new List<string> { $"{Copied} copied ({ByteSize.Format(Bytes)})", $"{Skipped} unchanged" };
            if (BytesResumed > 0)
            {
                parts[0] = $"{Copied} copied ({ByteSize.Format(Bytes)}, of which {ByteSize.Format(BytesResumed)} were there from before)";
            }

            if (Deleted > 0)
            {
                parts.Add($"{Deleted} deleted");
            }

            if (Failed > 0)
            {
                parts.Add($"{Failed} failed");
            }

            return string.Join(", ", parts) + ".";
        }
    }
}

/// <summary>How a transfer stands, as known so far.</summary>
public sealed record TransferProgress
{
    public required long FilesDone { get; init; }

    /// <summary>Files found so far; it grows until <see cref="IsWalkDone"/>.</summary>
    public required long FilesTotal { get; init; }

    /// <summary>Those of skipped files included.</summary>
    public required long BytesDone { get; init; }

    public required long BytesTotal { get; init; }

    public required long Copied { get; init; }

    /// <summary>Of the copied files.</summary>
    public required long Bytes { get; init; }

    public required long Skipped { get; init; }

    public required long Deleted { get; init; }

    public required long Failed { get; init; }

    public required bool IsWalkDone { get; init; }

    public required TimeSpan Elapsed { get; init; }

    /// <summary>A few of the files under way.</summary>
    public required IReadOnlyList<string> CurrentFiles { get; init; }

    public double BytesPerSecond => Elapsed > TimeSpan.Zero ? BytesDone / Elapsed.TotalSeconds : 0;
}
