namespace Gantry.Engine.Providers;

/// <summary>The providers this program knows.</summary>
public sealed class ProviderCatalog
{
    private readonly Dictionary<string, IProvider> providersById;

    public ProviderCatalog(IEnumerable<IProvider> providers) =>
        providersById = providers.ToDictionary(provider => provider.Id, StringComparer.Ordinal);

    public IEnumerable<IProvider> All => providersById.Values;

    public IProvider? Find(string providerId) => providersById.GetValueOrDefault(providerId);

    public ProviderAction? FindAction(string providerId, string actionId) =>
        Find(providerId)?.Actions.FirstOrDefault(action => action.Id == actionId);
}
