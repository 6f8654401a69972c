using System.Globalization;
using Gantry.Engine.Secrets;
using Gantry.Hub.Audit;
using Gantry.Hub.Database;

namespace Gantry.Hub.Vault;

/// <summary>
/// The database as a secret store, for one user of one workspace: finds one's own credentials before the workspace's of the same name, and stores one's own.
/// A provider's field has the name PROVIDER.FIELD.
/// </summary>
/// <param name="isWithoutSharedValues">The workspace's own rest elsewhere, but for those of providers.</param>
internal sealed class DatabaseSecretStore(
    Actor actor, HubDatabase database, CredentialVault vault, UseTimes times, TimeProvider clock, bool isWithoutSharedValues) : ISecretStore
{
    private const int ListMax = 100_000;

    public string Place => isWithoutSharedValues ? "your own credentials" : "this workspace's credentials and your own";

    public SecretStoreAbilities Abilities { get; } = new() { KeepsMetadata = true, WritesTogether = true };

    /// <summary>One query, however many names.</summary>
    public async ValueTask<IReadOnlyDictionary<string, StoredSecret>> FindAsync(IReadOnlyCollection<string> names, CancellationToken cancellationToken)
    {
        IReadOnlyList<SealedCredential> rows;
        await using (var session = await database.OpenAsync(actor, cancellationToken))
            rows = await CredentialStore.SealedAsync(session, [.. names.Concat(names.Select(ProviderOf).OfType<string>()).Distinct(StringComparer.Ordinal)], cancellationToken);
        var byName = rows.Where(row => !isWithoutSharedValues || row.UserId is not null || row.IsOfProvider).ToLookup(row => row.Name, StringComparer.Ordinal);
        Dictionary<string, StoredSecret> found = new(StringComparer.Ordinal);
        List<Guid> used = [];
        foreach (var name in names.Distinct(StringComparer.Ordinal))
        {
            var (row, field) = Choose(byName, name);
            if (row is null) continue;
            found[name] = new StoredSecret(EntryOf(row, name), await OpenAsync(row, field, cancellationToken));
            used.Add(row.Id);
        }

        times.Add(actor.WorkspaceId!.Value, used);
        return found;
    }

    public async ValueTask<IReadOnlyList<SecretEntry>> ListAsync(CancellationToken cancellationToken)
    {
        await using var session = await database.OpenAsync(actor, cancellationToken);
        var rows = await CredentialStore.ListAsync(session, new CredentialFilter { IsWithoutSharedValues = isWithoutSharedValues }, ListMax, cancellationToken);
        return
        [
            .. rows.SelectMany(row => row.IsOfProvider ? row.Fields.Select(field => EntryOf(row, $"{row.Name}.{field}")) : [EntryOf(row, row.Name)])
                .DistinctBy(entry => entry.Name).OrderBy(entry => entry.Name, StringComparer.Ordinal),
        ];
    }

    public async ValueTask PutAsync(IReadOnlyList<SecretWrite> writes, CancellationToken cancellationToken)
    {
        foreach (var write in writes) SecretRules.Check(write);
        await using var session = await database.OpenAsync(actor, cancellationToken);
        foreach (var write in writes) await PutAsync(session, write, cancellationToken);
        await session.CommitAsync(cancellationToken);
    }

    public async ValueTask<bool> DeleteAsync(string name, CancellationToken cancellationToken)
    {
        await using var session = await database.OpenAsync(actor, cancellationToken);
        if (await FindOwnAsync(session, name, cancellationToken) is not { } present || !await CredentialStore.DeleteAsync(session, present.Id, cancellationToken)) return false;
        await AuditLog.AppendAsync(session, "credential.deleted", name, new { Scope = CredentialScope.User }, null, cancellationToken);
        await session.CommitAsync(cancellationToken);
        return true;
    }

    public void Dispose()
    {
    }

    private async Task PutAsync(HubSession session, SecretWrite write, CancellationToken cancellationToken)
    {
        var present = await FindOwnAsync(session, write.Entry.Name, cancellationToken);
        var isExpected = write.ExpectedVersion is null || write.ExpectedVersion == (present is null ? SecretWrite.New : VersionOf(present.Version));
        var credential = (present ?? new Credential { Id = Guid.CreateVersion7(clock.GetUtcNow()), UserId = actor.UserId, Name = write.Entry.Name, Fields = [CredentialNames.Value] }) with
        {
            Website = write.Entry.Website,
            Type = write.Entry.Type,
            Provider = write.Entry.Provider,
            AllowedHosts = [.. write.Entry.AllowedHosts],
            Version = (present?.Version ?? 0) + 1,
        };
        var value = write.Value.Utf8.ToArray();
        var isStored = isExpected && (present is null
            ? await vault.AddAsync(session, credential, [value], cancellationToken)
            : await vault.ChangeAsync(session, credential, [value], cancellationToken));
        CredentialVault.Wipe([value]);
        if (!isStored) throw new SecretStoreException(SecretStoreError.Conflict, $"Somebody else changed the credential '{write.Entry.Name}' in {Place}. Look at it again before changing it.");
        await AuditLog.AppendAsync(
            session, present is null ? "credential.created" : "credential.changed", credential.Name, new { credential.Scope, credential.Version }, null, cancellationToken);
    }

    private static async Task<Credential?> FindOwnAsync(HubSession session, string name, CancellationToken cancellationToken) =>
        (await CredentialStore.FindAsync(session, name, cancellationToken)).FirstOrDefault(row => row.UserId is not null && !row.IsOfProvider);

    private async ValueTask<Secret> OpenAsync(SealedCredential row, string field, CancellationToken cancellationToken)
    {
        var value = (await vault.OpenAsync(actor.WorkspaceId!.Value, row, field, cancellationToken))!;
        var secret = new Secret(value).For(row.AllowedHosts);
        CredentialVault.Wipe([value]);
        return secret;
    }

    /// <summary>The credential of exactly this name; else the field behind the last point, of the provider before it.</summary>
    private static (SealedCredential? Row, string Field) Choose(ILookup<string, SealedCredential> rows, string name)
    {
        if (First(rows[name].Where(row => row.Fields.Length == 1)) is { } exact) return (exact, exact.Fields[0]);
        if (ProviderOf(name) is not { } provider) return (null, "");
        var field = name[(provider.Length + 1)..];
        return (First(rows[provider].Where(row => row.IsOfProvider && row.Fields.Contains(field))), field);
    }

    private static SealedCredential? First(IEnumerable<SealedCredential> rows) => rows.OrderBy(row => row.UserId is null).FirstOrDefault();

    private static string? ProviderOf(string name) => name.LastIndexOf('.') is > 0 and var point ? name[..point] : null;

    private static string VersionOf(int version) => version.ToString(CultureInfo.InvariantCulture);

    private static SecretEntry EntryOf(Credential row, string name) => new()
    {
        Name = name,
        Website = row.Website,
        Type = row.Type,
        Provider = row.Provider,
        AllowedHosts = row.AllowedHosts,
        CreatedAt = row.CreatedAt,
        UpdatedAt = row.UpdatedAt,
        LastUsedAt = row.LastUsedAt,
        Version = VersionOf(row.Version),
    };
}
