using System.Collections.Concurrent;
using System.Reflection;

namespace Gantry.Engine.Providers.Manifests;

/// <summary>Manifests that lie in an assembly. Each is read when it is first used; for the catalogue its text is only looked over.</summary>
public sealed class ManifestLibrary
{
    private const string Extension = ".yaml";

    private readonly ConcurrentDictionary<string, ManifestProvider> known = new(StringComparer.Ordinal);
    private readonly Assembly assembly;
    private readonly string prefix;
    private readonly Lazy<HashSet<string>> ids;

    private ManifestLibrary(Assembly assembly, string prefix)
    {
        this.assembly = assembly;
        this.prefix = prefix;
        ids = new(() => assembly.GetManifestResourceNames().Where(name => name.StartsWith(prefix, StringComparison.Ordinal) && name.EndsWith(Extension, StringComparison.Ordinal))
            .Select(name => name[prefix.Length..^Extension.Length]).ToHashSet(StringComparer.Ordinal));
    }

    public IEnumerable<ManifestProvider> All => ids.Value.Order(StringComparer.Ordinal).Select(id => Find(id)!);

    public static ManifestLibrary Of(Assembly assembly, string prefix) => new(assembly, prefix);

    public bool Has(string id) => ids.Value.Contains(id);

    public ManifestProvider? Find(string id) => Has(id) ? known.GetOrAdd(id, Open) : null;

    /// <summary>As it is written; null when there is none.</summary>
    public string? Text(string id) => Has(id) ? Load(id) : null;

    private ManifestProvider Open(string id)
    {
        var text = Load(id);
        var name = id + Extension;
        return ManifestSummary.Scan(text) is { } summary ? new ManifestProvider(summary, () => ManifestReader.Read(Load(id), name)) : new ManifestProvider(ManifestReader.Read(text, name));
    }

    private string Load(string id)
    {
        using var stream = assembly.GetManifestResourceStream($"{prefix}{id}{Extension}")!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
