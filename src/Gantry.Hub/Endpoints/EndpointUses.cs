using Gantry.Hub.Database;
using Gantry.Hub.Web;

namespace Gantry.Hub.Endpoints;

/// <summary>That a plan, in its newest version, names an endpoint.</summary>
/// <param name="IsTemplate">It is a transfer template.</param>
internal sealed record EndpointUseView(string Endpoint, string Plan, bool IsTemplate);

/// <summary>Which plans name which endpoints, as far as their texts say: an address that is put together while a plan runs is not among them.</summary>
internal static class EndpointUses
{
    private const int UsesMax = 10_000;

    public static async Task<Page<EndpointUseView>> ListAsync(Caller caller, HubDatabase database, string? endpoint, CancellationToken cancellationToken)
    {
        await using var session = await database.OpenAsync(caller.Actor, cancellationToken);
        // "name:" with no space behind it, which would be a key of YAML.
        var found = await session.QueryAsync<Row>("""
            select e.name as endpoint, p.name as plan, exists (
                select from transfer_templates t where t.workspace_id = p.workspace_id and t.plan_id = p.id and t.version = p.version) as is_template
            from execution_plans p
            join execution_plan_versions v on v.workspace_id = p.workspace_id and v.plan_id = p.id and v.version = p.version
            cross join lateral (select distinct found[1] as name from regexp_matches(v.source, '([A-Za-z0-9][A-Za-z0-9._-]{1,63}):(?! )', 'g') as found) named
            join endpoints e on e.workspace_id = p.workspace_id and e.name = named.name
            where p.workspace_id = current_workspace_id() and p.deleted_at is null and (@endpoint::text is null or e.name = @endpoint)
            order by e.name, p.name limit @limit
            """, new { endpoint, limit = UsesMax }, cancellationToken);
        return new Page<EndpointUseView>([.. found.Select(row => new EndpointUseView(row.Endpoint, row.Plan, row.IsTemplate))], null);
    }

    private sealed record Row
    {
        public string Endpoint { get; init; } = "";

        public string Plan { get; init; } = "";

        public bool IsTemplate { get; init; }
    }
}
