using Gantry.Engine.Plans;

namespace Gantry.Hub.Executions.Journal;

/// <summary>What became of others by what was written: executions that can be claimed now, that have signals, that are to stop.</summary>
internal sealed class JournalNews
{
    public List<Guid> Ready { get; } = [];

    public List<Guid> Signalled { get; } = [];

    public List<Guid> ToStop { get; } = [];

    public bool IsEmpty => Ready.Count + Signalled.Count + ToStop.Count == 0;
}

/// <summary>Records that go to the database together, by kind.</summary>
internal sealed class JournalBatch
{
    private readonly HashSet<(Guid WorkspaceId, Guid UserId, string Key)> keys = [];
    private readonly HashSet<(Guid ExecutionId, string StepPath, int Attempt)> attempts = [];
    private readonly HashSet<AcceptRecord> plain = [];

    public List<JournalRecord> All { get; } = [];

    public List<AcceptRecord> Accepts { get; } = [];

    /// <summary>The executions that are accepted and end in it.</summary>
    public HashSet<Guid> Wholes { get; } = [];

    /// <summary>Those of accepts, and those that start nothing.</summary>
    public List<EventRow> Events { get; } = [];

    public List<StepRecord> Steps { get; } = [];

    public List<LogRecord> Logs { get; } = [];

    public List<FinalRecord> Finals { get; } = [];

    public List<ParkRecord> Parks { get; } = [];

    /// <summary>The claims that the records are written under: each once.</summary>
    public Dictionary<Guid, (Guid WorkspaceId, int Fence)> Claims { get; } = [];

    /// <summary>What the database answered: the executions whose claims are lost.</summary>
    public HashSet<Guid> Lost { get; } = [];

    /// <summary>What the database answered: what this batch brought about elsewhere.</summary>
    public JournalNews News { get; private set; } = new();

    public int Weight { get; private set; }

    /// <summary>False when the record has to wait for the next batch, since this one holds another that it follows.</summary>
    public bool TryAdd(JournalRecord record)
    {
        if (record is ClaimedRecord claimed && !HasSameFence(claimed))
            return false;
        switch (record)
        {
            case AcceptRecord { Key: { } key } accept when !keys.Add((accept.WorkspaceId, accept.UserId, key)):
                return false;
            case AcceptRecord accept:
                Accepts.Add(accept);
                accept.End = null;
                if (accept.IsPlain)
                    plain.Add(accept);
                if (accept.Event is { } seen)
                    Events.Add(seen);
                break;
            case EventRecord { Event: var row }:
                Events.Add(row);
                break;
            case StepRecord step:
                if (!TryAddStep(step))
                    return false;
                break;
            case LogRecord log:
                Logs.Add(log);
                break;
            case FinalRecord final:
                if (final.LastStep is { } last && !TryAddStep(last))
                    return false;
                Finals.Add(final);
                JoinWhole(final);
                break;
            case ParkRecord park:
                Parks.Add(park);
                break;
            default:
                throw new InvalidOperationException($"There is no place in a batch for {record.GetType().Name}.");
        }

        All.Add(record);
        Weight += record.Weight;
        return true;
    }

    /// <summary>It is sent (again): what was answered before counts no more.</summary>
    public void Forget()
    {
        Lost.Clear();
        News = new JournalNews();
    }

    public (JournalBatch First, JournalBatch Second) Halves()
    {
        var halves = (First: new JournalBatch(), Second: new JournalBatch());
        var middle = All.Count / 2;
        for (var i = 0; i < All.Count; i++)
            (i < middle ? halves.First : halves.Second).TryAdd(All[i]);
        return halves;
    }

    /// <summary>Takes out the records that follow one that failed, and fails them as well.</summary>
    public JournalBatch WithoutForsaken()
    {
        if (!All.Exists(record => record.IsForsaken))
            return this;
        var rest = new JournalBatch();
        foreach (var record in All)
        {
            // One that is failed here may be the reason for the next.
            if (record.IsForsaken)
                record.Forsake();
            else
                rest.TryAdd(record);
        }

        return rest;
    }

    /// <summary>The batch is durable: tells every record how it fared, in the order they were added.</summary>
    public void Settle()
    {
        foreach (var record in All)
        {
            if (record is ClaimedRecord && Lost.Contains(record.ExecutionId))
                record.Fail(new JournalLostException($"The claim on execution {record.ExecutionId} is lost: another hub has it."));
            else
                record.Commit();
        }
    }

    private void JoinWhole(FinalRecord final)
    {
        if (final.Accept is not { } accept || !plain.Contains(accept) || final.EndsWaits || final.CancelledCalls.Count > 0)
            return;
        accept.End = final;
        Wholes.Add(final.ExecutionId);
    }

    private bool TryAddStep(StepRecord step)
    {
        if (!attempts.Add((step.ExecutionId, step.Attempt.StepPath, step.Attempt.Attempt)))
            return false;
        Steps.Add(step);
        if (step.Child is { } child)
            Accepts.Add(child);
        return true;
    }

    private bool HasSameFence(ClaimedRecord record)
    {
        if (Claims.TryAdd(record.ExecutionId, (record.WorkspaceId, record.Fence)))
            return true;
        return Claims[record.ExecutionId].Fence == record.Fence;
    }
}
