using System.Globalization;
using System.Text.Json;
using Gantry.Hub.Database;
using Gantry.Hub.Web;

namespace Gantry.Hub.Audit;

/// <summary>The audit log: searched, exported, verified.</summary>
internal static class AuditRoutes
{
    public static void MapAudit(this IEndpointRouteBuilder app)
    {
        app.MapGet("/api/audit", ListAsync).Allow(Access.Owner)
            .WithSummary("Lists the audit log, the newest first, by action (sign_in.*), user, target (its name or its id), address and time.");
        app.MapGet("/api/audit/export", ExportAsync).Allow(Access.Owner)
            .WithSummary("Answers the log as JSON lines, the oldest first, and a signed line behind the last: for administrators the hub's whole log, "
                + "for owners, or with scope=workspace, that of the workspace.")
            .MayBeLinked().Produces<string>(200, "application/x-ndjson").DisableRequestTimeout();
        app.MapGet("/api/audit/verify", VerifyAsync).Allow(Access.Administrator).DisableRequestTimeout()
            .WithSummary("Walks the hub's whole log, or from a position on, and says which entry is wrong first.");
    }

    /// <summary>Newest first. Owners see their workspace; administrators also what belongs to none, such as refused sign-ins.</summary>
    private static async Task<Page<AuditEntryView>> ListAsync(Caller caller, HubDatabase database, string? action, string? user, string? target, string? address,
        string? since, string? until, string? limit, string? after, CancellationToken cancellationToken)
    {
        var count = PageQuery.Limit(limit);
        var isGroup = action is not null && action.EndsWith(".*", StringComparison.Ordinal);
        await using var session = await database.OpenAsync(caller.Actor, cancellationToken);
        var rows = await session.QueryAsync<AuditRow>("""
            select a.id, a.position, a.time, a.user_id, u.name as user_name, a.action, a.target, a.address, a.details::text as details,
              coalesce(a.details ->> 'name', a.details ->> 'plan') as target_name
            from audit_log a left join users u on u.id = a.user_id
            where (@after::bigint is null or a.id < @after)
              and (@action::text is null or case when @isGroup then starts_with(a.action, @action) else a.action = @action end)
              and (@user::text is null or u.name = @user or a.target = @user)
              and (@target::text is null or a.target = @target or a.details ->> 'name' = @target or a.details ->> 'plan' = @target) and (@address::text is null or a.address = @address)
              and (@since::timestamptz is null or a.time >= @since) and (@until::timestamptz is null or a.time < @until)
            order by a.id desc limit @count + 1
            """, new
        {
            after = PageQuery.AfterNumber(after),
            action = isGroup ? action![..^1] : action,
            isGroup,
            user,
            target,
            address,
            since = Time(since, "since"),
            until = Time(until, "until"),
            count,
        }, cancellationToken);
        var names = await AuditNames.ReadAsync(session, [.. rows.SelectMany(row => row.Unnamed)], cancellationToken);
        return Page<AuditEntryView>.From([.. rows.Select(row => AuditEntryView.From(row, names))], count, entry => entry.Id);
    }

    private static async Task ExportAsync(HttpContext context, Caller caller, AuditExport export, string? scope, CancellationToken cancellationToken)
    {
        var isWhole = scope switch
        {
            null => caller.IsAdministrator,
            "workspace" => false,
            "hub" => caller.IsAdministrator ? true : throw ProblemException.Forbidden("Only an administrator of this hub may export the log of all workspaces."),
            _ => throw ProblemException.Invalid("The parameter 'scope' is one of hub and workspace."),
        };
        context.Response.ContentType = "application/x-ndjson";
        context.Response.Headers.ContentDisposition = "attachment; filename=\"gantry-audit.jsonl\"";
        await export.WriteAsync(context.Response.Body, caller.Actor, isWhole, cancellationToken);
    }

    private static Task<AuditVerdict> VerifyAsync(Caller caller, AuditVerifier verifier, string? from, CancellationToken cancellationToken)
    {
        var position = 1L;
        if (from is not null && (!long.TryParse(from, NumberStyles.None, CultureInfo.InvariantCulture, out position) || position < 1))
            throw ProblemException.Invalid("The parameter 'from' is a position in the log: a whole number from 1 on.");
        return verifier.VerifyAsync(caller.Actor, position, cancellationToken);
    }

    private static DateTimeOffset? Time(string? text, string parameter) => text is null ? null
        : DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) ? time
        : throw ProblemException.Invalid($"The parameter '{parameter}' must be a time such as 2026-01-31T08:00:00Z.");

    private sealed record AuditRow
    {
        public long Id { get; init; }

        public long? Position { get; init; }

        public DateTimeOffset Time { get; init; }

        public Guid? UserId { get; init; }

        public string? UserName { get; init; }

        public string Action { get; init; } = "";

        public string? Target { get; init; }

        public string? Address { get; init; }

        public string Details { get; init; } = "{}";

        /// <summary>What a target that is an id was called then; null when the entry does not say, or when the target is a name.</summary>
        public string? TargetName { get; init; }

        public Guid? TargetId => Guid.TryParseExact(Target, "D", out var id) ? id : null;

        /// <summary>The ids whose names are to be looked for.</summary>
        public IEnumerable<Guid> Unnamed => new[] { UserName is null ? UserId : null, TargetName is null ? TargetId : null }.OfType<Guid>();
    }

    /// <summary>One entry.</summary>
    /// <param name="UserName">The last one of a user who is gone; null when nobody was signed in, or the user cannot be seen from this workspace.</param>
    /// <param name="TargetName">What is called so when the target is an id: at that time, or by now where the entry does not say; null when that cannot be known, or the target is a name.</param>
    /// <param name="Position">In the chain; null until it is sealed, about a second after it was written.</param>
    private sealed record AuditEntryView(
        string Id, long? Position, DateTimeOffset Time, Guid? UserId, string? UserName, string Action, string? Target, string? TargetName, string? Address, JsonElement Details)
    {
        public static AuditEntryView From(AuditRow row, IReadOnlyDictionary<Guid, string> names) => new(row.Id.ToString(CultureInfo.InvariantCulture), row.Position, row.Time,
            row.UserId, row.UserName ?? NameOf(row.UserId, names), row.Action, row.Target, row.TargetId is { } target ? row.TargetName ?? NameOf(target, names) : null,
            row.Address, JsonElement.Parse(row.Details));

        private static string? NameOf(Guid? id, IReadOnlyDictionary<Guid, string> names) => id is { } known ? names.GetValueOrDefault(known) : null;
    }
}
