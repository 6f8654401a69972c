using Gantry.Engine.Endpoints;
using Gantry.Hub.Endpoints.Files;
using Gantry.Hub.Web;

namespace Gantry.Hub.Endpoints;

/// <summary>Places for files: saved under a name, tried, looked into, and opened for executions within what a user may name.</summary>
internal static class EndpointSlice
{
    public static void AddEndpoints(this IServiceCollection services, EndpointCatalog catalog, EndpointBounds bounds)
    {
        services.AddSingleton(catalog);
        services.AddSingleton(bounds);
        services.AddSingleton<LiveLimits>();
        services.AddSingleton<EndpointAccess>();
        services.AddFiles();
        services.AddSingleton<LimitWatch>();
        services.AddHostedService(services => services.GetRequiredService<LimitWatch>());
    }

    public static void MapEndpoints(this IEndpointRouteBuilder app)
    {
        var group = app.MapGroup("/api/endpoints");
        group.MapGet("", EndpointRoutes.ListAsync).Allow(Access.Viewer).WithSummary("Lists the saved endpoints by name.");
        group.MapPost("", EndpointRoutes.AddAsync).Allow(Access.Editor).WithSummary("Saves an endpoint under a new name.").Produces<EndpointView>(201).Refuses(409);
        group.MapGet("/{name}", EndpointRoutes.ShowAsync).Allow(Access.Viewer).WithSummary("Shows one endpoint.");
        group.MapPut("/{name}", EndpointRoutes.PutAsync).Allow(Access.Editor).WithSummary("Saves an endpoint, or changes it.")
            .Produces<EndpointView>().Produces<EndpointView>(201);
        group.MapPatch("/{name}", EndpointRoutes.ChangeAsync).Allow(Access.Editor)
            .WithSummary("Changes settings of an endpoint and leaves the others, such as 'host_key' to pin a key that was compared.").Produces<EndpointView>();
        group.MapDelete("/{name}", EndpointRoutes.DeleteAsync).Allow(Access.Editor).WithSummary("Forgets an endpoint; its files stay.").Produces(204);
        group.MapPost("/{name}/test", EndpointRoutes.TestAsync).Allow(Access.Operator)
            .WithSummary("Connects, lists, writes, renames and deletes a file of its own, and names the phase that failed.");
        group.MapPost("/test", EndpointRoutes.TestUnsavedAsync).Allow(Access.Editor).WithSummary("Tries an endpoint before it is saved.");
        group.MapFiles();
        app.MapGet("/api/endpoint-uses", EndpointUses.ListAsync).Allow(Access.Viewer)
            .WithSummary("Lists which plans and templates name which endpoints in their newest version, of all endpoints or of one.");
        app.MapGet("/api/endpoint-kinds", ListKinds).Allow(Access.Viewer)
            .WithSummary("Lists the kinds of endpoint and the settings each takes.");
    }

    private static Page<EndpointKindView> ListKinds(EndpointCatalog catalog) => new(
        [.. catalog.Kinds.Select(kind => new EndpointKindView(kind.Id, kind.Title, kind.Help, kind.AddressForms, [.. kind.Settings.Select(SettingView.Of)]))], null);
}

/// <summary>A kind of endpoint as it describes itself; forms are made from this.</summary>
internal sealed record EndpointKindView(string Id, string Title, string Help, IReadOnlyList<string> AddressForms, IReadOnlyList<SettingView> Settings);
