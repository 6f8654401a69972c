using Gantry.Cli.CommandLine;
using Gantry.Cli.Hubs;
using Gantry.Engine.Providers.Manifests;
using Gantry.Plugins;

namespace Gantry.Cli.Providers;

/// <summary>"gantry provider check": all that is wrong with manifests, each with its line and column.</summary>
internal static class ProviderCheckCommand
{
    public static Command Describe() => new()
    {
        Name = "check",
        Help = "Says all that is wrong with manifests.",
        Arguments = [new("FILE", "A manifest's file, or the id of a provider of your own; all of your own when none is given.") { IsMany = true, IsRequired = false }],
        Options = [new("--hub", "Asks the hub of this address which of its own providers cannot be used, instead.") { Value = "URL" }],
        Notes = ["Exit status: 0 nothing is wrong, 1 something is."],
        Examples = ["gantry provider check acme", "gantry provider check providers/*.yaml", "gantry provider check --hub https://hub.example"],
        RunAsync = async (invocation, cancellationToken) =>
        {
            var given = invocation.Arguments("FILE");
            if (invocation.Has("--hub"))
            {
                return given.Count == 0 ? await CheckHubAsync(invocation, cancellationToken) : throw new UsageException("A hub checks its own providers: give either --hub or files.");
            }

            // Every file is looked at, whatever is wrong with those before it.
            var wrong = given.Count > 0 ? given.Count(file => !Check(file)) : OwnManifests.Files(UserProviders.Folder).Count(file => !Check(file));
            if (given.Count == 0 && OwnManifests.Files(UserProviders.Folder).Count == 0)
            {
                Console.Out.WriteLine($"There are no own providers in {UserProviders.Folder}.");
            }

            return wrong == 0 ? ExitStatus.Succeeded : ExitStatus.Failed;
        },
    };

    private static async Task<int> CheckHubAsync(Invocation invocation, CancellationToken cancellationToken)
    {
        using var hub = HubChoice.Open(invocation);
        var unusable = await hub.ListAsync("/api/unusable-providers", cancellationToken).ToListAsync(cancellationToken);
        foreach (var line in unusable.SelectMany(UnusableText.LinesOf))
        {
            Console.Out.WriteLine(line);
        }

        if (unusable.Count == 0)
        {
            Console.Out.WriteLine("All own providers of this hub can be used.");
        }

        return unusable.Count == 0 ? ExitStatus.Succeeded : ExitStatus.Failed;
    }

    private static bool Check(string given)
    {
        try
        {
            var (file, text) = ManifestFile.Read(given);
            if (Path.GetDirectoryName(file) == UserProviders.Folder && !file.EndsWith(OwnManifests.Extension, StringComparison.Ordinal))
            {
                Console.Out.WriteLine($"{file}:1:1: It is not read: a manifest's file ends in '{OwnManifests.Extension}'. Rename it.");
                return false;
            }

            var manifest = ManifestReader.Read(text, file);
            Console.Out.WriteLine($"{file}: nothing is wrong; {manifest.Actions.Count} {(manifest.Actions.Count == 1 ? "action" : "actions")}.");
            if (file == UserProviders.FileOf(manifest.Id) && OwnManifests.Taken(manifest.Id, AllPlugins.Providers) is { } taken)
            {
                Console.Out.WriteLine($"{file}:1:1: It is not used: {taken}");
                return false;
            }

            return true;
        }
        catch (ManifestException wrong)
        {
            foreach (var finding in wrong.Findings)
            {
                Console.Out.WriteLine($"{finding.File}:{finding.Position.Line}:{finding.Position.Column}: {finding.Message}");
            }
        }
        catch (CommandException missing)
        {
            Console.Out.WriteLine(missing.Message);
        }

        return false;
    }
}

/// <summary>A manifest as people name it on the command line.</summary>
internal static class ManifestFile
{
    /// <summary>The file, or the one of an own provider of this id.</summary>
    public static (string File, string Text) Read(string given)
    {
        var own = UserProviders.FileOf(given);
        var file = !File.Exists(given) && given.IndexOf('/', StringComparison.Ordinal) < 0 && File.Exists(own) ? own : given;
        try
        {
            return (file, OwnManifests.ReadText(file));
        }
        catch (Exception missing) when (missing is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new CommandException($"There is no file '{given}', and no '{own}'.");
        }
        catch (Exception failed) when (failed is IOException or UnauthorizedAccessException)
        {
            throw new CommandException($"{given}: {failed.Message}");
        }
    }
}
