using System.Text.RegularExpressions;

namespace Gantry.Engine.Specs.Layout;

/// <summary>The rules of ARCHITECTURE.md that can be read from sources. Each answers a sentence for each breach.</summary>
public static partial class LayoutRules
{
    private const int LinesMax = 500;

    private static readonly Dictionary<string, string[]> MayReference = new(StringComparer.Ordinal)
    {
        ["Gantry.Engine"] = [],
        ["Gantry.Plugins"] = ["Gantry.Engine"],
        ["Gantry.Hub"] = ["Gantry.Engine", "Gantry.Plugins"],
        ["Gantry.Cli"] = ["Gantry.Engine", "Gantry.Plugins"],
    };

    private static readonly string[] FolderNamesForAnything = ["Common", "Util", "Utils", "Utilities", "Helper", "Helpers", "Misc", "Shared"];

    public static IEnumerable<string> Breaches(SourceTree tree) =>
        [.. Projects(tree), .. Arrows(tree, "Gantry.Engine"), .. Arrows(tree, "Gantry.Hub"), .. Plugins(tree), .. Namespaces(tree), .. Files(tree)];

    private static IEnumerable<string> Projects(SourceTree tree) =>
        from project in tree.Projects
        where project.Path.StartsWith("src/", StringComparison.Ordinal)
        let name = Path.GetFileNameWithoutExtension(project.Path)
        from reference in References().Matches(project.Text).Select(match => Path.GetFileNameWithoutExtension(match.Groups[1].Value.Replace('\\', '/')))
        where !MayReference.TryGetValue(name, out var allowed) || !allowed.Contains(reference)
        select $"{name} references {reference}: arrows point Hub → Plugins → Engine and Cli → Plugins → Engine.";

    private static IEnumerable<string> Arrows(SourceTree tree, string project)
    {
        var order = tree.OrderOf(project).ToList();
        var files = tree.Sources.Where(file => file.Path.StartsWith($"src/{project}/", StringComparison.Ordinal) && file.Folder is not null).ToList();
        foreach (var unknown in files.Select(file => file.Folder!).Distinct().Where(folder => !order.Contains(folder)))
        {
            yield return $"The folder '{unknown}' of {project} is not on the map in ARCHITECTURE.md.";
        }

        foreach (var file in files.Where(file => order.Contains(file.Folder!)))
        {
            foreach (var above in order.Skip(order.IndexOf(file.Folder!) + 1))
            {
                var types = files.Where(other => other.Folder == above).SelectMany(other => other.Types);
                if (file.Uses($"{project}.{above}") || types.Any(type => UsesRelatively(file, above, type)))
                {
                    yield return $"{file.Path} uses {project}.{above}, which stands above it.";
                }
            }
        }
    }

    /// <summary>"Plans.Plan" inside the namespace Gantry.Engine, without any using.</summary>
    private static bool UsesRelatively(SourceFile file, string folder, string type) =>
        file.Code.Contains(folder + "." + type, StringComparison.Ordinal) && file.Uses($"{folder}.{type}");

    /// <summary>SFTP is the lingua franca: what speaks it by another program is built on its client.</summary>
    private static bool IsBuiltOn(string path, string plugin) =>
        plugin == "src/Gantry.Plugins/Endpoints/Sftp" && path.StartsWith("src/Gantry.Plugins/Endpoints/Rclone/", StringComparison.Ordinal);

    /// <summary>Nothing outside a plugin's folder says a name of it; only AllPlugins.cs does.</summary>
    private static IEnumerable<string> Plugins(SourceTree tree)
    {
        var product = tree.Sources.Where(file => file.Path.StartsWith("src/", StringComparison.Ordinal)).ToList();
        var plugins = product.Where(file => file.Project == "Gantry.Plugins" && file.Folder is not null)
            .GroupBy(file => string.Join('/', file.Path.Split('/').Take(4)), StringComparer.Ordinal);
        foreach (var plugin in plugins)
        {
            var outside = product.Where(file => !file.Path.StartsWith(plugin.Key + "/", StringComparison.Ordinal)
                && file.Path != "src/Gantry.Plugins/AllPlugins.cs"
                && !IsBuiltOn(file.Path, plugin.Key));
            var name = plugin.Key["src/".Length..].Replace('/', '.');
            var folder = name[(name.LastIndexOf('.') + 1)..];
            List<string> names = [name, .. plugin.SelectMany(file => file.Types).Distinct().Select(type => $"{folder}.{type}")];
            foreach (var file in outside)
            {
                if (names.Find(used => file.Code.Contains(used, StringComparison.Ordinal) && file.Uses(used)) is { } used)
                {
                    yield return $"{file.Path} says '{used}': a plugin's names stand in its own folder and in AllPlugins.cs only.";
                }
            }
        }
    }

    /// <summary>A file whose namespace is not its folder would hide where its arrows come from; a global using, where they go.</summary>
    private static IEnumerable<string> Namespaces(SourceTree tree)
    {
        foreach (var file in tree.Sources.Where(file => file.Path.StartsWith("src/", StringComparison.Ordinal)))
        {
            var expected = string.Join('.', file.Folders.Skip(1));
            if (file.Namespace is { } actual && actual != expected)
            {
                yield return $"{file.Path} has the namespace {actual}; its folder says {expected}.";
            }

            if (GlobalUsings().IsMatch(file.Code))
            {
                yield return $"{file.Path} has a global using of Gantry, which hides what its files use.";
            }
        }
    }

    private static IEnumerable<string> Files(SourceTree tree)
    {
        foreach (var folder in tree.Sources.SelectMany(file => file.Folders).Distinct().Intersect(FolderNamesForAnything, StringComparer.OrdinalIgnoreCase))
        {
            yield return $"A folder is named '{folder}': what is in it has no name yet.";
        }

        foreach (var file in tree.Sources.Where(file => file.LineCount > LinesMax))
        {
            yield return $"{file.Path} has {file.LineCount} lines; more than {LinesMax} are two subjects.";
        }
    }

    [GeneratedRegex(@"<ProjectReference\s+Include=""([^""]+)""")]
    private static partial Regex References();

    [GeneratedRegex(@"\bglobal\s+using\s+(?:static\s+)?(?:\w+\s*=\s*)?(?:global::)?Gantry\b")]
    private static partial Regex GlobalUsings();
}
