using Gantry.Hub.Audit;
using Gantry.Hub.Database;
using Gantry.Hub.Web;

namespace Gantry.Hub.Accounts;

/// <summary>Signing in and out. An unknown user, a disabled one and a wrong password get the same answer in the same time.</summary>
internal static class SignInRoutes
{
    private const int ProgramLengthMax = 200;

    public static void MapSignIn(this IEndpointRouteBuilder app)
    {
        app.MapPost("/api/sign-in", SignInAsync).Allow(Access.Anyone)
            .WithSummary("Signs in: answers a token, and sets the cookie of a browser. With \"kind\": \"jwt\" it answers an access_token of some minutes and the "
                + "refresh_token for the next one, and sets no cookie.")
            .Produces<SignedIn>().Refuses(401, 429);
        app.MapPost("/api/token/refresh", RefreshAsync).Allow(Access.Anyone)
            .WithSummary("Exchanges a refresh token for a new access token and the next refresh token. Each is good for one use; a second use ends the session.")
            .WithHeader("Idempotency-Key", "16 to 255 visible ASCII characters, new for each refresh: with the same one a refresh may be repeated for a minute when its answer was lost.")
            .Produces<RefreshableToken>().Refuses(401);
        app.MapPost("/api/sign-out", SignOutAsync).Allow(Access.SignedIn).WithSummary("Ends the session that the request is signed in by.").Produces(204);
    }

    private static async Task<IResult> SignInAsync(HttpContext context, SignIn request, HubDatabase database, Passwords passwords,
        SignInThrottle throttle, RefusalLog refusals, AccountOptions options, AccessTokens accessTokens, TimeProvider clock, CancellationToken cancellationToken)
    {
        var (name, address) = (request.User.Trim().ToLowerInvariant(), ClientAddress.Of(context)?.Network);
        if (throttle.WaitFor(name, address) is { } wait)
        {
            await refusals.AddAsync(RefusalOf(context, name), new { status = StatusCodes.Status429TooManyRequests }, cancellationToken);
            throw ProblemException.TooManyFor(wait, "There were too many wrong passwords.");
        }

        var candidate = await CandidateAsync(database, name, cancellationToken);
        var password = request.Password.Length <= Passwords.LengthMax ? request.Password : "";
        if (!await passwords.IsRightAsync(candidate?.PasswordHash, password, cancellationToken))
        {
            throttle.Failed(name, address);
            await refusals.AddAsync(RefusalOf(context, name), null, cancellationToken);
            throw new ProblemException(401, "The user or the password is wrong.");
        }

        throttle.Succeeded(name, address);
        var (opened, token) = Open(context, candidate!, request.Kind, options, clock);
        await using var session = await database.OpenAsync(new Actor(opened.UserId, null), cancellationToken);
        await SessionStore.OpenAsync(session, opened, token, cancellationToken);
        await AuditLog.AppendAsync(session, context, "sign_in.accepted", name, new { kind = opened.Kind }, cancellationToken);
        await session.CommitAsync(cancellationToken);
        if (opened.IsJwt) return Results.Json(await AnswerAsync(accessTokens, opened.UserId, opened.Id, token, opened.ExpiresAt, candidate!.MustChangePassword, cancellationToken));
        SessionCookie.Set(context, token, opened.ExpiresAt);
        return Results.Json(new SignedIn(token, opened.ExpiresAt, candidate!.MustChangePassword));
    }

    private static (OpenedSession Session, string Token) Open(HttpContext context, Candidate candidate, SessionKind kind, AccountOptions options, TimeProvider clock)
    {
        var (now, isJwt) = (clock.GetUtcNow(), kind == SessionKind.Jwt);
        var program = context.Request.Headers.UserAgent.ToString() is { Length: > 0 } agent
            ? new string([.. agent.Take(ProgramLengthMax).Select(letter => char.IsControl(letter) || char.IsSurrogate(letter) ? '?' : letter)]) : null;
        return (new OpenedSession(Guid.CreateVersion7(now), candidate.UserId, isJwt, now + options.SessionLength, ClientAddress.Of(context)?.Text, program),
            isJwt ? Tokens.NewRefresh() : Tokens.NewSession());
    }

