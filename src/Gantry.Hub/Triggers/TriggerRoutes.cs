using System.Text.Json;
using Gantry.Engine.Plans.Triggers;
using Gantry.Hub.Audit;
using Gantry.Hub.Database;
using Gantry.Hub.Plans;
using Gantry.Hub.Web;

namespace Gantry.Hub.Triggers;

/// <summary>What starts plans by itself: seen, paused, resumed; and schedules that are set beside the plan's text.</summary>
internal static class TriggerRoutes
{
    private static readonly string[] States = ["active", "paused", "broken"];
    private static readonly string[] Kinds = ["schedule", "webhook", "files", "s3_events", "execution"];

    public static async Task<Page<TriggerView>> ListAsync(
        Caller caller, HubDatabase database, string? plan, string? kind, string? state, string? limit, string? after, CancellationToken cancellationToken)
    {
        if (kind is not null && !Kinds.Contains(kind))
            throw ProblemException.Invalid($"The parameter 'kind' is one of {string.Join(", ", Kinds)}.");
        if (state is not null && !States.Contains(state))
            throw ProblemException.Invalid($"The parameter 'state' is one of {string.Join(", ", States)}.");
        var (count, from) = (PageQuery.Limit(limit), PageQuery.AfterId(after));
        await using var session = await database.OpenAsync(caller.Actor, cancellationToken);
        var planId = plan is null ? (Guid?)null : (await PlanRoutes.FindAsync(session, plan, cancellationToken)).Id;
        var rows = await TriggerStore.ListAsync(session, planId, kind, state, from, count + 1, cancellationToken);
        return Page<TriggerView>.From([.. rows.Select(row => TriggerView.Of(row, withNext: false))], count, trigger => trigger.Id.ToString());
    }

    /// <summary>All schedules, each with its next ten times and what came of the last.</summary>
    public static async Task<Page<TriggerView>> JobsAsync(Caller caller, HubDatabase database, string? limit, string? after, CancellationToken cancellationToken)
    {
        var (count, from) = (PageQuery.Limit(limit), PageQuery.AfterId(after));
        await using var session = await database.OpenAsync(caller.Actor, cancellationToken);
        var rows = await TriggerStore.ListAsync(session, null, "schedule", null, from, count + 1, cancellationToken);
        return Page<TriggerView>.From([.. rows.Select(row => TriggerView.Of(row, withNext: true))], count, trigger => trigger.Id.ToString());
    }

    public static async Task<TriggerView> ShowAsync(string trigger, Caller caller, HubDatabase database, CancellationToken cancellationToken)
    {
        await using var session = await database.OpenAsync(caller.Actor, cancellationToken);
        return TriggerView.Of(await FindAsync(session, trigger, cancellationToken), withNext: true);
    }

    public static Task<TriggerView> PauseAsync(string trigger, HttpContext context, Caller caller, HubDatabase database, CancellationToken cancellationToken) =>
        ChangeAsync(trigger, context, caller, database, isPaused: true, cancellationToken);

    public static Task<TriggerView> ResumeAsync(string trigger, HttpContext context, Caller caller, HubDatabase database, CancellationToken cancellationToken) =>
        ChangeAsync(trigger, context, caller, database, isPaused: false, cancellationToken);

    // The event that comes of it is answered, whether it started something or not.
    public static async Task<IResult> RunAsync(
        string trigger, HttpContext context, Caller caller, HubDatabase database, ScheduleRun run, CancellationToken cancellationToken)
    {
        await using (var session = await database.OpenAsync(caller.Actor, cancellationToken))
        {
            var row = await FindAsync(session, trigger, cancellationToken);
            if (row.Kind != "schedule")
                throw ProblemException.Conflict("Only schedules are run by hand. What another trigger saw can be replayed: POST /api/events/{event}/replay.");
            await AuditLog.AppendAsync(session, context, "trigger.run", row.Id.ToString(), new { plan = row.Plan, row.Watches }, cancellationToken);
            await session.CommitAsync(cancellationToken);
        }

        var started = await StartAsync(run, trigger, caller) ?? throw NotThere(trigger);
        await using var reading = await database.OpenAsync(caller.Actor, cancellationToken);
        return Results.Json((await EventStore.FindAsync(reading, started.EventId, cancellationToken))!, HubJson.Options, statusCode: StatusCodes.Status202Accepted);
    }

