using System.Globalization;
using Gantry.Engine.Secrets;

namespace Gantry.Hub.Vault;

/// <summary>Whose a credential is.</summary>
internal enum CredentialScope
{
    /// <summary>One user's own: nobody else sees it.</summary>
    User,

    /// <summary>The workspace's: every member sees that it is there, those who run executions use it, editors and owners change it.</summary>
    Workspace,
}

/// <summary>All about a credential but its values.</summary>
internal record Credential
{
    public Guid Id { get; init; }

    /// <summary>Null for the workspace's.</summary>
    public Guid? UserId { get; init; }

    public string Name { get; init; } = "";

    public string? Website { get; init; }

    public string? Type { get; init; }

    /// <summary>The provider it is for; null when it is for none.</summary>
    public string? Provider { get; init; }

    /// <summary>All of a provider's credentials, by their fields, and not one value.</summary>
    public bool IsOfProvider => Provider == Name;

    public string[] Fields { get; init; } = [];

    /// <summary>It is sent nowhere else; empty means anywhere.</summary>
    public string[] AllowedHosts { get; init; } = [];

    public int Version { get; init; }

    public DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset UpdatedAt { get; init; }

    public DateTimeOffset? LastUsedAt { get; init; }

    public CredentialScope Scope => UserId is null ? CredentialScope.Workspace : CredentialScope.User;
}

/// <summary>A credential as the API shows it: never a value.</summary>
/// <param name="Name">By which plans and endpoints refer to it: ${cred:NAME}; a provider's field is ${cred:PROVIDER.FIELD}.</param>
/// <param name="Fields">Their names.</param>
/// <param name="AllowedHosts">It is sent nowhere else; empty means anywhere.</param>
/// <param name="Version">Another one after each change, a rotation of keys too; given back with a change it must still be this one. Null where the store has none.</param>
/// <param name="CreatedAt">This and the other times are null where the store does not keep them.</param>
/// <param name="LastUsedAt">To the second or so; null when it was never used.</param>
internal sealed record CredentialView(string Name, string? Website, string? Type, string? Provider, IReadOnlyList<string> Fields, CredentialScope Scope,
    IReadOnlyList<string> AllowedHosts, string? Version, DateTimeOffset? CreatedAt, DateTimeOffset? UpdatedAt, DateTimeOffset? LastUsedAt)
{
    public static CredentialView Of(Credential credential) => new(credential.Name, credential.Website, credential.Type, credential.Provider, credential.Fields,
        credential.Scope, credential.AllowedHosts, credential.Version.ToString(CultureInfo.InvariantCulture), credential.CreatedAt, credential.UpdatedAt, credential.LastUsedAt);

    /// <summary>One of the workspace's that rests in another store than the database.</summary>
    public static CredentialView Of(SecretEntry entry) => new(entry.Name, entry.Website, entry.Type, entry.Provider, [CredentialNames.Value],
        CredentialScope.Workspace, entry.AllowedHosts, entry.Version, entry.CreatedAt, entry.UpdatedAt, entry.LastUsedAt);
}

/// <summary>A credential's row with its sealed values, as those who may use it get it.</summary>
internal sealed record SealedCredential : Credential
{
    /// <summary>At the place of each field.</summary>
    public byte[][] Sealed { get; init; } = [];

    public Guid DataKeyId { get; init; }
}
