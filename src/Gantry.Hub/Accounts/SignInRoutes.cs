using System.Globalization;
using Gantry.Hub.Audit;
using Gantry.Hub.Database;
using Gantry.Hub.Web;

namespace Gantry.Hub.Accounts;

/// <summary>Signing in and out. An unknown user, a disabled one and a wrong password get the same answer in the same time.</summary>
internal static class SignInRoutes
{
    public static void MapSignIn(this IEndpointRouteBuilder app)
    {
        app.MapPost("/api/sign-in", SignInAsync).Allow(Access.Anyone)
            .WithSummary("Signs in: answers a token, and sets the cookie of a browser.").Refuses(401, 429);
        app.MapPost("/api/sign-out", SignOutAsync).Allow(Access.SignedIn).WithSummary("Ends the session that the request is signed in by.").Produces(204);
    }

    private static async Task<SignedIn> SignInAsync(HttpContext context, SignIn request, HubDatabase database, Passwords passwords,
        SignInThrottle throttle, RefusalLog refusals, AccountOptions options, TimeProvider clock, CancellationToken cancellationToken)
    {
        var (name, address) = (request.User.Trim().ToLowerInvariant(), ClientAddress.Of(context)?.Network);
        if (throttle.WaitFor(name, address) is { } wait)
        {
            await refusals.AddAsync(RefusalOf(context, name), new { status = StatusCodes.Status429TooManyRequests }, cancellationToken);
            var seconds = Math.Ceiling(wait.TotalSeconds).ToString(CultureInfo.InvariantCulture);
            context.Response.Headers.RetryAfter = seconds;
            throw new ProblemException(429, $"There were too many wrong passwords. Try again in {seconds} seconds.");
        }

        var candidate = await CandidateAsync(database, name, cancellationToken);
        var password = request.Password.Length <= Passwords.LengthMax ? request.Password : "";
        if (!await passwords.IsRightAsync(candidate?.PasswordHash, password, cancellationToken))
        {
            throttle.Failed(name, address);
            await refusals.AddAsync(RefusalOf(context, name), null, cancellationToken);
            throw new ProblemException(401, "The user or the password is wrong.");
        }

        throttle.Succeeded(name);
        var token = Tokens.NewSession();
        var expiresAt = clock.GetUtcNow() + options.SessionLength;
        await using var session = await database.OpenAsync(new Actor(candidate!.UserId, null), cancellationToken);
        await session.ExecuteAsync("insert into sessions (id, user_id, token_hash, expires_at) values (@id, @user, @hash, @expiresAt)",
            new { id = Guid.CreateVersion7(clock.GetUtcNow()), user = candidate.UserId, hash = Tokens.Hash(token), expiresAt }, cancellationToken);
        await session.ExecuteAsync("select remove_expired_sessions()", null, cancellationToken);
        await AuditLog.AppendAsync(session, context, "sign_in.accepted", name, null, cancellationToken);
        await session.CommitAsync(cancellationToken);
        SessionCookie.Set(context, token, expiresAt);
        return new SignedIn(token, expiresAt, candidate.MustChangePassword);
    }

    private static async Task<IResult> SignOutAsync(
        HttpContext context, Caller caller, HubDatabase database, CallerStore callers, CancellationToken cancellationToken)
    {
        if (caller.SessionId is null) throw ProblemException.Invalid("An API key is not signed out. Revoke it with DELETE /api/api-keys/{id}.");
        await using var session = await database.OpenAsync(caller.Actor, cancellationToken);
        await session.ExecuteAsync("delete from sessions where user_id = @user and id = @id",
            new { user = caller.UserId, id = caller.SessionId }, cancellationToken);
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

    private sealed record SignIn(string User, string Password)
    {
        public override string ToString() => $"{User} ***";
    }

    private sealed record SignedIn(string Token, DateTimeOffset ExpiresAt, bool MustChangePassword)
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
