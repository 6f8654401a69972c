using Gantry.Hub.Accounts;
using Gantry.Hub.Database;

namespace Gantry.Hub.Plans;

/// <summary>A saved plan without its text.</summary>
internal sealed record SavedPlanRow
{
    public Guid Id { get; init; }

    public string Name { get; init; } = "";

    public string? Description { get; init; }

    /// <summary>The newest.</summary>
    public int Version { get; init; }

    /// <summary>The name under which the folder that it comes from was applied; null for a plan that came by itself.</summary>
    public string? Origin { get; init; }

    public DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset UpdatedAt { get; init; }
}

/// <summary>One version of a plan: what it was from then until the next.</summary>
internal sealed record PlanVersionRow
{
    public int Version { get; init; }

    public Guid UserId { get; init; }

    public string? User { get; init; }

    public DateTimeOffset CreatedAt { get; init; }

    /// <summary>The text as it was given, YAML or JSON; null in lists.</summary>
    public string? Source { get; init; }
}

/// <summary>Plans of the session's workspace.</summary>
internal static class PlanStore
{
    private const string Columns = "id, name, description, version, origin, created_at, updated_at";

    /// <summary>By id or by name; null when there is none that the session sees.</summary>
    public static async Task<SavedPlanRow?> FindAsync(HubSession session, string plan, CancellationToken cancellationToken) =>
        Named(await FindAllAsync(session, [plan], cancellationToken), plan);

    /// <summary>Those that are meant by the ids and names, in no order. What names none is left out.</summary>
    public static Task<IReadOnlyList<SavedPlanRow>> FindAllAsync(HubSession session, IReadOnlyList<string> plans, CancellationToken cancellationToken)
    {
        // A text that PostgreSQL cannot hold is nobody's name.
        var names = plans.Where(plan => !plan.Contains('\0')).ToArray();
        var ids = plans.Where(plan => Guid.TryParseExact(plan, "D", out _)).Select(Guid.Parse).ToArray();
        return session.QueryAsync<SavedPlanRow>($"""
            select {Columns} from execution_plans
            where workspace_id = @workspace and deleted_at is null and {(ids.Length == 0 ? "name = any(@names)" : "(name = any(@names) or id = any(@ids))")}
            """, new { workspace = session.Actor.WorkspaceId, names, ids }, cancellationToken);
    }

    /// <summary>Which of them is meant: by its id, before any by its name.</summary>
    public static SavedPlanRow? Named(IReadOnlyList<SavedPlanRow> found, string plan) =>
        (Guid.TryParseExact(plan, "D", out var id) ? found.FirstOrDefault(row => row.Id == id) : null)
        ?? found.FirstOrDefault(row => row.Name == plan);

    /// <summary>In the order of their names.</summary>
    /// <param name="origin">Only those that come from there; null for all.</param>
    public static Task<IReadOnlyList<SavedPlanRow>> ListAsync(
        HubSession session, string? origin, string? afterName, int count, CancellationToken cancellationToken) =>
        session.QueryAsync<SavedPlanRow>($"""
            select {Columns} from execution_plans
            where workspace_id = @workspace and deleted_at is null and (@origin::text is null or origin = @origin) and (@afterName::text is null or name > @afterName)
            order by name limit @count
            """, new { workspace = session.Actor.WorkspaceId, origin, afterName, count }, cancellationToken);

    public static Task<IReadOnlyList<PlanVersionRow>> VersionsAsync(
        HubSession session, Guid planId, long? before, int count, CancellationToken cancellationToken) =>
        session.QueryAsync<PlanVersionRow>("""
            select v.version, v.user_id, u.name as user, v.created_at
            from execution_plan_versions v left join users u on u.id = v.user_id
            where v.workspace_id = @workspace and v.plan_id = @planId and (@before::bigint is null or v.version < @before)
            order by v.version desc limit @count
            """, new { workspace = session.Actor.WorkspaceId, planId, before, count }, cancellationToken);

    /// <summary>Null when there is no such version.</summary>
    public static Task<PlanVersionRow?> VersionAsync(HubSession session, Guid planId, int version, CancellationToken cancellationToken) =>
        session.FindAsync<PlanVersionRow>("""
            select v.version, v.user_id, u.name as user, v.created_at, v.source
            from execution_plan_versions v left join users u on u.id = v.user_id
            where v.workspace_id = @workspace and v.plan_id = @planId and v.version = @version
            """, new { workspace = session.Actor.WorkspaceId, planId, version }, cancellationToken);

