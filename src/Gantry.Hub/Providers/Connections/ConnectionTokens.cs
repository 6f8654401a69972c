using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using Gantry.Engine.Providers;
using Gantry.Engine.Secrets;
using Gantry.Hub.Database;
using Gantry.Hub.Vault;

namespace Gantry.Hub.Providers.Connections;

/// <summary>The tokens that one user of a workspace may use, sealed in the table of credentials, each beside the credential that it belongs to.</summary>
internal sealed class ConnectionTokens(Actor actor, HubDatabase database, CredentialVault vault, TimeProvider clock) : IConnectionTokens
{
    /// <summary>What a token's credential is of; lists of credentials leave it out.</summary>
    public const string CredentialType = "oauth_token";

    // What was found by which version: a rotation of keys gives a row a new version and leaves its value.
    private readonly Dictionary<ConnectionKey, (string Version, byte[] Hash)> found = [];
    private readonly Lock gate = new();

    public async ValueTask<ConnectionToken?> FindAsync(ConnectionKey key, CancellationToken cancellationToken)
    {
        await using var session = await database.OpenAsync(actor, cancellationToken);
        return await FindAsync(session, key, cancellationToken) is { } row ? await OpenAsync(key, row, cancellationToken) : null;
    }

    public async ValueTask<ConnectionToken?> PutAsync(ConnectionKey key, ConnectionToken token, string? expectedVersion, CancellationToken cancellationToken)
    {
        await using var session = await database.OpenAsync(actor, cancellationToken);
        var row = await FindAsync(session, key, cancellationToken);
        if (!await IsExpectedAsync(key, row, expectedVersion, cancellationToken)) return null;
        if (await StoreAsync(session, key, row, token, cancellationToken) is not { } stored) return null;
        await ConnectionStore.PutAsync(session, key, stored.UserId, new ConnectionCheck(null, null, false), cancellationToken);
        await session.CommitAsync(cancellationToken);
        return Remember(key, token, stored);
    }

    public async ValueTask NeedConsentAsync(ConnectionKey key, string reason, CancellationToken cancellationToken)
    {
        await using var session = await database.OpenAsync(actor, cancellationToken);
        if (await FindAsync(session, key, cancellationToken) is not { } row) return;
        var present = await OpenAsync(key, row, cancellationToken);
        var marked = new ConnectionToken { Values = present.Values, ExpiresAt = present.ExpiresAt, NeedsConsent = reason };
        if (await StoreAsync(session, key, row, marked, cancellationToken) is null) return;
        await ConnectionStore.PutAsync(session, key, row.UserId, new ConnectionCheck(null, reason, true), cancellationToken);
        await session.CommitAsync(cancellationToken);
    }

    /// <summary>Forgets it. False when there is none.</summary>
    public async Task<bool> DeleteAsync(HubSession session, ConnectionKey key, CancellationToken cancellationToken) =>
        await FindAsync(session, key, cancellationToken) is { } row && await CredentialStore.DeleteAsync(session, row.Id, cancellationToken);

    private static string NameOf(ConnectionKey key) => $"{key.Connection}/{key.Auth}";

    /// <summary>Of the credential that an execution of this user would sign in with: one's own before the workspace's.</summary>
    private static async Task<SealedCredential?> FindAsync(HubSession session, ConnectionKey key, CancellationToken cancellationToken)
    {
        var owner = await OwnerAsync(session, key.Connection, cancellationToken);
        var rows = await CredentialStore.SealedAsync(session, [NameOf(key)], cancellationToken);
        return rows.FirstOrDefault(row => row.Type == CredentialType && row.UserId == owner);
    }

    /// <summary>Null for the workspace's, and for one that rests in another store.</summary>
    public static async Task<Guid?> OwnerAsync(HubSession session, string connection, CancellationToken cancellationToken) =>
        (await CredentialStore.FindAsync(session, connection, cancellationToken)).Select(credential => credential.UserId).FirstOrDefault();

