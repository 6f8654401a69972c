using System.Text.RegularExpressions;

namespace Gantry.Engine.Specs.Layout;

/// <summary>The files of a repository that say how it is laid out, by their path with '/'. Made up in some tests.</summary>
public sealed partial class SourceTree
{
    private static readonly string[] Roots = ["src", "tests", "bench"];

    public SourceTree(IReadOnlyDictionary<string, string> textByPath)
    {
        Map = textByPath.GetValueOrDefault("ARCHITECTURE.md", "");
        Projects = [.. textByPath.Where(file => file.Key.EndsWith(".csproj", StringComparison.Ordinal)).Select(file => (file.Key, file.Value))];
        Sources = [.. textByPath.Where(file => file.Key.EndsWith(".cs", StringComparison.Ordinal)).Select(file => new SourceFile(file.Key, file.Value))];
    }

    public string Map { get; }

    public IReadOnlyList<(string Path, string Text)> Projects { get; }

    public IReadOnlyList<SourceFile> Sources { get; }

    public static SourceTree Load()
    {
        var root = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(root, "Gantry.slnx")))
        {
            root = Path.GetDirectoryName(root) ?? throw new InvalidOperationException("The tests do not run inside the repository.");
        }

        var files = Roots.Where(folder => Directory.Exists(Path.Combine(root, folder)))
            .SelectMany(folder => Directory.EnumerateFiles(Path.Combine(root, folder), "*.cs*", SearchOption.AllDirectories))
            .Append(Path.Combine(root, "ARCHITECTURE.md"));
        return new SourceTree(files.ToDictionary(file => Path.GetRelativePath(root, file).Replace('\\', '/'), File.ReadAllText, StringComparer.Ordinal));
    }

    /// <summary>The folders of Engine or Hub in the order in which they may use each other, as the map says it.</summary>
    public IReadOnlyList<string> OrderOf(string project) => project switch
    {
        "Gantry.Engine" => [.. Names().Matches(EngineArrows().Match(Map).Groups[1].Value).Select(match => match.Value)],
        _ => [.. Map.Split('\n')
            .SkipWhile(line => !line.TrimStart().StartsWith(project + "/", StringComparison.Ordinal))
            .Skip(1)
            .TakeWhile(line => line.StartsWith("    ", StringComparison.Ordinal))
            .SelectMany(line => LeadingFolders().Match(line).Groups[1].Captures.Select(capture => capture.Value))],
    };

    [GeneratedRegex(@"Inside Engine:([^;]*);")]
    private static partial Regex EngineArrows();

    [GeneratedRegex(@"\w+")]
    private static partial Regex Names();

    [GeneratedRegex(@"^    (?:([A-Z]\w*)/\s*)+")]
    private static partial Regex LeadingFolders();
}