    /// <summary>With a body: sets the plan's schedule beside its text. Without one: resumes the schedules that were unscheduled.</summary>
    public static async Task<IReadOnlyList<TriggerView>> ScheduleAsync(
        string plan, HttpContext context, Caller caller, HubDatabase database, CancellationToken cancellationToken)
    {
        var body = await ReadAsync(context.Request, cancellationToken);
        await using var session = await database.OpenAsync(caller.Actor, cancellationToken);
        var row = await PlanRoutes.FindAsync(session, plan, cancellationToken);
        if (body is { } given)
        {
            var trigger = PlanTriggers.ReadSchedule(given);
            await SetBesideAsync(session, row, trigger, cancellationToken);
            await AuditLog.AppendAsync(session, context, "plan.scheduled", row.Id.ToString(), new { name = row.Name, schedule = trigger.Watches }, cancellationToken);
        }
        else
        {
            var paused = await SchedulesAsync(session, row, cancellationToken);
            if (paused.Count == 0)
                throw new ProblemException(422, $"The plan '{row.Name}' has no schedule. Send one, such as {{\"cron\": \"0 6 * * *\", \"zone\": \"Europe/Berlin\"}}.");
            foreach (var schedule in paused)
                await ResumeAsync(session, schedule, cancellationToken);
            await AuditLog.AppendAsync(session, context, "plan.scheduled", row.Id.ToString(), new { name = row.Name }, cancellationToken);
        }

        await PlanTriggers.TellAsync(session, cancellationToken);
        return await CommitAsync(session, row, cancellationToken);
    }

    /// <summary>The schedule that was set through the API is gone; those of the plan's text are paused.</summary>
    public static async Task<IReadOnlyList<TriggerView>> UnscheduleAsync(
        string plan, HttpContext context, Caller caller, HubDatabase database, CancellationToken cancellationToken)
    {
        await using var session = await database.OpenAsync(caller.Actor, cancellationToken);
        var row = await PlanRoutes.FindAsync(session, plan, cancellationToken);
        await TriggerStore.RemoveAsync(session, row.Id, PlanTriggers.ApiSchedule, cancellationToken);
        foreach (var schedule in await SchedulesAsync(session, row, cancellationToken))
            await TriggerStore.PauseAsync(session, schedule.Id, cancellationToken);
        await AuditLog.AppendAsync(session, context, "plan.unscheduled", row.Id.ToString(), new { name = row.Name }, cancellationToken);
        return await CommitAsync(session, row, cancellationToken);
    }

    /// <summary>Sets what starts the plan beside its text: one of each kind.</summary>
    public static async Task<TriggerView> SetAsync(string plan, HttpContext context, Caller caller, HubDatabase database, CancellationToken cancellationToken)
    {
        var trigger = PlanTriggers.Read(PlanBody.Parse(await PlanBody.ReadTextAsync(context.Request, cancellationToken)));
        await using var session = await database.OpenAsync(caller.Actor, cancellationToken);
        var row = await PlanRoutes.FindAsync(session, plan, cancellationToken);
        await SetBesideAsync(session, row, trigger, cancellationToken);
        await AuditLog.AppendAsync(session, context, "trigger.set", row.Id.ToString(), new { plan = row.Name, trigger.Kind, trigger.Watches }, cancellationToken);
        await PlanTriggers.TellAsync(session, cancellationToken);
        var set = (await TriggerStore.ListAsync(session, row.Id, trigger.Kind, null, null, TriggerReader.TriggersMax + 1, cancellationToken)).Single(each => each.IsOfApi);
        await session.CommitAsync(cancellationToken);
        return TriggerView.Of(set, withNext: true);
    }

    /// <summary>Takes away what was set beside the plan's text.</summary>
    public static async Task<IResult> RemoveAsync(string trigger, HttpContext context, Caller caller, HubDatabase database, CancellationToken cancellationToken)
    {
        await using var session = await database.OpenAsync(caller.Actor, cancellationToken);
        var row = await FindAsync(session, trigger, cancellationToken);
        if (!row.IsOfApi)
            throw ProblemException.Conflict($"This trigger stands in the text of the plan '{row.Plan}'. Pause it, or take it out of that text.");
        await TriggerStore.RemoveAsync(session, row.PlanId, PlanTriggers.ApiIdentity(row.Kind), cancellationToken);
        await AuditLog.AppendAsync(session, context, "trigger.removed", row.Id.ToString(), new { plan = row.Plan, row.Kind, row.Watches }, cancellationToken);
        await PlanTriggers.TellAsync(session, cancellationToken);
        await session.CommitAsync(cancellationToken);
        return Results.NoContent();
    }

    // Whoever sets it wants it to work, also when it was paused.
    private static async Task SetBesideAsync(HubSession session, SavedPlanRow row, Trigger trigger, CancellationToken cancellationToken)
    {
        var identity = PlanTriggers.ApiIdentity(trigger.Kind);
        await PlanTriggers.SetAsync(session, row, trigger, identity, null, cancellationToken);
        await session.ExecuteAsync(
            "update triggers set paused_at = null where workspace_id = current_workspace_id() and plan_id = @plan and identity = @identity",
            new { plan = row.Id, identity }, cancellationToken);
    }

