using System.Collections.Concurrent;
using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using Gantry.Engine.Secrets;

namespace Gantry.Plugins.SecretStores.HashiCorpVault;

/// <summary>
/// Each credential is one secret, its value one field; a '/' in a name is a folder. What belongs to it besides its value is the secret's custom metadata. Every write names
/// the version it is based on, and leaves other fields of the secret as they are.
/// </summary>
internal sealed class HashiCorpVaultStore(VaultSettings settings, VaultSession session) : ISecretStore
{
    private const int RequestsAtOnce = 8;
    private const int AttemptsMax = 5;
    private const int FoldersMax = 10_000;

    public string Place => settings.Place;

    public SecretStoreAbilities Abilities { get; } = new() { KeepsVersions = true, KeepsMetadata = true };

    public async ValueTask<IReadOnlyDictionary<string, StoredSecret>> FindAsync(IReadOnlyCollection<string> names, CancellationToken cancellationToken)
    {
        ConcurrentDictionary<string, StoredSecret> found = new(StringComparer.Ordinal);
        await EachAsync(
            names.Distinct(StringComparer.Ordinal).Where(VaultPath.IsOne),
            async (name, token) =>
            {
                if (VaultSecret.Read(await session.AskAsync("GET", DataPath(name), body: null, token)) is { Fields: { } fields } secret)
                {
                    found[name] = new(secret.EntryOf(name), ValueOf(name, fields));
                }
            },
            cancellationToken);
        return found;
    }

    public async ValueTask<IReadOnlyList<SecretEntry>> ListAsync(CancellationToken cancellationToken)
    {
        ConcurrentBag<SecretEntry> entries = [];
        await EachAsync(
            await NamesAsync(cancellationToken),
            async (name, token) =>
            {
                if (VaultSecret.ReadMetadata(await session.AskAsync("GET", MetadataPath(name), body: null, token)) is { } secret)
                {
                    entries.Add(secret.EntryOf(name));
                }
            },
            cancellationToken);
        return [.. entries.OrderBy(entry => entry.Name, StringComparer.Ordinal)];
    }

    public async ValueTask PutAsync(IReadOnlyList<SecretWrite> writes, CancellationToken cancellationToken)
    {
        foreach (var write in writes)
        {
            SecretRules.Check(write);
            CheckPath(write.Entry.Name);
        }

        foreach (var write in writes)
        {
            await PutAsync(write, cancellationToken);
        }
    }

    /// <summary>With all its versions: a credential that is removed is not to be had any more.</summary>
    public async ValueTask<bool> DeleteAsync(string name, CancellationToken cancellationToken)
    {
        SecretRules.CheckName(name);
        CheckPath(name);
        var isThere = VaultSecret.ReadMetadata(await session.AskAsync("GET", MetadataPath(name), body: null, cancellationToken)) is not null;
        await session.AskAsync("DELETE", MetadataPath(name), body: null, cancellationToken);
        return isThere;
    }

    public void Dispose() => session.Dispose();

    private async Task PutAsync(SecretWrite write, CancellationToken cancellationToken)
    {
        var name = write.Entry.Name;
        for (var attempt = 1; ; attempt++)
        {
            var present = VaultSecret.Read(await session.AskAsync("GET", DataPath(name), body: null, cancellationToken));
            if (write.ExpectedVersion is { } expected && expected != (present is { Fields: not null } ? present.VersionText : SecretWrite.New))
            {
                throw Conflict(name);
            }

            try
            {
                await WriteAsync(write, present, cancellationToken);
                return;
            }
            catch (SecretStoreException lost) when (lost.Error == SecretStoreError.Conflict)
            {
                if (write.ExpectedVersion is not null || attempt == AttemptsMax)
                {
                    throw Conflict(name);
                }
            }
        }
    }

