using System.Security.Cryptography;
using Gantry.Hub.Database;

namespace Gantry.Hub.Keys;

/// <summary>Where this hub keeps its keys, and how long a key for tokens is used.</summary>
internal sealed record KeyOptions(string DataFolder, TimeSpan TokenKeyLife)
{
    public string Folder => Path.Combine(DataFolder, "keys");
}

/// <summary>
/// The keys by which this hub signs, and those of every hub of the same database by which it verifies. A private key is made here and never leaves the data
/// folder; the database holds the public halves.
/// </summary>
internal sealed class HubKeys(KeyOptions options, HubDatabase database, TimeProvider clock) : IHostedService, IDisposable
{
    private static readonly TimeSpan AskAgainAfter = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan AskForNewAfter = TimeSpan.FromSeconds(1);

    // As long as a token signed just before the change holds, and a clock that differs.
    private static readonly TimeSpan EndsAfter = TimeSpan.FromHours(2);

    private readonly SemaphoreSlim changing = new(1, 1);
    private SigningKey? audit;
    private SigningKey? token;
    private DateTimeOffset tokenMadeAt;
    private volatile Known known = new(new Dictionary<(string, KeyPurpose), Public>(), 0);

    /// <summary>For the audit log; the same for the life of the data folder, so that people can compare its fingerprint.</summary>
    public SigningKey Audit => audit ?? throw new InvalidOperationException("The hub's keys are not open yet.");

    /// <summary>Before anything is served.</summary>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        (audit, _) = await OpenAsync(KeyPurpose.Audit, cancellationToken);
        (token, tokenMadeAt) = await OpenAsync(KeyPurpose.Token, cancellationToken);
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>The key that new tokens are signed with; a fresh one when the last has been used long enough.</summary>
    public async ValueTask<SigningKey> TokenKeyAsync(CancellationToken cancellationToken)
    {
        if (clock.GetUtcNow() - tokenMadeAt < options.TokenKeyLife) return token!;
        await changing.WaitAsync(cancellationToken);
        try
        {
            if (clock.GetUtcNow() - tokenMadeAt < options.TokenKeyLife) return token!;
            var old = token!;
            var fresh = new SigningKey(KeyFile.Write(PathOf(KeyPurpose.Token)));
            await AddAsync(fresh, KeyPurpose.Token, cancellationToken);
            (token, tokenMadeAt) = (fresh, clock.GetUtcNow());
            await using var session = await database.OpenAsync(Actor.Nobody, cancellationToken);
            await session.ExecuteAsync("select end_signing_key(@id, @endsAt)", new { id = old.Id, endsAt = clock.GetUtcNow() + EndsAfter }, cancellationToken);
            await session.CommitAsync(cancellationToken);
            return fresh;
        }
        finally
        {
            changing.Release();
        }
    }

    /// <summary>Whether a hub of this database signed this with a key that still holds.</summary>
    public async ValueTask<bool> IsSignedAsync(
        string keyId, KeyPurpose purpose, ReadOnlyMemory<byte> data, ReadOnlyMemory<byte> signature, DSASignatureFormat format, CancellationToken cancellationToken)
    {
        if (await FindAsync(keyId, purpose, cancellationToken) is not { } key || key.EndsAt <= clock.GetUtcNow()) return false;
        using var verifier = ECDsa.Create(key.Parameters);
        return verifier.VerifyData(data.Span, signature.Span, HashAlgorithmName.SHA256, format);
    }

    public void Dispose()
    {
        audit?.Dispose();
        token?.Dispose();
        changing.Dispose();
    }

    private string PathOf(KeyPurpose purpose) => Path.Combine(options.Folder, purpose.ToString().ToLowerInvariant() + ".pem");

    private async Task<(SigningKey Key, DateTimeOffset MadeAt)> OpenAsync(KeyPurpose purpose, CancellationToken cancellationToken)
    {
        var path = PathOf(purpose);
        if (KeyFile.Read(path) is { } kept)
        {
            var key = new SigningKey(kept);
            if (await AddAsync(key, purpose, cancellationToken) is { } madeAt) return (key, madeAt);

            // Its life was ended already, and the hub with it before the new one was written.
            key.Dispose();
        }

        var fresh = new SigningKey(KeyFile.Write(path));
        return (fresh, await AddAsync(fresh, purpose, cancellationToken) ?? clock.GetUtcNow());
    }

    /// <summary>Since when the database has known the key; null when it is not to be used any more.</summary>
    private async Task<DateTimeOffset?> AddAsync(SigningKey key, KeyPurpose purpose, CancellationToken cancellationToken)
    {
        await using var session = await database.OpenAsync(Actor.Nobody, cancellationToken);
        var madeAt = await session.FindAsync<DateTimeOffset?>("select add_signing_key(@id, @purpose, @publicKey)",
            new { id = key.Id, purpose = purpose.ToString().ToLowerInvariant(), publicKey = key.PublicKey }, cancellationToken);
        await session.CommitAsync(cancellationToken);
        return madeAt;
    }

    private async ValueTask<Public?> FindAsync(string id, KeyPurpose purpose, CancellationToken cancellationToken)
    {
        var age = clock.GetElapsedTime(known.At);
        var found = known.Keys.GetValueOrDefault((id, purpose));

        // Whoever makes up key ids asks the database once in a while, not each time.
        if (known.Keys.Count > 0 && age < (found is null ? AskForNewAfter : AskAgainAfter)) return found;
        var at = clock.GetTimestamp();
        await using var session = await database.OpenAsync(Actor.Nobody, cancellationToken);
        var rows = await session.QueryAsync<Row>("select id, purpose, public_key, ends_at from signing_keys where ends_at is null or ends_at > now() or purpose = 'audit'",
            null, cancellationToken);
        known = new Known(rows.ToDictionary(row => (row.Id, Enum.Parse<KeyPurpose>(row.Purpose, ignoreCase: true)), row => row.ToPublic()), at);
        return known.Keys.GetValueOrDefault((id, purpose));
    }

    private sealed record Known(IReadOnlyDictionary<(string Id, KeyPurpose Purpose), Public> Keys, long At);

    private sealed record Public(ECParameters Parameters, DateTimeOffset? EndsAt);

    private sealed record Row
    {
        public string Id { get; init; } = "";

        public string Purpose { get; init; } = "";

        public byte[] PublicKey { get; init; } = [];

        public DateTimeOffset? EndsAt { get; init; }

        public Public ToPublic()
        {
            using var key = ECDsa.Create();
            key.ImportSubjectPublicKeyInfo(PublicKey, out _);
            return new Public(key.ExportParameters(includePrivateParameters: false), EndsAt);
        }
    }
}
