using Gantry.Cli.CommandLine;

namespace Gantry.Cli.Providers;

/// <summary>"gantry provider …": what plans can use, and how a provider is added.</summary>
internal static class ProviderCommand
{
    public static Command Describe() => new()
    {
        Name = "provider",
        Help = "Lists the providers that plans can use, and adds own ones.",
        Commands =
        [
            new("list", "Lists the providers that plans can use.", ProviderListCommand.Describe),
            new("show", "Shows what one provider needs, its actions, and what they take.", ProviderShowCommand.Describe),
            new("new", "Writes the manifest of a new provider, to be filled in.", ProviderNewCommand.Describe),
            new("check", "Says all that is wrong with manifests.", ProviderCheckCommand.Describe),
            new("test", "Tries a manifest without its vendor, and shows what it sends.", ProviderTestCommand.Describe),
            new("connect", "Stores what a provider's actions sign in with, and asks for consent where it wants one.", ProviderConnectCommand.Describe),
            new("import", "Makes a provider of an OpenAPI document.", ProviderImportCommand.Describe),
        ],
        Notes = ["Own providers lie as ID.yaml in 'providers/' of the folder where gantry keeps what is yours (~/.config/gantry); a hub's own in 'providers/' of its data folder."],
    };
}
