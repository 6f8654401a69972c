using System.Text.Json.Nodes;
using Gantry.Cli.CommandLine;
using Gantry.Engine.Secrets;

namespace Gantry.Cli.Hubs;

/// <summary>"gantry login" and "gantry logout": a key of a hub, kept in the user's own file.</summary>
internal static class LoginCommand
{
    public static Command Describe() => new()
    {
        Name = "login",
        Help = "Signs in to a hub and keeps a key for it.",
        Options =
        [
            new("--user", "The user's name; asked for when not given.") { Value = "NAME" },
            new("--password-stdin", "Reads the password from standard input instead of asking."),
            HubChoice.Option,
        ],
        RunAsync = LogInAsync,
    };

    public static Command DescribeLogout() => new()
    {
        Name = "logout",
        Help = "Forgets the key of a hub, and tells the hub to.",
        Options = [HubChoice.Option],
        RunAsync = LogOutAsync,
    };

    private static async Task<int> LogInAsync(Invocation invocation, CancellationToken cancellationToken)
    {
        var hub = HubChoice.Asked(invocation) ?? HubChoice.Parse(HubLogins.Load().Last ?? HubChoice.DefaultHub);
        var user = invocation.Find("--user") ?? await Prompt.TextAsync("User", cancellationToken);
        var password = invocation.Has("--password-stdin")
            ? Console.In.ReadLine() ?? throw new UsageException("--password-stdin was given, and standard input is empty.")
            : await Prompt.HiddenAsync($"Password of {user} at {hub.Authority}", cancellationToken);
        using HubClient anonymous = new(hub, null);
        var session = await anonymous.SendAsync(
            HttpMethod.Post, "api/sign-in", new JsonObject { ["user"] = user, ["password"] = password }, cancellationToken) ?? default;
        using HubClient signedIn = new(hub, Key(session.FindText("token")));
        var name = $"gantry on {Environment.MachineName}";
        var made = await signedIn.SendAsync(HttpMethod.Post, "api/api-keys", new JsonObject { ["name"] = name }, cancellationToken) ?? default;
        HubLogins.Load().Put(hub, Key(made.FindText("key")));
        await signedIn.SendAsync(HttpMethod.Post, "api/sign-out", new JsonObject(), cancellationToken);
        Console.Out.WriteLine($"Logged in to {hub.Authority} as {user}.");
        return ExitStatus.Succeeded;
    }

    private static async Task<int> LogOutAsync(Invocation invocation, CancellationToken cancellationToken)
    {
        var logins = HubLogins.Load();
        var hub = HubChoice.Asked(invocation) ?? HubChoice.Parse(logins.Last ?? HubChoice.DefaultHub);
        if (logins.KeyOf(hub) is not { } key)
        {
            throw new CommandException($"There is no login to {hub.Authority}.");
        }

        // gty_<id>_<secret>
        using HubClient client = new(hub, key);
        await client.SendAsync(HttpMethod.Delete, "api/api-keys/" + Uri.EscapeDataString(key.Reveal().Split('_')[1]), body: null, cancellationToken);
        logins.Remove(hub);
        Console.Out.WriteLine($"Logged out of {hub.Authority}.");
        return ExitStatus.Succeeded;
    }

    private static Secret Key(string? text) => new(text ?? throw new CommandException("The hub answered no key."));
}
