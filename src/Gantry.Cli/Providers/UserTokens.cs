using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Gantry.Cli.Credentials;
using Gantry.Engine.Providers;
using Gantry.Engine.Secrets;

namespace Gantry.Cli.Providers;

/// <summary>The tokens that this user agreed to, without a hub: each is a credential of the user's store, named after the connection and the way to sign in.</summary>
internal sealed class UserTokens : IConnectionTokens
{
    private readonly Lazy<ISecretStore> store = new(() => StoreChoice.Open(StoreChoice.Settings(invocation: null)));

    public static UserTokens Shared { get; } = new();

    public async ValueTask<ConnectionToken?> FindAsync(ConnectionKey key, CancellationToken cancellationToken)
    {
        if (await ReadAsync(key, cancellationToken) is not { } stored)
        {
            return null;
        }

        using var value = stored.Value;
        return Parse(key, value.Utf8);
    }

    public async ValueTask<ConnectionToken?> PutAsync(ConnectionKey key, ConnectionToken token, string? expectedVersion, CancellationToken cancellationToken)
    {
        var stored = await ReadAsync(key, cancellationToken);
        var present = stored is null ? null : VersionOf(stored.Value.Utf8);
        if (present != expectedVersion)
        {
            return null;
        }

        using var value = new Secret(Write(token));
        try
        {
            await store.Value.PutAsync([new(new SecretEntry { Name = NameOf(key) }, value) { ExpectedVersion = stored is null ? SecretWrite.New : stored.Entry.Version }], cancellationToken);
        }
        catch (SecretStoreException conflict) when (conflict.Error == SecretStoreError.Conflict)
        {
            return null;
        }

        return new ConnectionToken { Values = token.Values, ExpiresAt = token.ExpiresAt, NeedsConsent = token.NeedsConsent, Version = VersionOf(value.Utf8) };
    }

    public async ValueTask NeedConsentAsync(ConnectionKey key, string reason, CancellationToken cancellationToken)
    {
        if (await FindAsync(key, cancellationToken) is { } token)
        {
            await PutAsync(key, new ConnectionToken { Values = token.Values, ExpiresAt = token.ExpiresAt, NeedsConsent = reason }, token.Version, cancellationToken);
        }
    }

    private static string NameOf(ConnectionKey key) => $"{key.Connection}.{key.Auth}.token";

    private async Task<StoredSecret?> ReadAsync(ConnectionKey key, CancellationToken cancellationToken) =>
        (await store.Value.FindAsync([NameOf(key)], cancellationToken)).GetValueOrDefault(NameOf(key));

    private static ConnectionToken Parse(ConnectionKey key, ReadOnlySpan<byte> utf8)
    {
        try
        {
            var root = JsonElement.Parse(utf8);
            return new ConnectionToken
            {
                Values = root.GetProperty("values"),
                ExpiresAt = root.TryGetProperty("expires_at", out var end) ? end.GetDateTimeOffset() : null,
                NeedsConsent = root.TryGetProperty("needs_consent", out var reason) ? reason.GetString() : null,
                Version = VersionOf(utf8),
            };
        }
        catch (Exception exception) when (exception is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            throw new ProviderException(new ProviderError
            {
                Kind = ProviderErrorKind.Unauthorized,
                Message = $"The credential '{NameOf(key)}' holds no token. Remove it, and agree again with 'gantry provider connect {key.Provider}'.",
            });
        }
    }

    /// <summary>Of its content: not every store counts versions.</summary>
    private static string VersionOf(ReadOnlySpan<byte> utf8) => Convert.ToHexStringLower(SHA256.HashData(utf8));

    private static string Write(ConnectionToken token)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WritePropertyName("values");
            token.Values.WriteTo(json);
            if (token.ExpiresAt is { } end)
            {
                json.WriteString("expires_at", end);
            }

            if (token.NeedsConsent is { } reason)
            {
                json.WriteString("needs_consent", reason);
            }

            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.GetBuffer(), 0, (int)buffer.Length);
    }
}
