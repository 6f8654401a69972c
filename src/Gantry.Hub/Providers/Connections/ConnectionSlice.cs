using Gantry.Hub.Web;

namespace Gantry.Hub.Providers.Connections;

/// <summary>Connections to providers: verified, agreed to, forgotten; their tokens for executions.</summary>
internal static class ConnectionSlice
{
    public static void AddProviderConnections(this IServiceCollection services)
    {
        services.AddSingleton<ConsentState>();
        services.AddSingleton<ConnectionRoutes>();
        services.AddSingleton<TokensOf>(services => actor => ActivatorUtilities.CreateInstance<ConnectionTokens>(services, actor));
    }

    public static void MapProviderConnections(this IEndpointRouteBuilder app)
    {
        var routes = app.ServiceProvider.GetRequiredService<ConnectionRoutes>();
        var group = app.MapGroup("/api/connections");
        group.MapGet("", routes.ListAsync).Allow(Access.Viewer).WithSummary("Lists what is known of the connections to providers: whose they are, and which need consent.");
        group.MapPost("/verify", routes.VerifyAsync).Allow(Access.Operator).WithSummary("Asks a provider whose connection it is, and keeps what it says.");
        group.MapPost("/consent", routes.BeginAsync).Allow(Access.Operator).WithSummary("Begins a person's consent (OAuth 2): answers where they agree.").Refuses(422);
        group.MapPost("/consent/finish", routes.FinishAsync).Allow(Access.Operator)
            .WithSummary("Ends it with the code that the provider sent along, or asks whether the person has agreed at the other screen.").Refuses(422);
        group.MapPost("/disconnect", routes.DisconnectAsync).Allow(Access.Operator).WithSummary("Revokes a connection's token and forgets it; its credential stays.").Produces(204);
    }
}