    /// <summary>Whether whoever saved its newest version may still start executions, as what starts it by itself and what it tells does.</summary>
    public static Task<bool> MaySaverStartAsync(HubSession session, SavedPlanRow plan, CancellationToken cancellationToken) => session.FindAsync<bool>($"""
        select {StartRights.Of("v")} from execution_plan_versions v where v.workspace_id = @workspace and v.plan_id = @plan and v.version = @version
        """, new { workspace = session.Actor.WorkspaceId, plan = plan.Id, version = plan.Version }, cancellationToken);

    /// <summary>Null when another plan of the workspace has the name.</summary>
    public static async Task<SavedPlanRow?> CreateAsync(
        HubSession session, string name, string? description, string source, CancellationToken cancellationToken)
    {
        var row = await session.FindAsync<SavedPlanRow>($"""
            insert into execution_plans (id, workspace_id, user_id, name, description, version)
            values (@id, @workspace, @user, @name, @description, 1)
            on conflict (workspace_id, name) where deleted_at is null do nothing
            returning {Columns}
            """, new
        {
            id = Guid.CreateVersion7(),
            workspace = session.Actor.WorkspaceId,
            user = session.Actor.UserId,
            name,
            description,
        }, cancellationToken);
        if (row is not null)
            await AddVersionAsync(session, row, source, cancellationToken);
        return row;
    }

    /// <summary>Adds a version. Null when the plan has changed since it was of <paramref name="version"/>.</summary>
    public static async Task<SavedPlanRow?> ChangeAsync(
        HubSession session, Guid planId, int version, string name, string? description, string source, CancellationToken cancellationToken)
    {
        var row = await session.FindAsync<SavedPlanRow>($"""
            update execution_plans set name = @name, description = @description, version = version + 1, updated_at = now()
            where workspace_id = @workspace and id = @planId and version = @version and deleted_at is null
            returning {Columns}
            """, new { workspace = session.Actor.WorkspaceId, planId, version, name, description }, cancellationToken);
        if (row is not null)
            await AddVersionAsync(session, row, source, cancellationToken);
        return row;
    }

    /// <summary>It comes from there now. A later version keeps that.</summary>
    public static async Task<SavedPlanRow> MoveAsync(HubSession session, SavedPlanRow plan, string origin, CancellationToken cancellationToken)
    {
        await session.ExecuteAsync(
            "update execution_plans set origin = @origin where workspace_id = @workspace and id = @id",
            new { workspace = session.Actor.WorkspaceId, id = plan.Id, origin }, cancellationToken);
        return plan with { Origin = origin };
    }

    /// <summary>
    /// What its triggers are just starting is on record before they are taken away, and nothing starts by them afterwards: whoever starts something by a trigger holds it meanwhile. False when the
    /// plan has changed since it was of <paramref name="version"/>.
    /// </summary>
    public static async Task<bool> DeleteAsync(HubSession session, Guid planId, int version, CancellationToken cancellationToken)
    {
        var plan = new { workspace = session.Actor.WorkspaceId, planId, version };
        await session.ExecuteAsync("""
            with held as materialized (
              select workspace_id, id from execution_plans where workspace_id = @workspace and id = @planId and version = @version for no key update)
            select from held join triggers t on t.workspace_id = held.workspace_id and t.plan_id = held.id and t.removed_at is null order by t.id for update of t
            """, plan, cancellationToken);
        return await session.ExecuteAsync(
            "update execution_plans set deleted_at = now() where workspace_id = @workspace and id = @planId and version = @version and deleted_at is null", plan, cancellationToken) == 1;
    }

    private static Task AddVersionAsync(HubSession session, SavedPlanRow plan, string source, CancellationToken cancellationToken) =>
        session.ExecuteAsync("""
            insert into execution_plan_versions (plan_id, version, workspace_id, user_id, source)
            values (@plan, @version, @workspace, @user, @source)
            """, new
        {
            plan = plan.Id,
            version = plan.Version,
            workspace = session.Actor.WorkspaceId,
            user = session.Actor.UserId,
            source,
        }, cancellationToken);
}
