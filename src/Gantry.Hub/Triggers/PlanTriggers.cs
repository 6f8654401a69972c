using System.Text.Json;
using Gantry.Engine.Plans;
using Gantry.Engine.Plans.Triggers;
using Gantry.Hub.Database;
using Gantry.Hub.Plans;
using Gantry.Hub.Web;
using Npgsql;

namespace Gantry.Hub.Triggers;

/// <summary>Sets the triggers of a plan's text in the session that saves it. The database itself takes those of the old text away.</summary>
internal static class PlanTriggers
{
    /// <summary>The identity of the one schedule that is set through the API.</summary>
    public static readonly string ApiSchedule = ApiIdentity("schedule");

    private const string UpsertSql = """
        insert into triggers (id, workspace_id, plan_id, plan_version, user_id, kind, identity, watches, settings, path, verb, watched, statuses,
                              anchor, next_at, expect_from, expect_to)
        values (@Id, current_workspace_id(), @PlanId, @PlanVersion, current_user_id(), @Kind, @Identity, @Watches, @Settings, @Path, @Verb, @Watched, @Statuses,
                @Anchor, @NextAt, @ExpectFrom, @ExpectTo)
        on conflict (workspace_id, plan_id, identity) do update
        set plan_version = excluded.plan_version, user_id = excluded.user_id, kind = excluded.kind, watches = excluded.watches, settings = excluded.settings,
            path = excluded.path, verb = excluded.verb, watched = excluded.watched, statuses = excluded.statuses, anchor = excluded.anchor, next_at = excluded.next_at,
            expect_from = excluded.expect_from, expect_to = excluded.expect_to, broken = null, removed_at = null, held_by = null, held_until = null, updated_at = now()
        """;

    /// <summary>Beside a plan's text there is one trigger of each kind at most.</summary>
    public static string ApiIdentity(string kind) => "api " + kind;

    public static async Task SaveAsync(HubSession session, SavedPlanRow row, Plan plan, CancellationToken cancellationToken)
    {
        foreach (var trigger in plan.Triggers)
            await SetAsync(session, row, trigger, trigger.Identity, row.Version, cancellationToken);
        if (plan.Triggers.Count > 0)
            await TellAsync(session, cancellationToken);
    }

    /// <summary>Makes the trigger, or changes the one of that identity. One that says when as it did keeps its beat.</summary>
    public static async Task SetAsync(
        HubSession session, SavedPlanRow row, Trigger trigger, string identity, int? planVersion, CancellationToken cancellationToken)
    {
        if (trigger is WebhookTrigger hook)
            await RefuseTakenAsync(session, row, hook, cancellationToken);
        var known = await session.FindAsync<Known>("""
            select settings, anchor, next_at, expect_from, expect_to, removed_at is null or removed_at = now() as was_there from triggers
            where workspace_id = current_workspace_id() and plan_id = @plan and identity = @identity
            """, new { plan = row.Id, identity }, cancellationToken);
        var settings = trigger.Source.GetRawText();
        var goesOn = known is { WasThere: true } && known.Settings == settings;
        var now = await session.FindAsync<DateTimeOffset>("select now()", null, cancellationToken);
        var anchor = goesOn ? known!.Anchor : new DateTimeOffset(now.Ticks - (now.Ticks % TimeSpan.TicksPerSecond), TimeSpan.Zero);
        var window = goesOn && known!.ExpectTo is not null ? (From: known.ExpectFrom!.Value, To: known.ExpectTo!.Value) : trigger.Expect?.EndingAfter(now);
        try
        {
            await session.ExecuteAsync(UpsertSql, new
            {
                Id = Guid.CreateVersion7(),
                PlanId = row.Id,
                PlanVersion = planVersion,
                trigger.Kind,
                Identity = identity,
                trigger.Watches,
                Settings = settings,
                (trigger as WebhookTrigger)?.Path,
                (trigger as WebhookTrigger)?.Verb,
                Watched = (trigger as ExecutionTrigger)?.Plan,
                Statuses = (trigger as ExecutionTrigger)?.Statuses.ToArray(),
                Anchor = anchor,
                NextAt = goesOn && known!.NextAt is not null ? known.NextAt : (trigger as ScheduleTrigger)?.TimesFrom(anchor)?.After(now),
                ExpectFrom = window?.From,
                ExpectTo = window?.To,
            }, cancellationToken);
        }
        catch (PostgresException taken) when (taken is { SqlState: PostgresErrorCodes.UniqueViolation, ConstraintName: "triggers_by_path" })
        {
            throw ProblemException.Conflict($"Another plan took the webhook {trigger.Watches} at this moment. Choose another path.");
        }
    }

    /// <summary>Every hub looks at once what is due.</summary>
    public static Task TellAsync(HubSession session, CancellationToken cancellationToken) =>
        session.ExecuteAsync("select pg_notify('gantry_triggers', '')", null, cancellationToken);

    /// <summary>What a schedule set through the API is as an item of an 'on' block.</summary>
    public static Trigger ReadSchedule(JsonElement body) => Read(JsonSerializer.SerializeToElement(new Dictionary<string, JsonElement>(StringComparer.Ordinal) { ["schedule"] = body }));

    /// <summary>An item of an 'on' block.</summary>
    public static Trigger Read(JsonElement item)
    {
        try
        {
            return TriggerReader.Read(item);
        }
        catch (PlanFormatException wrong)
        {
            throw new ProblemException(StatusCodes.Status422UnprocessableEntity, wrong.Message);
        }
    }

    private static async Task RefuseTakenAsync(HubSession session, SavedPlanRow row, WebhookTrigger hook, CancellationToken cancellationToken)
    {
        if (await session.FindAsync<string>("""
            select p.name from triggers t join execution_plans p on p.workspace_id = t.workspace_id and p.id = t.plan_id
            where t.workspace_id = current_workspace_id() and t.kind = 'webhook' and t.removed_at is null and t.path = @Path and t.verb = @Verb and t.plan_id <> @plan
            """, new { hook.Path, hook.Verb, plan = row.Id }, cancellationToken) is { } other)
        {
            throw ProblemException.Conflict($"The plan '{other}' has the webhook {hook.Watches} already. Choose another path, or take it out of that plan first.");
        }
    }

    private sealed record Known
    {
        public string Settings { get; init; } = "";

        public DateTimeOffset Anchor { get; init; }

        public DateTimeOffset? NextAt { get; init; }

        public DateTimeOffset? ExpectFrom { get; init; }

        public DateTimeOffset? ExpectTo { get; init; }

        public bool WasThere { get; init; }
    }
}
