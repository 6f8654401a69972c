using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text.Json;
using Gantry.Engine.Plans;
using Gantry.Engine.Providers;
using Gantry.Engine.Work;
using Gantry.Hub.Executions.Journal;

namespace Gantry.Hub.Executions;

/// <summary>
/// The journal of one claimed execution. Numbers its events, and hands them to the writer that serves all executions. When the claim is
/// lost, every later call fails and <paramref name="onLost"/> is called once.
/// </summary>
internal sealed class ExecutionJournal(JournalWriter writer, ExecutionEvents events, CallStarter calls, OutputStore outputs, Claim claim, Action onLost)
    : IExecutionJournal
{
    private readonly Lock gate = new();
    private int sequence = claim.Sequence;
    private readonly LogAllowance allowance = new();
    private int linesWaiting;
    private int charactersWaiting;
    private int linesLeftOut;
    private StepAttempt? lastStep;
    private (byte[]? Hash, Payload Payload)? latestOutput;
    private int lost;
    private JournalRecord? ahead = claim.Accept;
    private int aheadWeight;

    /// <summary>What its steps wait for, by their paths, and which executions they called and wait for.</summary>
    private readonly Dictionary<string, StepWait> waits = WaitsOf(claim);
    private readonly Dictionary<string, Guid> openCalls = CallsOf(claim);
    private readonly HashSet<Guid> startedCalls = [.. CallsOf(claim).Values];
    private bool hasWaited = claim.IsTakenUpAgain;

    public ValueTask RecordAsync(StepAttempt attempt, Durability durability, CancellationToken cancellationToken)
    {
        ThrowIfLost();
        if (attempt.Call is { } call && attempt.Status is (StepStatus.Running or StepStatus.Waiting or StepStatus.Succeeded) && IsNew(call))
            return new(StartAsync(attempt, call, cancellationToken));
        if (attempt.Output is { } output && IsLarge(output))
            return new(RecordLargeAsync(attempt, output, durability, cancellationToken));
        if (durability == Durability.WithEnd)
        {
            lastStep = attempt;
            return ValueTask.CompletedTask;
        }

        return durability == Durability.WithNext && TryRunAhead(attempt) ? ValueTask.CompletedTask : new(WriteAsync(number => NewStep(attempt, number)));
    }

    /// <summary>With a large output it is waited for, whatever has to be durable: then the output is not held here any more.</summary>
    private async Task RecordLargeAsync(StepAttempt attempt, StepOutput output, Durability durability, CancellationToken cancellationToken)
    {
        attempt = attempt with { Output = await ReadyAsync(output, cancellationToken) };
        if (durability == Durability.WithEnd)
        {
            lastStep = attempt;
            return;
        }

        using var room = await EnterAsync(output);
        await WriteAsync(number => NewStep(attempt, number));
    }

    /// <summary>Gives the claim up until a time has come, or a signal, and returns when that is durable. True when it is to be taken up at once.</summary>
    public async Task<bool> ParkAsync(PlanOutcome outcome, int signalsKnown)
    {
        ThrowIfLost();
        ParkRecord? park = null;
        await WriteAsync(_ =>
        {
            park = new ParkRecord
            {
                WorkspaceId = claim.WorkspaceId,
                ExecutionId = claim.ExecutionId,
                Fence = claim.Fence,
                WakeAt = outcome.WakeAt,
                WaitingFor = ExecutionJson.Storable(outcome.WaitingFor ?? "a signal"),
                SignalsKnown = signalsKnown,
            };
            park.Committed = TellChanged;
            return park;
        });
        return park!.IsReady;
    }

    /// <summary>Returns when all that was recorded is durable.</summary>
    public async Task FlushAsync()
    {
        JournalRecord? record;
        lock (gate)
            record = ahead;
        if (record is not null)
            await SettledAsync(record, record);
    }

    public void Write(ExecutionLogLine line)
    {
        ThrowIfLost();
        if (!allowance.HasRoomFor(line, out var notice))
        {
            if (notice is not null)
                Add(notice);
            return;
        }

        if (Volatile.Read(ref linesWaiting) >= ExecutionLimits.LogLinesWaitingMax || Volatile.Read(ref charactersWaiting) >= ExecutionLimits.LogCharactersWaitingMax)
        {
            Interlocked.Increment(ref linesLeftOut);
            return;
        }

        TellLeftOut(line);
        Add(line);
    }

    public void Report(string stepPath, JsonElement progress)
    {
        ThrowIfLost();
        if (!events.IsWatched(claim.ExecutionId))
            return;
        events.Publish(new ExecutionEvent(claim.ExecutionId, null, "progress", EventJson.Progress(stepPath, progress)));
    }

    /// <summary>Records the execution's end and returns when it is durable.</summary>
    public async Task EndAsync(PlanOutcome outcome, DateTimeOffset startedAt, DateTimeOffset endedAt)
    {
        ThrowIfLost();
        TellLeftOut(new ExecutionLogLine { Time = endedAt, Level = StepLogLevel.Warning, Message = "" });
        var output = outcome.Output is { } given ? await ReadyAsync(given, CancellationToken.None) : null;
        using var room = await EnterAsync(lastStep?.Output ?? output);
        await WriteAsync(number =>
        {
            var step = lastStep is { } attempt ? NewStep(attempt, number) : null;
            var payload = PayloadOf(output);
            var final = new FinalRecord
            {
                WorkspaceId = claim.WorkspaceId,
                ExecutionId = claim.ExecutionId,
                Fence = claim.Fence,
                Status = outcome.Status,
                EndedAt = endedAt,
                Sequence = step is null ? number : ++sequence,
                Output = payload,
                Error = outcome.Status == ExecutionStatus.Succeeded ? null : ExecutionJson.Of(outcome.Error ?? ProviderFailure.WithoutReason),
                FailedStep = outcome.FailedStepPath,
                LastStep = step,
                Caller = claim.Parent,
                CallerPayload = claim.Parent is { IsAwaited: true } parent ? CallJson.Of(parent, claim.ExecutionId, outcome, payload, endedAt) : null,
                ConcurrencyKey = claim.ConcurrencyKey,
                EndsWaits = hasWaited,
                CancelledCalls = [.. openCalls.Values],
                Accept = claim.Accept,
            };
            final.Committed = () => Tell(final, startedAt);
            return final;
        });
    }

    /// <summary>What could not be kept is no reason any more to keep nothing after it.</summary>
    public void Forgive()
    {
        lock (gate)
            (lastStep, ahead, aheadWeight) = (null, null, 0);
    }

    /// <summary>Records that the execution failed since one of its records could not be kept.</summary>
    public Task FailAsync(ProviderError error, string? failedStep, DateTimeOffset startedAt, DateTimeOffset endedAt)
    {
        Forgive();
        return EndAsync(
            new PlanOutcome { Status = ExecutionStatus.Failed, Error = error, FailedStepPath = failedStep }, startedAt, endedAt);
    }

    private void TellLeftOut(ExecutionLogLine before)
    {
        if (Interlocked.Exchange(ref linesLeftOut, 0) is not (var leftOut and > 0))
            return;
        Add(before with
        {
            Level = StepLogLevel.Warning,
            Message = $"{leftOut} lines were left out here: they came faster than they could be kept.",
            Fields = null,
        });
    }

    /// <summary>To those who watch it, and those who watch what called it.</summary>
    public void TellChanged()
    {
        events.TellChanged(claim.ExecutionId);
        if (claim.Parent is { } parent)
            events.TellChanged(parent.ExecutionId);
    }

    private void Tell(FinalRecord final, DateTimeOffset startedAt)
    {
        final.LastStep?.Committed?.Invoke();
        if (events.IsWatched(claim.ExecutionId))
            events.Publish(EventJson.Ended(final));
        if (claim.Parent is { } parent)
            events.TellChanged(parent.ExecutionId);
        events.PublishEnd(new ExecutionEnd
        {
            ExecutionId = final.ExecutionId,
            Status = StatusNames.Of(final.Status),
            StartedAt = startedAt,
            EndedAt = final.EndedAt,
            Output = final.Output.Inline,
            OutputBlob = final.Output.BlobId,
            OutputBytes = final.Output.Bytes,
            Error = final.Error,
            FailedStep = final.FailedStep,
        });
    }

    private StepRecord NewStep(StepAttempt attempt, int number, AcceptRecord? child = null)
    {
        var isOpen = attempt.Status is StepStatus.Running or StepStatus.Waiting;
        var record = new StepRecord
        {
            WorkspaceId = claim.WorkspaceId,
            ExecutionId = claim.ExecutionId,
            Fence = claim.Fence,
            Attempt = attempt with { StepId = attempt.StepId is { } id ? ExecutionJson.Storable(id) : null },
            Message = attempt.Message is { } message ? ExecutionJson.Storable(message) : null,
            Metadata = attempt.Metadata is { Count: > 0 } metadata ? ExecutionJson.Storable(ExecutionJson.Of(metadata)) : null,
            Error = attempt.Error is { } error ? ExecutionJson.Of(error) : null,
            StartedSequence = isOpen ? number : null,
            EndedSequence = isOpen ? null : number,
            Output = PayloadOf(attempt.Output),
            Wait = attempt.Wait,
            EndsWait = !isOpen && waits.Remove(attempt.StepPath),
            CancelledCall = !isOpen && openCalls.Remove(attempt.StepPath, out var call) && attempt.Status != StepStatus.Succeeded ? call : null,
            Child = child,
        };
        if (attempt.Wait is { } wait)
        {
            waits[attempt.StepPath] = wait;
            hasWaited = true;
        }

        record.Committed = () =>
        {
            Let(attempt.Output, record.Output);
            if (events.IsWatched(claim.ExecutionId))
                events.Publish(EventJson.Step(record));
            if (child is not null)
                events.TellChanged(claim.ExecutionId);
        };
        return record;
    }

    private void Add(ExecutionLogLine line)
    {
        line = allowance.Take(line with { Message = ExecutionJson.Storable(line.Message) }, out var characters);

        // What is shortened may end with half a character.
        var message = ExecutionJson.Storable(line.Message);
        var fields = line.Fields?.GetRawText();
        Interlocked.Add(ref charactersWaiting, characters);
        Interlocked.Increment(ref linesWaiting);
        Enqueue(number =>
        {
            var record = new LogRecord
            {
                WorkspaceId = claim.WorkspaceId,
                ExecutionId = claim.ExecutionId,
                Fence = claim.Fence,
                Sequence = number,
                Line = line,
                Message = message,
                Fields = fields,
            };
            record.Committed = () =>
            {
                Interlocked.Decrement(ref linesWaiting);
                Interlocked.Add(ref charactersWaiting, -characters);
                if (events.IsWatched(claim.ExecutionId))
                    events.Publish(EventJson.Line(record, claim.UserId));
            };
            return record;
        });
    }

    /// <summary>A call is prepared apart, and starts with the record of its step.</summary>
    private async Task StartAsync(StepAttempt attempt, PlanCall call, CancellationToken cancellationToken)
    {
        if (!await claim.IsAcceptedAsync())
            throw new JournalLostException($"There is no execution {claim.ExecutionId}.");
        var child = await calls.PrepareAsync(claim, attempt.StepPath, call, cancellationToken);
        await WriteAsync(number =>
        {
            if (call.IsAwaited)
                openCalls[attempt.StepPath] = call.ExecutionId;
            return NewStep(attempt, number, child);
        });
        if (child.Turn is null)
            calls.Publish(child.ExecutionId);
    }

    private bool IsNew(PlanCall call)
    {
        lock (gate)
            return startedCalls.Add(call.ExecutionId);
    }

    private static Dictionary<string, StepWait> WaitsOf(Claim claim) =>
        claim.Recorded.Where(attempt => attempt.Wait is not null).DistinctBy(attempt => attempt.StepPath)
            .ToDictionary(attempt => attempt.StepPath, attempt => attempt.Wait!, StringComparer.Ordinal);

    private static Dictionary<string, Guid> CallsOf(Claim claim) => claim.Recorded.Where(attempt => attempt.Wait?.Call is { IsAwaited: true }).DistinctBy(attempt => attempt.StepPath)
        .ToDictionary(attempt => attempt.StepPath, attempt => attempt.Wait!.Call!.ExecutionId, StringComparer.Ordinal);

    private Task WriteAsync(Func<int, JournalRecord> make)
    {
        lock (gate)
            return SettledAsync(Enqueue(make), ahead);
    }

    /// <summary>False when so much is not durable yet that this has to be waited for.</summary>
    private bool TryRunAhead(StepAttempt attempt)
    {
        lock (gate)
        {
            if (aheadWeight > ExecutionLimits.AheadBytesMax)
                return false;
            ahead = Enqueue(number => NewStep(attempt, number));
            aheadWeight += ahead.Weight;
            return true;
        }
    }

    private async Task SettledAsync(JournalRecord record, JournalRecord? before)
    {
        try
        {
            await record.Settled;
            lock (gate)
            {
                // Another branch may have gone further ahead meanwhile.
                if (ahead == before)
                    (ahead, aheadWeight) = (null, 0);
            }
        }
        catch (JournalLostException)
        {
            if (Interlocked.Exchange(ref lost, 1) == 0)
                onLost();
            throw;
        }
    }

    // The numbers are given in the order in which the records are written, so that a reader who has seen one has seen all before it.
    private JournalRecord Enqueue(Func<int, JournalRecord> make)
    {
        lock (gate)
        {
            var record = make(++sequence);
            if (record is not LogRecord)
                record.After = ahead;
            writer.Add(record);
            return record;
        }
    }

    private static bool IsLarge(StepOutput output) => output.Bytes > StepOutput.AtHandBytesMax || output.Place is not null;

    /// <summary>As it can be recorded: at hand, or resting in a row that can be referred to.</summary>
    private static async ValueTask<StepOutput> ReadyAsync(StepOutput output, CancellationToken cancellationToken) =>
        output.Place is null or OutputStore.BlobPlace ? output : new StepOutput(await output.LoadAsync(cancellationToken));

    /// <summary>Null when it sends nothing large.</summary>
    private async ValueTask<IDisposable?> EnterAsync(StepOutput? output) =>
        output is { Place: null, Bytes: > StepOutput.AtHandBytesMax and var bytes } ? await writer.Room.EnterAsync(bytes) : null;

    // A result that is passed on unchanged is kept once.
    private Payload PayloadOf(StepOutput? output)
    {
        if (output is null)
            return Payload.None;
        if (!output.TryGet(out var value))
            return new Payload(null, ((OutputStore.BlobPlace)output.Place!).BlobId, output.Bytes);
        var bytes = JsonMarshal.GetRawUtf8Value(value);
        var hash = bytes.Length > StepOutput.AtHandBytesMax ? SHA256.HashData(bytes) : null;
        if (latestOutput is { } latest && latest.Payload.Bytes == bytes.Length
            && (hash is null ? latest.Payload.Text == value.GetRawText() : hash.AsSpan().SequenceEqual(latest.Hash)))
        {
            return latest.Payload;
        }

        var payload = Payload.Of(value.GetRawText());
        latestOutput = (hash, payload);
        return payload;
    }

    /// <summary>A large output that rests in the database is not held here besides.</summary>
    private void Let(StepOutput? output, Payload payload)
    {
        if (payload.BlobId is not { } blobId)
            return;
        if (output is { Place: null })
            output.Rest(outputs.Blob(claim.WorkspaceId, claim.ExecutionId, blobId));
        lock (gate)
        {
            if (latestOutput is { } latest && ReferenceEquals(latest.Payload, payload))
                latestOutput = (latest.Hash, payload with { Text = null });
        }
    }

    private void ThrowIfLost()
    {
        if (Volatile.Read(ref lost) != 0)
            throw new JournalLostException($"The claim on execution {claim.ExecutionId} is lost.");
    }
}
