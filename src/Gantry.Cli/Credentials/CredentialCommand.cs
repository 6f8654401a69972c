using Gantry.Cli.CommandLine;
using Gantry.Cli.Hubs;
using Gantry.Engine.Secrets;

namespace Gantry.Cli.Credentials;

/// <summary>"gantry credential …": secrets under a name, in a store of this user's, or on a hub when one is asked for.</summary>
internal static class CredentialCommand
{
    internal static readonly Option Json = new("--json", "Prints JSON.");
    internal static readonly Option Website = new("--website", "The website it belongs to; website and type give the name: SAMPLE_FTP_PASSWORD.") { Value = "WEBSITE" };
    internal static readonly Option Type = new("--type", "What it is, such as FTP_PASSWORD.") { Value = "TYPE" };
    internal static readonly Option Shared = new("--shared", "On a hub: a new one is the workspace's, and not one's own.");
    internal static readonly Argument Name = new("NAME", "The credential's name, as in ${cred:NAME}; or give --website and --type.") { IsRequired = false };

    public static Command Describe() => new()
    {
        Name = "credential",
        Help = "Keeps passwords, keys and tokens, which ${cred:NAME} then stands for.",
        Commands =
        [
            new("add", "Stores a credential, or changes it.", CredentialAddCommand.Describe),
            new("get", "Shows a credential, and with --show its value.", CredentialGetCommand.Describe),
            new("list", "Lists the credentials.", CredentialGetCommand.DescribeList),
            new("remove", "Removes a credential, or all of a website.", CredentialRemoveCommand.Describe),
            new("test", "Signs in to an FTP or SFTP server with a website's credentials.", CredentialTestCommand.Describe),
            new("backend", "Shows where credentials rest, or chooses it.", BackendCommand.Describe),
            new("migrate", "Moves plain values of website files into the store.", MigrateCommand.Describe),
            new("rotate", "Seals everything under a new key.", CredentialFileCommands.DescribeRotate),
            new("import", "Stores what a .env, an encrypted or a JSON file holds.", CredentialFileCommands.DescribeImport),
            new("export", "Writes every credential to an encrypted file.", CredentialFileCommands.DescribeExport),
        ],
        Notes =
        [
            "Without --hub and GANTRY_HUB they rest in the store that gantry.yaml names, else in the file .env.encrypted of the current folder.",
            "Its key is GANTRY_FILE_KEY, or is made in your own configuration folder when the first credential is stored.",
        ],
        Examples =
        [
            "gantry credential add --website sample-website --type FTP_PASSWORD --interactive",
            "gantry credential add OPENAI_KEY --value - < key.txt",
            "gantry credential test --website sample-website --host ftp.example.org",
        ],
    };

    internal static ICredentialPlaces Places(Invocation invocation) => HubChoice.Asked(invocation) is null
        ? new StoreCredentials(StoreChoice.Open(invocation))
        : invocation.Has("--backend") || invocation.Has("--backend-config")
            ? throw new UsageException("A hub's workspace has its own store: --backend is for commands without a hub, and 'gantry credential backend --hub URL' shows the workspace's.")
            : new HubCredentials(HubChoice.Open(invocation), invocation.Has(Shared.Name));

    /// <summary>The name that is given, or made of website and type; null when neither is there.</summary>
    internal static string? FindName(Invocation invocation)
    {
        var given = invocation.FindArgument(Name.Name);
        var (website, type) = (invocation.Find(Website.Name), invocation.Find(Type.Name));
        if (given is not null && type is not null)
        {
            throw new UsageException("NAME and --type exclude each other: website and type give the name.");
        }

        return given ?? (website is not null && type is not null ? CredentialName.Of(website, type) : null);
    }

    internal static string RequireName(Invocation invocation) => FindName(invocation) ?? throw new UsageException("Which credential? Give its NAME, or --website and --type.");

    internal static CommandException NotThere(string name, ICredentialPlaces places, IEnumerable<string> known) =>
        new($"There is no credential '{name}' in {places.Place}.{(Engine.Settings.NearestName.Find(name, [.. known]) is { } nearest ? $" Did you mean '{nearest}'?" : "")}");
}
