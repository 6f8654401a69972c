using Gantry.Cli.CommandLine;
using Gantry.Engine.Providers;
using Gantry.Engine.Providers.Manifests;
using Gantry.Engine.Settings;
using Gantry.Plugins;

namespace Gantry.Cli.Providers;

/// <summary>The providers of this program and the user's own beside them.</summary>
internal static class UserProviders
{
    public static string Folder => Path.Combine(UserFolder.Config, "providers");

    /// <summary>Looked for once. What is wrong with an own one is told at once when it is not used at all, else when it is first used.</summary>
    public static ProviderCatalog Catalog => field ??= Load();

    public static string FileOf(string id) => Path.Combine(Folder, id + OwnManifests.Extension);

    public static IProvider Find(string id) => Catalog.Find(id)
        ?? throw new CommandException($"There is no provider '{id}'." + NearestName.Hint(id, Catalog.All.Select(known => known.Id)) + " 'gantry provider list' lists all.");

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
        var own = OwnManifests.Load(Folder, AllPlugins.Providers);
        foreach (var fault in own.Faults)
        {
            Terminal.Note(fault);
        }

        return own.Providers.Count == 0 ? AllPlugins.Providers : AllPlugins.Providers.With(own.Providers);
    }
}
