using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Gantry.Engine.Files;
using Gantry.Engine.Secrets;

namespace Gantry.Plugins.SecretStores.File;

/// <summary>
/// The keys of one encrypted file: from an environment variable, a key file that its settings name, a passphrase, or the user's own key file, in this order. They are read
/// once and wiped in the end.
/// </summary>
internal sealed class FileKeys(string path, string? keyFile, SecretStoreSettings settings, SecretStoreContext context) : IDisposable
{
    private const int Iterations = 600_000;
    private const int IterationsMax = 10_000_000;
    private const int SaltLength = 16;
    private const string Derivation = "pbkdf2-sha256";
    private const int FileBytesMax = 64 * 1024;

    private readonly SemaphoreSlim gate = new(1);
    private IReadOnlyList<FernetKey>? keys;

    /// <summary>The key file that they came from; null when they came from elsewhere.</summary>
    private string? sourceFile;

    private string SaltFile => path + ".salt";

    /// <summary>The first one encrypts. With isNew, for a file that is not there yet, a missing key is made.</summary>
    public async Task<IReadOnlyList<FernetKey>> GetAsync(bool isNew, CancellationToken cancellationToken)
    {
        await gate.WaitAsync(cancellationToken);
        try
        {
            return keys ??= await ReadAsync(isNew, cancellationToken);
        }
        finally
        {
            gate.Release();
        }
    }

    /// <summary>
    /// The keys to seal everything with: a new one in front, already in the key file with the older ones behind it; or, where keys come from a variable, those that are there, when
    /// a new one was put in front.
    /// </summary>
    public async Task<IReadOnlyList<FernetKey>> RenewAsync(CancellationToken cancellationToken)
    {
        var present = await GetAsync(isNew: false, cancellationToken);
        if (sourceFile is { } file)
        {
            IReadOnlyList<FernetKey> renewed = [FernetKey.Create(), .. present];
            WholeFile.Replace(file, Lines(renewed));
            return keys = renewed;
        }

        var variable = settings.Find(FileSecretKind.KeyVariable)!;
        return present.Count > 1 ? present : throw Wrong(context.ReadVariable(variable) is { Length: > 0 }
            ? $"The key of '{path}' comes from {variable}, which Gantry cannot change: put a new key in front of it, with a comma, and rotate again. A key is made with: head -c 32 /dev/urandom | base64 | tr '+/' '-_'"
            : $"The key of '{path}' is derived from a passphrase. Export the credentials, and import them into a new file with another passphrase.");
    }

    public void Dispose()
    {
        foreach (var key in keys ?? [])
        {
            key.Dispose();
        }

        gate.Dispose();
    }

    private async Task<IReadOnlyList<FernetKey>> ReadAsync(bool isNew, CancellationToken cancellationToken)
    {
        var variable = settings.Find(FileSecretKind.KeyVariable)!;
        if (context.ReadVariable(variable) is { Length: > 0 } text)
        {
            return FernetKey.ParseList(text) ?? throw Wrong($"The variable {variable} holds no key: a key is 32 bytes in URL-safe Base64, 44 characters.");
        }

        if (keyFile is not null)
        {
            sourceFile = keyFile;
            return ReadFile(keyFile) ?? (isNew ? MakeFile(keyFile) : throw Wrong($"There is no key file '{keyFile}', which '{path}' is to be opened with."));
        }

        var passphraseVariable = settings.Find(FileSecretKind.PassphraseVariable)!;
        if (context.ReadVariable(passphraseVariable) is { Length: > 0 } passphrase)
        {
            using Secret given = new(passphrase);
            return [Derive(given, isNew)];
        }

        if (System.IO.File.Exists(SaltFile) && context.AskAsync is { } askAsync)
        {
            using var given = await askAsync($"Passphrase of '{path}'", cancellationToken);
            return [Derive(given, isNew)];
        }

        if (context.UserKeyFile is { } own && (ReadFile(own) ?? (isNew ? MakeFile(own) : null)) is { } ownKeys)
        {
            sourceFile = own;
            return ownKeys;
        }

        throw Wrong($"There is no key for '{path}'. Put it into the variable {variable}, name a key file with the setting '{FileSecretKind.KeyFile}', or give a passphrase in {passphraseVariable}.");
    }

