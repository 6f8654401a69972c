using Gantry.Hub.Audit;
using Gantry.Hub.Database;
using Gantry.Hub.Web;

namespace Gantry.Hub.Accounts;

/// <summary>The caller's own account.</summary>
internal static class MeRoutes
{
    public static void MapMe(this IEndpointRouteBuilder app)
    {
        app.MapGet("/api/me", ShowAsync).Allow(Access.SignedIn).WithSummary("Shows who is signed in, and in which workspaces as what.");
        app.MapPost("/api/me/password", ChangePasswordAsync).Allow(Access.SignedIn)
            .WithSummary("Changes one's own password, and ends one's other sessions.").Produces(204).Refuses(429);
    }

    private static async Task<Me> ShowAsync(Caller caller, HubDatabase database, CancellationToken cancellationToken)
    {
        await using var session = await database.OpenAsync(caller.Actor, cancellationToken);
        var workspaces = await session.QueryAsync<MyWorkspace>("""
            select w.id, w.name, m.role from memberships m join workspaces w on w.id = m.workspace_id
            where m.user_id = @user order by m.created_at, w.id
            """, new { user = caller.UserId }, cancellationToken);
        return new Me(caller.UserId, caller.UserName, caller.IsAdministrator, caller.MustChangePassword, caller.WorkspaceName,
            caller.Role, caller.ExpiresAt, workspaces);
    }

    private static async Task<IResult> ChangePasswordAsync(HttpContext context, Caller caller, ChangePassword request, HubDatabase database,
        Passwords passwords, SignInThrottle throttle, CallerStore callers, CancellationToken cancellationToken)
    {
        RequireSession(caller);
        Passwords.Check(request.NewPassword, caller.UserName);
        if (throttle.WaitFor(caller.UserName, ClientAddress.Of(context)?.Network) is { } wait)
            throw ProblemException.TooManyFor(wait, "There were too many wrong passwords.");
        await using var session = await database.OpenAsync(caller.Actor, cancellationToken);
        var hash = await session.FindAsync<string>("select password_hash from sign_in_candidate(@name)", new { name = caller.UserName }, cancellationToken);
        if (!await passwords.IsRightAsync(hash, request.CurrentPassword, cancellationToken))
        {
            throttle.Failed(caller.UserName, ClientAddress.Of(context)?.Network);
            throw ProblemException.Forbidden("The current password is wrong.");
        }

        if (request.NewPassword == request.CurrentPassword) throw ProblemException.Invalid("The new password is the current one.");
        await session.ExecuteAsync("update users set password_hash = @hash, must_change_password = false where id = @user",
            new { hash = passwords.Hash(request.NewPassword), user = caller.UserId }, cancellationToken);

        // Whoever knew the old password is signed out everywhere else.
        await SessionStore.EndAllAsync(session, caller.UserId, except: caller.SessionId, cancellationToken);
        await AuditLog.AppendAsync(session, context, "user.password_changed", caller.UserName, null, cancellationToken);
        await session.CommitAsync(cancellationToken);
        callers.Forget();
        return Results.NoContent();
    }

    /// <summary>Some things a program may not do with a key that somebody gave it.</summary>
    public static void RequireSession(Caller caller)
    {
        if (caller.SessionId is null) throw ProblemException.Forbidden("An API key may not do that. Sign in with your password.");
    }

    private sealed record Me(Guid Id, string Name, bool IsAdministrator, bool MustChangePassword, string? Workspace, WorkspaceRole? Role,
        DateTimeOffset? ExpiresAt, IReadOnlyList<MyWorkspace> Workspaces);

    private sealed record MyWorkspace
    {
        public Guid Id { get; init; }

        public string Name { get; init; } = "";

        public string Role { get; init; } = "";
    }

    private sealed record ChangePassword(string CurrentPassword, string NewPassword)
    {
        public override string ToString() => "***";
    }
}
