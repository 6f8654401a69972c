using Gantry.Engine.Endpoints;
using Gantry.Engine.Providers.Manifests;
using Gantry.Engine.Settings;

namespace Gantry.Engine.Providers;

/// <summary>The providers this program knows: those in code, and manifests, which are read when they are first used. Where both have an id, the manifest adds the actions that the code has not.</summary>
public sealed class ProviderCatalog
{
    private readonly Dictionary<string, IProvider> providersById;
    private readonly ManifestLibrary? library;
    private volatile Dictionary<string, ManifestProvider> own = [];
    private volatile IReadOnlyList<UnusableManifest> unusable = [];

    public ProviderCatalog(IEnumerable<IProvider> providers, ManifestLibrary? library = null)
    {
        providersById = providers.ToDictionary(provider => provider.Id, StringComparer.Ordinal);
        this.library = library;
        foreach (var id in providersById.Keys.Where(id => library?.Has(id) == true).ToList())
        {
            providersById[id] = new MergedProvider(providersById[id], library!.Find(id)!);
        }
    }

    public IEnumerable<IProvider> All =>
        (library is null ? providersById.Values : providersById.Values.Concat(library.All.Where(provider => !providersById.ContainsKey(provider.Id)))).Concat(own.Values);

    public IProvider? Find(string providerId) => providersById.GetValueOrDefault(providerId) ?? library?.Find(providerId) ?? own.GetValueOrDefault(providerId);

    /// <summary>The manifest of this id, also where code has a part of its actions; null when it is code alone, or nothing.</summary>
    public ManifestProvider? FindManifest(string providerId) => Find(providerId) switch
    {
        ManifestProvider manifest => manifest,
        MergedProvider merged => merged.Manifest,
        _ => null,
    };

    public ProviderAction? FindAction(string providerId, string actionId) =>
        Find(providerId)?.Actions.FirstOrDefault(action => action.Id == actionId);

    /// <summary>Why nothing can be called by an id that <see cref="Find"/> does not know, and what to do.</summary>
    public string WhyMissing(string providerId) => unusable.FirstOrDefault(manifest => manifest.Id == providerId)?.ToString()
        ?? $"There is no provider '{EndpointPath.Printable(providerId)}'.{NearestName.Hint(providerId, All.Select(known => known.Id))}";

    /// <summary>A catalogue with further manifests, people's own: they stand beside what this program has, and never in its place.</summary>
    public ProviderCatalog With(OwnManifests manifests) => new(providersById, library) { Own = [.. manifests.Providers], Unusable = manifests.Unusable };

    /// <summary>Replaced as a whole while others look. One with the id of a provider of this program is left out.</summary>
    public IReadOnlyCollection<ManifestProvider> Own
    {
        get => own.Values;
        set => own = value.Where(provider => !IsShipped(provider.Id)).ToDictionary(provider => provider.Id, StringComparer.Ordinal);
    }

    /// <summary>Own manifests that are there and cannot be used.</summary>
    public IReadOnlyList<UnusableManifest> Unusable
    {
        get => unusable;
        set => unusable = value;
    }

    /// <summary>The text of a manifest of this program; null when there is none.</summary>
    public string? ShippedManifest(string providerId) => library?.Text(providerId);

    /// <summary>Whether this program itself has it.</summary>
    public bool IsShipped(string providerId) => providersById.ContainsKey(providerId) || library?.Has(providerId) == true;

    private ProviderCatalog(Dictionary<string, IProvider> providersById, ManifestLibrary? library) => (this.providersById, this.library) = (providersById, library);

    /// <summary>Code, and the manifest's actions besides.</summary>
    private sealed class MergedProvider(IProvider code, ManifestProvider manifest) : IProvider
    {
        public ManifestProvider Manifest => manifest;

        public string Id => code.Id;

        public string Title => code.Title;

        public string Help => code.Help;

        public string Category => code.Category;

        public IReadOnlyList<string> ActionIds => [.. code.ActionIds, .. manifest.ActionIds.Except(code.ActionIds, StringComparer.Ordinal)];

        public IReadOnlyList<ProviderAction> Actions =>
            field ??= [.. code.Actions, .. manifest.Actions.Where(action => code.Actions.All(known => known.Id != action.Id))];

        public string? WhereElse(string actionId) => code.WhereElse(actionId);

        public Task<ProviderResult> RunAsync(ProviderCall call, CancellationToken cancellationToken) =>
            code.Actions.Any(action => action.Id == call.Action) ? code.RunAsync(call, cancellationToken) : manifest.RunAsync(call, cancellationToken);
    }
}
