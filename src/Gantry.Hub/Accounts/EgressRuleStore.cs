using Gantry.Hub.Database;

namespace Gantry.Hub.Accounts;

/// <summary>The SQL of a workspace's rules for requests out.</summary>
internal static class EgressRuleStore
{
    public static Task<IReadOnlyList<string>> ListAsync(HubSession session, CancellationToken cancellationToken) =>
        session.QueryAsync<string>("select rule from egress_rules where workspace_id = current_workspace_id() order by rule", null, cancellationToken);

    /// <summary>These, and no others.</summary>
    public static async Task ReplaceAsync(HubSession session, IReadOnlyList<string> rules, CancellationToken cancellationToken)
    {
        await session.ExecuteAsync("delete from egress_rules where workspace_id = current_workspace_id()", null, cancellationToken);
        await session.ExecuteAsync("insert into egress_rules (workspace_id, rule) select current_workspace_id(), unnest(@rules)",
            new { rules = rules.ToArray() }, cancellationToken);
    }
}
