namespace Gantry.Engine.Secrets;

/// <summary>A place where credentials rest. All of its failures are <see cref="SecretStoreException"/>. May be called from any thread.</summary>
public interface ISecretStore : IDisposable
{
    /// <summary>Which one it is, for messages, without secrets: "the file '/srv/.env.encrypted'".</summary>
    string Place { get; }

    SecretStoreAbilities Abilities { get; }

    /// <summary>Those of the names that are here, in one question where the store can. A name that is not here is left out; whoever asks decides what that means.</summary>
    ValueTask<IReadOnlyDictionary<string, StoredSecret>> FindAsync(IReadOnlyCollection<string> names, CancellationToken cancellationToken);

    /// <summary>Everything about each credential but its value, in the order of names.</summary>
    ValueTask<IReadOnlyList<SecretEntry>> ListAsync(CancellationToken cancellationToken);

    /// <summary>
    /// Stores or replaces credentials. A store whose <see cref="SecretStoreAbilities.WritesTogether"/> is true stores all or none; another stores them in
    /// their order, and what was stored before a failure stays. A write that expects another version than the stored one fails with Conflict.
    /// </summary>
    ValueTask PutAsync(IReadOnlyList<SecretWrite> writes, CancellationToken cancellationToken);

    /// <summary>Removes it. False when there was none, which is no failure.</summary>
    ValueTask<bool> DeleteAsync(string name, CancellationToken cancellationToken);
}

/// <summary>What a store can and cannot do.</summary>
public sealed record SecretStoreAbilities
{
    public bool IsReadOnly { get; init; }

    /// <summary>Earlier values can be had back from the store itself.</summary>
    public bool KeepsVersions { get; init; }

    /// <summary>Website, type and times are kept beside the value.</summary>
    public bool KeepsMetadata { get; init; }

    /// <summary>Several credentials are stored together or not at all.</summary>
    public bool WritesTogether { get; init; }
}

/// <summary>A credential without its value.</summary>
public sealed record SecretEntry
{
    /// <summary>See <see cref="SecretRef.IsName"/>.</summary>
    public required string Name { get; init; }

    /// <summary>The website it is for; null when it is for none.</summary>
    public string? Website { get; init; }

    /// <summary>What it is, such as FTP_PASSWORD; null when nobody said.</summary>
    public string? Type { get; init; }

    /// <summary>The provider it is for; null when it is for none.</summary>
    public string? Provider { get; init; }

    /// <summary>The hosts it may be sent to; empty means any.</summary>
    public IReadOnlyList<string> AllowedHosts { get; init; } = [];

    /// <summary>Null where the store does not keep it.</summary>
    public DateTimeOffset? CreatedAt { get; init; }

    public DateTimeOffset? UpdatedAt { get; init; }

    public DateTimeOffset? LastUsedAt { get; init; }

    /// <summary>What <see cref="SecretWrite.ExpectedVersion"/> is compared with; null where the store has none.</summary>
    public string? Version { get; init; }
}

/// <summary>A credential with its value.</summary>
public sealed record StoredSecret(SecretEntry Entry, Secret Value);

/// <summary>One credential to be stored. Times and version of the entry are the store's own business.</summary>
public sealed record SecretWrite(SecretEntry Entry, Secret Value)
{
    /// <summary>The expected version of a credential that must not be there yet.</summary>
    public const string New = "";

    /// <summary>Null replaces whatever is there; <see cref="New"/> only stores where nothing is.</summary>
    public string? ExpectedVersion { get; init; }
}

/// <summary>A store whose keys can be changed, asked for with 'is'.</summary>
public interface IRotatesKeys
{
    /// <summary>Seals everything under a new key, so that it can be killed at any moment; answers what was done, as a sentence.</summary>
    ValueTask<string> RotateAsync(CancellationToken cancellationToken);
}
