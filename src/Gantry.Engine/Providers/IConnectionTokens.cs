using System.Collections.Concurrent;
using System.Text.Json;

namespace Gantry.Engine.Providers;

/// <summary>Which token: of a provider, of the credential that the connection is, and of the way it signs in.</summary>
public sealed record ConnectionKey(string Provider, string Connection, string Auth);

/// <summary>What a vendor gave for a consent. It is no record: nothing prints what is in it.</summary>
public sealed class ConnectionToken
{
    /// <summary>A map: access_token, refresh_token, and whatever else the manifest keeps of the vendor's answer.</summary>
    public required JsonElement Values { get; init; }

    /// <summary>When the access token ends; null when nobody says so.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>What a write is compared with, as the store gives it; null of one that is not stored yet.</summary>
    public string? Version { get; init; }

    /// <summary>Where it rests: the same for all who would renew the same token, and another for each person's own. Empty where a process serves one person.</summary>
    public string Place { get; init; } = "";

    /// <summary>Why a person has to agree again; null when nobody has to.</summary>
    public string? NeedsConsent { get; init; }
}

/// <summary>
/// Where the tokens rest that a person agreed to. A renewed one is stored before it is used, so that no refresh token that the vendor has changed is ever lost.
/// </summary>
public interface IConnectionTokens
{
    /// <summary>Null when nobody has agreed yet.</summary>
    ValueTask<ConnectionToken?> FindAsync(ConnectionKey key, CancellationToken cancellationToken);

    /// <summary>Stores it where the version is still the expected one (null: nothing is there). Null when it is not, and what is there stays; else the stored one with its version.</summary>
    ValueTask<ConnectionToken?> PutAsync(ConnectionKey key, ConnectionToken token, string? expectedVersion, CancellationToken cancellationToken);

    /// <summary>The vendor has finally refused it: a person has to agree again, and is told so.</summary>
    ValueTask NeedConsentAsync(ConnectionKey key, string reason, CancellationToken cancellationToken);
}

/// <summary>Tokens that end with the process.</summary>
public sealed class MemoryConnectionTokens : IConnectionTokens
{
    private static int instances;

    private readonly ConcurrentDictionary<ConnectionKey, ConnectionToken> tokens = new();
    private readonly Lock gate = new();
    private readonly string place = $"memory {Interlocked.Increment(ref instances)}";
    private long versions;

    public static MemoryConnectionTokens Shared { get; } = new();

    public ValueTask<ConnectionToken?> FindAsync(ConnectionKey key, CancellationToken cancellationToken) => ValueTask.FromResult(tokens.GetValueOrDefault(key));

    public ValueTask<ConnectionToken?> PutAsync(ConnectionKey key, ConnectionToken token, string? expectedVersion, CancellationToken cancellationToken)
    {
        lock (gate)
        {
            if (tokens.GetValueOrDefault(key)?.Version != expectedVersion)
            {
                return ValueTask.FromResult<ConnectionToken?>(null);
            }

            var stored = new ConnectionToken { Values = token.Values, ExpiresAt = token.ExpiresAt, NeedsConsent = token.NeedsConsent, Place = place, Version = $"{++versions}" };
            tokens[key] = stored;
            return ValueTask.FromResult<ConnectionToken?>(stored);
        }
    }

    public ValueTask NeedConsentAsync(ConnectionKey key, string reason, CancellationToken cancellationToken)
    {
        lock (gate)
        {
            if (tokens.TryGetValue(key, out var token))
            {
                tokens[key] = new ConnectionToken { Values = token.Values, ExpiresAt = token.ExpiresAt, NeedsConsent = reason, Place = place, Version = $"{++versions}" };
            }
        }

        return ValueTask.CompletedTask;
    }
}
