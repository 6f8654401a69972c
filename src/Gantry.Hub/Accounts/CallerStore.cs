using System.Collections.Concurrent;
using Gantry.Hub.Database;
using Gantry.Hub.Web;

namespace Gantry.Hub.Accounts;

/// <summary>
/// Whom a token belongs to. The answer is remembered for some seconds, so that a request costs no round trip of its own; whatever takes
/// rights away in this process calls <see cref="Forget"/>, and another hub notices after those seconds.
/// </summary>
internal sealed class CallerStore(HubDatabase database, AccessTokens accessTokens, TimeProvider clock)
{
    private const int RememberedMax = 10_000;
    private static readonly TimeSpan RememberFor = TimeSpan.FromSeconds(5);

    private readonly ConcurrentDictionary<string, Remembered> remembered = new(StringComparer.Ordinal);
    private int generation;

    /// <summary>Null when the token is unknown, expired or revoked, or its user disabled.</summary>
    /// <param name="workspace">The workspace's name or id; null means the token's own, or the first the user joined.</param>
    public async ValueTask<Caller?> FindAsync(string token, string? workspace, CancellationToken cancellationToken)
    {
        var hash = Tokens.Hash(token);
        var key = Convert.ToBase64String(hash) + workspace;
        if (remembered.TryGetValue(key, out var known) && clock.GetElapsedTime(known.At) < RememberFor && !IsOver(known.Caller)) return known.Caller;

        var asked = (Generation: Volatile.Read(ref generation), At: clock.GetTimestamp());
        var caller = await AskAsync(token, hash, workspace, cancellationToken);
        if (caller is null)
        {
            remembered.TryRemove(key, out _);
            return null;
        }

        // What was asked before somebody's rights changed is used once and not remembered.
        if (remembered.Count >= RememberedMax) remembered.Clear();
        var fresh = new Remembered(caller, asked.At);
        remembered[key] = fresh;
        if (asked.Generation != Volatile.Read(ref generation)) remembered.TryRemove(KeyValuePair.Create(key, fresh));
        return caller;
    }

    public void Forget()
    {
        Interlocked.Increment(ref generation);
        remembered.Clear();
    }

    private bool IsOver(Caller caller) => caller.ExpiresAt <= clock.GetUtcNow();

    private async Task<Caller?> AskAsync(string token, byte[] hash, string? workspace, CancellationToken cancellationToken)
    {
        AccessToken? signed = null;
        if (AccessTokens.IsForm(token) && (signed = await accessTokens.ReadAsync(token, cancellationToken)) is null) return null;
        await using var session = await database.OpenAsync(Actor.Nobody, cancellationToken);
        CallerRow? row;
        if (Tokens.ParseApiKey(token) is { } key)
        {
            row = await session.FindAsync<CallerRow>("select * from api_key_of(@id, @hash)",
                new { id = key.Id, hash = Tokens.Hash(key.Secret) }, cancellationToken);

            // A key opens its own workspace only.
            if (row is not null && workspace is not null && workspace != row.WorkspaceName && workspace != row.WorkspaceId?.ToString())
                row = row with { WorkspaceId = null, WorkspaceName = null, Role = null };
        }
        else if (signed is not null)
        {
            row = await session.FindAsync<CallerRow>("select * from jwt_session_of(@user, @id, @workspace)",
                new { user = signed.UserId, id = signed.SessionId, workspace }, cancellationToken);
            row = row is null ? null : row with { ExpiresAt = signed.ExpiresAt };
        }
        else
        {
            row = await session.FindAsync<CallerRow>("select * from session_of(@hash, @workspace)", new { hash, workspace }, cancellationToken);
        }

        await session.CommitAsync(cancellationToken);
        return row?.ToCaller();
    }

    private sealed record Remembered(Caller Caller, long At);

    private sealed record CallerRow
    {
        public Guid? SessionId { get; init; }

        public Guid? KeyId { get; init; }

        public string[]? Scopes { get; init; }

        public DateTimeOffset? ExpiresAt { get; init; }

        public Guid UserId { get; init; }

        public string UserName { get; init; } = "";

        public bool IsAdministrator { get; init; }

        public bool MustChangePassword { get; init; }

        public Guid? WorkspaceId { get; init; }

        public string? WorkspaceName { get; init; }

        public string? Role { get; init; }

        public Caller ToCaller()
        {
            WorkspaceRole? role = Role is null ? null : Roles.Parse(Role);
            var most = Scopes is null ? WorkspaceRole.Owner : KeyScopes.MostOf(Scopes);
            return new Caller
            {
                UserId = UserId,
                UserName = UserName,
                IsAdministrator = IsAdministrator && most == WorkspaceRole.Owner,
                MustChangePassword = MustChangePassword,
                WorkspaceId = WorkspaceId,
                WorkspaceName = WorkspaceName,
                Role = most is null || role > most ? most : role,
                Scopes = Scopes,
                MayReveal = role >= WorkspaceRole.Editor && (Scopes is null || Scopes.Contains(KeyScopes.Reveal)),
                SessionId = SessionId,
                ApiKeyId = KeyId,
                ExpiresAt = ExpiresAt,
            };
        }
    }
}
