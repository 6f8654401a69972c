using Gantry.Hub.Database;

namespace Gantry.Hub.Accounts;

/// <summary>The SQL of sessions, and of the tokens that refresh them.</summary>
internal static class SessionStore
{
    /// <summary>How long a refresh whose answer was lost may be repeated, with the key it was sent with.</summary>
    private static readonly TimeSpan RetryWithin = TimeSpan.FromMinutes(1);

    /// <param name="session">Of the user who signs in.</param>
    /// <param name="opened">What is opened.</param>
    /// <param name="token">By which it is used; of a session of the kind jwt the one that refreshes it.</param>
    public static async Task OpenAsync(HubSession session, OpenedSession opened, string token, CancellationToken cancellationToken)
    {
        var hash = Tokens.Hash(token);
        await session.ExecuteAsync("""
            insert into sessions (id, user_id, kind, token_hash, expires_at, address, program) values (@Id, @UserId, @Kind, @hash, @ExpiresAt, @Address, @Program)
            """, new { opened.Id, opened.UserId, opened.Kind, hash = opened.IsJwt ? null : hash, opened.ExpiresAt, opened.Address, opened.Program }, cancellationToken);
        if (opened.IsJwt)
        {
            await session.ExecuteAsync("insert into refresh_tokens (user_id, session_id, id, token_hash) values (@UserId, @Id, @token, @hash)",
                new { opened.UserId, opened.Id, token = Guid.CreateVersion7(), hash }, cancellationToken);
        }

        await session.ExecuteAsync("select remove_expired_sessions()", null, cancellationToken);
    }

    /// <param name="session">Of nobody: only the token says whose it is.</param>
    /// <param name="token">The one that is used up.</param>
    /// <param name="next">The one that takes its place.</param>
    /// <param name="retryKey">With which the same use may be repeated shortly; null when it may not.</param>
    public static async Task<RefreshOutcome> RefreshAsync(HubSession session, string token, string next, string? retryKey, CancellationToken cancellationToken) =>
        (await session.FindAsync<RefreshOutcome>("select * from refresh_session(@hash, @nextId, @nextHash, @retryHash, @within)", new
        {
            hash = Tokens.Hash(token),
            nextId = Guid.CreateVersion7(),
            nextHash = Tokens.Hash(next),
            retryHash = retryKey is null ? null : Tokens.Hash(retryKey),
            within = RetryWithin,
        }, cancellationToken))!;

    public static Task<IReadOnlyList<SessionRow>> ListAsync(HubSession session, Guid user, CancellationToken cancellationToken) =>
        session.QueryAsync<SessionRow>("""
            select id, kind, address, program, created_at, last_used_at, expires_at from sessions
            where user_id = @user and expires_at > now() order by last_used_at desc limit 500
            """, new { user }, cancellationToken);

    /// <summary>False when the user has no such session.</summary>
    public static async Task<bool> EndAsync(HubSession session, Guid user, Guid id, CancellationToken cancellationToken) =>
        await session.ExecuteAsync("delete from sessions where user_id = @user and id = @id", new { user, id }, cancellationToken) > 0;

    /// <summary>How many there were.</summary>
    /// <param name="except">One that stays; null when none does.</param>
    public static Task<int> EndAllAsync(HubSession session, Guid user, Guid? except, CancellationToken cancellationToken) =>
        session.ExecuteAsync("delete from sessions where user_id = @user and id is distinct from @except", new { user, except }, cancellationToken);
}

/// <summary>A sign-in that was accepted.</summary>
/// <param name="Program">What the browser or program calls itself; null when it does not.</param>
internal sealed record OpenedSession(Guid Id, Guid UserId, bool IsJwt, DateTimeOffset ExpiresAt, string? Address, string? Program)
{
    public string Kind => IsJwt ? "jwt" : "session";
}

/// <summary>What became of a refresh token.</summary>
internal sealed record RefreshOutcome
{
    public string Outcome { get; init; } = "";

    public Guid UserId { get; init; }

    public string UserName { get; init; } = "";

    public Guid SessionId { get; init; }

    public DateTimeOffset ExpiresAt { get; init; }

    public bool MustChangePassword { get; init; }

    public bool IsRefreshed => Outcome == "refreshed";

    /// <summary>It was used before: two have it, and the session is over for both.</summary>
    public bool IsReused => Outcome == "reused";
}

internal sealed record SessionRow
{
    public Guid Id { get; init; }

    public string Kind { get; init; } = "";

    public string? Address { get; init; }

    public string? Program { get; init; }

    public DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset LastUsedAt { get; init; }

    public DateTimeOffset ExpiresAt { get; init; }
}
