namespace Gantry.Engine.Providers;

/// <summary>Looks through the catalogue without reading any manifest.</summary>
public static class ProviderSearch
{
    /// <summary>By category, then by id.</summary>
    /// <param name="catalog">Where.</param>
    /// <param name="words">All of them have to be found: in the id, the title, the category, the help or an action's id, however they are written. Null finds all.</param>
    /// <param name="category">Only these; null for all.</param>
    public static IReadOnlyList<IProvider> Find(ProviderCatalog catalog, string? words, string? category)
    {
        var wanted = (words ?? "").Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        return [.. catalog.All
            .Where(provider => category is null || provider.Category == category)
            .Where(provider => wanted.All(word => Has(provider, word)))
            .OrderBy(provider => provider.Category, StringComparer.Ordinal).ThenBy(provider => provider.Id, StringComparer.Ordinal)];
    }

    private static bool Has(IProvider provider, string word)
    {
        return Is(provider.Id) || Is(provider.Title) || Is(provider.Category) || Is(provider.Help) || provider.ActionIds.Any(Is);

        bool Is(string text) => text.Contains(word, StringComparison.OrdinalIgnoreCase);
    }
}
