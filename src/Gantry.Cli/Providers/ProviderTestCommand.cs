using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Gantry.Cli.CommandLine;
using Gantry.Engine.Endpoints;
using Gantry.Engine.Providers.Manifests;
using Gantry.Engine.Providers.Manifests.Rehearsals;
using Gantry.Engine.Settings;
using Gantry.Plugins;

namespace Gantry.Cli.Providers;

/// <summary>"gantry provider test": a manifest is tried without its vendor, and what it sends is shown.</summary>
internal static class ProviderTestCommand
{
    private const int BodyLengthMax = 2_000;

    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        WriteIndented = true,
    };

    public static Command Describe() => new()
    {
        Name = "test",
        Help = "Sends every action of a manifest to a recorder on this machine, and shows what arrived and what is wrong with it.",
        Arguments = [new("FILE", "A manifest's file, or the id of a provider.")],
        Options =
        [
            new("--action", "Only this action.") { Value = "ACTION" },
            new("--value", "A value that is not made up: of a parameter by NAME or ACTION.NAME, of the connection by connection.NAME.") { Value = "NAME=VALUE", IsMany = true },
            new("--json", "Prints it as JSON."),
        ],
        Notes =
        [
            "Nothing is asked of the vendor, and no credential is read: values are made up, and the recorder answers.",
            "Tried are: all parameters and the required ones, wrong ones, a busy vendor (429), a refused token, pages, an error in a 200, an answer that is no JSON.",
            "Exit status: 0 nothing failed, 1 something did, 2 there is nothing to test.",
        ],
        Examples = ["gantry provider test acme", "gantry provider test providers/acme.yaml --value list_contacts.segment=EU-7"],
        RunAsync = RunAsync,
    };

    private static async Task<int> RunAsync(Invocation invocation, CancellationToken cancellationToken)
    {
        var (file, text) = Read(invocation.Argument("FILE"));
        RehearsalReport report;
        try
        {
            report = await ManifestRehearsal.RunAsync(text, file, invocation.FindPairs("--value"), invocation.Find("--action"), cancellationToken);
        }
        catch (ManifestException wrong)
        {
            return Refuse(wrong, invocation.Has("--json"));
        }
        catch (ArgumentException unknown)
        {
            throw new CommandException(unknown.Message, ExitStatus.WrongUsage);
        }

        var isGood = report.Trials.All(trial => trial.Faults.Count == 0);
        if (invocation.Has("--json"))
        {
            Console.Out.WriteLine(JsonSerializer.Serialize(new { report.Provider, Passed = isGood, report.Verify, report.Actions }, Json));
        }
        else
        {
            Print(report);
        }

        return isGood ? ExitStatus.Succeeded : ExitStatus.Failed;
    }

    /// <summary>The file, or the manifest of an own provider, or of one of this program.</summary>
    private static (string File, string Text) Read(string given)
    {
        if (!File.Exists(given) && !File.Exists(UserProviders.FileOf(given)) && AllPlugins.Providers.ShippedManifest(given) is { } shipped)
        {
            return (given + OwnManifests.Extension, shipped);
        }

        if (!File.Exists(given) && AllPlugins.Providers.IsShipped(given))
        {
            throw new CommandException($"'{given}' is a provider in code and has no manifest to test.", ExitStatus.WrongUsage);
        }

        try
        {
            return ManifestFile.Read(given);
        }
        catch (CommandException missing)
        {
            throw new CommandException(missing.Message + NearestName.Hint(given, UserProviders.Catalog.All.Select(provider => provider.Id)), ExitStatus.WrongUsage);
        }
    }

    private static int Refuse(ManifestException wrong, bool isJson)
    {
        if (isJson)
        {
            Console.Out.WriteLine(JsonSerializer.Serialize(
                new { Passed = false, Findings = wrong.Findings.Select(finding => new { finding.File, finding.Position.Line, finding.Position.Column, finding.Message }) }, Json));
            return ExitStatus.Failed;
        }

        foreach (var finding in wrong.Findings)
        {
            Console.Out.WriteLine($"{finding.File}:{finding.Position.Line}:{finding.Position.Column}: {finding.Message}");
        }

        return ExitStatus.Failed;
    }

    private static void Print(RehearsalReport report)
    {
        foreach (var action in report.Actions)
        {
            Console.Out.WriteLine($"{report.Provider}.{action.Action}");
            foreach (var trial in action.Trials)
            {
                Print(trial, showsAll: trial == action.Trials[0]);
            }
        }

        if (report.Verify is { } verify)
        {
            Console.Out.WriteLine(report.Provider);
            Print(verify, showsAll: true);
        }

        var (tried, failed) = (report.Trials.Count(trial => trial.NotTried is null), report.Trials.Count(trial => trial.Faults.Count > 0));
        Console.Out.WriteLine($"{report.Provider}: {report.Actions.Count} {(report.Actions.Count == 1 ? "action" : "actions")}, {tried} trials, {(failed == 0 ? "none" : failed)} failed.");
    }

    /// <param name="trial">What came of it.</param>
    /// <param name="showsAll">The requests whole, and not only their first lines.</param>
    private static void Print(RehearsedTrial trial, bool showsAll)
    {
        var outcome = trial.Faults.Count > 0 ? "FAILED" : trial.NotTried is null ? "ok" : "-";
        Line($"  {outcome,-7} {trial.Trial}{(trial.NotTried is { } why ? $": not tried, {why}" : trial.Note is { } note ? $": {note}" : "")}");
        foreach (var fault in trial.Faults)
        {
            Line($"          {fault}");
        }

        foreach (var sent in trial.Sent)
        {
            Line($"          {sent.Method} {sent.Host}{sent.Target}{(sent.IsForToken ? " (for a token)" : "")}");
            if (showsAll || trial.Faults.Count > 0)
            {
                PrintRest(sent);
            }
        }
    }

    private static void PrintRest(SentRequest sent)
    {
        foreach (var (name, value) in sent.Headers)
        {
            Line($"            {name}: {value}");
        }

        if (sent.Body is { } body)
        {
            foreach (var line in (body.Length > BodyLengthMax ? body[..BodyLengthMax] + " …" : body).ReplaceLineEndings("\n").Split('\n'))
            {
                Line($"            {line}");
            }
        }
    }

    private static void Line(string text) => Console.Out.WriteLine(EndpointPath.Printable(text));
}
