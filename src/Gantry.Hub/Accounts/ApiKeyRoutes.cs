using Gantry.Hub.Audit;
using Gantry.Hub.Database;
using Gantry.Hub.Web;

namespace Gantry.Hub.Accounts;

/// <summary>Keys for programs: shown once, kept as a hash, bound to a person, a workspace and scopes.</summary>
internal static class ApiKeyRoutes
{
    public static void MapApiKeys(this IEndpointRouteBuilder app)
    {
        app.MapGet("/api/api-keys", ListAsync).Allow(Access.Viewer).WithSummary("Lists one's own API keys of the workspace, without their secrets.");
        app.MapPost("/api/api-keys", CreateAsync).Allow(Access.Viewer)
            .WithSummary("Makes an API key; the key itself is answered this once only.").Produces<CreatedApiKey>(201);
        app.MapPost("/api/api-keys/{id}/rotate", RotateAsync).Allow(Access.Viewer)
            .WithSummary("Gives an API key of one's own a new secret, answered this once only; the old one ends at once.").Produces<CreatedApiKey>();
        app.MapDelete("/api/api-keys/{id}", RevokeAsync).Allow(Access.Viewer).WithSummary("Revokes an API key, at once.").Produces(204);
    }

    /// <summary>One's own keys; for an owner those of the whole workspace.</summary>
    private static async Task<Page<ApiKey>> ListAsync(
        Caller caller, HubDatabase database, string? limit, string? after, CancellationToken cancellationToken)
    {
        var count = PageQuery.Limit(limit);
        await using var session = await database.OpenAsync(caller.Actor, cancellationToken);
        var keys = await session.QueryAsync<ApiKey>("""
            select k.id, k.name, u.name as user, k.scopes, k.created_at, k.expires_at, k.last_used_at, k.rotated_at, k.revoked_at
            from api_keys k join users u on u.id = k.user_id
            where @after::uuid is null or k.id > @after order by k.id limit @count + 1
            """, new { after = PageQuery.AfterId(after), count }, cancellationToken);
        return Page<ApiKey>.From(keys, count, key => key.Id.ToString());
    }

    private static async Task<IResult> CreateAsync(HttpContext context, Caller caller, NewApiKey request, HubDatabase database, TimeProvider clock,
        CancellationToken cancellationToken)
    {
        MeRoutes.RequireSession(caller);
        var scopes = Check(request, clock);
        var (id, secret) = (Guid.CreateVersion7(clock.GetUtcNow()), Tokens.NewSecret());
        await using var session = await database.OpenAsync(caller.Actor, cancellationToken);
        await session.ExecuteAsync("""
            insert into api_keys (id, workspace_id, user_id, name, secret_hash, scopes, expires_at)
            values (@id, @workspace, @user, @name, @hash, @scopes, @expiresAt)
            """, new
        {
            id,
            workspace = caller.WorkspaceId,
            user = caller.UserId,
            name = request.Name.Trim(),
            hash = Tokens.Hash(secret),
            scopes,
            expiresAt = request.ExpiresAt,
        }, cancellationToken);
        await AuditLog.AppendAsync(session, context, "api_key.created", id.ToString(), new { name = request.Name.Trim(), scopes }, cancellationToken);
        await session.CommitAsync(cancellationToken);
        return Results.Json(new CreatedApiKey(id, request.Name.Trim(), Tokens.NewApiKey(id, secret), scopes, request.ExpiresAt), statusCode: 201);
    }

    /// <summary>What is revoked or over stays so. Somebody else's key is not shown to an owner either.</summary>
    private static async Task<CreatedApiKey> RotateAsync(
        HttpContext context, Caller caller, string id, HubDatabase database, CallerStore callers, CancellationToken cancellationToken)
    {
        MeRoutes.RequireSession(caller);
        var (key, secret) = (PageQuery.Id(id, "API key"), Tokens.NewSecret());
        await using var session = await database.OpenAsync(caller.Actor, cancellationToken);
        var changed = await session.FindAsync<ApiKey>("""
            update api_keys set secret_hash = @hash, rotated_at = now()
            where workspace_id = @workspace and id = @key and user_id = @user and revoked_at is null and (expires_at is null or expires_at > now())
            returning id, name, scopes, expires_at
            """, new { workspace = caller.WorkspaceId, key, user = caller.UserId, hash = Tokens.Hash(secret) }, cancellationToken)
            ?? throw ProblemException.NotFound($"There is no API key '{id}' of yours that still holds.");
        await AuditLog.AppendAsync(session, context, "api_key.rotated", id, new { name = changed.Name }, cancellationToken);
        await session.CommitAsync(cancellationToken);
        callers.Forget();
        return new CreatedApiKey(key, changed.Name, Tokens.NewApiKey(key, secret), changed.Scopes, changed.ExpiresAt);
    }

    /// <summary>Revoking what is revoked succeeds. A key may end itself; to end others it must be one that manages.</summary>
    private static async Task<IResult> RevokeAsync(
        HttpContext context, Caller caller, string id, HubDatabase database, CallerStore callers, CancellationToken cancellationToken)
    {
        var key = PageQuery.Id(id, "API key");
        if (caller.ApiKeyId is { } own && own != key && caller.Role != WorkspaceRole.Owner)
            throw ProblemException.Forbidden("An API key revokes itself only, unless it has the scope 'manage'.");
        await using var session = await database.OpenAsync(caller.Actor, cancellationToken);
        var name = await session.FindAsync<string>("update api_keys set revoked_at = coalesce(revoked_at, now()) where workspace_id = @workspace and id = @key returning name",
            new { workspace = caller.WorkspaceId, key }, cancellationToken) ?? throw ProblemException.NotFound($"There is no API key '{id}'.");
        await AuditLog.AppendAsync(session, context, "api_key.revoked", id, new { name }, cancellationToken);
        await session.CommitAsync(cancellationToken);
        callers.Forget();
        return Results.NoContent();
    }

    private static string[] Check(NewApiKey request, TimeProvider clock)
    {
        if (request.Name.Trim().Length is 0 or > 100) throw ProblemException.Invalid("An API key's name has 1 to 100 characters.");
        var scopes = request.Scopes.Distinct(StringComparer.Ordinal).ToArray();
        if (scopes.Length == 0 || scopes.Any(scope => !KeyScopes.All.Contains(scope)))
            throw ProblemException.Invalid($"The scopes of an API key are one or more of {string.Join(", ", KeyScopes.All)}.");
        if (request.ExpiresAt <= clock.GetUtcNow()) throw ProblemException.Invalid("The field 'expires_at' lies in the past.");
        return scopes;
    }

    private sealed record NewApiKey(string Name, IReadOnlyList<string> Scopes, DateTimeOffset? ExpiresAt = null);

    private sealed record CreatedApiKey(Guid Id, string Name, string Key, IReadOnlyList<string> Scopes, DateTimeOffset? ExpiresAt)
    {
        public override string ToString() => $"{Id} ***";
    }

    private sealed record ApiKey
    {
        public Guid Id { get; init; }

        public string Name { get; init; } = "";

        public string User { get; init; } = "";

        public string[] Scopes { get; init; } = [];

        public DateTimeOffset CreatedAt { get; init; }

        public DateTimeOffset? ExpiresAt { get; init; }

        public DateTimeOffset? LastUsedAt { get; init; }

        public DateTimeOffset? RotatedAt { get; init; }

        public DateTimeOffset? RevokedAt { get; init; }
    }
}
