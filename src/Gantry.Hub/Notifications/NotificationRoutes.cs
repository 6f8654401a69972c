using System.Text.Json;
using System.Text.Json.Serialization;
using Gantry.Hub.Audit;
using Gantry.Hub.Database;
using Gantry.Hub.Plans;
using Gantry.Hub.Web;

namespace Gantry.Hub.Notifications;

/// <summary>A notification as the API shows it.</summary>
internal sealed record NotificationView
{
    public Guid Id { get; init; }

    public Guid PlanId { get; init; }

    public string? Plan { get; init; }

    /// <summary>failure, success, recovery or expectation_missed.</summary>
    public string Occasion { get; init; } = "";

    /// <summary>What tells two failures of the same kind from others.</summary>
    public string Cause { get; init; } = "";

    /// <summary>pending, sending, sent, failed, suppressed, noted (nobody is to be told), or dead (it could not even be begun).</summary>
    public string Status { get; init; } = "";

    /// <summary>provider.action</summary>
    public string? Use { get; init; }

    /// <summary>The action's parameters as the rule gives them, references and all.</summary>
    public JsonElement? With { get; init; }

    /// <summary>How many like it were kept back since one was told.</summary>
    public int Suppressed { get; init; }

    /// <summary>Why it is not sent.</summary>
    public string? Reason { get; init; }

    /// <summary>The execution that ended, or the event that is an alert.</summary>
    public Guid About { get; init; }

    /// <summary>The execution that tells it, in which everything about that stands; null when there is none.</summary>
    public Guid? ExecutionId { get; init; }

    public DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset? SentAt { get; init; }

    /// <summary>The rule as it rests in the database.</summary>
    [JsonIgnore]
    public string? Rule { get; init; }

    public NotificationView Read() => Rule is { } rule && JsonSerializer.Deserialize<StoredRule>(rule, StoredRule.Json) is { } read ? this with { Use = read.Use, With = read.With } : this;
}

/// <summary>Whom the workspace tells, of plans that say nothing.</summary>
/// <param name="Notify">As a plan's 'notify'; null when nothing is said.</param>
/// <param name="Broken">Why nobody is told.</param>
internal sealed record NotifyDefault(IReadOnlyList<NotifyItem>? Notify, string? Broken = null);

/// <summary>An item of a 'notify' list.</summary>
internal sealed record NotifyItem(IReadOnlyList<string> On, string Use, JsonElement? With = null, string? AtMostEvery = null);

/// <summary>What was told, and what is told where plans say nothing.</summary>
internal static class NotificationRoutes
{
    private const string Select = """
        select * from (
          select n.id, n.plan_id, p.name as plan, n.occasion, n.cause, n.rule::text as rule, n.suppressed, n.about, n.created_at, n.seq, e.id as execution_id,
            case when n.status = 'due' then 'sending' when n.status <> 'started' then n.status
              when e.status = 'succeeded' then 'sent' when e.status in ('failed', 'cancelled') then 'failed' else 'sending' end as status,
            coalesce(n.reason, e.error::jsonb ->> 'message') as reason, case when e.status = 'succeeded' then e.ended_at end as sent_at
          from notifications n
          left join execution_plans p on p.workspace_id = n.workspace_id and p.id = n.plan_id
          left join executions e on e.workspace_id = n.workspace_id and e.id = n.id
          where n.workspace_id = @workspace) shown
        """;

    private static readonly string[] Statuses = ["pending", "sending", "sent", "failed", "suppressed", "noted", "dead"];

    public static async Task<Page<NotificationView>> ListAsync(
        Caller caller, HubDatabase database, string? status, string? plan, string? limit, string? after, CancellationToken cancellationToken)
    {
        if (status is not null && !Statuses.Contains(status))
            throw ProblemException.Invalid($"The parameter 'status' is one of {string.Join(", ", Statuses)}.");
        var count = PageQuery.Limit(limit);
        await using var session = await database.OpenAsync(caller.Actor, cancellationToken);
        var found = await session.QueryAsync<NotificationView>($"""
            {Select}
            where (case when @status::text is null then status <> 'noted' else status = @status end)
              and (@plan::text is null or plan = @plan or plan_id::text = @plan) and (@after::uuid is null or id < @after)
            order by id desc limit @rows
            """, new { workspace = caller.Actor.WorkspaceId, status, plan, after = PageQuery.AfterId(after), rows = count + 1 }, cancellationToken);
        return Page<NotificationView>.From([.. found.Select(row => row.Read())], count, row => row.Id.ToString());
    }

    public static async Task<NotificationView> ShowAsync(string notification, Caller caller, HubDatabase database, CancellationToken cancellationToken)
    {
        await using var session = await database.OpenAsync(caller.Actor, cancellationToken);
        var found = await session.FindAsync<NotificationView>(
            $"{Select} where id = @id", new { workspace = caller.Actor.WorkspaceId, id = PageQuery.Id(notification, "notification") }, cancellationToken);
        return found?.Read() ?? throw ProblemException.NotFound($"There is no notification '{notification}'.");
    }

    public static async Task<NotifyDefault> ShowDefaultAsync(Caller caller, HubDatabase database, CancellationToken cancellationToken)
    {
        await using var session = await database.OpenAsync(caller.Actor, cancellationToken);
        return ViewOf(await NotificationRules.FindDefaultAsync(session, cancellationToken));
    }

    public static async Task<IResult> SetDefaultAsync(HttpContext context, Caller caller, HubDatabase database, PlanLibrary plans, CancellationToken cancellationToken)
    {
        var body = PlanBody.Parse(await PlanBody.ReadTextAsync(context.Request, cancellationToken));
        if (body.ValueKind != JsonValueKind.Object || !body.TryGetProperty("notify", out var given) || given.ValueKind != JsonValueKind.Array)
            throw ProblemException.Invalid("The body is an object with 'notify', a list as in a plan.");
        PlanBody.RefuseOthers(body, "notify");

        // Checked as what it is: the 'notify' of a plan.
        var found = plans.Check("""{"steps":[{"use":"logic.transform","with":{"value":1}}],"notify":""" + given.GetRawText() + "}");
        if (found.Plan?.Notify is not { } rules)
            return PlanProblem.Of(found.Findings);
        await using var session = await database.OpenAsync(caller.Actor, cancellationToken);
        await NotificationRules.SetDefaultAsync(session, rules, cancellationToken);
        await AuditLog.AppendAsync(session, context, "notifications.changed", caller.WorkspaceName, new { rules = rules.Count }, cancellationToken);
        var stored = await NotificationRules.FindDefaultAsync(session, cancellationToken);
        await session.CommitAsync(cancellationToken);
        return Results.Json(ViewOf(stored), HubJson.Options);
    }

    public static async Task<IResult> RemoveDefaultAsync(HttpContext context, Caller caller, HubDatabase database, CancellationToken cancellationToken)
    {
        await using var session = await database.OpenAsync(caller.Actor, cancellationToken);
        if (await NotificationRules.RemoveDefaultAsync(session, cancellationToken))
            await AuditLog.AppendAsync(session, context, "notifications.changed", caller.WorkspaceName, new { rules = 0 }, cancellationToken);
        await session.CommitAsync(cancellationToken);
        return Results.NoContent();
    }

    private static NotifyDefault ViewOf(DefaultRules? found) => found is null ? new(null) : new(
        [.. found.Rules.Select(rule => new NotifyItem(rule.On, rule.Use, rule.With, rule.AtMostEvery))], found.MayStart ? null : NotificationRules.MayNotStart);
}
