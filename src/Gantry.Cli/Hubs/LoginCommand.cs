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
            new("--scope", "What the key may do: read, run, write, manage, reveal. All of them if not given; never more than the user may.") { Value = "SCOPE", IsMany = true },
            new("--password-stdin", "Reads the password from standard input instead of asking; a second line is the new password."),
            HubChoice.Option,
        ],
        Notes = ["A one-time password is replaced by a new one, which is asked for, or is the second line of standard input."],
        Examples = ["gantry login", "gantry login --hub https://gantry.example.org --user ada", "gantry login --user ada --password-stdin < password.txt", "gantry login --scope read --scope run"],
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
        if (session.Find("must_change_password")?.GetBoolean() == true)
        {
            await ChangePasswordAsync(signedIn, password, invocation.Has("--password-stdin"), cancellationToken);
        }

        var scopes = invocation.FindAll("--scope") is { Count: > 0 } asked ? asked : ["read", "run", "write", "manage", "reveal"];
        var name = $"gantry on {Environment.MachineName}";
        var made = await signedIn.SendAsync(
            HttpMethod.Post, "api/api-keys", new JsonObject { ["name"] = name, ["scopes"] = new JsonArray([.. scopes.Select(scope => JsonValue.Create(scope))]) }, cancellationToken) ?? default;
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

        using HubClient client = new(hub, key);
        if (IdOf(key) is { } id)
        {
            await client.SendAsync(HttpMethod.Delete, $"api/api-keys/{id}", body: null, cancellationToken);
        }

        logins.Remove(hub);
        Console.Out.WriteLine($"Logged out of {hub.Authority}.");
        return ExitStatus.Succeeded;
    }

    /// <summary>A one-time password is good for one thing: setting the real one.</summary>
    private static async Task ChangePasswordAsync(HubClient hub, string password, bool isFromInput, CancellationToken cancellationToken)
    {
        var changed = isFromInput ? Console.In.ReadLine() : await Prompt.HiddenAsync("This password is to be used once. The new password", cancellationToken);
        if (changed is null)
        {
            Console.Error.WriteLine("gantry: This password is to be used once: give a new one as the second line of standard input.");
            return;
        }

        if (!isFromInput && await Prompt.HiddenAsync("The new password again", cancellationToken) != changed)
        {
            throw new CommandException("The two are not the same. Nothing was changed.");
        }

        await hub.SendAsync(
            HttpMethod.Post, "api/me/password", new JsonObject { ["current_password"] = password, ["new_password"] = changed }, cancellationToken);
    }

    /// <summary>Of gty_ID_SECRET; null when the key has another form.</summary>
    private static Guid? IdOf(Secret key) =>
        key.Reveal().Split('_') is ["gty", var id, ..] && Guid.TryParseExact(id, "N", out var parsed) ? parsed : null;

    private static Secret Key(string? text) => new(text ?? throw new CommandException("The hub answered no key."));
}
