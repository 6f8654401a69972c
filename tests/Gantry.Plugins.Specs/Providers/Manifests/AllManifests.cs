using System.Collections.Concurrent;
using Gantry.Engine.Documents;
using Gantry.Engine.Providers.Manifests;

namespace Gantry.Plugins.Specs.Providers.Manifests;

/// <summary>The manifests that this program has, each read once for all tests.</summary>
internal static class AllManifests
{
    private static readonly ConcurrentDictionary<string, Manifest> Known = new(StringComparer.Ordinal);

    public static ManifestLibrary Library { get; } = ManifestLibrary.Of(typeof(AllPlugins).Assembly, "providers/");

    public static IReadOnlyList<string> Ids { get; } = [.. Library.All.Select(provider => provider.Id)];

    /// <summary>As it is written.</summary>
    public static DocumentNode Tree(string id) => DocumentReader.Read(Text(id));

    public static string Text(string id) => Library.Text(id)!;

    public static Manifest Read(string id) => Known.GetOrAdd(id, known => ManifestReader.Read(Text(known), known + ".yaml"));
}
