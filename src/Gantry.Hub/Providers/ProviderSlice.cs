using Gantry.Engine.Providers;
using Gantry.Hub.Endpoints;
using Gantry.Hub.Web;

namespace Gantry.Hub.Providers;

/// <summary>What plans can use: the providers of this program and their actions.</summary>
internal static class ProviderSlice
{
    public static void AddProviders(this IServiceCollection services, ProviderCatalog catalog) => services.AddSingleton(catalog);

    public static void MapProviders(this IEndpointRouteBuilder app)
    {
        var group = app.MapGroup("/api/providers");
        group.MapGet("", List).Allow(Access.Viewer).WithSummary("Lists the providers that plans can use.");
        group.MapGet("/{id}", Show).Allow(Access.Viewer).WithSummary("Shows one provider and its actions.");
        group.MapGet("/{id}/actions", ListActions).Allow(Access.Viewer).WithSummary("Lists a provider's actions and what each takes.");
    }

    private static Page<ProviderSummary> List(ProviderCatalog catalog) => new(
        [.. catalog.All.OrderBy(provider => provider.Id, StringComparer.Ordinal)
            .Select(provider => new ProviderSummary(provider.Id, provider.Title, provider.Help, provider.Category, provider.ActionIds))],
        null);

    private static ProviderView Show(string id, ProviderCatalog catalog)
    {
        var provider = Find(id, catalog);
        return new ProviderView(provider.Id, provider.Title, provider.Help, provider.Category, Actions(provider));
    }

    private static Page<ActionView> ListActions(string id, ProviderCatalog catalog) => new(Actions(Find(id, catalog)), null);

    private static IProvider Find(string id, ProviderCatalog catalog) =>
        catalog.Find(id) ?? throw ProblemException.NotFound($"There is no provider '{Engine.Endpoints.EndpointPath.Printable(id)}'.");

    private static IReadOnlyList<ActionView> Actions(IProvider provider) =>
        [.. provider.Actions.Select(action => new ActionView(
            action.Id, $"{provider.Id}.{action.Id}", action.Help, action.IsRepeatable, [.. action.Parameters.Select(SettingView.Of)]))];
}

/// <param name="Category">What it stands with in the catalogue.</param>
/// <param name="Actions">Their ids.</param>
internal sealed record ProviderSummary(string Id, string Title, string Help, string Category, IReadOnlyList<string> Actions);

internal sealed record ProviderView(string Id, string Title, string Help, string Category, IReadOnlyList<ActionView> Actions);

/// <param name="Use">How a step names it: "provider.action".</param>
/// <param name="Repeatable">Doing it twice does no more than doing it once.</param>
internal sealed record ActionView(string Id, string Use, string Help, bool Repeatable, IReadOnlyList<SettingView> Parameters);
