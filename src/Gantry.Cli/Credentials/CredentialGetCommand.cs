using System.Text.Json;
using System.Text.Json.Nodes;
using Gantry.Cli.CommandLine;
using Gantry.Cli.Hubs;
using Gantry.Engine.Secrets;

namespace Gantry.Cli.Credentials;

/// <summary>"gantry credential get" and "list".</summary>
internal static class CredentialGetCommand
{
    private const string Show = "--show";
    private const string ShowValues = "--show-values";

    public static Command Describe() => new()
    {
        Name = "get",
        Help = "Shows a credential, and with --show its value.",
        Arguments = [CredentialCommand.Name],
        Options =
        [
            CredentialCommand.Website, CredentialCommand.Type, new(Show, "Prints its value, and nothing else. On a hub this takes a right of its own."),
            CredentialCommand.Json, .. StoreChoice.Options, HubChoice.Option,
        ],
        Examples = ["gantry credential get SAMPLE_WEBSITE_FTP_PASSWORD --show"],
        RunAsync = GetAsync,
    };

    public static Command DescribeList() => new()
    {
        Name = "list",
        Help = "Lists the credentials.",
        Options =
        [
            CredentialCommand.Website with { Help = "Only those of this website." }, new(ShowValues, "Prints the values too."),
            CredentialCommand.Json, .. StoreChoice.Options, HubChoice.Option,
        ],
        RunAsync = ListAsync,
    };

    /// <summary>Those of a website: by what the store keeps of them, or by their names where another program stored them.</summary>
    public static async Task<List<JsonElement>> OfWebsiteAsync(ICredentialPlaces places, string website, CancellationToken cancellationToken)
    {
        var prefix = CredentialName.PrefixOf(website);
        return [.. (await places.ListAsync(cancellationToken)).Where(credential => credential.FindText("website") is { } kept
            ? kept == website
            : credential.FindText("name")!.StartsWith(prefix, StringComparison.Ordinal))];
    }

    private static async Task<int> GetAsync(Invocation invocation, CancellationToken cancellationToken)
    {
        var name = CredentialCommand.RequireName(invocation);
        var asJson = invocation.Has(CredentialCommand.Json.Name);
        using var places = CredentialCommand.Places(invocation);
        using var value = invocation.Has(Show) ? (await places.RevealAsync([name], cancellationToken)).GetValueOrDefault(name) : null;
        if (value is not null && !asJson)
        {
            Console.Out.WriteLine(value.Reveal());
            return ExitStatus.Succeeded;
        }

        if (await places.FindAsync(name, cancellationToken) is not { } credential)
        {
            throw CredentialCommand.NotThere(name, places, (await places.ListAsync(cancellationToken)).Select(known => known.FindText("name")!));
        }

        Answer.Print(value is null ? credential : WithValue(credential, value), asJson);
        return ExitStatus.Succeeded;
    }

    private static async Task<int> ListAsync(Invocation invocation, CancellationToken cancellationToken)
    {
        using var places = CredentialCommand.Places(invocation);
        IReadOnlyList<JsonElement> credentials = invocation.Find(CredentialCommand.Website.Name) is { } website
            ? await OfWebsiteAsync(places, website, cancellationToken)
            : await places.ListAsync(cancellationToken);
        List<string> columns = ["name", "website", "type", "updated_at"];
        if (invocation.Has(ShowValues))
        {
            columns.Add("value");
            var values = await places.RevealAsync([.. credentials.Select(credential => credential.FindText("name")!)], cancellationToken);
            credentials = [.. credentials.Select(credential => WithValue(credential, values[credential.FindText("name")!]))];
        }

        Answer.PrintList(credentials, columns, invocation.Has(CredentialCommand.Json.Name));
        return ExitStatus.Succeeded;
    }

    private static JsonElement WithValue(JsonElement credential, Secret value)
    {
        var shown = JsonNode.Parse(credential.GetRawText())!.AsObject();
        shown["value"] = value.Reveal();
        return JsonElement.Parse(shown.ToJsonString());
    }
}
