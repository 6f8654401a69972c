using Gantry.Hub.Audit;
using Gantry.Hub.Database;
using Gantry.Hub.Web;
using Npgsql;

namespace Gantry.Hub.Accounts;

/// <summary>Who belongs to the request's workspace, and as what. Owners decide; a workspace always keeps one.</summary>
internal static class MemberRoutes
{
    public static void MapMembers(this IEndpointRouteBuilder app)
    {
        app.MapGet("/api/members", ListAsync).Allow(Access.Viewer).WithSummary("Lists the members of the workspace and their roles.");
        app.MapPost("/api/members", AddAsync).Allow(Access.Owner).WithSummary("Makes a user a member of the workspace.").Produces<AddedMember>(201).Refuses(404, 409);
        app.MapPatch("/api/members/{user}", ChangeAsync).Allow(Access.Owner).WithSummary("Gives a member another role; never to the last owner.").Produces(204).Refuses(409);
        app.MapDelete("/api/members/{user}", RemoveAsync).Allow(Access.Owner).WithSummary("Takes a member out of the workspace; never the last owner.").Produces(204).Refuses(409);
    }

    private static async Task<Page<Member>> ListAsync(
        Caller caller, HubDatabase database, string? limit, string? after, CancellationToken cancellationToken)
    {
        var count = PageQuery.Limit(limit);
        await using var session = await database.OpenAsync(caller.Actor, cancellationToken);
        var members = await session.QueryAsync<Member>("""
            select m.user_id, u.name as user, m.role, m.created_at from memberships m join users u on u.id = m.user_id
            where m.workspace_id = @workspace and (@after::uuid is null or m.user_id > @after) order by m.user_id limit @count + 1
            """, new { workspace = caller.WorkspaceId, after = PageQuery.AfterId(after), count }, cancellationToken);
        return Page<Member>.From(members, count, member => member.UserId.ToString());
    }

    private static async Task<IResult> AddAsync(
        HttpContext context, Caller caller, NewMember request, HubDatabase database, CallerStore callers, CancellationToken cancellationToken)
    {
        await using var session = await database.OpenAsync(caller.Actor, cancellationToken);
        var user = await session.FindAsync<Guid?>("select user_id_of(@name)", new { name = request.User.ToLowerInvariant() }, cancellationToken)
            ?? throw ProblemException.NotFound($"There is no user '{request.User}'. An administrator can make one.");
        try
        {
            await session.ExecuteAsync("insert into memberships (workspace_id, user_id, role) values (@workspace, @user, @role)",
                new { workspace = caller.WorkspaceId, user, role = Roles.NameOf(request.Role) }, cancellationToken);
        }
        catch (PostgresException exception) when (exception.SqlState == PostgresErrorCodes.UniqueViolation)
        {
            throw ProblemException.Conflict($"'{request.User}' is a member already.");
        }

        await AuditLog.AppendAsync(session, context, "member.added", request.User, new { role = request.Role }, cancellationToken);
        await session.CommitAsync(cancellationToken);
        callers.Forget();
        return Results.Json(new AddedMember(user, request.User, request.Role), statusCode: 201);
    }

    private static Task<IResult> ChangeAsync(HttpContext context, Caller caller, string user, MemberChange request, HubDatabase database,
        CallerStore callers, CancellationToken cancellationToken) =>
        WriteAsync(context, caller, user, database, callers, "member.changed",
            "update memberships set role = @role where workspace_id = @workspace and user_id = @member", Roles.NameOf(request.Role), cancellationToken);

    private static Task<IResult> RemoveAsync(
        HttpContext context, Caller caller, string user, HubDatabase database, CallerStore callers, CancellationToken cancellationToken) =>
        WriteAsync(context, caller, user, database, callers, "member.removed",
            "delete from memberships where workspace_id = @workspace and user_id = @member", role: null, cancellationToken);

    private static async Task<IResult> WriteAsync(HttpContext context, Caller caller, string user, HubDatabase database, CallerStore callers,
        string action, string sql, string? role, CancellationToken cancellationToken)
    {
        var member = PageQuery.Id(user, "member");
        await using var session = await database.OpenAsync(caller.Actor, cancellationToken);

        // One change of a workspace's members at a time, or two owners could each remove the other.
        await session.ExecuteAsync("select pg_advisory_xact_lock(hashtext(@workspace::text))", new { workspace = caller.WorkspaceId }, cancellationToken);
        // Read before: whoever is no member any more is not seen.
        var name = await session.FindAsync<string>("select name from users where id = @member", new { member }, cancellationToken);
        if (await session.ExecuteAsync(sql, new { workspace = caller.WorkspaceId, member, role }, cancellationToken) == 0)
            throw ProblemException.NotFound($"There is no member '{user}'.");
        if (!await session.FindAsync<bool>("select has_owner(@workspace)", new { workspace = caller.WorkspaceId }, cancellationToken))
            throw ProblemException.Conflict("This is the workspace's last owner. Make another member owner first.");
        await AuditLog.AppendAsync(session, context, action, user, new { name, role }, cancellationToken);
        await session.CommitAsync(cancellationToken);
        callers.Forget();
        return Results.NoContent();
    }

    private sealed record NewMember(string User, WorkspaceRole Role);

    private sealed record MemberChange(WorkspaceRole Role);

    private sealed record AddedMember(Guid UserId, string User, WorkspaceRole Role);

    private sealed record Member
    {
        public Guid UserId { get; init; }

        public string User { get; init; } = "";

        public string Role { get; init; } = "";

        public DateTimeOffset CreatedAt { get; init; }
    }
}
