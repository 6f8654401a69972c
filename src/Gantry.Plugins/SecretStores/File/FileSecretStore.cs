using System.Security.Cryptography;
using Gantry.Engine.Documents;
using Gantry.Engine.Files;
using Gantry.Engine.Secrets;

namespace Gantry.Plugins.SecretStores.File;

/// <summary>
/// A Fernet token over dotenv text. Every question reads the file anew, so that what another process stored is seen; every change is written beside it and renamed
/// over it, one writer at a time. What belongs to a credential besides its value stands in the comment above it.
/// </summary>
internal sealed class FileSecretStore(string path, FileKeys keys, TimeProvider clock) : ISecretStore, IRotatesKeys
{
    private const string Marker = "# gantry: ";
    private const int FileBytesMax = 64 * 1024 * 1024;
    private static readonly TimeSpan LockLimit = TimeSpan.FromSeconds(30);

    public string Place => $"the file '{path}'";

    public SecretStoreAbilities Abilities { get; } = new() { KeepsMetadata = true, WritesTogether = true };

    public async ValueTask<IReadOnlyDictionary<string, StoredSecret>> FindAsync(IReadOnlyCollection<string> names, CancellationToken cancellationToken)
    {
        Dictionary<string, StoredSecret> found = new(StringComparer.Ordinal);
        using var document = await ReadAsync(cancellationToken);
        foreach (var name in document is null ? [] : names)
        {
            if (!found.ContainsKey(name) && document!.FindValue(name) is { } value)
            {
                found.Add(name, new(EntryOf(document, name), SecretOf(name, value)));
            }
        }

        return found;
    }

    public async ValueTask<IReadOnlyList<SecretEntry>> ListAsync(CancellationToken cancellationToken)
    {
        using var document = await ReadAsync(cancellationToken);
        return document is null ? [] : [.. document.Names.Where(SecretRef.IsName).Order(StringComparer.Ordinal).Select(name => EntryOf(document, name))];
    }

    public async ValueTask PutAsync(IReadOnlyList<SecretWrite> writes, CancellationToken cancellationToken)
    {
        foreach (var write in writes)
        {
            SecretRules.Check(write);
        }

        await ChangeAsync(
            document =>
            {
                foreach (var write in writes)
                {
                    Put(document, write);
                }

                return writes.Count > 0;
            },
            cancellationToken);
    }

    public async ValueTask<bool> DeleteAsync(string name, CancellationToken cancellationToken) =>
        await ChangeAsync(document => document.Remove(name, Marker), cancellationToken);

    /// <summary>The key file has the new key and the older ones before anything is sealed with it, and keeps the older ones: other files may need them.</summary>
    public async ValueTask<string> RotateAsync(CancellationToken cancellationToken) => await WriteAsync(
        async () =>
        {
            using var document = await ReadAsync(cancellationToken)
                ?? throw new SecretStoreException(SecretStoreError.BadSetting, $"There is nothing to rotate: {Place} is not there yet.");
            Seal(document, await keys.RenewAsync(cancellationToken));
            return $"{Capital(Place)} is sealed with the new key. Older keys are kept, for copies of the file and for other files.";
        },
        cancellationToken);

    public void Dispose() => keys.Dispose();

    private void Put(DotenvDocument document, SecretWrite write)
    {
        var earlier = document.Has(write.Entry.Name) ? EntryOf(document, write.Entry.Name) : null;
        if (write.ExpectedVersion is { } expected && expected != (earlier?.Version ?? SecretWrite.New))
        {
            throw new SecretStoreException(
                SecretStoreError.Conflict, $"The credential '{write.Entry.Name}' in {Place} was changed by somebody else. Nothing was stored.");
        }

        document.Put(write.Entry.Name, write.Value.Utf8, Marker, FileNote.Write(write.Entry, earlier, clock.GetUtcNow()));
    }

    private static SecretEntry EntryOf(DotenvDocument document, string name) => FileNote.Read(name, document.FindNote(name, Marker));

    private Secret SecretOf(string name, byte[] value)
    {
        try
        {
            return new Secret(value);
        }
        catch (SecretException)
        {
            throw new SecretStoreException(SecretStoreError.Tampered, $"The credential '{name}' in {Place} is not UTF-8.");
        }
        finally
        {
            CryptographicOperations.ZeroMemory(value);
        }
    }

    private Task<bool> ChangeAsync(Func<DotenvDocument, bool> change, CancellationToken cancellationToken) => WriteAsync(
        async () =>
        {
            using var document = await ReadAsync(cancellationToken) ?? DotenvDocument.Parse([]);
            if (!change(document))
            {
                return false;
            }

            Seal(document, await keys.GetAsync(!System.IO.File.Exists(path), cancellationToken));
            return true;
        },
        cancellationToken);

    private async Task<T> WriteAsync<T>(Func<Task<T>> writeAsync, CancellationToken cancellationToken)
    {
        try
        {
            using var folder = await FolderLock.TakeAsync(Path.GetDirectoryName(path)!, LockLimit, clock, cancellationToken)
                ?? throw new SecretStoreException(SecretStoreError.Unavailable, $"Somebody else is writing to {Place}, for more than 30 seconds now.", isTransient: true);
            return await writeAsync();
        }
        catch (Exception failed) when (failed is IOException or UnauthorizedAccessException)
        {
            throw new SecretStoreException(SecretStoreError.Unavailable, $"{Capital(Place)} could not be written, and is as it was: {failed.Message}", innerException: failed);
        }
    }

    private void Seal(DotenvDocument document, IReadOnlyList<FernetKey> sealing)
    {
        var plain = document.ToArray();
        var token = new Fernet(sealing).Encrypt(plain, clock.GetUtcNow());
        CryptographicOperations.ZeroMemory(plain);
        WholeFile.Replace(path, token);
    }

    /// <summary>Null when there is no file.</summary>
    private async Task<DotenvDocument?> ReadAsync(CancellationToken cancellationToken)
    {
        if (ReadFile() is not { } token)
        {
            return null;
        }

        var opening = await keys.GetAsync(isNew: false, cancellationToken);
        var plain = new Fernet(opening).Decrypt(token) ?? throw new SecretStoreException(
            SecretStoreError.Tampered, $"{Capital(Place)} cannot be opened: the key is another one, or somebody changed the file or cut it off. Nothing was changed.");
        try
        {
            return DotenvDocument.Parse(plain);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(plain);
        }
    }

    private byte[]? ReadFile()
    {
        try
        {
            var length = new FileInfo(path) is { Exists: true } file ? file.Length : 0;
            return length <= FileBytesMax ? System.IO.File.ReadAllBytes(path) : throw new SecretStoreException(
                SecretStoreError.Tampered, $"{Capital(Place)} cannot be opened: it is larger than {FileBytesMax:N0} bytes.");
        }
        catch (Exception missing) when (missing is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
        catch (Exception failed) when (failed is IOException or UnauthorizedAccessException)
        {
            throw new SecretStoreException(SecretStoreError.Denied, $"{Capital(Place)} cannot be read: {failed.Message}", innerException: failed);
        }
    }

    private static string Capital(string sentence) => char.ToUpperInvariant(sentence[0]) + sentence[1..];
}
