using System.Text.Json;
using Gantry.Hub.Database;
using Gantry.Hub.Web;

namespace Gantry.Hub.Audit;

internal static class AuditSlice
{
    public static void MapAudit(this IEndpointRouteBuilder app) => app.MapGet("/api/audit", ListAsync).Allow(Access.Owner)
        .WithSummary("Lists the audit log, the newest first, by action and user.");

    /// <summary>Newest first. Owners see their workspace; administrators also what belongs to none, such as refused sign-ins.</summary>
    private static async Task<Page<AuditEntry>> ListAsync(Caller caller, HubDatabase database, string? action, string? user, string? limit, string? after,
        CancellationToken cancellationToken)
    {
        var count = PageQuery.Limit(limit);
        await using var session = await database.OpenAsync(caller.Actor, cancellationToken);
        var rows = await session.QueryAsync<AuditRow>("""
            select a.id, a.time, a.user_id, u.name as user_name, a.action, a.target, a.address, a.details::text as details
            from audit_log a left join users u on u.id = a.user_id
            where (@after::bigint is null or a.id < @after)
              and (@action::text is null or a.action = @action) and (@user::text is null or u.name = @user or a.target = @user)
            order by a.id desc limit @count + 1
            """, new { after = PageQuery.AfterNumber(after), action, user, count }, cancellationToken);
        return Page<AuditEntry>.From([.. rows.Select(AuditEntry.From)], count, entry => entry.Id);
    }

    private sealed record AuditRow
    {
        public long Id { get; init; }

        public DateTimeOffset Time { get; init; }

        public Guid? UserId { get; init; }

        public string? UserName { get; init; }

        public string Action { get; init; } = "";

        public string? Target { get; init; }

        public string? Address { get; init; }

        public string Details { get; init; } = "{}";
    }

    /// <summary>One entry. The name is null when the user is gone, or cannot be seen from this workspace.</summary>
    private sealed record AuditEntry(
        string Id, DateTimeOffset Time, Guid? UserId, string? UserName, string Action, string? Target, string? Address, JsonElement Details)
    {
        public static AuditEntry From(AuditRow row) => new(row.Id.ToString(System.Globalization.CultureInfo.InvariantCulture), row.Time, row.UserId,
            row.UserName, row.Action, row.Target, row.Address, JsonElement.Parse(row.Details));
    }
}