    private static async Task<IReadOnlyList<TriggerView>> CommitAsync(HubSession session, SavedPlanRow row, CancellationToken cancellationToken)
    {
        var schedules = await SchedulesAsync(session, row, cancellationToken);
        await session.CommitAsync(cancellationToken);
        return [.. schedules.Select(schedule => TriggerView.Of(schedule, withNext: true))];
    }

    private static Task<IReadOnlyList<TriggerRow>> SchedulesAsync(HubSession session, SavedPlanRow row, CancellationToken cancellationToken) =>
        TriggerStore.ListAsync(session, row.Id, "schedule", null, null, TriggerReader.TriggersMax + 1, cancellationToken);

    private static async Task<TriggerView> ChangeAsync(
        string trigger, HttpContext context, Caller caller, HubDatabase database, bool isPaused, CancellationToken cancellationToken)
    {
        await using var session = await database.OpenAsync(caller.Actor, cancellationToken);
        var row = await FindAsync(session, trigger, cancellationToken);
        var isChanged = isPaused ? await TriggerStore.PauseAsync(session, row.Id, cancellationToken) : await ResumeAsync(session, row, cancellationToken);
        if (isChanged)
        {
            await AuditLog.AppendAsync(
                session, context, isPaused ? "trigger.paused" : "trigger.resumed", row.Id.ToString(), new { plan = row.Plan, row.Kind, row.Watches }, cancellationToken);
            await PlanTriggers.TellAsync(session, cancellationToken);
        }

        var changed = await FindAsync(session, trigger, cancellationToken);
        await session.CommitAsync(cancellationToken);
        return TriggerView.Of(changed, withNext: true);
    }

    private static async Task<bool> ResumeAsync(HubSession session, TriggerRow row, CancellationToken cancellationToken)
    {
        var now = await session.FindAsync<DateTimeOffset>("select now()", null, cancellationToken);
        try
        {
            var trigger = TriggerTexts.Read(row.Settings);
            var window = trigger.Expect?.EndingAfter(now);
            return await TriggerStore.ResumeAsync(
                session, row.Id, (trigger as ScheduleTrigger)?.TimesFrom(row.Anchor)?.After(now), window?.From, window?.To, cancellationToken);
        }
        catch (PlanFormatException wrong)
        {
            throw new ProblemException(422, $"This trigger cannot be resumed: {wrong.Message}");
        }
    }

    // Whoever asked may go away meanwhile: what is in the audit log is done.
    private static async Task<Delivered?> StartAsync(ScheduleRun run, string trigger, Caller caller)
    {
        try
        {
            return await run.StartAsync(caller.WorkspaceId!.Value, PageQuery.Id(trigger, "trigger"), caller.Actor.UserId!.Value, CancellationToken.None);
        }
        catch (PlanFormatException wrong)
        {
            throw new ProblemException(422, $"This schedule cannot be run: {wrong.Message}");
        }
    }

    private static async Task<TriggerRow> FindAsync(HubSession session, string trigger, CancellationToken cancellationToken) =>
        await TriggerStore.FindAsync(session, PageQuery.Id(trigger, "trigger"), cancellationToken) ?? throw NotThere(trigger);

    private static ProblemException NotThere(string trigger) => ProblemException.NotFound($"There is no trigger '{trigger}'.");

    private static async Task<JsonElement?> ReadAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        if (request.ContentLength is 0 || (request.ContentLength is null && request.ContentType is null))
            return null;
        var body = PlanBody.Parse(await PlanBody.ReadTextAsync(request, cancellationToken));
        if (body.ValueKind != JsonValueKind.Object)
            throw ProblemException.Invalid("The body is a schedule, {\"cron\": \"0 6 * * *\"} or {\"every\": \"15m\"}, or is left out.");
        return body.EnumerateObject().Any() ? body : null;
    }
}

/// <summary>A schedule as it is set through the API: the fields of a plan's 'schedule'.</summary>
/// <param name="Cron">Five fields, six with seconds, or @daily and the like; instead of 'every'.</param>
/// <param name="Every">A span of time such as 15m; instead of 'cron'.</param>
/// <param name="Zone">An IANA name; UTC when it is not given.</param>
/// <param name="Missed">once (the default), skip or all.</param>
/// <param name="Inputs">What the executions are given.</param>
internal sealed record ScheduleRequest(
    string? Cron = null, string? Every = null, string? Zone = null, string? Missed = null, IReadOnlyDictionary<string, JsonElement>? Inputs = null, string? When = null, string? Id = null);

/// <summary>An item of a plan's 'on' block: exactly one of the kinds, with the fields that docs/triggers.md tells, and 'inputs', 'when' and 'expect' among them.</summary>
internal sealed record TriggerRequest(
    JsonElement? Schedule = null, JsonElement? Webhook = null, JsonElement? Files = null, JsonElement? S3Events = null, JsonElement? Execution = null);
