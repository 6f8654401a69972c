using Gantry.Cli.CommandLine;
using Gantry.Cli.Hubs;

namespace Gantry.Cli.Credentials;

/// <summary>"gantry credential remove".</summary>
internal static class CredentialRemoveCommand
{
    private const string Force = "--force";

    public static Command Describe() => new()
    {
        Name = "remove",
        Help = "Removes a credential, or all of a website.",
        Arguments = [CredentialCommand.Name],
        Options =
        [
            CredentialCommand.Website with { Help = "The website; without --type all of its credentials are removed." }, CredentialCommand.Type,
            new(Force, "Removes without asking."), .. StoreChoice.Options, HubChoice.Option,
        ],
        RunAsync = RunAsync,
    };

    private static async Task<int> RunAsync(Invocation invocation, CancellationToken cancellationToken)
    {
        using var places = CredentialCommand.Places(invocation);
        var names = await NamesAsync(invocation, places, cancellationToken);
        if (!invocation.Has(Force) && !await IsMeantAsync(names, places, cancellationToken))
        {
            Console.Error.WriteLine("Nothing was removed.");
            return ExitStatus.Failed;
        }

        foreach (var name in names)
        {
            Console.Out.WriteLine(await places.RemoveAsync(name, cancellationToken) ? $"Removed '{name}' from {places.Place}." : $"'{name}' was gone already.");
        }

        return ExitStatus.Succeeded;
    }

    private static async Task<List<string>> NamesAsync(Invocation invocation, ICredentialPlaces places, CancellationToken cancellationToken)
    {
        if (CredentialCommand.FindName(invocation) is { } name)
        {
            var known = (await places.ListAsync(cancellationToken)).Select(credential => credential.FindText("name")!).ToList();
            return known.Contains(name, StringComparer.Ordinal) ? [name] : throw CredentialCommand.NotThere(name, places, known);
        }

        var website = invocation.Find(CredentialCommand.Website.Name) ?? throw new UsageException("Which credential? Give its NAME, or --website with or without --type.");
        var names = (await CredentialGetCommand.OfWebsiteAsync(places, website, cancellationToken)).ConvertAll(credential => credential.FindText("name")!);
        return names.Count > 0 ? names : throw new CommandException($"There are no credentials of the website '{website}' in {places.Place}.");
    }

    private static async Task<bool> IsMeantAsync(List<string> names, ICredentialPlaces places, CancellationToken cancellationToken) => Terminal.CanAsk
        ? await Prompt.TextAsync($"Remove {string.Join(", ", names)} from {places.Place} (yes/no)", cancellationToken) is "yes" or "y"
        : throw new UsageException($"Nobody can be asked whether to remove {string.Join(", ", names)}: add {Force}.");
}
