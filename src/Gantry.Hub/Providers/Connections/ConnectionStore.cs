using Gantry.Engine.Providers;
using Gantry.Hub.Database;

namespace Gantry.Hub.Providers.Connections;

/// <summary>What is known of a connection since it was last looked at.</summary>
/// <param name="Who">Who the provider says it belongs to; null leaves what was known.</param>
/// <param name="Problem">Why it is not good; null when it is.</param>
internal sealed record ConnectionCheck(string? Who, string? Problem, bool NeedsConsent);

/// <summary>A connection as it is shown: never a value.</summary>
internal sealed record ConnectionRow
{
    public string Name { get; init; } = "";

    public string Provider { get; init; } = "";

    public Guid? UserId { get; init; }

    public DateTimeOffset CheckedAt { get; init; }

    public string? Who { get; init; }

    public string? Problem { get; init; }

    public bool NeedsConsent { get; init; }
}

/// <summary>The table of connections; each call sees one's own and the workspace's.</summary>
internal static class ConnectionStore
{
    private const int WhoMax = 500;
    private const int ProblemMax = 2000;

    public static Task<IReadOnlyList<ConnectionRow>> ListAsync(HubSession session, string? provider, string? after, int limit, CancellationToken cancellationToken) =>
        session.QueryAsync<ConnectionRow>("""
            select name, provider, user_id, checked_at, who, problem, needs_consent from connections
            where workspace_id = current_workspace_id() and (@provider::text is null or provider = @provider)
              and (@after::text is null or (provider || ' ' || name || case when user_id is null then ' 1' else ' 0' end) collate "C" > @after collate "C")
            order by (provider || ' ' || name || case when user_id is null then ' 1' else ' 0' end) collate "C" limit @limit
            """, new { provider, after, limit }, cancellationToken);

    public static string CursorOf(ConnectionRow row) => $"{row.Provider} {row.Name} {(row.UserId is null ? 1 : 0)}";

    public static Task PutAsync(HubSession session, ConnectionKey key, Guid? userId, ConnectionCheck check, CancellationToken cancellationToken) => session.ExecuteAsync($"""
        insert into connections (workspace_id, name, provider, user_id, checked_by, who, problem, needs_consent)
        values (current_workspace_id(), @Connection, @Provider, @userId, current_user_id(), @who, @problem, @NeedsConsent)
        on conflict {(userId is null ? "(workspace_id, provider, name) where user_id is null" : "(workspace_id, user_id, provider, name) where user_id is not null")}
        do update set checked_by = current_user_id(), checked_at = now(), who = coalesce(excluded.who, connections.who), problem = excluded.problem, needs_consent = excluded.needs_consent
        """, new { key.Connection, key.Provider, userId, who = Cut(check.Who, WhoMax), problem = Cut(check.Problem, ProblemMax), check.NeedsConsent }, cancellationToken);

    public static Task DeleteAsync(HubSession session, string provider, string name, Guid? userId, CancellationToken cancellationToken) => session.ExecuteAsync(
        "delete from connections where workspace_id = current_workspace_id() and provider = @provider and name = @name and user_id is not distinct from @userId",
        new { provider, name, userId }, cancellationToken);

    private static string? Cut(string? text, int length)
    {
        text = text?.Replace("\0", "", StringComparison.Ordinal);
        return text is null || text.Length <= length ? text : text[..(char.IsHighSurrogate(text[length - 1]) ? length - 1 : length)];
    }
}
