using Gantry.Engine.Endpoints;
using Gantry.Hub.Database;

namespace Gantry.Hub.Endpoints;

/// <summary>Saved endpoints. Each call sees and changes those of the session's workspace only.</summary>
internal static class EndpointStore
{
    private const string Columns = "name, kind, settings::text as settings, limits::text as limits, last_test::text as last_test, is_granted, created_at, updated_at";

    /// <summary>By name, from behind a name on.</summary>
    public static async Task<IReadOnlyList<SavedEndpoint>> ListAsync(HubSession session, string? after, int limit, CancellationToken cancellationToken)
    {
        var rows = await session.QueryAsync<Row>(
            $"select {Columns} from endpoints where workspace_id = current_workspace_id() and (@after::text is null or name > @after) order by name limit @limit",
            new { after, limit }, cancellationToken);
        return [.. rows.Select(row => row.ToEndpoint())];
    }

    /// <summary>Null when there is none of this name, or it belongs to another workspace.</summary>
    public static async Task<SavedEndpoint?> FindAsync(HubSession session, string name, CancellationToken cancellationToken)
    {
        var row = await session.FindAsync<Row>(
            $"select {Columns} from endpoints where workspace_id = current_workspace_id() and name = @name", new { name }, cancellationToken);
        return row?.ToEndpoint();
    }

    /// <summary>Saves it in place of the one of that name, if there is one. Answers whether it is new.</summary>
    public static async Task<bool> PutAsync(
        HubSession session, string name, EndpointSettings settings, bool isGranted, CancellationToken cancellationToken) =>
        await session.FindAsync<bool>("""
            insert into endpoints (workspace_id, name, user_id, kind, settings, is_granted)
            values (current_workspace_id(), @name, current_user_id(), @kind, @values::jsonb, @isGranted)
            on conflict (workspace_id, name) do update
              set user_id = excluded.user_id, kind = excluded.kind, settings = excluded.settings, is_granted = excluded.is_granted, updated_at = now()
            returning xmax = 0
            """, new { name, kind = settings.Kind, values = SavedEndpoint.Write(settings.Values), isGranted }, cancellationToken);

    /// <summary>Changes nothing but the limits, so that what an administrator granted stays granted. False when there is none of this name.</summary>
    public static Task<bool> SetLimitsAsync(HubSession session, string name, IReadOnlyDictionary<string, string> limits, CancellationToken cancellationToken) =>
        session.FindAsync<bool>("select set_endpoint_limits(@name, @limits::jsonb)", new { name, limits = SavedEndpoint.Write(limits) }, cancellationToken);

    /// <summary>Keeps what a test found. False when the endpoint was changed meanwhile.</summary>
    public static Task<bool> SetTestAsync(HubSession session, SavedEndpoint tested, EndpointTestView test, CancellationToken cancellationToken) =>
        session.FindAsync<bool>("select set_endpoint_test(@Name, @UpdatedAt, @test::jsonb)", new { tested.Name, tested.UpdatedAt, test = test.Write() }, cancellationToken);

    /// <summary>False when there was none.</summary>
    public static async Task<bool> DeleteAsync(HubSession session, string name, CancellationToken cancellationToken) =>
        await session.ExecuteAsync(
            "delete from endpoints where workspace_id = current_workspace_id() and name = @name", new { name }, cancellationToken) > 0;

    private sealed record Row
    {
        public string Name { get; init; } = "";

        public string Kind { get; init; } = "";

        public string Settings { get; init; } = "";

        public string Limits { get; init; } = "{}";

        public string? LastTest { get; init; }

        public bool IsGranted { get; init; }

        public DateTimeOffset CreatedAt { get; init; }

        public DateTimeOffset UpdatedAt { get; init; }

        public SavedEndpoint ToEndpoint() => new()
        {
            Name = Name,
            Settings = new EndpointSettings { Kind = Kind, Values = SavedEndpoint.Read(Settings) },
            Limits = SavedEndpoint.Read(Limits),
            LastTest = LastTest is null ? null : EndpointTestView.Read(LastTest),
            IsGranted = IsGranted,
            CreatedAt = CreatedAt,
            UpdatedAt = UpdatedAt,
        };
    }
}
