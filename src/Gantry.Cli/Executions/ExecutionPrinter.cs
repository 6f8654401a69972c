using System.Globalization;
using System.Text.Json;
using Gantry.Engine.Endpoints;
using Gantry.Engine.Plans;
using Gantry.Engine.Providers;

namespace Gantry.Cli.Executions;

/// <summary>Tells a person what an execution does while it does it: a line for each entry of its log, and its progress on a line that is overwritten.</summary>
internal sealed class ExecutionPrinter : IJournalListener
{
    private readonly bool isLive = !Console.IsErrorRedirected;
    private bool hasProgress;

    /// <summary>The log tells of every start and end of a step already.</summary>
    public void Recorded(StepAttempt attempt)
    {
    }

    public void Wrote(ExecutionLogLine line)
    {
        if (line.Level != StepLogLevel.Debug)
        {
            Log(line.Level.ToString().ToLowerInvariant(), line.Message, DepthOf(line.StepPath));
        }
    }

    public void Reported(string stepPath, JsonElement progress) => Progress(progress);

    /// <summary>What is within other steps is further to the right.</summary>
    public void Log(string level, string message, int depth = 0) => Line($"{new string(' ', 2 * depth)}{(level == "info" ? message : $"{level}: {message}")}");

    public void Progress(JsonElement progress)
    {
        if (isLive)
        {
            hasProgress = true;
            Console.Error.Write($"\r\e[K  {Describe(progress)}");
        }
    }

    public void Line(string text)
    {
        if (hasProgress)
        {
            hasProgress = false;
            Console.Error.Write("\r\e[K");
        }

        Console.Out.WriteLine(EndpointPath.Printable(text));
    }

    /// <summary>"3.items[7].0" is within one step, "3.items[7].0.then.1" within two.</summary>
    private static int DepthOf(string? stepPath) => stepPath is null ? 0 : stepPath.Count(character => character == '.') / 2;

    /// <summary>{"files_done": 3, "files_total": 20} as "files done 3, files total 20".</summary>
    private static string Describe(JsonElement progress)
    {
        if (progress.ValueKind != JsonValueKind.Object)
        {
            return EndpointPath.Printable(progress.GetRawText());
        }

        var parts = progress.EnumerateObject()
            .Where(member => member.Value.ValueKind is JsonValueKind.Number or JsonValueKind.String)
            .Select(member => $"{member.Name.Replace('_', ' ')} {Value(member)}");
        return EndpointPath.Printable(string.Join(", ", parts));
    }

    private static string Value(JsonProperty member) =>
        member.Value.ValueKind == JsonValueKind.Number && member.Name.Contains("bytes", StringComparison.Ordinal) && member.Value.TryGetDouble(out var bytes)
            ? Bytes(bytes)
            : member.Value.ToString();

    private static string Bytes(double bytes)
    {
        string[] units = ["B", "kB", "MB", "GB", "TB"];
        var unit = 0;
        while (bytes >= 1000 && unit < units.Length - 1)
        {
            bytes /= 1000;
            unit++;
        }

        return bytes.ToString(unit == 0 ? "0" : "0.0", CultureInfo.InvariantCulture) + " " + units[unit];
    }
}
