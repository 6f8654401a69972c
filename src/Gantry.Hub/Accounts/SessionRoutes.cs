using Gantry.Hub.Audit;
using Gantry.Hub.Database;
using Gantry.Hub.Web;

namespace Gantry.Hub.Accounts;

/// <summary>Where one is signed in, and ending that: one session, or all of them.</summary>
internal static class SessionRoutes
{
    public static void MapSessions(this IEndpointRouteBuilder app)
    {
        app.MapGet("/api/sessions", ListAsync).Allow(Access.SignedIn).WithSummary("Lists where one is signed in, the last used first.");
        app.MapDelete("/api/sessions", EndAllAsync).Allow(Access.SignedIn).WithSummary("Signs out everywhere, here as well. API keys stay.").Produces(204);
        app.MapDelete("/api/sessions/{id}", EndAsync).Allow(Access.SignedIn).WithSummary("Signs out one session of one's own.").Produces(204);
    }

    private static async Task<Page<Session>> ListAsync(Caller caller, HubDatabase database, CancellationToken cancellationToken)
    {
        MeRoutes.RequireSession(caller);
        await using var session = await database.OpenAsync(caller.Actor, cancellationToken);
        var rows = await SessionStore.ListAsync(session, caller.UserId, cancellationToken);
        return new Page<Session>([.. rows.Select(row => new Session(
            row.Id, row.Kind, row.Id == caller.SessionId, row.Address, row.Program, row.CreatedAt, row.LastUsedAt, row.ExpiresAt))], null);
    }

    private static async Task<IResult> EndAsync(
        HttpContext context, Caller caller, string id, HubDatabase database, CallerStore callers, CancellationToken cancellationToken)
    {
        MeRoutes.RequireSession(caller);
        await using var session = await database.OpenAsync(caller.Actor, cancellationToken);
        if (!await SessionStore.EndAsync(session, caller.UserId, PageQuery.Id(id, "session"), cancellationToken))
            throw ProblemException.NotFound($"There is no session '{id}' of yours.");
        await AuditLog.AppendAsync(session, context, "session.ended", id, null, cancellationToken);
        await session.CommitAsync(cancellationToken);
        callers.Forget();
        return Results.NoContent();
    }

    private static async Task<IResult> EndAllAsync(
        HttpContext context, Caller caller, HubDatabase database, CallerStore callers, CancellationToken cancellationToken)
    {
        MeRoutes.RequireSession(caller);
        await using var session = await database.OpenAsync(caller.Actor, cancellationToken);
        var count = await SessionStore.EndAllAsync(session, caller.UserId, except: null, cancellationToken);
        await AuditLog.AppendAsync(session, context, "session.all_ended", caller.UserName, new { count }, cancellationToken);
        await session.CommitAsync(cancellationToken);
        callers.Forget();
        SessionCookie.Remove(context);
        return Results.NoContent();
    }

    /// <param name="Kind">'session' for browsers and their like, 'jwt' for access tokens that are refreshed.</param>
    /// <param name="IsCurrent">The one that this request is signed in by.</param>
    /// <param name="Program">What it called itself when it signed in.</param>
    private sealed record Session(
        Guid Id, string Kind, bool IsCurrent, string? Address, string? Program, DateTimeOffset CreatedAt, DateTimeOffset LastUsedAt, DateTimeOffset ExpiresAt);
}
