using System.Text.Json;
using Gantry.Engine.Plans.Triggers;

namespace Gantry.Hub.Triggers;

/// <summary>A trigger as the API shows it.</summary>
/// <param name="PlanId">The plan that it starts.</param>
/// <param name="Plan">That plan's name.</param>
/// <param name="Watches">Shortly: "0 6 * * mon-fri (Europe/Berlin)", "POST news".</param>
/// <param name="InWords">A schedule as people say it: "From Monday to Friday at 06:00 (Europe/Berlin)"; null for others.</param>
/// <param name="State">active, paused or broken.</param>
/// <param name="Broken">Why it does nothing.</param>
/// <param name="IsOfPlan">It stands in the plan's text, and not only in the hub.</param>
/// <param name="Settings">As they stand in the plan's 'on' block.</param>
/// <param name="Url">Where a webhook is called.</param>
/// <param name="NextAt">A schedule's next time.</param>
/// <param name="Next">Its next ten; only when one trigger is shown, and in the list of scheduled jobs.</param>
/// <param name="ExpectedBy">When the window ends in which something has to come.</param>
/// <param name="ScannedAt">When its endpoint was last listed whole.</param>
/// <param name="Last">The latest thing that it saw.</param>
internal sealed record TriggerView(
    Guid Id,
    Guid PlanId,
    string Plan,
    string Kind,
    string Watches,
    string? InWords,
    string State,
    string? Broken,
    bool IsOfPlan,
    JsonElement Settings,
    string? Url,
    DateTimeOffset? NextAt,
    IReadOnlyList<DateTimeOffset>? Next,
    DateTimeOffset? ExpectedBy,
    DateTimeOffset? ScannedAt,
    LastEventView? Last,
    DateTimeOffset CreatedAt,
    DateTimeOffset UpdatedAt)
{
    private const int NextCount = 10;

    public static TriggerView Of(TriggerRow row, bool withNext) => Of(row, row.Broken ?? (row.MayStart ? null : TriggerTexts.MayNotStart), withNext);

    private static TriggerView Of(TriggerRow row, string? broken, bool withNext) => new(
        row.Id,
        row.PlanId,
        row.Plan,
        row.Kind,
        row.Watches,
        TriggerTexts.InWords(row),
        row.PausedAt is not null ? "paused" : broken is not null ? "broken" : "active",
        broken,
        !row.IsOfApi,
        JsonElement.Parse(row.Settings).GetProperty(row.Kind),
        row.Path is { } path ? $"/api/webhook/~{row.Workspace}/{path}" : null,
        row.PausedAt is null ? row.NextAt : null,
        withNext ? NextOf(row) : null,
        row.PausedAt is null ? row.ExpectTo : null,
        row.ScannedAt,
        row.LastEventId is { } last ? new LastEventView(last, row.LastEventStatus!, row.LastEventAt!.Value, row.LastReason, row.LastExecutionId, row.LastExecutionStatus) : null,
        row.CreatedAt,
        row.UpdatedAt);

    private static IReadOnlyList<DateTimeOffset>? NextOf(TriggerRow row)
    {
        if (row.Kind != "schedule")
            return null;
        if (row.PausedAt is not null || row.NextAt is not { } next)
            return [];
        try
        {
            return TriggerTexts.Read(row.Settings) is ScheduleTrigger trigger && trigger.TimesFrom(row.Anchor) is { } times
                ? [next, .. times.AllAfter(next).Take(NextCount - 1)] : [];
        }
        catch (PlanFormatException)
        {
            // It is about to be told as broken.
            return [];
        }
    }
}

/// <summary>The latest thing that a trigger saw.</summary>
internal sealed record LastEventView(Guid Id, string Status, DateTimeOffset OccurredAt, string? Reason, Guid? ExecutionId, string? ExecutionStatus);
