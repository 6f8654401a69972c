using Gantry.Engine.Plans;
using Gantry.Engine.Work;
using Gantry.Hub.Executions.Journal;

namespace Gantry.Hub.Executions;

/// <summary>A start, checked: who asks may, the plan is sound, the inputs fit it.</summary>
internal sealed record ExecutionStart
{
    public required Guid WorkspaceId { get; init; }

    public required Guid UserId { get; init; }

    /// <summary>Null for a plan that was given with the start.</summary>
    public SavedPlan? Saved { get; init; }

    /// <summary>The plan that was given with the start; null for a saved one.</summary>
    public string? PlanText { get; init; }

    public required Plan Plan { get; init; }

    /// <summary>A JSON object, the defaults filled in.</summary>
    public required string Inputs { get; init; }

    /// <summary>JSON: what ${trigger} finds; null when a person starts it.</summary>
    public string? Trigger { get; init; }

    /// <summary>What starts it; null when a person does.</summary>
    public EventRow? Event { get; init; }

    public Guid? RerunOf { get; init; }

    /// <summary>The results that it begins with; null when it begins at the beginning.</summary>
    public TakenResults? Results { get; init; }

    public string? Address { get; init; }

    public string? Key { get; init; }

    /// <summary>What it moves, when it was asked for as a transfer.</summary>
    public TransferRecord? Transfer { get; init; }

    public byte[]? RequestHash { get; init; }
}

/// <summary>Which version of which plan.</summary>
internal sealed record SavedPlan(Guid Id, int Version, string Name);

/// <summary>How a start was taken.</summary>
/// <param name="ExecutionId">The execution, new or known.</param>
/// <param name="CreatedAt">When it was accepted, if it is new.</param>
/// <param name="IsClaimed">It runs already.</param>
/// <param name="Known">Set when the Idempotency-Key was used before.</param>
/// <param name="Taken">Set when another event counts in the place of the one that it was started by, so that it was not.</param>
/// <param name="Standing">How it stands behind its concurrency key; null when it has none.</param>
internal sealed record AcceptedStart(
    Guid ExecutionId, DateTimeOffset CreatedAt, bool IsClaimed, KnownStart? Known, TakenEvent? Taken, Standing? Standing = null);

/// <summary>
/// Accepts starts: when it returns, the execution is on record and will reach its end. Where a worker is free, the same write claims it.
/// </summary>
internal sealed class ExecutionStarter(JournalWriter writer, Dispatcher dispatcher, TurnOf turns, TimeProvider clock)
{
    /// <exception cref="ConcurrencyKeyException">The plan's concurrency key cannot be made of what the start gives.</exception>
    public async Task<AcceptedStart> StartAsync(ExecutionStart start, Guid executionId)
    {
        // Whose turn it is shows when it is accepted.
        var turn = start.Plan.Concurrency is null ? null
            : turns.Of(start.Plan, start.WorkspaceId, start.Saved?.Id, executionId, ExecutionJson.Parse(start.Inputs), start.Trigger is { } trigger ? ExecutionJson.Parse(trigger) : null);
        var isClaimed = turn is null && start.Results is null && dispatcher.TryReserve();
        var record = RecordOf(start, executionId, isClaimed, turn);

        // Entered before it can be on record, so that no claim is on record that nobody here is at.
        var entry = isClaimed ? dispatcher.Enter(ClaimOf(start, record)) : null;
        writer.Add(record);

        // It begins at once: what its steps do waits until it is durable, what they make of what is at hand does not, and is often written with it.
        if (entry is not null)
            dispatcher.Start(entry);

        // Whoever asked may go away meanwhile; what is accepted runs all the same.
        await record.Settled;
        if (record.IsAccepted && turn is null && !isClaimed)
            await dispatcher.PublishAsync([new WorkItem(executionId)], CancellationToken.None);
        return new AcceptedStart(record.Known?.ExecutionId ?? executionId, record.CreatedAt, isClaimed, record.Known, start.Event?.Taken, record.Standing);
    }

    private static Claim ClaimOf(ExecutionStart start, AcceptRecord record) => new()
    {
        ExecutionId = record.ExecutionId,
        WorkspaceId = start.WorkspaceId,
        UserId = start.UserId,
        PlanId = start.Saved?.Id,
        PlanVersion = start.Saved?.Version,
        PlanText = start.PlanText,
        Plan = start.Plan,
        Inputs = start.Inputs,
        Trigger = start.Trigger,
        Fence = 1,
        Accept = record,
    };

    private AcceptRecord RecordOf(ExecutionStart start, Guid executionId, bool isClaimed, Turn? turn) => new()
    {
        ExecutionId = executionId,
        WorkspaceId = start.WorkspaceId,
        UserId = start.UserId,
        PlanId = start.Saved?.Id,
        PlanVersion = start.Saved?.Version,
        PlanName = start.Saved?.Name ?? start.Plan.Name,
        PlanText = start.PlanText,
        Inputs = start.Inputs,
        Trigger = start.Trigger,
        Event = start.Event,
        RerunOf = start.RerunOf,
        CreatedAt = clock.GetUtcNow(),
        Address = start.Address,
        IsClaimed = isClaimed,
        Key = start.Key,
        Transfer = start.Transfer,
        Turn = turn,
        Results = start.Results,
        RequestHash = start.RequestHash,
    };
}
