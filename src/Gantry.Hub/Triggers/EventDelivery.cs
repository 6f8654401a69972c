using System.Text.Json;
using Gantry.Engine.Work;
using Gantry.Hub.Executions;
using Gantry.Hub.Executions.Journal;

namespace Gantry.Hub.Triggers;

/// <summary>Makes the further attempts at events that started nothing yet.</summary>
internal sealed partial class EventDelivery(TriggerWork work, TriggerStarter starter, ILogger<EventDelivery> logger)
{
    /// <summary>False when none waits any more.</summary>
    public async Task<bool> DeliverDueAsync(CancellationToken cancellationToken)
    {
        var due = await work.TakeEventsAsync(cancellationToken);
        if (due.Count == 0)
            return false;
        FaultPoint.Pass("delivery.taken");
        var starters = await work.WhoMayStartAsync(due.Select(StarterOf), cancellationToken);
        var ended = await work.EndedAsync(due.Where(IsEnd).Select(seen => (seen.WorkspaceId, Guid.Parse(seen.Key!))), cancellationToken);
        await Task.WhenAll(due.Select(seen => DeliverAsync(seen with { MayStart = starters.Contains(StarterOf(seen)) }, ended)));
        FaultPoint.Pass("delivery.done");
        return true;
    }

    /// <summary>One more attempt now, at an event that is failed or dead.</summary>
    public async Task<Delivered> DeliverAsync(DueEvent seen, CancellationToken cancellationToken)
    {
        var starters = await work.WhoMayStartAsync([StarterOf(seen)], cancellationToken);
        var ended = await work.EndedAsync(IsEnd(seen) ? [(seen.WorkspaceId, Guid.Parse(seen.Key!))] : [], cancellationToken);
        return await starter.DeliverAsync(SeenOf(seen with { MayStart = starters.Contains(StarterOf(seen)) }, ended));
    }

    /// <summary>The first attempt at an event that was just put on record. One that fails for the database is left to the further ones.</summary>
    public async Task DeliverNewAsync(TriggerContext trigger, Guid eventId, string summary, string payload, DateTimeOffset occurredAt, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        try
        {
            await starter.DeliverAsync(new SeenEvent
            {
                Id = eventId,
                Trigger = trigger,
                Summary = summary,
                Payload = payload,
                OccurredAt = occurredAt,
                IsStored = true,
            });
        }
        catch (JournalRefusedException refused)
        {
            Log.Refused(logger, eventId, refused);
        }
    }

    private async Task DeliverAsync(DueEvent seen, IReadOnlyDictionary<Guid, EndedExecution> ended)
    {
        try
        {
            await starter.DeliverAsync(SeenOf(seen, ended));
        }
        catch (JournalRefusedException refused)
        {
            Log.Refused(logger, seen.EventId, refused);
        }
    }

    private static SeenEvent SeenOf(DueEvent due, IReadOnlyDictionary<Guid, EndedExecution> ended)
    {
        var seen = new SeenEvent
        {
            Id = due.EventId,
            Trigger = due,
            Key = due.Key,
            Summary = due.Summary,
            Payload = due.EventPayload ?? "{}",
            OccurredAt = due.OccurredAt,
            Attempts = due.Attempts,
            IsStored = true,
            UserId = due.ReplayedBy,
            OriginalId = due.OriginalId,
        };
        if (!IsEnd(due))
            return seen;
        if (!ended.TryGetValue(Guid.Parse(due.Key!), out var execution))
            return seen with { DeadBecause = "The execution that ended is gone." };
        var depth = DepthOf(execution) + 1;
        return seen with
        {
            Payload = PayloadOf(due, execution, depth),
            DeadBecause = depth > EventLimits.ChainMax
                ? $"{EventLimits.ChainMax} executions have followed from one another, which is as many as may: the plans probably start each other in a circle."
                : null,
        };
    }

    /// <summary>Written by the database as another execution ended: it knows only which.</summary>
    private static bool IsEnd(DueEvent due) => due is { Kind: "execution", EventPayload: null, Key: not null };

    private static (Guid WorkspaceId, Guid UserId) StarterOf(DueEvent due) => (due.WorkspaceId, due.ReplayedBy ?? due.UserId);

    private static int DepthOf(EndedExecution execution) =>
        execution.Trigger is { } trigger && JsonElement.Parse(trigger).TryGetProperty("depth", out var depth) && depth.TryGetInt32(out var number) ? number : 0;

    private static string PayloadOf(DueEvent due, EndedExecution ended, int depth) => TriggerPayload.Of(due, due.EventId, json =>
    {
        json.WriteNumber("depth", depth);
        json.WriteStartObject("execution");
        json.WriteString("id", ended.Id);
        json.WriteString("plan", ended.PlanName);
        json.WriteString("status", ended.Status);
        if (ended.PlanVersion is { } version)
            json.WriteNumber("plan_version", version);
        if (ended.EndedAt is { } endedAt)
            json.WriteString("ended_at", endedAt.UtcDateTime);
        EventJson.WriteRaw(json, "output", ended.Output);
        if (ended.IsOutputLarge)
            json.WriteBoolean("output_left_out", true);
        EventJson.WriteRaw(json, "error", ended.Error);
        EventJson.WriteText(json, "failed_step", ended.FailedStep);
        json.WriteEndObject();
    });

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "The event {EventId} was refused by the database.")]
        public static partial void Refused(ILogger logger, Guid eventId, Exception failure);
    }
}
