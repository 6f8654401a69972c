using Gantry.Engine.Secrets;
using Gantry.Engine.Settings;

namespace Gantry.Plugins.SecretStores.File;

/// <summary>Credentials in one encrypted file.</summary>
public sealed class FileSecretKind : SecretStoreKind
{
    private const int LinksMax = 40;

    internal const string PathSetting = "path";
    internal const string KeyVariable = "key_env";
    internal const string KeyFile = "key_file";
    internal const string PassphraseVariable = "passphrase_env";

    public override string Id => "file";

    public override string Title => "Encrypted file";

    public override string Help => "Credentials in one file, encrypted with Fernet as Python's cryptography does it: for one machine, or beside a project.";

    public override IReadOnlyList<Setting> Settings { get; } =
    [
        new() { Name = PathSetting, Default = Scalars.Text(".env.encrypted"), Help = "The file; a relative path is under the configuration's folder." },
        new() { Name = KeyVariable, Default = Scalars.Text("GANTRY_FILE_KEY"), Help = "The environment variable that holds the key, or several with commas: the first encrypts, each opens." },
        new() { Name = KeyFile, Help = "A file that holds the key, or several on lines of their own; only its owner may read it." },
        new() { Name = PassphraseVariable, Default = Scalars.Text("GANTRY_FILE_PASSPHRASE"), Help = "The environment variable that holds a passphrase, from which the key is then derived." },
    ];

    public override ISecretStore Open(SecretStoreSettings settings, SecretStoreContext context)
    {
        var path = PathOf(settings.Find(PathSetting)!, context);
        var keyFile = settings.Find(KeyFile) is { } given ? PathOf(given, context) : null;
        return new FileSecretStore(path, new FileKeys(path, keyFile, settings, context), context.Clock);
    }

    private static string PathOf(string given, SecretStoreContext context)
    {
        if (given.Any(char.IsControl))
        {
            throw new SecretStoreException(SecretStoreError.BadSetting, "A path of the secret store 'file' holds a control character.");
        }

        var path = ResolveLinks(Path.GetFullPath(given, context.Folder));
        return context.LocalRoots?.Any(root => path.StartsWith(Path.TrimEndingDirectorySeparator(root) + "/", StringComparison.Ordinal)) == false
            ? throw new SecretStoreException(SecretStoreError.BadSetting, $"The secret store 'file' may not use '{given}' here: its files lie under the folders that the administrator allows.")
            : path;
    }

    /// <summary>The path without links: what a link leads to is what is replaced, and it stays a link.</summary>
    private static string ResolveLinks(string path, int followed = 0)
    {
        try
        {
            return followed <= LinksMax
                ? path.Split('/', StringSplitOptions.RemoveEmptyEntries).Aggregate("/", (folder, name) => Follow(Path.Combine(folder, name), followed))
                : throw new IOException("its links lead in a circle.");
        }
        catch (IOException failed)
        {
            throw new SecretStoreException(SecretStoreError.BadSetting, $"The path '{path}' of the secret store 'file' cannot be followed: {failed.Message}");
        }
    }

    private static string Follow(string path, int followed)
    {
        try
        {
            return System.IO.File.ResolveLinkTarget(path, returnFinalTarget: false) is { } target ? ResolveLinks(target.FullName, followed + 1) : path;
        }
        catch (Exception missing) when (missing is FileNotFoundException or DirectoryNotFoundException)
        {
            return path;
        }
    }
}
