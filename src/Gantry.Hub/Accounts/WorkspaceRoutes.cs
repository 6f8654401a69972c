using Gantry.Hub.Audit;
using Gantry.Hub.Database;
using Gantry.Hub.Web;
using Npgsql;

namespace Gantry.Hub.Accounts;

/// <summary>Workspaces: everybody sees those they belong to; administrators make, rename and delete them, owners rename their own.</summary>
internal static class WorkspaceRoutes
{
    public static void MapWorkspaces(this IEndpointRouteBuilder app)
    {
        app.MapGet("/api/workspaces", ListAsync).Allow(Access.SignedIn).WithSummary("Lists the workspaces that one may see.");
        app.MapPost("/api/workspaces", CreateAsync).Allow(Access.Administrator).WithSummary("Makes a workspace.").Produces<Workspace>(201).Refuses(409);
        app.MapPatch("/api/workspaces/{id}", RenameAsync).Allow(Access.SignedIn).WithSummary("Renames a workspace; for its owners and administrators.").Produces(204).Refuses(403, 409);
        app.MapDelete("/api/workspaces/{id}", DeleteAsync).Allow(Access.Administrator).WithSummary("Deletes a workspace that holds nothing any more.").Produces(204).Refuses(409);
    }

    private static async Task<Page<Workspace>> ListAsync(
        Caller caller, HubDatabase database, string? limit, string? after, CancellationToken cancellationToken)
    {
        var count = PageQuery.Limit(limit);
        await using var session = await database.OpenAsync(caller.Actor, cancellationToken);
        var workspaces = await session.QueryAsync<Workspace>("""
            select w.id, w.name, w.created_at from workspaces w where @after::uuid is null or w.id > @after order by w.id limit @count + 1
            """, new { after = PageQuery.AfterId(after), count }, cancellationToken);
        return Page<Workspace>.From(workspaces, count, workspace => workspace.Id.ToString());
    }

    /// <summary>Whoever makes a workspace is its first owner.</summary>
    private static async Task<IResult> CreateAsync(HttpContext context, Caller caller, WorkspaceName request, HubDatabase database, CallerStore callers,
        TimeProvider clock, CancellationToken cancellationToken)
    {
        var workspace = new Workspace { Id = Guid.CreateVersion7(clock.GetUtcNow()), Name = AccountNames.Workspace(request.Name), CreatedAt = clock.GetUtcNow() };
        await using var session = await database.OpenAsync(new Actor(caller.UserId, workspace.Id), cancellationToken);
        await ExecuteAsync(session, "insert into workspaces (id, name) values (@id, @name)", workspace.Id, workspace.Name, cancellationToken);
        await session.ExecuteAsync("insert into memberships (workspace_id, user_id, role) values (@Id, @user, 'owner')",
            new { workspace.Id, user = caller.UserId }, cancellationToken);
        await AuditLog.AppendAsync(session, context, "workspace.created", workspace.Name, null, cancellationToken);
        await session.CommitAsync(cancellationToken);
        callers.Forget();
        return Results.Json(workspace, statusCode: 201);
    }

    private static async Task<IResult> RenameAsync(HttpContext context, Caller caller, string id, WorkspaceName request, HubDatabase database,
        CallerStore callers, CancellationToken cancellationToken)
    {
        var workspace = PageQuery.Id(id, "workspace");
        if (!caller.IsAdministrator && caller is not { Role: WorkspaceRole.Owner } || !caller.IsAdministrator && caller.WorkspaceId != workspace)
            throw ProblemException.Forbidden("Only an owner of the workspace, or an administrator, may rename it.");
        var name = AccountNames.Workspace(request.Name);
        await using var session = await database.OpenAsync(caller.Actor, cancellationToken);
        if (await ExecuteAsync(session, "update workspaces set name = @name where id = @id", workspace, name, cancellationToken) == 0)
            throw ProblemException.NotFound($"There is no workspace '{id}'.");
        await AuditLog.AppendAsync(session, context, "workspace.renamed", id, new { name }, cancellationToken);
        await session.CommitAsync(cancellationToken);
        callers.Forget();
        return Results.NoContent();
    }

    private static async Task<IResult> DeleteAsync(
        HttpContext context, Caller caller, string id, HubDatabase database, CallerStore callers, CancellationToken cancellationToken)
    {
        var workspace = PageQuery.Id(id, "workspace");
        await using var session = await database.OpenAsync(caller.Actor, cancellationToken);
        string name;
        try
        {
            name = await session.FindAsync<string>("delete from workspaces where id = @workspace returning name", new { workspace }, cancellationToken)
                ?? throw ProblemException.NotFound($"There is no workspace '{id}'.");
        }
        catch (PostgresException exception) when (exception.SqlState == PostgresErrorCodes.ForeignKeyViolation)
        {
            throw ProblemException.Conflict("The workspace still has plans or executions. Delete those first.");
        }

        await AuditLog.AppendAsync(session, context, "workspace.deleted", id, new { name }, cancellationToken);
        await session.CommitAsync(cancellationToken);
        callers.Forget();
        return Results.NoContent();
    }

    private static async Task<int> ExecuteAsync(HubSession session, string sql, Guid id, string name, CancellationToken cancellationToken)
    {
        try
        {
            return await session.ExecuteAsync(sql, new { id, name }, cancellationToken);
        }
        catch (PostgresException exception) when (exception.SqlState == PostgresErrorCodes.UniqueViolation)
        {
            throw ProblemException.Conflict($"There is a workspace '{name}' already.");
        }
    }

    private sealed record WorkspaceName(string Name);

    private sealed record Workspace
    {
        public Guid Id { get; init; }

        public string Name { get; init; } = "";

        public DateTimeOffset CreatedAt { get; init; }
    }
}
