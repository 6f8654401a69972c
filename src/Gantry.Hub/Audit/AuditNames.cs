using Gantry.Hub.Database;

namespace Gantry.Hub.Audit;

/// <summary>What people call the things that the audit log knows by their ids only: as they are called now, and users who are gone as they were called.</summary>
internal static class AuditNames
{
    /// <summary>An id has one owner, so that all tables are asked for all of them. What the session may not see has no name.</summary>
    public static async Task<IReadOnlyDictionary<Guid, string>> ReadAsync(HubSession session, IReadOnlyCollection<Guid> ids, CancellationToken cancellationToken)
    {
        if (ids.Count == 0)
            return new Dictionary<Guid, string>();
        var rows = await session.QueryAsync<Row>("""
            select u.id, u.name from users u where u.id = any(@ids)
            union all select w.id, w.name from workspaces w where w.id = any(@ids)
            union all select k.id, k.name from api_keys k where k.workspace_id = current_workspace_id() and k.id = any(@ids)
            union all select p.id, p.name from execution_plans p where p.workspace_id = current_workspace_id() and p.id = any(@ids)
            union all select e.id, e.plan_name from executions e where e.workspace_id = current_workspace_id() and e.id = any(@ids) and e.plan_name is not null
            union all select d.id, left(d.prompt, 80) from ai_drafts d where d.workspace_id = current_workspace_id() and d.id = any(@ids)
            union all select (a.details ->> 'id')::uuid, a.target from audit_log a where a.action = 'user.deleted' and a.details ->> 'id' = any(@texts)
            """, new { ids = ids.Distinct().ToArray(), texts = ids.Distinct().Select(id => id.ToString()).ToArray() }, cancellationToken);
        return rows.DistinctBy(row => row.Id).ToDictionary(row => row.Id, row => row.Name);
    }

    private sealed record Row
    {
        public Guid Id { get; init; }

        public string Name { get; init; } = "";
    }
}
