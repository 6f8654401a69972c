using System.Net.Http.Headers;
using System.Text;
using Gantry.Cli.CommandLine;
using Gantry.Cli.Hubs;
using Gantry.Cli.Providers;

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
            new("--origin", "Where the plans come from, such as the checkout's name: the hub notes it at each of them.") { Value = "NAME" },
            new("--prune", "Of a folder: deletes the hub's plans of the same --origin that are not in it any more. All others stay, and what plans ran."),
            new("--dry-run", "Says what would be done, and does none of it."),
            HubChoice.Option,
        ],
        Examples = ["gantry plan apply publish.yaml", "gantry plan apply plans/ --origin site-plans", "gantry plan apply plans/ --origin site-plans --prune --dry-run"],
        RunAsync = RunAsync,
    };

    private static async Task<int> RunAsync(Invocation invocation, CancellationToken cancellationToken)
    {
        var path = invocation.Argument("FILE");
        var isFolder = path != "-" && Directory.Exists(path);
        var (origin, isDryRun) = (invocation.Find("--origin"), invocation.Has("--dry-run"));
        if (invocation.Has("--prune") && !isFolder)
        {
            throw new UsageException("--prune is for a folder: of one file nobody can tell which plans are gone.");
        }

        if (invocation.Has("--prune") && origin is null)
        {
            throw new UsageException("--prune needs --origin NAME: only plans that were applied under that name are deleted when they are gone from the folder.");
        }

        var files = isFolder ? OfFolder(path) : OfFile(path);
        using var hub = HubChoice.Open(invocation);
        var saved = await SavedAsync(hub, cancellationToken);
        foreach (var (name, file) in files)
        {
            await ApplyAsync(hub, name, file, origin, saved, isDryRun, cancellationToken);
        }

        if (invocation.Has("--prune"))
        {
            foreach (var name in saved.Where(plan => plan.Value == origin && !files.ContainsKey(plan.Key)).Select(plan => plan.Key))
            {
                await PruneAsync(hub, name, origin!, isDryRun, cancellationToken);
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

    private static async Task ApplyAsync(
        HubClient hub, string name, PlanFile file, string? origin, Dictionary<string, string?> saved, bool isDryRun, CancellationToken cancellationToken)
    {
        var isSaved = saved.TryGetValue(name, out var other);
        var isMoved = isSaved && origin is not null && origin != other;
        var from = isMoved ? $" It comes from '{origin}' then{(other is null ? "" : $", and no longer from '{other}'")}." : "";
        var isSame = isSaved && (await hub.GetAsync(PathOf(name), cancellationToken)).FindText("source") == file.Text;
        if (isSame && !isMoved)
        {
            Console.Out.WriteLine($"The plan '{name}' is unchanged.");
            return;
        }

        if (isDryRun)
        {
            Console.Out.WriteLine($"The plan '{name}' would be {(isSame ? "moved" : isSaved ? "changed" : "new")}.{from}");
            return;
        }

        using StringContent text = new(file.Text, Encoding.UTF8, new MediaTypeHeaderValue("application/yaml"));
        var version = (await hub.SendAsync(HttpMethod.Put, PathOf(name, origin), content: text, cancellationToken) ?? default).FindText("version");
        Console.Out.WriteLine($"The plan '{name}' is saved as version {version}.{from}");
    }

    /// <summary>The hub looks at the origin once more, so that a plan that was moved meanwhile stays.</summary>
    private static async Task PruneAsync(HubClient hub, string name, string origin, bool isDryRun, CancellationToken cancellationToken)
    {
        if (!isDryRun)
        {
            await hub.SendAsync(HttpMethod.Delete, PathOf(name, origin), body: null, cancellationToken);
        }

        Console.Out.WriteLine($"The plan '{name}' {(isDryRun ? "would be" : "is")} deleted.");
    }

    /// <summary>The hub's plans in the order of their names, each with its origin.</summary>
    private static async Task<Dictionary<string, string?>> SavedAsync(HubClient hub, CancellationToken cancellationToken)
    {
        Dictionary<string, string?> saved = new(StringComparer.Ordinal);
        await foreach (var plan in hub.ListAsync("api/plans?limit=100", cancellationToken))
        {
            saved[plan.FindText("name") ?? ""] = plan.FindText("origin");
        }

        return saved;
    }

    private static string NameOf(PlanFile file, string path) => file.Check(UserProviders.Catalog).Name
        ?? throw new CommandException($"{path}: a plan that is saved needs a name. Give it the field 'name'.");

    private static string PathOf(string name, string? origin = null) =>
        $"api/plans/{Uri.EscapeDataString(name)}{(origin is null ? "" : $"?origin={Uri.EscapeDataString(origin)}")}";
}
