using System.Text.Json;
using Gantry.Engine.Plans.Triggers;
using Gantry.Hub.Executions;
using Gantry.Hub.Executions.Journal;
using Gantry.Hub.Plans;
using Gantry.Hub.Transfers;
using Gantry.Hub.Web;

namespace Gantry.Hub.Triggers;

/// <summary>
/// Makes executions of what triggers saw. When it returns, the event is on record, and with it, in the same transaction, the execution: or why there is
/// none, and when it is tried again. What runs a template is a transfer.
/// </summary>
internal sealed class TriggerStarter(ExecutionStarter starter, TransferStarter transfers, JournalWriter writer, PlanLibrary plans, TimeProvider clock)
{
    public async Task<Delivered> DeliverAsync(SeenEvent seen, Guid? executionId = null, string? address = null)
    {
        try
        {
            if (seen.DeadBecause is { } dead)
                return await SettleAsync(seen, "dead", dead);
            if (seen.FilteredBecause is { } filtered)
                return await SettleAsync(seen, "filtered", filtered);
            return await StartAsync(seen, executionId ?? Guid.CreateVersion7(clock.GetUtcNow()), address);
        }
        catch (Refusal refusal)
        {
            var attempts = seen.Attempts + 1;
            return refusal.IsFinal || seen.IsTriedOnce || attempts >= EventLimits.AttemptsMax
                ? await SettleAsync(seen, "dead", refusal.Message)
                : await SettleAsync(seen, "failed", refusal.Message, EventLimits.PauseAfter(attempts));
        }
    }

    private async Task<Delivered> StartAsync(SeenEvent seen, Guid executionId, string? address)
    {
        var context = seen.Trigger;
        if (context.IsRemoved)
            throw new Refusal($"The plan '{context.PlanName}' is gone, or has no such trigger any more.") { IsFinal = seen.UserId is null };
        if (!context.MayStart)
            throw new Refusal(TriggerTexts.MayNotStart);
        var start = await PrepareAsync(seen, executionId, address);
        if (start is null)
            return await SettleAsync(seen, "filtered", "Its trigger's 'when' is not true of it.");
        var accepted = await AcceptAsync(start, executionId);
        if (accepted.Taken is { ExecutionId: null, Status: "dead" } gone && gone.Id == seen.Id)
            return new Delivered(seen.Id, null, gone.Status, EventCommands.Gone, null, null);
        return accepted.Taken is { } taken
            ? new Delivered(taken.Id, taken.ExecutionId, "duplicate", null, accepted, start)
            : new Delivered(seen.Id, executionId, "accepted", null, accepted, start);
    }

    private async Task<AcceptedStart> AcceptAsync(ExecutionStart start, Guid executionId)
    {
        try
        {
            return await starter.StartAsync(start, executionId);
        }
        catch (ConcurrencyKeyException wrong)
        {
            throw new Refusal(wrong.Message);
        }
    }

    /// <summary>Null when its trigger does not want it. What somebody replays is wanted.</summary>
    private async Task<ExecutionStart?> PrepareAsync(SeenEvent seen, Guid executionId, string? address)
    {
        var context = seen.Trigger;
        try
        {
            var (trigger, payload) = (context.Read(), JsonElement.Parse(seen.Payload));
            if (seen.UserId is null && !TriggerValues.Wants(trigger, payload, seen.OccurredAt))
                return null;
            var plan = await plans.ReadAsync(context.WorkspaceId, context.PlanId, context.PlanVersion, null, CancellationToken.None);
            var start = new ExecutionStart
            {
                WorkspaceId = context.WorkspaceId,
                UserId = seen.UserId ?? context.UserId,
                Saved = new SavedPlan(context.PlanId, context.PlanVersion, context.PlanName),
                Plan = plan,
                Inputs = ExecuteRoutes.InputsFor(plan, TriggerValues.Inputs(trigger, plan, payload, seen.OccurredAt)),
                Trigger = seen.Payload,
                Event = RowOf(seen, "accepted", null, null, executionId),
                Address = address,
            };
            return await transfers.AsTransferAsync(start, executionId, CancellationToken.None);
        }
        catch (Exception refused) when (refused is PlanFormatException or PlanUnreadableException or ProblemException)
        {
            throw new Refusal(refused.Message);
        }
    }

    private async Task<Delivered> SettleAsync(SeenEvent seen, string status, string reason, TimeSpan? again = null)
    {
        var record = EventRecord.Of(RowOf(seen, status, reason, again, null));
        writer.Add(record);
        await record.Settled;
        return record.Event.Taken is { } taken
            ? new Delivered(taken.Id, taken.ExecutionId, "duplicate", null, null, null)
            : new Delivered(seen.Id, null, status, reason, null, null);
    }

    private static EventRow RowOf(SeenEvent seen, string status, string? reason, TimeSpan? again, Guid? executionId) => new()
    {
        Id = seen.Id,
        WorkspaceId = seen.Trigger.WorkspaceId,
        TriggerId = seen.Trigger.Id,
        PlanId = seen.Trigger.PlanId,
        Kind = seen.Trigger.Kind,
        Status = status,
        Key = seen.Key,
        Summary = TriggerTexts.Summary(seen.Summary),
        Payload = seen.Payload,
        Reason = reason is null ? null : TriggerTexts.Summary(reason),
        ExecutionId = executionId,
        OriginalId = seen.OriginalId,
        UserId = seen.UserId,
        Attempts = seen.Attempts + 1,
        NextAttemptIn = again,
        OccurredAt = seen.OccurredAt,
        IsStored = seen.IsStored,
        NotesDuplicate = seen.NotesDuplicate,
        Step = seen.Step,
    };

    /// <summary>Why nothing was started.</summary>
    private sealed class Refusal(string message) : Exception(message)
    {
        /// <summary>No further attempt helps.</summary>
        public bool IsFinal { get; init; }
    }
}
