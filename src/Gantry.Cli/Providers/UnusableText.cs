using System.Text.Json;
using Gantry.Cli.Hubs;
using Gantry.Engine.Endpoints;
using Gantry.Engine.Providers.Manifests;

namespace Gantry.Cli.Providers;

/// <summary>What is wrong with providers that cannot be used, as compilers write it, and what to do about it.</summary>
internal static class UnusableText
{
    public static IEnumerable<string> LinesOf(UnusableManifest manifest) =>
    [
        .. manifest.Findings.Select(finding => Line(finding.File, finding.Position.Line, finding.Position.Column, finding.Message)), $"  {manifest.Advice}",
    ];

    /// <summary>Of one that a hub told.</summary>
    public static IEnumerable<string> LinesOf(JsonElement manifest) =>
    [
        .. manifest.GetProperty("findings").EnumerateArray().Select(finding => Line(
            finding.FindText("file") ?? "", finding.GetProperty("line").GetInt32(), finding.GetProperty("column").GetInt32(), finding.FindText("message") ?? "")),
        $"  {EndpointPath.Printable(manifest.FindText("advice") ?? "")}",
    ];

    private static string Line(string file, int line, int column, string message) => $"{EndpointPath.Printable(file)}:{line}:{column}: {EndpointPath.Printable(message)}";
}
