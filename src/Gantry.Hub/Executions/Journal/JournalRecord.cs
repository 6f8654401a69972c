using System.Text;
using Gantry.Engine.Plans;

namespace Gantry.Hub.Executions.Journal;

/// <summary>Something that is to be made durable; its task completes when it is, or when it never will be.</summary>
internal abstract class JournalRecord
{
    private readonly TaskCompletionSource settled = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public required Guid WorkspaceId { get; init; }

    public required Guid ExecutionId { get; init; }

    /// <summary>Completes when the record is durable. Fails with JournalLostException when the claim is lost.</summary>
    public Task Settled => settled.Task;

    /// <summary>About how many bytes it sends.</summary>
    public virtual int Weight => 200;

    /// <summary>Called once, when the record is durable, before whoever waits goes on.</summary>
    public Action? Committed { get; set; }

    /// <summary>The record before it that it must not be durable without; null when that is certain already.</summary>
    public JournalRecord? After { get; set; }

    /// <summary>What it must not be durable without never will be.</summary>
    public bool IsForsaken => After?.Settled.IsFaulted == true;

    public void Commit()
    {
        After = null;
        Committed?.Invoke();
        settled.TrySetResult();
    }

    /// <summary>Fails as the one before it did.</summary>
    public void Forsake() => Fail(After!.Settled.Exception!.InnerException!);

    public void Fail(Exception reason)
    {
        settled.TrySetException(reason);
        // Not everybody waits for every record: a log line's failure is nobody's.
        _ = settled.Task.Exception;
    }
}

/// <summary>A record of whoever holds the execution's claim.</summary>
internal abstract class ClaimedRecord : JournalRecord
{
    public required int Fence { get; init; }
}

internal sealed class StepRecord : ClaimedRecord
{
    public required StepAttempt Attempt { get; init; }

    public required string? Message { get; init; }

    public required string? Metadata { get; init; }

    public required string? Error { get; init; }

    public int? StartedSequence { get; init; }

    public int? EndedSequence { get; init; }

    public required Payload Output { get; init; }

    /// <summary>What it waits for; null when it does not wait.</summary>
    public StepWait? Wait { get; init; }

    /// <summary>It waited until now.</summary>
    public bool EndsWait { get; init; }

    /// <summary>The execution that it starts: both are durable, or neither.</summary>
    public AcceptRecord? Child { get; init; }

    /// <summary>The execution that it waited for, and which it no longer needs; null when there is none.</summary>
    public Guid? CancelledCall { get; init; }

    public override int Weight => 200 + Output.BytesSent + (Child?.Weight ?? 0) + (Wait is null ? 0 : 400);
}

/// <summary>All that is left of an execution waits: the claim is given up, and nobody is at it until a time has come, or a signal.</summary>
internal sealed class ParkRecord : ClaimedRecord
{
    /// <summary>Null when only a signal helps.</summary>
    public DateTimeOffset? WakeAt { get; init; }

    public required string WaitingFor { get; init; }

    /// <summary>How many signals the run knew of; when there are more by now, it is queued again at once.</summary>
    public required int SignalsKnown { get; init; }

    /// <summary>It was queued again at once.</summary>
    public bool IsReady { get; set; }
}

internal sealed class LogRecord : ClaimedRecord
{
    public required int Sequence { get; init; }

    public required ExecutionLogLine Line { get; init; }

    public required string Message { get; init; }

    public string? Fields { get; init; }

    public override int Weight => 150 + Message.Length + (Fields?.Length ?? 0);
}

internal sealed class FinalRecord : ClaimedRecord
{
    public required ExecutionStatus Status { get; init; }

    public required DateTimeOffset EndedAt { get; init; }

    public required int Sequence { get; init; }

    public required Payload Output { get; init; }

    public string? Error { get; init; }

    public string? FailedStep { get; init; }

    /// <summary>The end of the last step, when it happens together with the execution's: both are durable, or neither.</summary>
    public StepRecord? LastStep { get; init; }

    /// <summary>Who waits for its end; null when nobody does.</summary>
    public ParentLink? Caller { get; init; }

    /// <summary>JSON: what the caller's step is told; null when it does not wait.</summary>
    public string? CallerPayload { get; init; }

    /// <summary>The key whose place becomes free; null when there is none.</summary>
    public string? ConcurrencyKey { get; init; }

    /// <summary>Steps of it waited.</summary>
    public bool EndsWaits { get; init; }

    /// <summary>Executions that it called, and whose ends it no longer needs.</summary>
    public IReadOnlyList<Guid> CancelledCalls { get; init; } = [];

    /// <summary>The acceptance that it may be written with; null when that was durable before.</summary>
    public AcceptRecord? Accept { get; init; }

    public override int Weight => 200 + Output.BytesSent + (LastStep?.Weight ?? 0);
}

/// <summary>An output: in its row up to 64 KB, else in a row of its own that is referred to.</summary>
internal sealed record Payload(string? Text, Guid? BlobId, int Bytes)
{
    public static Payload None { get; } = new(null, null, 0);

    /// <summary>It is in the database already, and is only referred to.</summary>
    public bool IsKept => BlobId is not null && Text is null;

    public int BytesSent => IsKept ? 0 : Bytes;

    /// <summary>What goes into the row itself.</summary>
    public string? Inline => BlobId is null ? Text : null;

    public static Payload Of(string? text)
    {
        if (text is null)
            return None;
        var bytes = Encoding.UTF8.GetByteCount(text);
        return new Payload(text, bytes > StepOutput.AtHandBytesMax ? Guid.CreateVersion7() : null, bytes);
    }
}
