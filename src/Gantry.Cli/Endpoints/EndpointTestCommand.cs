using System.Text.Json;
using Gantry.Cli.CommandLine;
using Gantry.Cli.Hubs;
using Gantry.Engine.Endpoints;

namespace Gantry.Cli.Endpoints;

/// <summary>"gantry endpoint test": what a place can do, and the one moment at which a person approves a server's key.</summary>
internal static class EndpointTestCommand
{
    private const string Accept = "--accept-host-key";

    public static Command Describe() => new()
    {
        Name = "test",
        Help = "Connects, lists, writes, renames and deletes a file there, and names what fails.",
        Arguments = [EndpointCommand.Name],
        Options =
        [
            new(Accept, "Pins the server's key when it has this fingerprint, without asking.") { Value = "SHA256:…" },
            EndpointCommand.Json,
            HubChoice.Option,
        ],
        Notes =
        [
            "When the server's key is not known or has changed, it is shown, and asked whether to pin it: from then on only this key is accepted.",
            "Exit status: 0 all went well, 1 something is not allowed there, 3 no connection, login refused or host key not accepted.",
        ],
        Examples =
        [
            "gantry endpoint test web",
            "gantry endpoint test web --accept-host-key SHA256:nThbg6kXUpJWGl7E1IGOCspRomTxdCARLviKw6E5SY8",
        ],
        RunAsync = RunAsync,
    };

    private static async Task<int> RunAsync(Invocation invocation, CancellationToken cancellationToken)
    {
        var name = invocation.Argument("NAME");
        var places = EndpointCommand.Places(invocation);
        var result = await places.TestAsync(name, cancellationToken);
        if (result.Find("host_key") is { ValueKind: JsonValueKind.Object } shown && await IsAcceptedAsync(invocation, result, shown, cancellationToken))
        {
            await places.ChangeAsync(name, shown.FindText("setting")!, shown.FindText("key")!, cancellationToken);
            Terminal.Note($"The key is pinned: '{name}' accepts no other from now on.");
            result = await places.TestAsync(name, cancellationToken);
        }

        if (invocation.Has("--json"))
        {
            Answer.Print(result, asJson: true);
        }
        else
        {
            Show(invocation, result);
        }

        return result.Find("ok")?.GetBoolean() == true ? ExitStatus.Succeeded
            : result.FindText("failed_phase") is "connect" or "login" or "host key" ? ExitStatus.CannotConnect
            : ExitStatus.Failed;
    }

    private static async Task<bool> IsAcceptedAsync(Invocation invocation, JsonElement result, JsonElement shown, CancellationToken cancellationToken)
    {
        var fingerprint = shown.FindText("fingerprint");
        if (invocation.Find(Accept) is { } expected)
        {
            return expected == fingerprint ? true : throw new CommandException(
                $"The server shows a key with the fingerprint {fingerprint}, not {expected}. Nothing was pinned and nothing was sent.", ExitStatus.CannotConnect);
        }

        if (invocation.Has("--json") || !Terminal.CanAsk)
        {
            return false;
        }

        Terminal.Note(EndpointPath.Printable(result.FindText("detail") ?? ""));
        Console.Error.WriteLine($"\n  {shown.FindText("key")}\n  {fingerprint}\n");
        return await Prompt.TextAsync("Is this the fingerprint that the server's owner names? Pin it (yes/no)", cancellationToken)
            is "yes" or "y" or "Yes" or "YES";
    }

    private static void Show(Invocation invocation, JsonElement result)
    {
        var name = invocation.Argument("NAME");
        var passed = result.Find("passed") is { ValueKind: JsonValueKind.Array } phases
            ? string.Join(", ", phases.EnumerateArray().Select(phase => phase.GetString()))
            : "";
        if (result.FindText("failed_phase") is not { } failed)
        {
            Console.Out.WriteLine($"'{name}' works: {passed}.");
            return;
        }

        if (passed.Length > 0)
        {
            Console.Out.WriteLine($"Went well: {passed}.");
        }

        Console.Out.WriteLine($"Failed: {failed}. {EndpointPath.Printable(result.FindText("detail") ?? "")}");
        if (result.Find("host_key") is { ValueKind: JsonValueKind.Object } shown)
        {
            var hub = invocation.Find("--hub") is { } address ? " --hub " + address : "";
            Console.Out.WriteLine($"If that is the right key, pin it: gantry endpoint test {name}{hub} {Accept} {shown.FindText("fingerprint")}");
        }
    }
}
