namespace Gantry.Hub.Vault.Keys;

/// <summary>What the values of one row are bound to: an envelope moved to another row, field, owner, key or version does not open there.</summary>
internal sealed record SealedRow
{
    public required Guid WorkspaceId { get; init; }

    /// <summary>Null for the workspace's own.</summary>
    public required Guid? UserId { get; init; }

    public required string? Provider { get; init; }

    public required string Name { get; init; }

    public required Guid Id { get; init; }

    public required int Version { get; init; }

    public byte[] Seal(DataKey key, string field, ReadOnlySpan<byte> plain) => key.Seal(plain, Binding(key, field));

    /// <inheritdoc cref="Envelope.TryOpen"/>
    public byte[]? TryOpen(DataKey key, string field, ReadOnlySpan<byte> envelope) => key.TryOpen(envelope, Binding(key, field));

    private byte[] Binding(DataKey key, string field) => Envelope.Bind(
        "credential", WorkspaceId.ToString(), UserId?.ToString(), Provider, Name, field, Id.ToString(), key.Id.ToString(),
        Version.ToString(System.Globalization.CultureInfo.InvariantCulture));
}
