using System.Collections.Concurrent;

namespace Gantry.Engine.Providers.Manifests.Connections;

/// <summary>What all calls with the same connection share: its budget, its token, what a server said about signing in.</summary>
internal sealed class ConnectionSession(ManifestLimits limits)
{
    private const int SessionsMax = 10_000;

    private static readonly ConcurrentDictionary<string, ConnectionSession> All = new(StringComparer.Ordinal);

    private long usedAt;

    public RateBudget Budget { get; } = new(limits);

    /// <summary>By the way to sign in. A token that a person agreed to is not here, but in its store.</summary>
    public ConcurrentDictionary<string, HeldToken> Tokens { get; } = new(StringComparer.Ordinal);

    public DigestState Digest { get; } = new();

    public static ConnectionSession Of(Manifest manifest, Connection connection, TimeProvider clock)
    {
        if (All.Count > SessionsMax)
        {
            foreach (var old in All.OrderBy(pair => pair.Value.usedAt).Take(SessionsMax / 10))
            {
                All.TryRemove(old.Key, out _);
            }
        }

        var session = All.GetOrAdd(connection.Identity, _ => new ConnectionSession(manifest.Limits));
        session.usedAt = clock.GetUtcNow().UtcTicks;
        return session;
    }
}

/// <summary>A token while it is good.</summary>
internal sealed record HeldToken(System.Text.Json.JsonElement Values, DateTimeOffset? ExpiresAt, string Version)
{
    /// <summary>Where the stored one rests; empty of one that a person did not agree to.</summary>
    public string Place { get; init; } = "";

    public override string ToString() => "***";
}

/// <summary>What the server said last, for the next request (RFC 7616).</summary>
internal sealed class DigestState
{
    private readonly Lock gate = new();
    private int count;

    public DigestChallenge? Challenge { get; private set; }

    public void Begin(DigestChallenge challenge)
    {
        lock (gate)
        {
            Challenge = challenge;
            count = 0;
        }
    }

    /// <summary>The challenge and how often its nonce has been used with this; null before the first challenge.</summary>
    public (DigestChallenge Challenge, int Count)? Next()
    {
        lock (gate)
        {
            return Challenge is null ? null : (Challenge, ++count);
        }
    }
}

internal sealed record DigestChallenge(string Realm, string Nonce, string? Opaque, string Algorithm, string? Quality, bool HashesUser);
