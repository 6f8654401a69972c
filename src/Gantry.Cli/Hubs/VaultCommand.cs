using System.Text.Json;
using System.Text.Json.Nodes;
using Gantry.Cli.CommandLine;

namespace Gantry.Cli.Hubs;

/// <summary>"gantry vault …": the key ring of a hub, for its administrator.</summary>
internal static class VaultCommand
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);
    private static readonly Option Json = new("--json", "Prints JSON.");

    public static Command Describe() => new()
    {
        Name = "vault",
        Help = "Shows the keys that seal a hub's credentials, and rotates them.",
        Commands =
        [
            new("status", "Shows fingerprints of keys, and how many credentials each generation of them seals.", DescribeStatus),
            new("rotate", "Makes new keys and seals every credential anew by them.", DescribeRotate),
        ],
        Examples = ["gantry vault status", "gantry vault rotate --hub https://gantry.example.org"],
    };

    private static Command DescribeStatus() => new()
    {
        Name = "status",
        Help = "Shows fingerprints of keys, and how many credentials each generation of them seals.",
        Options = [Json, HubChoice.Option],
        RunAsync = async (invocation, cancellationToken) =>
        {
            using var hub = HubChoice.Open(invocation);
            Answer.Print(await hub.GetAsync("api/vault", cancellationToken), invocation.Has("--json"));
            return ExitStatus.Succeeded;
        },
    };

    private static Command DescribeRotate() => new()
    {
        Name = "rotate",
        Help = "Makes new keys and seals every credential anew by them, while the hub is in use.",
        Options = [new("--no-wait", "Returns at once; the rotation goes on by itself."), Json, HubChoice.Option],
        Notes =
        [
            "Data keys are always new. The master key is, too, where the hub keeps it itself, in 'master.key' of its data folder; copy that file again then.",
            "A master key from GANTRY_MASTER_KEY or master_key_file is changed there: write the new one before the old one, and restart the hub.",
            "What is interrupted goes on by itself, also after a restart of the hub.",
        ],
        RunAsync = RotateAsync,
    };

    private static async Task<int> RotateAsync(Invocation invocation, CancellationToken cancellationToken)
    {
        using var hub = HubChoice.Open(invocation);
        var vault = await hub.SendAsync(HttpMethod.Post, "api/vault/rotate", new JsonObject(), cancellationToken) ?? default;
        while (!invocation.Has("--no-wait") && vault.Find("rotation")?.Find("is_complete")?.ValueKind == JsonValueKind.False)
        {
            await Task.Delay(Pause, TimeProvider.System, cancellationToken);
            vault = await hub.GetAsync("api/vault", cancellationToken);
        }

        Answer.Print(vault, invocation.Has("--json"));
        return vault.Find("rotation")?.FindText("unreadable") is null or "0" ? ExitStatus.Succeeded : ExitStatus.Failed;
    }
}