    private async ValueTask<ConnectionToken> OpenAsync(ConnectionKey key, SealedCredential row, CancellationToken cancellationToken)
    {
        var value = await ValueAsync(row, cancellationToken);
        try
        {
            using var document = JsonDocument.Parse(value);
            var root = document.RootElement;
            var token = new ConnectionToken
            {
                Values = root.GetProperty("values").Clone(),
                ExpiresAt = root.TryGetProperty("expires_at", out var end) ? end.GetDateTimeOffset() : null,
                NeedsConsent = root.TryGetProperty("needs_consent", out var reason) ? reason.GetString() : null,
                Version = VersionOf(row),
                Place = row.Id.ToString(),
            };
            lock (gate) found[key] = (token.Version!, SHA256.HashData(value));
            return token;
        }
        finally
        {
            CredentialVault.Wipe([value]);
        }
    }

    private async ValueTask<byte[]> ValueAsync(SealedCredential row, CancellationToken cancellationToken) =>
        await vault.OpenAsync(actor.WorkspaceId!.Value, row, CredentialNames.Value, cancellationToken)
        ?? throw new SecretStoreException(SecretStoreError.Tampered, $"The token '{row.Name}' is not as it was stored. Agree to the connection again.");

    private async ValueTask<bool> IsExpectedAsync(ConnectionKey key, SealedCredential? row, string? expectedVersion, CancellationToken cancellationToken)
    {
        if (row is null || expectedVersion is null || VersionOf(row) == expectedVersion) return (row is null ? null : VersionOf(row)) == expectedVersion;
        byte[]? known;
        lock (gate) known = found.TryGetValue(key, out var before) && before.Version == expectedVersion ? before.Hash : null;
        if (known is null) return false;
        var value = await ValueAsync(row, cancellationToken);
        var isSame = CryptographicOperations.FixedTimeEquals(SHA256.HashData(value), known);
        CredentialVault.Wipe([value]);
        return isSame;
    }

    private async Task<Credential?> StoreAsync(HubSession session, ConnectionKey key, SealedCredential? row, ConnectionToken token, CancellationToken cancellationToken)
    {
        var beside = (await CredentialStore.FindAsync(session, key.Connection, cancellationToken)).FirstOrDefault();
        var credential = new Credential
        {
            Id = row?.Id ?? Guid.CreateVersion7(clock.GetUtcNow()),
            UserId = row is null ? beside?.UserId : row.UserId,
            Name = NameOf(key),
            Type = CredentialType,
            Fields = [CredentialNames.Value],
            AllowedHosts = beside?.AllowedHosts ?? [],
            Version = (row?.Version ?? 0) + 1,
        };
        var value = Write(token);
        var isStored = row is null
            ? await vault.AddAsync(session, credential, [value], cancellationToken)
            : await vault.ChangeAsync(session, credential, [value], cancellationToken);
        CredentialVault.Wipe([value]);
        return isStored ? credential : null;
    }

    private ConnectionToken Remember(ConnectionKey key, ConnectionToken token, Credential stored)
    {
        var value = Write(token);
        lock (gate) found[key] = (VersionOf(stored), SHA256.HashData(value));
        CredentialVault.Wipe([value]);
        return new ConnectionToken { Values = token.Values, ExpiresAt = token.ExpiresAt, NeedsConsent = token.NeedsConsent, Version = VersionOf(stored), Place = stored.Id.ToString() };
    }

    private static string VersionOf(Credential row) => row.Version.ToString(CultureInfo.InvariantCulture);

    private static byte[] Write(ConnectionToken token)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WritePropertyName("values");
            token.Values.WriteTo(json);
            if (token.ExpiresAt is { } end) json.WriteString("expires_at", end);
            if (token.NeedsConsent is { } reason) json.WriteString("needs_consent", reason);
            json.WriteEndObject();
        }

        return buffer.ToArray();
    }
}

/// <summary>The tokens that a user may use in a workspace, for one execution or one consent.</summary>
internal delegate IConnectionTokens TokensOf(Actor actor);
