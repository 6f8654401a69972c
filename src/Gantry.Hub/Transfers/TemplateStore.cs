using Gantry.Hub.Database;

namespace Gantry.Hub.Transfers;

/// <summary>A plan that is a template.</summary>
internal sealed record TemplateRow
{
    public Guid Id { get; init; }

    public string Name { get; init; } = "";

    public string? Description { get; init; }

    public int Version { get; init; }

    public DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset UpdatedAt { get; init; }

    /// <summary>JSON; null when its newest version was saved as a plan and is not what a template made.</summary>
    public string? Template { get; init; }
}

/// <summary>A version of a plan.</summary>
internal sealed record VersionRow
{
    public int Version { get; init; }

    /// <summary>JSON; null when this version is no template.</summary>
    public string? Template { get; init; }
}

/// <summary>Templates of the session's workspace.</summary>
internal static class TemplateStore
{
    // An old version that was restored is what it was: so the text decides, and not the number.
    private const string OfVersion = """
        (select t.template from transfer_templates t
         join execution_plan_versions v on v.workspace_id = t.workspace_id and v.plan_id = t.plan_id and v.version = t.version
         where t.workspace_id = n.workspace_id and t.plan_id = n.plan_id and v.source = n.source order by t.version desc limit 1) as template
        """;

    private const string Sql = $"""
        select p.id, p.name, p.description, p.version, p.created_at, p.updated_at, {OfVersion}
        from execution_plans p
        join execution_plan_versions n on n.workspace_id = p.workspace_id and n.plan_id = p.id and n.version = p.version
        where p.workspace_id = @workspace and p.deleted_at is null
          and exists (select from transfer_templates t where t.workspace_id = p.workspace_id and t.plan_id = p.id)
        """;

    /// <summary>By name, from behind a name on.</summary>
    public static Task<IReadOnlyList<TemplateRow>> ListAsync(HubSession session, string? after, int count, CancellationToken cancellationToken) =>
        session.QueryAsync<TemplateRow>(
            $"select * from ({Sql} and (@after::text is null or p.name > @after)) found where template is not null order by name limit @count",
            new { workspace = session.Actor.WorkspaceId, after, count }, cancellationToken);

    /// <summary>Null when the plan is no template.</summary>
    public static Task<TemplateRow?> FindAsync(HubSession session, Guid plan, CancellationToken cancellationToken) =>
        session.FindAsync<TemplateRow>(Sql + " and p.id = @plan", new { workspace = session.Actor.WorkspaceId, plan }, cancellationToken);

    /// <summary>Null when the session sees no such version.</summary>
    public static Task<VersionRow?> FindAsync(HubSession session, Guid plan, int version, CancellationToken cancellationToken) => session.FindAsync<VersionRow>(
        $"select n.version, {OfVersion} from execution_plan_versions n where n.workspace_id = @workspace and n.plan_id = @plan and n.version = @version",
        new { workspace = session.Actor.WorkspaceId, plan, version }, cancellationToken);

    /// <summary>Says what this version of the plan is as a template.</summary>
    public static Task AddAsync(HubSession session, Guid plan, int version, string template, CancellationToken cancellationToken) =>
        session.ExecuteAsync(
            "insert into transfer_templates (workspace_id, plan_id, version, template) values (@workspace, @plan, @version, @template)",
            new { workspace = session.Actor.WorkspaceId, plan, version, template }, cancellationToken);
}
