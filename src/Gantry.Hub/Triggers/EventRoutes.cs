using Gantry.Engine.Work;
using Gantry.Hub.Audit;
using Gantry.Hub.Database;
using Gantry.Hub.Plans;
using Gantry.Hub.Web;

namespace Gantry.Hub.Triggers;

/// <summary>Which events are to be replayed; what is not given is any.</summary>
/// <param name="Status">dead, failed, accepted or filtered.</param>
/// <param name="Plan">Of the plan of this name or id.</param>
/// <param name="Trigger">Of this trigger.</param>
/// <param name="Q">A part of the summary, the key or the reason.</param>
/// <param name="Limit">At most so many, the newest; 100 when it is not given.</param>
internal sealed record ReplayRequest(
    string Status, string? Kind = null, string? Plan = null, string? Trigger = null, DateTimeOffset? Since = null, DateTimeOffset? Until = null, string? Q = null, int Limit = 100);

/// <summary>How many events were replayed.</summary>
internal sealed record ReplayView(int Replayed);

/// <summary>What triggers saw, and the same once more.</summary>
internal static class EventRoutes
{
    private const int ReplayMax = 1_000;

    private static readonly string[] Statuses = ["pending", "accepted", "duplicate", "filtered", "failed", "dead", "alert"];

    private static readonly string[] Replayable = ["dead", "failed", "accepted", "filtered"];

    public static async Task<Page<EventView>> ListAsync(
        Caller caller, HubDatabase database, string? status, string? kind, string? plan, string? trigger, string? q, DateTimeOffset? since, DateTimeOffset? until,
        string? limit, string? after, CancellationToken cancellationToken)
    {
        if (status is not null && !Statuses.Contains(status))
            throw ProblemException.Invalid($"The parameter 'status' is one of {string.Join(", ", Statuses)}.");
        var count = PageQuery.Limit(limit);
        await using var session = await database.OpenAsync(caller.Actor, cancellationToken);
        var filter = await FilterAsync(session, status, kind, plan, trigger, q, since, until, cancellationToken);
        var events = await EventStore.ListAsync(session, filter with { After = PageQuery.AfterId(after) }, count + 1, cancellationToken);
        return Page<EventView>.From(events, count, found => found.Id.ToString());
    }

    public static async Task<EventView> ShowAsync(string @event, Caller caller, HubDatabase database, CancellationToken cancellationToken)
    {
        await using var session = await database.OpenAsync(caller.Actor, cancellationToken);
        return await FindAsync(session, @event, cancellationToken);
    }

    /// <summary>Tries it now. A failed or dead event is tried itself; of one that was accepted or filtered there is another one, which names it.</summary>
    public static async Task<IResult> ReplayAsync(
        string @event, HttpContext context, Caller caller, HubDatabase database, TriggerWork work, EventDelivery delivery, CancellationToken cancellationToken)
    {
        Guid id;
        await using (var session = await database.OpenAsync(caller.Actor, cancellationToken))
        {
            var found = await FindAsync(session, @event, cancellationToken);
            if (!Replayable.Contains(found.Status))
                throw ProblemException.Conflict($"This event is '{found.Status}' and cannot be replayed; those that are {string.Join(", ", Replayable)} can.");
            id = await EventStore.AgainAsync(session, found.Id, TimeSpan.FromSeconds(30), cancellationToken)
                ?? throw ProblemException.Conflict("This event was moved on at this moment. Look at it again.");
            await AuditLog.AppendAsync(session, context, "event.replayed", found.Id.ToString(), new { plan = found.Plan, found.Kind, status = found.Status }, cancellationToken);
            FaultPoint.Pass("replay.before");
            await session.CommitAsync(cancellationToken);
            FaultPoint.Pass("replay.after");
        }

        // Whoever asked may go away meanwhile: what is on record is tried all the same.
        if (await work.FindEventAsync(caller.WorkspaceId!.Value, id, CancellationToken.None) is { } due)
            await delivery.DeliverAsync(due, CancellationToken.None);
        FaultPoint.Pass("replay.delivered");
        await using var reading = await database.OpenAsync(caller.Actor, cancellationToken);
        return Results.Json((await EventStore.FindAsync(reading, id, cancellationToken))!, HubJson.Options, statusCode: StatusCodes.Status202Accepted);
    }

    /// <summary>Puts all that fit on record for another attempt, which follows at once.</summary>
    public static async Task<IResult> ReplayAllAsync(ReplayRequest request, HttpContext context, Caller caller, HubDatabase database, CancellationToken cancellationToken)
    {
        if (!Replayable.Contains(request.Status))
            throw ProblemException.Invalid($"The field 'status' is one of {string.Join(", ", Replayable)}.");
        if (request.Limit is < 1 or > ReplayMax)
            throw ProblemException.Invalid($"The field 'limit' is from 1 to {ReplayMax}.");
        await using var session = await database.OpenAsync(caller.Actor, cancellationToken);
        var filter = await FilterAsync(session, request.Status, request.Kind, request.Plan, request.Trigger, request.Q, request.Since, request.Until, cancellationToken);
        var count = 0;
        foreach (var found in await EventStore.ListAsync(session, filter, request.Limit, cancellationToken))
            count += await EventStore.AgainAsync(session, found.Id, TimeSpan.Zero, cancellationToken) is null ? 0 : 1;
        await AuditLog.AppendAsync(session, context, "events.replayed", null, new { request.Status, request.Kind, request.Plan, request.Trigger, count }, cancellationToken);
        await PlanTriggers.TellAsync(session, cancellationToken);
        await session.CommitAsync(cancellationToken);
        return Results.Json(new ReplayView(count), HubJson.Options, statusCode: StatusCodes.Status202Accepted);
    }

    private static async Task<EventFilter> FilterAsync(HubSession session, string? status, string? kind, string? plan, string? trigger, string? text,
        DateTimeOffset? since, DateTimeOffset? until, CancellationToken cancellationToken) => new()
        {
            Status = status,
            Kind = kind,
            PlanId = plan is null ? null : (await PlanRoutes.FindAsync(session, plan, cancellationToken)).Id,
            TriggerId = trigger is null ? null : PageQuery.Id(trigger, "trigger"),
            Text = text,
            Since = since,
            Until = until,
        };

    private static async Task<EventView> FindAsync(HubSession session, string id, CancellationToken cancellationToken) =>
        await EventStore.FindAsync(session, PageQuery.Id(id, "event"), cancellationToken)
        ?? throw ProblemException.NotFound($"There is no event '{id}'.");
}
