using Gantry.Hub.Database;

namespace Gantry.Hub.Providers;

/// <summary>The SQL of manifests that administrators saved.</summary>
internal static class ManifestStore
{
    public static Task<string?> FindAsync(HubSession session, string id, CancellationToken cancellationToken) =>
        session.FindAsync<string>("select manifest from provider_manifests where id = @id", new { id }, cancellationToken);

    /// <summary>Whether it is a new one; of several at once that save the first exactly one is told so.</summary>
    public static Task<bool> SaveAsync(HubSession session, string id, string manifest, CancellationToken cancellationToken) =>
        session.FindAsync<bool>(
            "insert into provider_manifests (id, manifest) values (@id, @manifest) on conflict (id) do update set manifest = excluded.manifest, updated_at = clock_timestamp() returning xmax = 0",
            new { id, manifest }, cancellationToken);

    /// <summary>Whether there was one.</summary>
    public static async Task<bool> DeleteAsync(HubSession session, string id, CancellationToken cancellationToken) =>
        await session.ExecuteAsync("delete from provider_manifests where id = @id", new { id }, cancellationToken) > 0;
}
