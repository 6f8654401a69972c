using Gantry.Engine.Plans.Triggers;

namespace Gantry.Hub.Triggers;

/// <summary>Starts a schedule's plan between its times, because somebody says so.</summary>
internal sealed class ScheduleRun(TriggerWork work, TriggerStarter starter, TimeProvider clock)
{
    /// <summary>As <paramref name="userId"/>, with the schedule's inputs, whatever its 'when' says. What is refused is not tried again. Null when there is no such trigger.</summary>
    /// <exception cref="PlanFormatException">This program cannot read the schedule.</exception>
    public async Task<Delivered?> StartAsync(Guid workspaceId, Guid triggerId, Guid userId, CancellationToken cancellationToken)
    {
        if (await work.FindTriggerAsync(workspaceId, triggerId, cancellationToken) is not { } found)
            return null;
        var starters = await work.WhoMayStartAsync([(workspaceId, userId)], cancellationToken);
        var trigger = found with { MayStart = starters.Count > 0 };
        var (id, now) = (Guid.CreateVersion7(), clock.GetUtcNow());
        return await starter.DeliverAsync(new SeenEvent
        {
            Id = id,
            Trigger = trigger,
            Summary = $"{((ScheduleTrigger)trigger.Read()).Words}, by hand",
            Payload = TriggerPayload.OfSchedule(trigger, id, now, isMissed: false, isByHand: true),
            OccurredAt = now,
            IsTriedOnce = true,
            UserId = userId,
        });
    }
}
