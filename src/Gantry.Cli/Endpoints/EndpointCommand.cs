using System.Text.Json.Nodes;
using Gantry.Cli.CommandLine;
using Gantry.Cli.Hubs;
using Gantry.Engine.Endpoints;
using Gantry.Engine.Endpoints.Limits;
using Gantry.Engine.Secrets;
using Gantry.Plugins;

namespace Gantry.Cli.Endpoints;

/// <summary>"gantry endpoint …": names for places, in the user's own file, or on a hub when one is asked for.</summary>
internal static class EndpointCommand
{
    internal static readonly Argument Name = new("NAME", "The endpoint's name; 'NAME:path' is then its address.");
    internal static readonly Option Json = new("--json", "Prints JSON.");

    public static Command Describe() => new()
    {
        Name = "endpoint",
        Help = "Saves places for files under a name, and tests them.",
        Commands =
        [
            new("add", "Saves an endpoint, or changes it.", DescribeAdd),
            new("list", "Lists the saved endpoints.", DescribeList),
            new("show", "Shows one saved endpoint.", DescribeShow),
            new("test", "Connects, lists, writes, renames and deletes a file there.", EndpointTestCommand.Describe),
            new("remove", "Forgets an endpoint; its files stay.", DescribeRemove),
            new("kinds", "Lists the kinds of endpoint and their settings.", DescribeKinds),
        ],
        Notes = ["Without --hub and GANTRY_HUB the endpoints are those in this user's own file."],
        Examples =
        [
            "gantry endpoint add web sftp://deploy@www.example.org/var/www",
            "gantry endpoint test web",
            "gantry copy site/ web:html",
        ],
    };

    private static Command DescribeAdd() => new()
    {
        Name = "add",
        Help = "Saves an endpoint, or changes it.",
        Arguments = [Name, new("ADDRESS", "Such as /path or sftp://user@host/path; 'gantry endpoint kinds' lists the forms.")],
        Options =
        [
            new("--set", "A setting of the kind.") { Value = "KEY=VALUE", IsMany = true },
            new("--secret", "A secret setting, by reference: --secret 'password=${cred:NAME}'.") { Value = "KEY=REFERENCE", IsMany = true },
            new("--limit", $"What bounds the transfers there: {string.Join(", ", LimitSettings.Settings.Select(limit => limit.Name))}. Without it, limits stay as they are.")
            {
                Value = "KEY=VALUE",
                IsMany = true,
            },
            HubChoice.Option,
        ],
        Notes = ["Without --hub and GANTRY_HUB it is saved in this user's own file; a secret is then looked for among those of 'gantry cred', and in the environment as CRED_NAME."],
        Examples =
        [
            "gantry endpoint add backup /mnt/backup",
            "gantry endpoint add web sftp://deploy@www.example.org/var/www",
            "gantry endpoint add shop sftp://shop@host:2222/htdocs --secret 'password=${cred:SHOP_PASSWORD}'",
            "gantry endpoint add hosting ftp://shop@ftp.example.org/htdocs --set tls=explicit --secret 'password=${cred:SHOP_PASSWORD}'",
            "gantry endpoint add plant sftp://plant@host/in --limit 'bandwidth=08:00,10M 19:00,off' --limit time_zone=Europe/Berlin --limit transfers=2",
        ],
        RunAsync = AddAsync,
    };

    private static Command DescribeList() => new()
    {
        Name = "list",
        Help = "Lists the saved endpoints.",
        Options = [Json, HubChoice.Option],
        RunAsync = async (invocation, cancellationToken) =>
        {
            var endpoints = await Places(invocation).ListAsync(cancellationToken);
            Answer.PrintList(endpoints, ["name", "kind", "address"], invocation.Has("--json"));
            return ExitStatus.Succeeded;
        },
    };

    private static Command DescribeShow() => new()
    {
        Name = "show",
        Help = "Shows one saved endpoint.",
        Arguments = [Name],
        Options = [Json, HubChoice.Option],
        RunAsync = async (invocation, cancellationToken) =>
        {
            Answer.Print(await Places(invocation).ShowAsync(invocation.Argument("NAME"), cancellationToken), invocation.Has("--json"));
            return ExitStatus.Succeeded;
        },
    };

    private static Command DescribeRemove() => new()
    {
        Name = "remove",
        Help = "Forgets an endpoint; its files stay.",
        Arguments = [Name],
        Options = [HubChoice.Option],
        RunAsync = async (invocation, cancellationToken) =>
        {
            await Places(invocation).RemoveAsync(invocation.Argument("NAME"), cancellationToken);
            return ExitStatus.Succeeded;
        },
    };

    private static Command DescribeKinds() => new()
    {
        Name = "kinds",
        Help = "Lists the kinds of endpoint and their settings.",
        RunAsync = (_, _) =>
        {
            foreach (var kind in AllPlugins.Endpoints.Kinds)
            {
                Console.Out.WriteLine($"{kind.Id} ({kind.Title}): {kind.Help}\n  {string.Join("  ", kind.AddressForms)}");
                foreach (var setting in kind.Settings)
                {
                    Console.Out.WriteLine($"    {setting.Name} ({SettingText.Describe(setting)}): {setting.Help}");
                }
            }

            return Task.FromResult(ExitStatus.Succeeded);
        },
    };

    private static async Task<int> AddAsync(Invocation invocation, CancellationToken cancellationToken)
    {
        var name = invocation.Argument("NAME");
        if (NamedAddress.WhyNot(name) is { } why)
        {
            throw new UsageException(why);
        }

        JsonObject settings = [];
        foreach (var (setting, value) in invocation.FindPairs("--set"))
        {
            settings[setting] = value;
        }

        foreach (var (setting, value) in invocation.FindPairs("--secret"))
        {
            settings[setting] = SecretRef.Parse(value) is not null
                ? value
                : throw new UsageException($"--secret {setting}=… takes a reference, {setting}=${{cred:NAME}}: a secret itself is never on a command line.");
        }

        var limits = invocation.FindPairs("--limit");
        LimitSettings.Parse(limits);
        await Places(invocation).SaveAsync(
            name,
            invocation.Argument("ADDRESS"),
            settings,
            limits.Count == 0 ? null : new JsonObject(limits.Select(limit => KeyValuePair.Create(limit.Key, (JsonNode?)limit.Value))),
            cancellationToken);
        Console.Out.WriteLine($"Saved. Its address is {name}:PATH; try it with 'gantry endpoint test {name}'.");
        return ExitStatus.Succeeded;
    }

    internal static IEndpointPlaces Places(Invocation invocation) =>
        HubChoice.Asked(invocation) is null ? new UserEndpointPlaces() : new HubEndpointPlaces(HubChoice.Open(invocation));
}
