using Gantry.Cli.CommandLine;
using Gantry.Engine.Secrets;
using Gantry.Plugins;

namespace Gantry.Cli.Credentials;

/// <summary>
/// Which secret store a command means, without a hub: --backend, else the 'credential_manager' of gantry.yaml in the current folder, else of the user's own, else the encrypted file
/// in the current folder.
/// </summary>
internal static class StoreChoice
{
    public const string DefaultKind = "file";
    private const string BackendOption = "--backend";
    private const string ConfigOption = "--backend-config";

    public static readonly IReadOnlyList<Option> Options =
    [
        new(BackendOption, "The secret store for this call instead of the configured one; 'gantry credential backend' lists them.") { Value = "NAME" },
        new(ConfigOption, "A setting of that store.") { Value = "KEY=VALUE", IsMany = true },
    ];

    public static SecretStoreCatalog Catalog => field ??= new(AllPlugins.SecretStores);

    public static ISecretStore Open(Invocation invocation) => Open(Settings(invocation));

    public static ISecretStore Open(SecretStoreSettings settings) => Catalog.Open(settings, Context(FolderOf(settings.Kind)));

    /// <summary>A file store's settings for a file that is named on the command line.</summary>
    public static SecretStoreSettings OfFile(string path, string? keyFile)
    {
        Dictionary<string, string> values = new(StringComparer.Ordinal) { ["path"] = Path.GetFullPath(path) };
        if (keyFile is not null)
        {
            values["key_file"] = Path.GetFullPath(keyFile);
        }

        return new() { Kind = DefaultKind, Values = values };
    }

    public static SecretStoreSettings Settings(Invocation? invocation)
    {
        var configuration = StoreConfiguration.Load();
        var asked = invocation?.Find(BackendOption);
        var kind = asked ?? configuration.Kind ?? DefaultKind;
        CheckKind(kind);
        var values = configuration.SettingsOf(kind);
        foreach (var (name, value) in invocation?.FindPairs(ConfigOption) ?? new Dictionary<string, string>())
        {
            values[name] = value;
        }

        return new() { Kind = kind, Values = values };
    }

    public static void CheckKind(string kind)
    {
        if (Catalog.Find(kind) is null)
        {
            throw new UsageException(kind == "database"
                ? "The store 'database' is a hub's: name one with --hub URL or GANTRY_HUB."
                : $"There is no secret store '{kind}'." + Engine.Settings.NearestName.Hint(kind, Catalog.Kinds.Select(known => known.Id)));
        }
    }

    /// <summary>A hub's settings lie with the hub; these are the user's, where the user is the user.</summary>
    private static SecretStoreContext Context(string folder) => new()
    {
        ReadVariable = Environment.GetEnvironmentVariable,
        VariableNames = () => Environment.GetEnvironmentVariables().Keys.Cast<string>(),
        Folder = folder,
        EgressAllowed = ["*"],
        UserKeyFile = Path.Combine(UserFolder.Config, "credentials.key"),
        AskAsync = Terminal.CanAsk ? async (question, cancellationToken) => new Secret(await Prompt.HiddenAsync(question, cancellationToken)) : null,
        Notice = Terminal.Note,
    };

    /// <summary>Relative paths of a configuration are under its own folder.</summary>
    private static string FolderOf(string kind) =>
        StoreConfiguration.Load() is { } configuration && configuration.SettingsByKind.ContainsKey(kind) ? Path.GetDirectoryName(configuration.FilePath)! : Directory.GetCurrentDirectory();
}
