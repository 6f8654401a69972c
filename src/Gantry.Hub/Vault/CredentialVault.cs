using System.Security.Cryptography;
using Gantry.Engine.Secrets;
using Gantry.Hub.Database;
using Gantry.Hub.Vault.Keys;
using Npgsql;

namespace Gantry.Hub.Vault;

/// <summary>Seals credentials into their table and opens them out of it.</summary>
internal sealed class CredentialVault(KeyRing ring)
{
    /// <summary>A key that another hub retired meanwhile is refused once; the next one is newer.</summary>
    private const int AttemptsMax = 3;

    /// <summary>Stores a new one. False when there is one of this name and scope already.</summary>
    /// <param name="values">In the order of the credential's fields.</param>
    public Task<bool> AddAsync(HubSession session, Credential credential, IReadOnlyList<byte[]> values, CancellationToken cancellationToken) =>
        SealAsync(session, credential, values, CredentialStore.AddAsync, cancellationToken);

    /// <summary>Replaces the version before. False when somebody else did meanwhile.</summary>
    /// <param name="values">In the order of the credential's fields.</param>
    public Task<bool> ChangeAsync(HubSession session, Credential credential, IReadOnlyList<byte[]> values, CancellationToken cancellationToken) =>
        SealAsync(session, credential, values, CredentialStore.ChangeAsync, cancellationToken);

    /// <summary>The field's value, which the caller wipes; null when there is no such field.</summary>
    /// <exception cref="SecretStoreException">It does not open: the row is not as it was sealed. The message names it.</exception>
    public async ValueTask<byte[]?> OpenAsync(Guid workspaceId, SealedCredential credential, string field, CancellationToken cancellationToken)
    {
        var index = Array.IndexOf(credential.Fields, field);
        if (index < 0) return null;
        var key = await ring.FindAsync(workspaceId, credential.DataKeyId, cancellationToken);
        return (key is null ? null : RowOf(workspaceId, credential).TryOpen(key, field, credential.Sealed[index]))
            ?? throw new SecretStoreException(SecretStoreError.Tampered, $"The credential '{credential.Name}' cannot be opened{(credential.IsOfProvider ? $" (field '{field}')" : "")}: what is stored is not what was " +
                "sealed there. It was changed, cut off or moved in the database. Store it anew; the others are not touched.");
    }

    private static SealedRow RowOf(Guid workspaceId, Credential credential) => new()
    {
        WorkspaceId = workspaceId,
        UserId = credential.UserId,
        Provider = credential.Provider,
        Name = credential.Name,
        Id = credential.Id,
        Version = credential.Version,
    };

    private async Task<bool> SealAsync(HubSession session, Credential credential, IReadOnlyList<byte[]> values,
        Func<HubSession, Credential, Guid, byte[][], CancellationToken, Task<bool>> write, CancellationToken cancellationToken)
    {
        var workspaceId = session.Actor.WorkspaceId!.Value;
        var row = RowOf(workspaceId, credential);
        for (var attempt = 1; ; attempt++)
        {
            var key = await ring.NewestAsync(workspaceId, cancellationToken);
            await session.Transaction.SaveAsync("seal", cancellationToken);
            try
            {
                return await write(session, credential, key.Id, [.. values.Select((value, index) => row.Seal(key, credential.Fields[index], value))], cancellationToken);
            }
            catch (PostgresException refused) when (refused.SqlState == PostgresErrorCodes.ForeignKeyViolation && attempt < AttemptsMax)
            {
                await session.Transaction.RollbackAsync("seal", cancellationToken);
                ring.ForgetNewest(workspaceId);
            }
        }
    }

    public static void Wipe(IEnumerable<byte[]> values)
    {
        foreach (var value in values) CryptographicOperations.ZeroMemory(value);
    }
}
