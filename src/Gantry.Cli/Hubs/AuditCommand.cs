using System.Globalization;
using System.Runtime.CompilerServices;
using Gantry.Cli.CommandLine;
using Gantry.Engine.Audit;
using Gantry.Engine.Endpoints;

namespace Gantry.Cli.Hubs;

/// <summary>"gantry audit …": who did what on a hub, and whether the log of it is still what was written.</summary>
internal static class AuditCommand
{
    private static readonly Option Json = new("--json", "Prints JSON.");

    public static Command Describe() => new()
    {
        Name = "audit",
        Help = "Lists, exports and verifies the audit log of a hub.",
        Commands =
        [
            new("list", "Lists what was done, the newest first.", DescribeList),
            new("export", "Writes the log to a file that can be verified without the hub.", DescribeExport),
            new("verify", "Says whether the log, or an exported file of it, is whole and unchanged.", DescribeVerify),
        ],
        Examples = ["gantry audit list --action 'sign_in.*' --since 2026-01-01", "gantry audit export audit.jsonl", "gantry audit verify", "gantry audit verify audit.jsonl"],
    };

    private static Command DescribeList() => HubList.Describe(
        "Lists what was done, the newest first.",
        "api/audit",
        [
            new(new("--action", "Only this action, such as user.created, or a group of them: sign_in.*") { Value = "ACTION" }, "action"),
            new(new("--user", "Only what this user did, or was done to.") { Value = "NAME" }, "user"),
            new(new("--target", "Only what was done to this.") { Value = "TARGET" }, "target"),
            new(new("--address", "Only what came from this address.") { Value = "ADDRESS" }, "address"),
            new(new("--since", "Only from this time on, such as 2026-01-31T08:00:00Z.") { Value = "TIME" }, "since"),
            new(new("--until", "Only before this time.") { Value = "TIME" }, "until"),
        ],
        ["position", "time", "user_name", "action", "target", "address"],
        limitDefault: 50);

    private static Command DescribeExport() => new()
    {
        Name = "export",
        Help = "Writes the log to a file that can be verified without the hub.",
        Arguments = [new("FILE", "Where to; standard output if not given.") { IsRequired = false }],
        Options = [new("--workspace-only", "Only what belongs to the workspace, also for an administrator."), HubChoice.Option],
        Notes = ["One JSON object a line, the oldest entry first; the last line is the hub's signature."],
        RunAsync = ExportAsync,
    };

    private static Command DescribeVerify() => new()
    {
        Name = "verify",
        Help = "Says whether the log, or an exported file of it, is whole and unchanged.",
        Arguments = [new("FILE", "An exported log; it is verified here, without a hub. Without it the hub verifies its own.") { IsRequired = false }],
        Options =
        [
            new("--key", "The fingerprint of the key that must have signed the file, as an earlier verification printed it.") { Value = "FINGERPRINT" },
            new("--from", "The first entry that the hub looks at: behind a loss that is known, such as that of a restored database.") { Value = "N" },
            Json,
            HubChoice.Option,
        ],
        Notes = ["Exit status: 0 when all is well; 1 when something is wrong, and the first entry that is."],
        RunAsync = VerifyAsync,
    };

    private static async Task<int> ExportAsync(Invocation invocation, CancellationToken cancellationToken)
    {
        using var hub = HubChoice.Open(invocation);
        var path = "api/audit/export" + (invocation.Has("--workspace-only") ? "?scope=workspace" : "");
        if (invocation.FindArgument("FILE") is not { } file)
        {
            await using var output = Console.OpenStandardOutput();
            await hub.DownloadAsync(path, output, cancellationToken);
            return ExitStatus.Succeeded;
        }

        // A file that bears the name is whole.
        var partial = file + ".part";
        try
        {
            await using (var output = File.Create(partial))
            {
                await hub.DownloadAsync(path, output, cancellationToken);
            }

            File.Move(partial, file, overwrite: true);
        }
        catch (Exception failed) when (failed is IOException or UnauthorizedAccessException)
        {
            throw new CommandException($"The log could not be written to '{EndpointPath.Printable(file)}': {failed.Message}");
        }
        finally
        {
            File.Delete(partial);
        }

        Console.Out.WriteLine($"Written to {EndpointPath.Printable(file)}. Verify it with 'gantry audit verify {EndpointPath.Printable(file)}'.");
        return ExitStatus.Succeeded;
    }

    private static Task<int> VerifyAsync(Invocation invocation, CancellationToken cancellationToken) =>
        invocation.FindArgument("FILE") is { } file ? VerifyFileAsync(invocation, file, cancellationToken) : VerifyHubAsync(invocation, cancellationToken);

    private static async Task<int> VerifyHubAsync(Invocation invocation, CancellationToken cancellationToken)
    {
        if (invocation.Has("--key"))
        {
            throw new UsageException("--key is for an exported file. A hub knows its own keys.");
        }

        using var hub = HubChoice.Open(invocation);
        var from = invocation.FindInteger("--from", 1, int.MaxValue) ?? 1;
        var verdict = await hub.GetAsync("api/audit/verify?from=" + from.ToString(CultureInfo.InvariantCulture), cancellationToken);
        var problem = verdict.Find("problem")?.FindText("message");
        if (invocation.Has("--json"))
        {
            Answer.Print(verdict, asJson: true);
        }
        else if (problem is null)
        {
            Console.Out.WriteLine($"All {verdict.FindText("entries")} entries are whole and unchanged. The log ends at entry {verdict.FindText("position")}, {verdict.FindText("hash")}.");
        }

        return Judge(problem, invocation.Has("--json"));
    }

    private static async Task<int> VerifyFileAsync(Invocation invocation, string file, CancellationToken cancellationToken)
    {
        if (invocation.Has("--from"))
        {
            throw new UsageException("--from is for a hub's log. A file is always verified from its beginning.");
        }

        AuditFileVerdict verdict;
        try
        {
            verdict = await AuditFile.VerifyAsync(ReadAsync(file, cancellationToken), invocation.Find("--key"), cancellationToken);
        }
        catch (Exception failed) when (failed is IOException or UnauthorizedAccessException)
        {
            throw new CommandException($"The file '{EndpointPath.Printable(file)}' cannot be read: {failed.Message}");
        }

        if (invocation.Has("--json"))
        {
            Answer.Print(System.Text.Json.JsonSerializer.SerializeToElement(new
            {
                ok = verdict.IsGood,
                entries = verdict.Entries,
                is_whole = verdict.IsWhole,
                key = verdict.Fingerprint,
                problem = verdict.IsGood ? null : new { position = verdict.Position, message = verdict.Problem },
            }), asJson: true);
        }
        else if (verdict.IsGood)
        {
            var part = verdict.IsWhole ? "the whole log" : "a part of the log, that of one workspace";
            Console.Out.WriteLine($"All {verdict.Entries} entries are unchanged; it is {part}, signed by the key {verdict.Fingerprint}.");
        }

        return Judge(verdict.Problem, invocation.Has("--json"));
    }

    private static int Judge(string? problem, bool asJson)
    {
        if (problem is null)
        {
            return ExitStatus.Succeeded;
        }

        return asJson ? ExitStatus.Failed : throw new CommandException(EndpointPath.Printable(problem));
    }

    private static async IAsyncEnumerable<string> ReadAsync(string file, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var reader = new StreamReader(file);
        while (await reader.ReadLineAsync(cancellationToken) is { } line)
        {
            yield return line;
        }
    }
}
