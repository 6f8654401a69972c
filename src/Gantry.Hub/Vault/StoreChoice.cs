using System.Text.Json;
using Gantry.Engine.Secrets;
using Gantry.Hub.Database;

namespace Gantry.Hub.Vault;

/// <summary>Where a workspace's credentials rest. One's own, and those of providers, always rest in the database.</summary>
internal sealed record StoreChoice
{
    /// <summary>The backend that is this database.</summary>
    public const string Database = "database";

    public static StoreChoice Default { get; } = new() { Backend = Database, Config = new Dictionary<string, IReadOnlyDictionary<string, string>>(StringComparer.Ordinal) };

    public required string Backend { get; init; }

    /// <summary>The settings of each backend that has some, as text.</summary>
    public required IReadOnlyDictionary<string, IReadOnlyDictionary<string, string>> Config { get; init; }

    /// <summary>An administrator of the hub chose it: it may read the hub's own files and environment.</summary>
    public bool IsGranted { get; init; }

    /// <summary>Null while nobody chose.</summary>
    public DateTimeOffset? UpdatedAt { get; init; }

    public bool IsDatabase => Backend == Database;

    public SecretStoreSettings Settings => new() { Kind = Backend, Values = Config.GetValueOrDefault(Backend) ?? new Dictionary<string, string>(StringComparer.Ordinal) };

    /// <summary>That of the session's workspace.</summary>
    public static async Task<StoreChoice> FindAsync(HubSession session, CancellationToken cancellationToken)
    {
        var row = await session.FindAsync<Row>(
            "select backend, config::text as config, is_granted, updated_at from credential_stores where workspace_id = current_workspace_id()", null, cancellationToken);
        return row is null ? Default : new StoreChoice
        {
            Backend = row.Backend,
            Config = JsonSerializer.Deserialize<Dictionary<string, Dictionary<string, string>>>(row.Config)!
                .ToDictionary(pair => pair.Key, pair => (IReadOnlyDictionary<string, string>)pair.Value, StringComparer.Ordinal),
            IsGranted = row.IsGranted,
            UpdatedAt = row.UpdatedAt,
        };
    }

    public Task PutAsync(HubSession session, CancellationToken cancellationToken) => session.ExecuteAsync("""
        insert into credential_stores (workspace_id, saved_by, backend, config, is_granted)
        values (current_workspace_id(), current_user_id(), @Backend, @config::jsonb, @IsGranted)
        on conflict (workspace_id) do update
          set saved_by = excluded.saved_by, backend = excluded.backend, config = excluded.config, is_granted = excluded.is_granted, updated_at = now()
        """, new { Backend, config = JsonSerializer.Serialize(Config), IsGranted }, cancellationToken);

    private sealed record Row
    {
        public string Backend { get; init; } = "";

        public string Config { get; init; } = "{}";

        public bool IsGranted { get; init; }

        public DateTimeOffset UpdatedAt { get; init; }
    }
}
