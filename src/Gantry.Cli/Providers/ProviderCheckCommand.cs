using Gantry.Cli.CommandLine;
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
        Arguments = [new("FILE", "A manifest's file, or the id of a provider of your own.") { IsMany = true }],
        Notes = ["Exit status: 0 nothing is wrong, 1 something is."],
        Examples = ["gantry provider check acme", "gantry provider check providers/*.yaml"],
        RunAsync = (invocation, _) =>
        {
            // Every file is looked at, whatever is wrong with those before it.
            var wrong = invocation.Arguments("FILE").Count(file => !Check(file));
            return Task.FromResult(wrong == 0 ? ExitStatus.Succeeded : ExitStatus.Failed);
        },
    };

    private static bool Check(string given)
    {
        try
        {
            var (file, text) = ManifestFile.Read(given);
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
