using System.Text;
using Gantry.Engine.Plans;
using Gantry.Engine.Providers;
using Gantry.Hub.Web;

namespace Gantry.Hub.Plans;

/// <summary>
/// The format of plans for editors, which fetch it by its address alone: it tells no more than this program's own documentation does.
/// </summary>
internal static class PlanSchemaRoute
{
    public static void MapPlanSchema(this IEndpointRouteBuilder app)
    {
        var schema = new Lazy<byte[]>(() => Encoding.UTF8.GetBytes(PlanSchema.Build(app.ServiceProvider.GetRequiredService<ProviderCatalog>()).ToJsonString()));
        app.MapGet("/api/plan.schema.json", () => Results.Bytes(schema.Value, "application/schema+json"))
            .Allow(Access.Anyone).ExcludeFromDescription();
    }
}
