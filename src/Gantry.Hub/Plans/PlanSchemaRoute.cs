using System.Text;
using Gantry.Engine.Endpoints;
using Gantry.Engine.Plans;
using Gantry.Engine.Providers;
using Gantry.Hub.Web;

namespace Gantry.Hub.Plans;

/// <summary>
/// The format of plans for editors, which fetch it by its address alone: to those it tells no more than this program's own documentation does. Providers that were added to this hub
/// are in it for who is signed in.
/// </summary>
internal static class PlanSchemaRoute
{
    private const int NamedMax = 20;

    public static void MapPlanSchema(this IEndpointRouteBuilder app)
    {
        var catalog = app.ServiceProvider.GetRequiredService<ProviderCatalog>();
        var schema = new Lazy<byte[]>(() => Write(Shipped(catalog), []));
        app.MapGet("/api/plan.schema.json", (HttpContext context) =>
        {
            var ids = NamedBy(context.Request);
            var isSignedIn = context.Caller() is not null;
            return Results.Bytes(ids.Length == 0 && !isSignedIn ? schema.Value : Write(isSignedIn ? [.. catalog.All] : Shipped(catalog), ids), "application/schema+json");
        }).Allow(Access.Anyone).ExcludeFromDescription();
    }

    private static IReadOnlyList<IProvider> Shipped(ProviderCatalog catalog) => [.. catalog.All.Where(provider => catalog.IsShipped(provider.Id))];

    /// <summary>Those whose parameters are to be in it as well, although they are read on demand.</summary>
    private static string[] NamedBy(HttpRequest request)
    {
        string[] ids = [.. request.Query["provider"].SelectMany(value => (value ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)).Distinct(StringComparer.Ordinal)];
        return ids.Length <= NamedMax ? ids : throw ProblemException.Invalid($"At most {NamedMax} providers can be named.");
    }

    private static byte[] Write(IReadOnlyList<IProvider> providers, string[] named)
    {
        foreach (var id in named)
            if (providers.All(provider => provider.Id != id))
                throw ProblemException.NotFound($"There is no provider '{EndpointPath.Printable(id)}'.");
        return Encoding.UTF8.GetBytes(PlanSchema.Build(providers, named).ToJsonString());
    }
}