    /// <summary>Null when there is no such file.</summary>
    private static IReadOnlyList<FernetKey>? ReadFile(string file)
    {
        byte[] content;
        try
        {
            using var handle = System.IO.File.OpenHandle(file);
            const UnixFileMode Others = UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute
                | UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;
            if ((System.IO.File.GetUnixFileMode(handle) & Others) != UnixFileMode.None)
            {
                throw Wrong($"The key file '{file}' is open to others than its owner. Run: chmod 600 '{file}'");
            }

            content = new byte[Math.Min(RandomAccess.GetLength(handle), FileBytesMax)];
            RandomAccess.Read(handle, content, 0);
        }
        catch (Exception missing) when (missing is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
        catch (Exception failed) when (failed is IOException or UnauthorizedAccessException)
        {
            throw new SecretStoreException(SecretStoreError.Denied, $"The key file '{file}' cannot be read: {failed.Message}", innerException: failed);
        }

        var read = FernetKey.ParseList(Encoding.UTF8.GetString(content));
        CryptographicOperations.ZeroMemory(content);
        return read ?? throw Wrong($"The file '{file}' holds no key: a key is 32 bytes in URL-safe Base64, 44 characters.");
    }

    /// <summary>Whoever makes it at the same moment wins, and both use that key.</summary>
    private IReadOnlyList<FernetKey> MakeFile(string file)
    {
        var key = FernetKey.Create();
        Directory.CreateDirectory(Path.GetDirectoryName(file)!, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        try
        {
            WholeFile.Create(file, Lines([key]));
        }
        catch (IOException) when (System.IO.File.Exists(file))
        {
            key.Dispose();
            return ReadFile(file)!;
        }

        context.Notice($"A key was made: '{file}'. Whoever has it can read '{path}', and without it nobody can: keep a copy in a safe place.");
        return [key];
    }

    private static byte[] Lines(IEnumerable<FernetKey> keys) => [.. keys.SelectMany(key =>
    {
        using var text = key.Export();
        return text.Utf8.ToArray().Append((byte)'\n');
    })];

    private FernetKey Derive(Secret passphrase, bool isNew)
    {
        var (iterations, salt) = ReadSalt() ?? (isNew ? MakeSalt() : throw Wrong(
            $"'{path}' cannot be opened with a passphrase: the file '{SaltFile}', which was made together with it, is not there. Bring it back, or give the key itself."));
        Span<byte> key = stackalloc byte[FernetKey.Length];
        Rfc2898DeriveBytes.Pbkdf2(passphrase.Utf8, salt, key, iterations, HashAlgorithmName.SHA256);
        FernetKey derived = new(key);
        CryptographicOperations.ZeroMemory(key);
        return derived;
    }

    /// <summary>Null when there is none. It is one line: derivation, iterations and salt, parted by colons.</summary>
    private (int Iterations, byte[] Salt)? ReadSalt()
    {
        try
        {
            var parts = System.IO.File.ReadAllText(SaltFile).Trim().Split(':');
            var salt = new byte[64];
            return parts.Length == 3 && parts[0] == Derivation && parts[2].Length <= 80
                && int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var iterations) && iterations is > 0 and <= IterationsMax
                && Convert.TryFromBase64String(parts[2], salt, out var length) && length >= 8
                ? (iterations, salt[..length])
                : throw new SecretStoreException(SecretStoreError.Tampered, $"The file '{SaltFile}' cannot be opened: it should be one line, {Derivation}:ITERATIONS:SALT.");
        }
        catch (Exception missing) when (missing is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
        catch (Exception failed) when (failed is IOException or UnauthorizedAccessException)
        {
            throw new SecretStoreException(SecretStoreError.Denied, $"The file '{SaltFile}' cannot be read: {failed.Message}", innerException: failed);
        }
    }

    private (int Iterations, byte[] Salt) MakeSalt()
    {
        var salt = RandomNumberGenerator.GetBytes(SaltLength);
        WholeFile.Replace(SaltFile, Encoding.ASCII.GetBytes($"{Derivation}:{Iterations.ToString(CultureInfo.InvariantCulture)}:{Convert.ToBase64String(salt)}\n"));
        return (Iterations, salt);
    }

    private static SecretStoreException Wrong(string message) => new(SecretStoreError.BadSetting, message);
}
