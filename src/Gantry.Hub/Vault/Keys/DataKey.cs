using System.Security.Cryptography;

namespace Gantry.Hub.Vault.Keys;

/// <summary>The key that seals the values of one workspace.</summary>
internal sealed class DataKey
{
    private readonly byte[] key;

    private DataKey(Guid workspaceId, Guid id, byte[] key) => (WorkspaceId, Id, this.key) = (workspaceId, id, key);

    public Guid WorkspaceId { get; }

    public Guid Id { get; }

    public static DataKey New(Guid workspaceId, Guid id)
    {
        var key = GC.AllocateArray<byte>(Envelope.KeyBytes, pinned: true);
        RandomNumberGenerator.Fill(key);
        return new DataKey(workspaceId, id, key);
    }

    /// <summary>Null when it was not wrapped by this master key, for this workspace and under this id.</summary>
    public static DataKey? Unwrap(Guid workspaceId, Guid id, byte[] wrapped, MasterKey master) =>
        master.TryOpen(wrapped, Binding(workspaceId, id, master)) is { Length: Envelope.KeyBytes } key ? new DataKey(workspaceId, id, key) : null;

    public byte[] Wrap(MasterKey master) => master.Seal(key, Binding(WorkspaceId, Id, master));

    public bool IsSameAs(DataKey other) => CryptographicOperations.FixedTimeEquals(key, other.key);

    public byte[] Seal(ReadOnlySpan<byte> plain, ReadOnlySpan<byte> associated) => Envelope.Seal(key, plain, associated);

    /// <inheritdoc cref="Envelope.TryOpen"/>
    public byte[]? TryOpen(ReadOnlySpan<byte> envelope, ReadOnlySpan<byte> associated) => Envelope.TryOpen(key, envelope, associated);

    /// <summary>For a key that nobody else holds: readers may still be opening with those of the ring.</summary>
    public void Wipe() => CryptographicOperations.ZeroMemory(key);

    private static byte[] Binding(Guid workspaceId, Guid id, MasterKey master) =>
        Envelope.Bind("data key", workspaceId.ToString(), id.ToString(), master.Fingerprint);
}