    private async Task WriteAsync(SecretWrite write, VaultSecret? present, CancellationToken cancellationToken)
    {
        var name = write.Entry.Name;
        var fields = present?.Fields is { } kept ? JsonNode.Parse(kept.GetRawText())!.AsObject() : [];
        fields[settings.FieldName] = write.Value.Reveal();
        JsonObject body = new() { ["options"] = new JsonObject { ["cas"] = present?.Version ?? 0 }, ["data"] = fields };
        var answer = await session.AskAsync("POST", DataPath(name), body, cancellationToken);
        if (answer.Find("data", "version").ValueKind != JsonValueKind.Number)
        {
            throw answer.Status == HttpStatusCode.NotFound ? NoEngine(answer) : new SecretStoreException(
                SecretStoreError.BadSetting, $"The engine at {Place} is none of KV version 2: it kept no version of '{name}'. Name another with the setting '{VaultSettings.Mount}'.");
        }

        var custom = VaultSecret.CustomOf(write.Entry);
        if (!JsonNode.DeepEquals(custom, present?.Custom ?? []))
        {
            await session.AskAsync("POST", MetadataPath(name), new JsonObject { ["custom_metadata"] = custom }, cancellationToken);
        }
    }

    private async Task<List<string>> NamesAsync(CancellationToken cancellationToken)
    {
        List<string> names = [];
        Queue<string> folders = new([""]);
        for (var visited = 0; folders.TryDequeue(out var folder); visited++)
        {
            if (visited == FoldersMax)
            {
                throw new SecretStoreException(SecretStoreError.BadSetting, $"There are more than {FoldersMax} folders in {Place}: choose one of them with the setting '{VaultSettings.Path}'.");
            }

            var answer = await session.AskAsync("LIST", MetadataPath(folder), body: null, cancellationToken);
            foreach (var key in KeysOf(answer))
            {
                if (key.EndsWith('/'))
                {
                    folders.Enqueue(folder + key);
                }
                else if (SecretRef.IsName(folder + key))
                {
                    names.Add(folder + key);
                }
            }
        }

        return names;
    }

    private IEnumerable<string> KeysOf(VaultAnswer answer)
    {
        if (answer.Status == HttpStatusCode.NotFound)
        {
            return answer.Errors.Length == 0 ? [] : throw NoEngine(answer);
        }

        return answer.Find("data", "keys") is { ValueKind: JsonValueKind.Array } keys ? keys.EnumerateArray().Select(key => key.GetString() ?? "") : [];
    }

    private Secret ValueOf(string name, JsonElement fields)
    {
        var members = fields.EnumerateObject().ToList();
        var field = fields.TryGetProperty(settings.FieldName, out var named) ? named : members.Count == 1 ? members[0].Value : throw new SecretStoreException(
            SecretStoreError.BadSetting, $"The secret '{name}' in {Place} has no field '{settings.FieldName}', and {(members.Count == 0 ? "no other" : $"several others ({string.Join(", ", members.Select(member => member.Name))})")}. Choose one with the setting '{VaultSettings.Field}'.");
        return field.ValueKind == JsonValueKind.String ? new Secret(field.GetString()!) : new Secret(field.GetRawText());
    }

    private void CheckPath(string name)
    {
        if (!VaultPath.IsOne(name))
        {
            throw new SecretStoreException(SecretStoreError.BadSetting, $"'{name}' cannot be stored in {Place}: a '/' there parts folders, whose names may not be empty, '.' or '..'.");
        }
    }

    private static Task EachAsync(IEnumerable<string> names, Func<string, CancellationToken, ValueTask> doAsync, CancellationToken cancellationToken) =>
        Parallel.ForEachAsync(names, new ParallelOptions { MaxDegreeOfParallelism = RequestsAtOnce, CancellationToken = cancellationToken }, doAsync);

    private SecretStoreException Conflict(string name) =>
        new(SecretStoreError.Conflict, $"The credential '{name}' in {Place} was changed by somebody else. Nothing was stored.");

    private SecretStoreException NoEngine(VaultAnswer answer) =>
        new(SecretStoreError.BadSetting, $"There is no secrets engine at {Place} ({answer.Errors}). Name another with the setting '{VaultSettings.Mount}'.");

    private string DataPath(string name) => PathOf("data", name);

    private string MetadataPath(string name) => PathOf("metadata", name);

    private string PathOf(string kind, string name)
    {
        var path = string.Join('/', new[] { settings.Folder, name }.Where(part => part.Length > 0));
        return VaultPath.Escape($"{settings.MountPath}/{kind}/{path}");
    }
}
