using System.Text.Json.Nodes;
using Gantry.Cli.CommandLine;
using Gantry.Engine.Documents;
using Gantry.Engine.Plans;
using Gantry.Engine.Providers;

namespace Gantry.Cli.Plans;

/// <summary>A plan in a file of the user.</summary>
internal sealed class PlanFile
{
    private static readonly string[] Extensions = [".yaml", ".yml", ".json"];

    private readonly string path;
    private readonly byte[] content;

    private PlanFile(string path, byte[] content) => (this.path, this.content) = (path, content);

    /// <summary>"-" is standard input. A word without an extension and a '/' is a saved plan's name, even when a file is called so.</summary>
    public static bool IsOne(string plan) =>
        plan == "-" || plan.Contains('/', StringComparison.Ordinal) || Extensions.Contains(Path.GetExtension(plan), StringComparer.OrdinalIgnoreCase);

    public string Text => System.Text.Encoding.UTF8.GetString(content);

    /// <summary>The plan that this one calls by its name: NAME.yaml, NAME.yml or NAME.json beside it; null when there is none.</summary>
    public PlanFile? FindCalled(string name)
    {
        var folder = path == "-" ? "." : Path.GetDirectoryName(Path.GetFullPath(path))!;
        return name.IndexOfAny(['/', '\\', '\0']) >= 0
            ? null
            : Extensions.Select(extension => Path.Combine(folder, name + extension)).Where(File.Exists).Select(Read).FirstOrDefault();
    }

    public static PlanFile Read(string path)
    {
        using var file = path == "-" ? Console.OpenStandardInput() : Open(path);
        MemoryStream content = new();
        var buffer = new byte[64 * 1024];
        while (content.Length <= PlanReader.BytesMax && file.Read(buffer) is > 0 and var count)
        {
            content.Write(buffer, 0, count);
        }

        // One byte over the limit is enough for the reader to refuse it.
        return new PlanFile(path, content.ToArray());
    }

    /// <summary>Everything that is wrong with it.</summary>
    public IReadOnlyList<PlanFinding> FindWrong(ProviderCatalog providers) => PlanCheck.Check(PlanReader.Read(content), providers, FindPlan);

    /// <summary>The plan when nothing is wrong with it; otherwise everything that is wrong, with file, line and column.</summary>
    public Plan Check(ProviderCatalog providers)
    {
        var document = PlanReader.Read(content);
        var findings = PlanCheck.Check(document, providers, FindPlan);
        return findings.Count == 0 ? document.Plan! : throw new CommandException(
            $"{(findings.Count == 1 ? "One thing is" : $"{findings.Count} things are")} wrong with the plan.\n"
            + string.Join('\n', findings.Select(finding => $"{path}:{finding}")));
    }

    /// <summary>Where "steps[0].with.url" stands in it: "plan.yaml:12:7".</summary>
    public string PlaceOf(string part) => $"{path}:{PlanReader.Read(content).PlaceOf(part)}";

    /// <summary>The plan's document as JSON, whatever it is written in.</summary>
    public JsonNode ToJson()
    {
        try
        {
            return JsonNode.Parse(DocumentReader.Read(content).ToJson().GetRawText())!;
        }
        catch (DocumentException unreadable)
        {
            throw new CommandException($"{path}:{unreadable.Position.Line}:{unreadable.Position.Column}: {unreadable.Message}");
        }
    }

    private Plan? FindPlan(string name) => FindCalled(name) is { } file ? PlanReader.Read(file.content).Plan : null;

    private static FileStream Open(string path)
    {
        try
        {
            return File.OpenRead(path);
        }
        catch (Exception missing) when (missing is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new CommandException($"There is no file '{path}'.");
        }
    }
}
