using System.Text.Json;
using System.Text.Json.Serialization;
using Gantry.Engine.Plans;
using Gantry.Engine.Settings;
using Gantry.Hub.Accounts;
using Gantry.Hub.Database;
using Gantry.Hub.Plans;

namespace Gantry.Hub.Notifications;

/// <summary>One rule as it rests in the database, and as the API shows it.</summary>
/// <param name="On">The occasions.</param>
/// <param name="Use">provider.action</param>
/// <param name="With">The action's parameters, as they were given.</param>
/// <param name="AtMostEvery">A duration; null means each time.</param>
/// <param name="Seconds">The same as a number, which the database reckons with.</param>
internal sealed record StoredRule(
    IReadOnlyList<string> On,
    string Use,
    JsonElement With,
    [property: JsonPropertyName("at_most_every"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? AtMostEvery,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] double? Seconds)
{
    public static JsonSerializerOptions Json { get; } = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    public static StoredRule Of(NotifyRule rule) => new(
        rule.On, rule.Use, rule.Parameters, rule.AtMostEvery is { } span ? Duration.Format(span) : null, rule.AtMostEvery?.TotalSeconds);

    /// <exception cref="JsonException">What was read lacks something, whatever brought it into the database.</exception>
    public NotifyRule ToRule() => Use?.IndexOf('.', StringComparison.Ordinal) is { } dot and > 0 && With.ValueKind == JsonValueKind.Object
        ? new() { On = On, Provider = Use[..dot], Action = Use[(dot + 1)..], Parameters = With }
        : throw new JsonException("This rule cannot be read: it lacks an action or its parameters. Save the plan, or the workspace's rules, anew.");
}

/// <summary>Whom plans tell of their ends: their own rules, set as they are saved, and the workspace's for those that say nothing.</summary>
internal static class NotificationRules
{
    public const string MayNotStart = "Whoever saved this rule may not start executions in this workspace any more. Save the plan, or the workspace's rules, anew.";

    public static Task SaveAsync(HubSession session, SavedPlanRow row, Plan plan, CancellationToken cancellationToken) => plan.Notify is { } rules
        ? SetAsync(session, row.Id, rules, cancellationToken)
        : RemoveAsync(session, row.Id, cancellationToken);

    public static Task SetDefaultAsync(HubSession session, IReadOnlyList<NotifyRule> rules, CancellationToken cancellationToken) =>
        SetAsync(session, Guid.Empty, rules, cancellationToken);

    /// <summary>False when there is none.</summary>
    public static Task<bool> RemoveDefaultAsync(HubSession session, CancellationToken cancellationToken) => RemoveAsync(session, Guid.Empty, cancellationToken);

    /// <summary>Null when the workspace says nothing.</summary>
    public static async Task<DefaultRules?> FindDefaultAsync(HubSession session, CancellationToken cancellationToken) =>
        await session.FindAsync<DefaultRow>(
            $"select n.rules::text, {StartRights.Of("n")} as may_start from notification_rules n where n.workspace_id = @workspace and n.plan_id = @plan",
            new { workspace = session.Actor.WorkspaceId, plan = Guid.Empty }, cancellationToken) is { } row
            ? new DefaultRules(JsonSerializer.Deserialize<List<StoredRule>>(row.Rules, StoredRule.Json)!, row.MayStart)
            : null;

    private static Task SetAsync(HubSession session, Guid planId, IReadOnlyList<NotifyRule> rules, CancellationToken cancellationToken) => session.ExecuteAsync("""
        insert into notification_rules (workspace_id, plan_id, user_id, rules)
        values (current_workspace_id(), @planId, current_user_id(), @rules::jsonb)
        on conflict (workspace_id, plan_id) do update set user_id = excluded.user_id, rules = excluded.rules, updated_at = now()
        """, new { planId, rules = JsonSerializer.Serialize(rules.Select(StoredRule.Of), StoredRule.Json) }, cancellationToken);

    private static async Task<bool> RemoveAsync(HubSession session, Guid planId, CancellationToken cancellationToken) => await session.ExecuteAsync(
        "delete from notification_rules where workspace_id = @workspace and plan_id = @planId", new { workspace = session.Actor.WorkspaceId, planId }, cancellationToken) == 1;

    private sealed record DefaultRow
    {
        public string Rules { get; init; } = "";

        public bool MayStart { get; init; }
    }
}

/// <summary>Whom a workspace tells, of plans that say nothing.</summary>
/// <param name="Rules">The rules.</param>
/// <param name="MayStart">Whether whoever saved them may still start the executions that tell.</param>
internal sealed record DefaultRules(IReadOnlyList<StoredRule> Rules, bool MayStart);
