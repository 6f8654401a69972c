using System.Net.Http.Headers;
using System.Text;
using Gantry.Cli.CommandLine;
using Gantry.Cli.Hubs;
using Gantry.Plugins;

namespace Gantry.Cli.Plans;

/// <summary>
/// "gantry plan apply": makes the hub's plans what files say. All files are checked before the first is saved; what is saved as it is already is left alone, so that
/// applying the same files again changes nothing.
/// </summary>
internal static class PlanApplyCommand
{
    private static readonly string[] Patterns = ["*.yaml", "*.yml", "*.json"];

    public static Command Describe() => new()
    {
        Name = "apply",
        Help = "Saves a plan's file, or every plan of a folder and those below, on the hub: new ones, and changed ones as new versions.",
        Arguments = [new("FILE", "A plan's file, '-' for standard input, or a folder of them (such as a checkout).")],
        Options =
        [
            new("--prune", "Of a folder: deletes the hub's plans that are not in it. Templates of transfers, and what plans ran, stay."),
            new("--dry-run", "Says what would be done, and does none of it."),
            HubChoice.Option,
        ],
        Examples = ["gantry plan apply publish.yaml", "gantry plan apply plans/ --prune --dry-run"],
        RunAsync = RunAsync,
    };

    private static async Task<int> RunAsync(Invocation invocation, CancellationToken cancellationToken)
    {
        var path = invocation.Argument("FILE");
        var isFolder = path != "-" && Directory.Exists(path);
        if (invocation.Has("--prune") && !isFolder)
        {
            throw new UsageException("--prune is for a folder: of one file nobody can tell which plans are gone.");
        }

        var files = isFolder ? OfFolder(path) : OfFile(path);
        using var hub = HubChoice.Open(invocation);
        var saved = await SavedAsync(hub, "api/plans", cancellationToken);
        foreach (var (name, file) in files)
        {
            await ApplyAsync(hub, name, file, saved.Contains(name), invocation.Has("--dry-run"), cancellationToken);
        }

        if (invocation.Has("--prune"))
        {
            var templates = await SavedAsync(hub, "api/transfer-templates", cancellationToken);
            foreach (var name in saved.Where(name => !files.ContainsKey(name) && !templates.Contains(name)).Order(StringComparer.Ordinal))
            {
                await PruneAsync(hub, name, invocation.Has("--dry-run"), cancellationToken);
            }
        }

        return ExitStatus.Succeeded;
    }

    private static Dictionary<string, PlanFile> OfFile(string path)
    {
        var file = PlanFile.Read(path);
        return new Dictionary<string, PlanFile>(StringComparer.Ordinal) { [NameOf(file, path)] = file };
    }

    /// <summary>By their names, in the order of their paths.</summary>
    private static Dictionary<string, PlanFile> OfFolder(string folder)
    {
        var paths = Patterns.SelectMany(pattern => Directory.EnumerateFiles(folder, pattern, SearchOption.AllDirectories))
            .Where(path => !Path.GetRelativePath(folder, path).Split(Path.DirectorySeparatorChar).Any(part => part.StartsWith('.')))
            .Order(StringComparer.Ordinal).ToList();
        if (paths.Count == 0)
        {
            throw new CommandException($"There is no plan in '{folder}': no file that ends in .yaml, .yml or .json.");
        }

        Dictionary<string, PlanFile> files = new(StringComparer.Ordinal);
        Dictionary<string, string> places = new(StringComparer.Ordinal);
        List<string> wrong = [];
        foreach (var path in paths)
        {
            try
            {
                var file = PlanFile.Read(path);
                var name = NameOf(file, path);
                if (!files.TryAdd(name, file))
                {
                    wrong.Add($"{path}: the plan '{name}' is in {places[name]} already.");
                }

                places.TryAdd(name, path);
            }
            catch (CommandException unfit)
            {
                wrong.Add(unfit.Message);
            }
        }

        return wrong.Count == 0 ? files : throw new CommandException("Nothing was saved.\n" + string.Join('\n', wrong));
    }

    private static async Task ApplyAsync(HubClient hub, string name, PlanFile file, bool isSaved, bool isDryRun, CancellationToken cancellationToken)
    {
        if (isSaved && (await hub.GetAsync(PathOf(name), cancellationToken)).FindText("source") == file.Text)
        {
            Console.Out.WriteLine($"The plan '{name}' is unchanged.");
            return;
        }

        if (isDryRun)
        {
            Console.Out.WriteLine($"The plan '{name}' would be {(isSaved ? "changed" : "new")}.");
            return;
        }

        using StringContent text = new(file.Text, Encoding.UTF8, new MediaTypeHeaderValue("application/yaml"));
        var version = (await hub.SendAsync(HttpMethod.Put, PathOf(name), content: text, cancellationToken) ?? default).FindText("version");
        Console.Out.WriteLine($"The plan '{name}' is saved as version {version}.");
    }

    private static async Task PruneAsync(HubClient hub, string name, bool isDryRun, CancellationToken cancellationToken)
    {
        if (!isDryRun)
        {
            await hub.SendAsync(HttpMethod.Delete, PathOf(name), body: null, cancellationToken);
        }

        Console.Out.WriteLine($"The plan '{name}' {(isDryRun ? "would be" : "is")} deleted.");
    }

    private static async Task<HashSet<string>> SavedAsync(HubClient hub, string path, CancellationToken cancellationToken) =>
        await hub.ListAsync(path + "?limit=100", cancellationToken).Select(plan => plan.FindText("name") ?? "").ToHashSetAsync(StringComparer.Ordinal, cancellationToken);

    private static string NameOf(PlanFile file, string path) => file.Check(AllPlugins.Providers).Name
        ?? throw new CommandException($"{path}: a plan that is saved needs a name. Give it the field 'name'.");

    private static string PathOf(string name) => $"api/plans/{Uri.EscapeDataString(name)}";
}
