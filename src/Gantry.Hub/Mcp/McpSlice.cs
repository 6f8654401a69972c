using Gantry.Hub.Web;

namespace Gantry.Hub.Mcp;

/// <summary>The hub as a server of the Model Context Protocol (https://modelcontextprotocol.io/specification): AI clients see plans and actions as tools, with their user's rights.</summary>
internal static class McpSlice
{
    public static void AddMcp(this IServiceCollection services)
    {
        services.AddSingleton<ToolList>();
        services.AddSingleton<ToolCalls>();
        services.AddSingleton<McpRoutes>();
    }

    public static void MapMcp(this IEndpointRouteBuilder app)
    {
        var routes = app.ServiceProvider.GetRequiredService<McpRoutes>();
        app.MapPost("/api/mcp", routes.PostAsync).Allow(Access.Viewer)
            .WithSummary("Speaks the Model Context Protocol (streamable HTTP, without sessions): plans and actions as tools for AI clients.")
            .Produces<string>(200, "text/event-stream");
    }
}
