using Gantry.Engine.Providers;
using Gantry.Engine.Providers.Manifests;
using Gantry.Hub.Web;

namespace Gantry.Hub.Providers;

/// <summary>What plans can use: the providers of this program, those that people added, and their actions.</summary>
internal static class ProviderSlice
{
    /// <param name="services">The hub's.</param>
    /// <param name="shipped">What this program has.</param>
    /// <param name="folder">Where the hub's own manifests lie.</param>
    public static void AddProviders(this IServiceCollection services, ProviderCatalog shipped, string folder)
    {
        services.AddSingleton(shipped.With(new OwnManifests([], [])));
        services.AddSingleton(services => ActivatorUtilities.CreateInstance<OwnProviders>(services, folder));
        services.AddHostedService(services => services.GetRequiredService<OwnProviders>());
    }

    public static void MapProviders(this IEndpointRouteBuilder app)
    {
        app.MapGet("/api/unusable-providers", ListUnusable).Allow(Access.Viewer).WithTags("Providers").WithSummary("Lists what was added to this hub and cannot be used as it is, with what is wrong and what to do.");
        var group = app.MapGroup("/api/providers");
        group.MapGet("", List).Allow(Access.Viewer).WithSummary("Lists the providers that plans can use.")
            .WithQuery("category", "Only those of this category.").WithQuery("search", "Only those in which all these words are found: in the id, the title, the category, the help or an action.")
            .WithQuery("limit", "The most items, from 1 to 500; all of them when left out.").WithQuery("after", "The 'next' of the page before.");
        group.MapGet("/{id}", Show).Allow(Access.Viewer).WithSummary("Shows one provider: what a connection needs, and its actions.");
        group.MapGet("/{id}/actions", ListActions).Allow(Access.Viewer).WithSummary("Lists a provider's actions and what each takes.");
        group.MapGet("/{id}/manifest", ManifestRoutes.ShowAsync).Allow(Access.Administrator).WithSummary("Shows the manifest of a provider, as it was written.").Produces<string>(200, "application/yaml");
        group.MapGet("/{id}/uses", ProviderUses.ShowAsync).Allow(Access.Administrator).WithSummary("Shows which plans have steps of a provider, and would fail without it.");
        group.MapPut("/{id}", ManifestRoutes.PutAsync).Allow(Access.Administrator).WithSummary("Saves a manifest as a provider of this hub, or changes it.")
            .Takes<string>("application/yaml").Produces<ProviderView>().Produces<ProviderView>(201).Refuses(409);
        group.MapDelete("/{id}", ManifestRoutes.DeleteAsync).Allow(Access.Administrator).WithSummary("Removes a provider that was saved; steps that use it fail from then on.").Produces(204).Refuses(409);
        group.MapPost("/import", ManifestRoutes.ImportAsync).Allow(Access.Administrator).WithSummary("Makes a provider of an OpenAPI document, and saves it when asked to.").Refuses(409);
    }

    private static Page<ProviderSummary> List(HttpRequest request, ProviderCatalog catalog)
    {
        var query = request.Query;
        int? limit = query.ContainsKey("limit") ? PageQuery.Limit(query["limit"]) : null;
        var after = (string?)query["after"];
        var found = ProviderSearch.Find(catalog, query["search"], query["category"]).OrderBy(provider => provider.Id, StringComparer.Ordinal)
            .Where(provider => after is null || string.CompareOrdinal(provider.Id, after) > 0);
        var own = catalog.Own.Select(provider => provider.Id).ToHashSet(StringComparer.Ordinal);
        List<ProviderSummary> rows = [.. found.Take(limit + 1 ?? int.MaxValue)
            .Select(provider => new ProviderSummary(provider.Id, provider.Title, provider.Help, provider.Category, own.Contains(provider.Id), provider.ActionIds))];
        return Page<ProviderSummary>.From(rows, limit ?? int.MaxValue, row => row.Id);
    }

    private static Page<UnusableProviderView> ListUnusable(ProviderCatalog catalog, OwnProviders own) =>
        new([.. catalog.Unusable.OrderBy(manifest => manifest.Id, StringComparer.Ordinal).Select(manifest => UnusableProviderView.Of(manifest, own.IsFile(manifest.Id)))], null);

    private static ProviderView Show(string id, ProviderCatalog catalog) => ProviderView.Of(Find(id, catalog), catalog);

    private static Page<ActionView> ListActions(string id, ProviderCatalog catalog) => new(ProviderView.ActionsOf(Find(id, catalog)), null);

    private static IProvider Find(string id, ProviderCatalog catalog) =>
        catalog.Find(id) ?? throw ProblemException.NotFound(catalog.WhyMissing(id));
}
