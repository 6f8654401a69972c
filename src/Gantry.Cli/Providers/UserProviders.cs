using Gantry.Cli.CommandLine;
using Gantry.Engine.Providers;
using Gantry.Engine.Providers.Manifests;
using Gantry.Plugins;

namespace Gantry.Cli.Providers;

/// <summary>The providers of this program and the user's own beside them.</summary>
internal static class UserProviders
{
    public static string Folder => Path.Combine(UserFolder.Config, "providers");

    /// <summary>Looked for once. What is wrong with an own one is told at once when it is not used at all, else when it is first used.</summary>
    public static ProviderCatalog Catalog => field ??= Load();

    private static OwnFolder Own => new(Folder, Folder, "'gantry provider check' tells all that is wrong with own ones.");

    public static string FileOf(string id) => Path.Combine(Folder, id + OwnManifests.Extension);

    public static IProvider Find(string id) => Catalog.Find(id) ?? throw new CommandException(Catalog.WhyMissing(id) + " 'gantry provider list' lists all.");

    /// <summary>The same with each own one read, so that all that is wrong with any is known.</summary>
    public static ProviderCatalog LoadWhole() => AllPlugins.Providers.With(OwnManifests.Load(Own, AllPlugins.Providers, isRead: true));

    /// <summary>Where the file of a new own provider goes: as it is said, else into the user's folder.</summary>
    public static string PlaceFor(string id, string? given)
    {
        if (OwnManifests.Taken(id, AllPlugins.Providers) is { } taken)
        {
            throw new CommandException($"No file was written: {taken}");
        }

        if (given is null)
        {
            Directory.CreateDirectory(Folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }

        return given ?? FileOf(id);
    }

    private static ProviderCatalog Load()
    {
        var own = OwnManifests.Load(Own, AllPlugins.Providers);
        foreach (var manifest in own.Unusable)
        {
            Terminal.Note(manifest.ToString());
        }

        return own.Providers.Count + own.Unusable.Count == 0 ? AllPlugins.Providers : AllPlugins.Providers.With(own);
    }
}
