using Gantry.Engine.Endpoints;
using Gantry.Engine.Secrets;
using Gantry.Hub.Database;
using Gantry.Hub.Vault.Keys;
using Gantry.Hub.Web;

namespace Gantry.Hub.Vault;

/// <summary>Credentials: sealed by a ring of keys, used in executions by those who may, shown to nobody by accident.</summary>
internal static class VaultSlice
{
    public static void AddVault(this IServiceCollection services, MasterKeys masters, SecretStoreCatalog stores, IReadOnlyList<LoginProbe> logins, VaultBounds bounds)
    {
        services.AddSingleton(masters);
        services.AddSingleton(stores);
        services.AddSingleton(logins);
        services.AddSingleton(bounds);
        services.AddSingleton(Create<KeyRing>);
        services.AddSingleton(Create<Rotation>);
        services.AddSingleton(Create<UseTimes>);
        services.AddSingleton<CredentialVault>();
        services.AddSingleton<CredentialWriter>();
        services.AddSingleton<CredentialRoutes>();
        services.AddSingleton<ProviderCredentialRoutes>();
        services.AddSingleton<LoginTest>();
        services.AddSingleton<VaultRoutes>();
        services.AddSingleton<WorkspaceStores>();
        services.AddSingleton<SharedCredentials>();
        services.AddSingleton<StoreRoutes>();
        services.AddSingleton<SecretsOf>(services => actor => ActivatorUtilities.CreateInstance<WorkspaceSecrets>(services, actor));
        services.AddHostedService<VaultStart>();
        services.AddHostedService(services => services.GetRequiredService<Rotation>());
        services.AddHostedService(services => services.GetRequiredService<UseTimes>());
    }

    public static void MapVault(this IEndpointRouteBuilder app)
    {
        MapCredentials(app.MapGroup("/api/credentials"), app.ServiceProvider.GetRequiredService<CredentialRoutes>());
        app.MapPost("/api/credentials/{name}/test", app.ServiceProvider.GetRequiredService<LoginTest>().RunAsync).Allow(Access.Operator)
            .WithSummary("Signs in to an FTP or SFTP server with it, and says what happened.").Refuses(422);
        MapProviders(app.MapGroup("/api/provider-credentials"), app.ServiceProvider.GetRequiredService<ProviderCredentialRoutes>());
        var store = app.ServiceProvider.GetRequiredService<StoreRoutes>();
        app.MapGet("/api/credential-store", store.ShowAsync).Allow(Access.Viewer).WithSummary("Shows in which store the workspace's credentials rest.");
        app.MapPut("/api/credential-store", store.PutAsync).Allow(Access.Owner)
            .WithSummary("Chooses it: database, vault, or, for administrators of the hub, file or env. Nothing is moved.").Refuses(422);
        var vault = app.ServiceProvider.GetRequiredService<VaultRoutes>();
        app.MapGet("/api/vault", vault.ShowAsync).Allow(Access.Administrator).WithSummary("Shows the key ring: fingerprints, and how many rows each generation of keys seals.");
        app.MapPost("/api/vault/rotate", vault.RotateAsync).Allow(Access.Administrator)
            .WithSummary("Makes new keys and seals everything anew by them, in the background; nothing stops meanwhile.").Produces<VaultView>(202);
    }

    private static void MapCredentials(RouteGroupBuilder group, CredentialRoutes routes)
    {
        group.MapGet("", routes.ListAsync).Allow(Access.Viewer).WithSummary("Lists one's own credentials and the workspace's by name, without values.");
        group.MapPost("", routes.AddAsync).Allow(Access.Operator).WithSummary("Stores a credential under a new name, for oneself or for the workspace.")
            .Produces<CredentialView>(201).Refuses(409);
        group.MapGet("/{name}", routes.ShowAsync).Allow(Access.Viewer).WithSummary("Shows all about a credential but its value.");
        group.MapPut("/{name}", routes.PutAsync).Allow(Access.Operator).WithSummary("Stores a credential, or changes it; what is not given stays.")
            .Produces<CredentialView>().Produces<CredentialView>(201).Refuses(409, 422);
        group.MapDelete("/{name}", routes.DeleteAsync).Allow(Access.Operator).WithSummary("Removes a credential.").Produces(204);
        group.MapPost("/{name}/reveal", routes.RevealAsync).Allow(Access.Reveal).WithSummary("Reads a credential's value back; the audit log says who did.").Refuses(422);
    }

    private static void MapProviders(RouteGroupBuilder group, ProviderCredentialRoutes routes)
    {
        group.MapGet("", routes.ListAsync).Allow(Access.Viewer).WithSummary("Lists the providers there are credentials for, with the names of their fields.");
        group.MapGet("/{provider}", routes.ShowAsync).Allow(Access.Viewer).WithSummary("Shows which fields of a provider are stored, and since when; never values.");
        group.MapPut("/{provider}", routes.PutAsync).Allow(Access.Operator).WithSummary("Stores a provider's fields in place of those that were there.")
            .Produces<CredentialView>().Produces<CredentialView>(201).Refuses(409, 422);
        group.MapDelete("/{provider}", routes.DeleteAsync).Allow(Access.Operator).WithSummary("Removes a provider's credentials.").Produces(204);
    }

    /// <summary>For what works across workspaces, on the worker's own pool.</summary>
    private static T Create<T>(IServiceProvider services) =>
        ActivatorUtilities.CreateInstance<T>(services, services.GetRequiredService<HubDatabase>().Worker);
}