    /// <summary>Nobody learns from the answer why a token is refused.</summary>
    private static async Task<RefreshableToken> RefreshAsync(HttpContext context, Refresh request, HubDatabase database, RefusalLog refusals,
        CallerStore callers, AccessTokens accessTokens, CancellationToken cancellationToken)
    {
        var (next, retryKey) = (Tokens.NewRefresh(), RetryKeyOf(context.Request));
        RefreshOutcome outcome;
        await using (var session = await database.OpenAsync(Actor.Nobody, cancellationToken))
        {
            outcome = await SessionStore.RefreshAsync(session, request.RefreshToken, next, retryKey, cancellationToken);
            await session.CommitAsync(cancellationToken);
        }

        if (outcome.IsRefreshed)
            return await AnswerAsync(accessTokens, outcome.UserId, outcome.SessionId, next, outcome.ExpiresAt, outcome.MustChangePassword, cancellationToken);
        if (outcome.IsReused)
        {
            callers.Forget();
            await using var session = await database.OpenAsync(new Actor(outcome.UserId, null), cancellationToken);
            await AuditLog.AppendAsync(session, context, "token.reused", outcome.UserName, new { session_id = outcome.SessionId }, cancellationToken);
            await session.CommitAsync(cancellationToken);
        }
        else
        {
            await refusals.AddAsync(Refusal.Of(context, null, "token.refused", null), null, cancellationToken);
        }

        throw new ProblemException(401, "The refresh token is not valid, or not any more. Sign in again.");
    }

    private static async Task<RefreshableToken> AnswerAsync(AccessTokens accessTokens, Guid user, Guid session, string refreshToken, DateTimeOffset refreshExpiresAt,
        bool mustChangePassword, CancellationToken cancellationToken)
    {
        var (token, expiresAt) = await accessTokens.IssueAsync(user, session, cancellationToken);
        return new RefreshableToken(token, "Bearer", expiresAt, refreshToken, refreshExpiresAt, mustChangePassword);
    }

    private static string? RetryKeyOf(HttpRequest request) => SingleHeader.Of(request, "Idempotency-Key") switch
    {
        null => null,
        { Length: >= 16 and <= 255 } key when key.All(letter => letter is > ' ' and <= '~') => key,
        _ => throw ProblemException.Invalid("The header 'Idempotency-Key' of a refresh has 16 to 255 visible ASCII characters: whoever can guess it can repeat the refresh."),
    };

    private static async Task<IResult> SignOutAsync(
        HttpContext context, Caller caller, HubDatabase database, CallerStore callers, CancellationToken cancellationToken)
    {
        if (caller.SessionId is null) throw ProblemException.Invalid("An API key is not signed out. Revoke it with DELETE /api/api-keys/{id}.");
        await using var session = await database.OpenAsync(caller.Actor, cancellationToken);
        await SessionStore.EndAsync(session, caller.UserId, caller.SessionId.Value, cancellationToken);
        await AuditLog.AppendAsync(session, context, "sign_in.ended", caller.UserName, null, cancellationToken);
        await session.CommitAsync(cancellationToken);
        callers.Forget();
        SessionCookie.Remove(context);
        return Results.NoContent();
    }

    private static async Task<Candidate?> CandidateAsync(HubDatabase database, string name, CancellationToken cancellationToken)
    {
        await using var session = await database.OpenAsync(Actor.Nobody, cancellationToken);
        return await session.FindAsync<Candidate>("select * from sign_in_candidate(@name)", new { name }, cancellationToken);
    }

    /// <summary>People type passwords into the wrong field: only what could be a name is written down.</summary>
    private static Refusal RefusalOf(HttpContext context, string name) =>
        Refusal.Of(context, null, "sign_in.refused", AccountNames.IsUserName(name) ? name : null);

    private enum SessionKind
    {
        Session,
        Jwt,
    }

    private sealed record SignIn(string User, string Password, SessionKind Kind = SessionKind.Session)
    {
        public override string ToString() => $"{User} ***";
    }

    private sealed record SignedIn(string Token, DateTimeOffset ExpiresAt, bool MustChangePassword)
    {
        public override string ToString() => "***";
    }

    private sealed record Refresh(string RefreshToken)
    {
        public override string ToString() => "***";
    }

    /// <param name="ExpiresAt">Of the access token.</param>
    /// <param name="RefreshExpiresAt">When the session ends and one has to sign in again, however often it is refreshed.</param>
    private sealed record RefreshableToken(
        string AccessToken, string TokenType, DateTimeOffset ExpiresAt, string RefreshToken, DateTimeOffset RefreshExpiresAt, bool MustChangePassword)
    {
        public override string ToString() => "***";
    }

    private sealed record Candidate
    {
        public Guid UserId { get; init; }

        public string? PasswordHash { get; init; }

        public bool MustChangePassword { get; init; }
    }
}
