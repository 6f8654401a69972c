using Gantry.Hub.Database;

namespace Gantry.Hub.Vault;

/// <summary>The table of credentials. Each call sees and changes what the session's user may: one's own, and the workspace's.</summary>
internal static class CredentialStore
{
    private const string Columns =
        "id, user_id, name, website, type, provider, fields, allowed_hosts, version, created_at, updated_at, last_used_at";

    /// <summary>By name, one's own before the workspace's, from behind one on.</summary>
    public static Task<IReadOnlyList<Credential>> ListAsync(HubSession session, CredentialFilter filter, int limit, CancellationToken cancellationToken) =>
        session.QueryAsync<Credential>($"""
            select {Columns} from provider_credentials
            where workspace_id = current_workspace_id() and type is distinct from 'oauth_token'
              and (@Website::text is null or website = @Website) and (@Provider::text is null or provider = @Provider)
              and (@IsOfProvider::boolean is null or (provider is not distinct from name) = @IsOfProvider)
              and (not @IsWithoutSharedValues or user_id is not null or provider = name)
              and (@IsShared::boolean is null or (user_id is null) = @IsShared)
              and (@AfterName::text is null or (name collate "C", user_id is null) > (@AfterName collate "C", @AfterShared))
            order by name collate "C", user_id is null limit @limit
            """, new { filter.Website, filter.Provider, filter.IsOfProvider, filter.IsShared, filter.IsWithoutSharedValues, filter.AfterName, filter.AfterShared, limit }, cancellationToken);

    /// <summary>One's own of this name and the workspace's; empty when there is neither.</summary>
    public static Task<IReadOnlyList<Credential>> FindAsync(HubSession session, string name, CancellationToken cancellationToken) =>
        session.QueryAsync<Credential>($"""
            select {Columns} from provider_credentials
            where workspace_id = current_workspace_id() and name = @name and (user_id is null or user_id = current_user_id())
            order by user_id is null
            """, new { name }, cancellationToken);

    /// <summary>With their sealed values, one's own and the workspace's; nothing for those who may not use credentials.</summary>
    public static Task<IReadOnlyList<SealedCredential>> SealedAsync(HubSession session, IReadOnlyCollection<string> names, CancellationToken cancellationToken) =>
        session.QueryAsync<SealedCredential>("select * from sealed_credentials(@names)", new { names = names.ToArray() }, cancellationToken);

    /// <summary>False when there is one of this name and scope already.</summary>
    public static async Task<bool> AddAsync(HubSession session, Credential credential, Guid dataKeyId, byte[][] @sealed, CancellationToken cancellationToken) =>
        await session.ExecuteAsync("""
            insert into provider_credentials (workspace_id, id, user_id, saved_by, name, website, type, provider, fields, sealed, data_key_id, allowed_hosts, version)
            values (current_workspace_id(), @Id, @UserId, current_user_id(), @Name, @Website, @Type, @Provider, @Fields, @sealed, @dataKeyId, @AllowedHosts, @Version)
            on conflict do nothing
            """, Values(credential, dataKeyId, @sealed), cancellationToken) > 0;

    /// <summary>False when the stored one has not the version before this one any more.</summary>
    public static async Task<bool> ChangeAsync(HubSession session, Credential credential, Guid dataKeyId, byte[][] @sealed, CancellationToken cancellationToken) =>
        await session.ExecuteAsync("""
            update provider_credentials
            set user_id = @UserId, saved_by = current_user_id(), website = @Website, type = @Type, provider = @Provider, fields = @Fields, sealed = @sealed, data_key_id = @dataKeyId,
              allowed_hosts = @AllowedHosts, version = @Version, updated_at = now()
            where workspace_id = current_workspace_id() and id = @Id and version = @Version - 1
            """, Values(credential, dataKeyId, @sealed), cancellationToken) > 0;

    /// <summary>False when it is gone already.</summary>
    public static async Task<bool> DeleteAsync(HubSession session, Guid id, CancellationToken cancellationToken) =>
        await session.ExecuteAsync("delete from provider_credentials where workspace_id = current_workspace_id() and id = @id", new { id }, cancellationToken) > 0;

    private static object Values(Credential credential, Guid dataKeyId, byte[][] @sealed) => new
    {
        credential.Id,
        credential.UserId,
        credential.Name,
        credential.Website,
        credential.Type,
        credential.Provider,
        credential.Fields,
        credential.AllowedHosts,
        credential.Version,
        dataKeyId,
        @sealed,
    };
}

/// <summary>Which credentials a list is about; null means all.</summary>
internal sealed record CredentialFilter
{
    public string? Website { get; init; }

    public string? Provider { get; init; }

    public bool? IsOfProvider { get; init; }

    public bool? IsShared { get; init; }

    /// <summary>The workspace's single values rest elsewhere.</summary>
    public bool IsWithoutSharedValues { get; init; }

    /// <summary>The last one of the page before.</summary>
    public string? AfterName { get; init; }

    public bool AfterShared { get; init; }
}
