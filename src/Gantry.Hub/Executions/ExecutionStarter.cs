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
internal sealed record AcceptedStart(Guid ExecutionId, DateTimeOffset CreatedAt, bool IsClaimed, KnownStart? Known, TakenEvent? Taken);

/// <summary>
/// Accepts starts: when it returns, the execution is on record and will reach its end. Where a worker is free, the same write claims it.
/// </summary>
internal sealed class ExecutionStarter(JournalWriter writer, Dispatcher dispatcher, TimeProvider clock)
{
    public async Task<AcceptedStart> StartAsync(ExecutionStart start, Guid executionId)
    {
        var isClaimed = dispatcher.TryReserve();
        var isStarted = false;
        try
        {
            var record = RecordOf(start, executionId, isClaimed);
            writer.Add(record);

            // Whoever asked may go away meanwhile; what is accepted runs all the same.
            await record.Settled;
            var taken = start.Event?.Taken;
            if (record.Known is null && taken is null)
            {
                await DispatchAsync(start, executionId, isClaimed);
                isStarted = isClaimed;
            }

            return new AcceptedStart(record.Known?.ExecutionId ?? executionId, record.CreatedAt, isClaimed, record.Known, taken);
        }
        finally
        {
            if (isClaimed && !isStarted)
                dispatcher.Release();
        }
    }

    private async Task DispatchAsync(ExecutionStart start, Guid executionId, bool isClaimed)
    {
        if (!isClaimed)
        {
            await dispatcher.PublishAsync([new WorkItem(executionId)], CancellationToken.None);
            return;
        }

        dispatcher.Start(new Claim
        {
            ExecutionId = executionId,
            WorkspaceId = start.WorkspaceId,
            UserId = start.UserId,
            PlanId = start.Saved?.Id,
            PlanVersion = start.Saved?.Version,
            PlanText = start.PlanText,
            Plan = start.Plan,
            Inputs = start.Inputs,
            Trigger = start.Trigger,
            Fence = 1,
        });
    }

    private AcceptRecord RecordOf(ExecutionStart start, Guid executionId, bool isClaimed) => new()
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
        RequestHash = start.RequestHash,
    };
}
