using Gantry.Hub.Audit;
using Gantry.Hub.Web;
using Microsoft.Net.Http.Headers;

namespace Gantry.Hub.Accounts;

/// <summary>Finds out who sends a request, and lets it pass only when the route allows that person. Refusals are audited.</summary>
internal sealed class AccessGuard(RequestDelegate next, CallerStore callers, RefusalLog refusals)
{
    /// <summary>A page of another site cannot send it, so its presence shows that ours did.</summary>
    public const string CsrfHeader = "Gantry-Csrf";

    /// <summary>The workspace that a request is about, by name or id; without it the caller's first one.</summary>
    public const string WorkspaceHeader = "Gantry-Workspace";

    public Task InvokeAsync(HttpContext context)
    {
        // Without a route, or with one that only says 405 or 415, there is nothing to guard.
        var access = context.GetEndpoint()?.Metadata.GetMetadata<Access>();
        return access is null ? next(context) : GuardAsync(context, access);
    }

    private async Task GuardAsync(HttpContext context, Access access)
    {
        var (token, isCookie) = TokenOf(context.Request);
        var workspace = SingleHeader.Of(context.Request, WorkspaceHeader) is { Length: > 0 } name ? name : null;
        var caller = token is null ? null : await callers.FindAsync(token, workspace, context.RequestAborted);
        if (caller is not null) context.SetCaller(caller);
        if (!access.IsAnonymous)
        {
            if (caller is null)
            {
                // Whoever sends nothing is not refused anything: browsers and health checks ask so all day.
                if (token is not null) await RefuseAsync(context, null, StatusCodes.Status401Unauthorized);
                context.Response.Headers.WWWAuthenticate = "Bearer";
                throw new ProblemException(401, token is null
                    ? "Sign in first: send a session token or an API key as 'Authorization: Bearer …'."
                    : "The token is not valid, or not any more. Sign in again, or use another API key.");
            }

            if (isCookie && !IsSafe(context.Request.Method) && !context.Request.Headers.ContainsKey(CsrfHeader))
                throw new ProblemException(403, $"A request that is signed in by a cookie needs the header '{CsrfHeader}: 1'.");
            if (workspace is not null && caller.WorkspaceId is null)
                throw ProblemException.NotFound($"There is no workspace '{(workspace.Length <= 100 ? workspace : workspace[..100])}' that you can use.");
            if (ReasonFor(access, caller) is { } reason)
            {
                await RefuseAsync(context, caller, StatusCodes.Status403Forbidden);
                throw ProblemException.Forbidden(reason);
            }
        }

        await next(context);
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

    private static (string? Token, bool IsCookie) TokenOf(HttpRequest request)
    {
        if (SingleHeader.Of(request, HeaderNames.Authorization) is { } header)
            return header.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase) ? (header[7..].Trim(), false) : ("", false);
        return request.Cookies[SessionCookie.NameFor(request)] is { Length: > 0 } cookie ? (cookie, true) : (null, false);
    }

    private static bool IsSafe(string method) => HttpMethods.IsGet(method) || HttpMethods.IsHead(method) || HttpMethods.IsOptions(method);
}
