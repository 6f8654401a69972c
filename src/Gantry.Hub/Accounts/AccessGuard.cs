using Gantry.Hub.Audit;
using Gantry.Hub.Database;
using Gantry.Hub.Web;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Net.Http.Headers;
using Npgsql;

namespace Gantry.Hub.Accounts;

/// <summary>
/// Finds out who sends a request, and lets it pass only when it is not one too many, no page of another site sent it, and the route allows that person.
/// Refusals are audited.
/// </summary>
internal sealed class AccessGuard(
    RequestDelegate next, CallerStore callers, RefusalLog refusals, RateLimits limits, EventStreams streams, WebOptions options, TimeProvider clock)
{
    /// <summary>A page of another site cannot send it, so its presence shows that ours did.</summary>
    public const string CsrfHeader = "Gantry-Csrf";

    /// <summary>The workspace that a request is about, by name or id; without it the caller's first one.</summary>
    public const string WorkspaceHeader = "Gantry-Workspace";

    /// <summary>Whoever is nobody yet has little to say.</summary>
    private const long AnonymousBodyBytesMax = 64 * 1024;

    private static readonly TimeSpan AskAgainAfter = TimeSpan.FromSeconds(5);

    public Task InvokeAsync(HttpContext context)
    {
        // Without a route, or with one that only says 405 or 415, there is nothing to guard.
        var access = context.GetEndpoint()?.Metadata.GetMetadata<Access>();
        return access is null ? next(context) : GuardAsync(context, access);
    }

    private async Task GuardAsync(HttpContext context, Access access)
    {
        if (access.IsAnonymous && context.GetEndpoint()!.Metadata.GetMetadata<OwnGuard>() is { } own)
        {
            if (!CrossSite.IsSafe(context.Request.Method)) await RefuseForeignAsync(context, access, null, isCookie: false);
            LimitBody(context, own.BodyBytesMax);
            await next(context);
            return;
        }

        var (token, isCookie) = TokenOf(context.Request);
        var workspace = WorkspaceOf(context.Request);
        var caller = token is null ? null : await callers.FindAsync(token, workspace, context.RequestAborted);
        if (caller is not null) context.SetCaller(caller);
        await RefuseTooManyAsync(context, caller);
        if (!CrossSite.IsSafe(context.Request.Method)) await RefuseForeignAsync(context, access, caller, isCookie);
        if (access.IsAnonymous)
        {
            LimitBody(context, AnonymousBodyBytesMax);
            await next(context);
            return;
        }

        if (caller is null) await RefuseNobodyAsync(context, token);
        if (workspace is not null && caller!.WorkspaceId is null)
            throw ProblemException.NotFound($"There is no workspace '{(workspace.Length <= 100 ? workspace : workspace[..100])}' that you can use.");
        if (ReasonFor(access, caller!) is { } reason)
        {
            await RefuseAsync(context, caller, StatusCodes.Status403Forbidden);
            throw ProblemException.Forbidden(reason);
        }

        if (context.GetEndpoint()!.Metadata.GetMetadata<StreamingRoute>() is null) await AnswerAsync(context, caller!);
        else await StreamAsync(context, access, caller!, token!, workspace);
    }

    /// <summary>What only the route itself, or the database, knows to be forbidden is on record as well.</summary>
    private async Task AnswerAsync(HttpContext context, Caller caller)
    {
        try
        {
            await next(context);
        }
        catch (Exception refusal) when (refusal is ProblemException { Status: StatusCodes.Status403Forbidden } or PostgresException { SqlState: PostgresErrorCodes.InsufficientPrivilege })
        {
            await RefuseAsync(context, caller, StatusCodes.Status403Forbidden);
            throw;
        }
    }

    private async Task RefuseTooManyAsync(HttpContext context, Caller? caller)
    {
        if (limits.Count(caller, ClientAddress.Of(context)) is not { } wait) return;
        await refusals.AddAsync(Refusal.Of(context, caller, "access.limited", null), null, context.RequestAborted);
        throw ProblemException.TooManyFor(wait, "That is one request too many.");
    }

    /// <summary>The cookie comes along by itself, whoever made the browser send the request; and nobody else's page signs a browser in.</summary>
    private async Task RefuseForeignAsync(HttpContext context, Access access, Caller? caller, bool isCookie)
    {
        string? reason = null;
        if (isCookie && caller is not null && CrossSite.IsForeign(context.Request, allowed: []))
            reason = "A page of another site sent this. The cookie is for the hub's own pages; send a token as 'Authorization: Bearer …'.";
        else if (isCookie && caller is not null && !access.IsAnonymous && !context.Request.Headers.ContainsKey(CsrfHeader))
            reason = $"A request that is signed in by a cookie needs the header '{CsrfHeader}: 1'.";
        else if (access.IsAnonymous && CrossSite.IsForeign(context.Request, options.CorsOrigins))
            reason = "A page of another site sent this. The setting cors_origins says which pages may.";
        if (reason is null) return;
        await RefuseAsync(context, caller, StatusCodes.Status403Forbidden);
        throw ProblemException.Forbidden(reason);
    }

    private async Task RefuseNobodyAsync(HttpContext context, string? token)
    {
        // Whoever sends nothing is not refused anything: browsers and health checks ask so all day.
        if (token is not null) await RefuseAsync(context, null, StatusCodes.Status401Unauthorized);
        context.Response.Headers.WWWAuthenticate = "Bearer";
        throw new ProblemException(StatusCodes.Status401Unauthorized, token is null
            ? "Sign in first: send a session token or an API key as 'Authorization: Bearer …'."
            : "The token is not valid, or not any more. Sign in again, or use another API key.");
    }

    /// <summary>A stream ends with what it was allowed by.</summary>
    private async Task StreamAsync(HttpContext context, Access access, Caller caller, string token, string? workspace)
    {
        if (context.IsHead()) return;
        using var place = streams.Enter(caller.UserId);
        using var over = new CancellationTokenSource();
        var watching = WatchAsync(context, access, token, workspace, over.Token);
        try
        {
            await next(context);
        }
        finally
        {
            await over.CancelAsync();
            await watching;
        }
    }

    private async Task WatchAsync(HttpContext context, Access access, string token, string? workspace, CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(AskAgainAfter, clock);
        try
        {
            while (await timer.WaitForNextTickAsync(cancellationToken))
            {
                if (await callers.FindAsync(token, workspace, cancellationToken) is { } caller && ReasonFor(access, caller) is null) continue;
                context.Abort();
                return;
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException || DatabaseUnavailableException.Fits(exception))
        {
            // The stream is over, or will be: it, too, asks the database.
        }
    }

    private static void LimitBody(HttpContext context, long bytesMax)
    {
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
            limit.MaxRequestBodySize = Math.Min(limit.MaxRequestBodySize ?? bytesMax, bytesMax);
    }

    private static string? ReasonFor(Access access, Caller caller)
    {
        if (access.IsForAdministrators) return caller.IsAdministrator ? null : "Only an administrator of this hub may do that.";
        if (access.IsReveal && caller.MayReveal || !access.IsReveal && Reaches(access, caller)) return null;
        if (caller.Scopes is { } scopes) return $"That needs an API key with the scope '{access.Scope}', of a person who may do it; this one has {string.Join(", ", scopes)}.";
        return caller.Role is { } role
            ? $"That needs the role {Roles.NameOf(access.Role!.Value)} in the workspace '{caller.WorkspaceName}'; you are {Roles.NameOf(role)}."
            : "You are a member of no workspace yet. An owner of one can add you.";
    }

    /// <summary>A key that may only reveal has no role, and so may not even see who it is.</summary>
    private static bool Reaches(Access access, Caller caller) =>
        access.Role is { } least ? caller.Role >= least : caller.Scopes is null || caller.Role is not null;

    private Task RefuseAsync(HttpContext context, Caller? caller, int status) =>
        refusals.AddAsync(Refusal.Of(context, caller, "access.refused", Refusal.Request(context)), new { status }, context.RequestAborted);

    /// <summary>Links cannot send headers, so that what only reads may name the workspace in its query.</summary>
    private static string? WorkspaceOf(HttpRequest request) =>
        SingleHeader.Of(request, WorkspaceHeader) is { Length: > 0 } name ? name
        : CrossSite.IsSafe(request.Method) && request.Query["workspace"] is [{ Length: > 0 } named] ? named
        : null;

    private static (string? Token, bool IsCookie) TokenOf(HttpRequest request)
    {
        if (SingleHeader.Of(request, HeaderNames.Authorization) is { } header)
            return header.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase) ? (header[7..].Trim(), false) : ("", false);
        return request.Cookies[SessionCookie.NameFor(request)] is { } cookie && Tokens.IsSession(cookie) ? (cookie, true) : (null, false);
    }
}
