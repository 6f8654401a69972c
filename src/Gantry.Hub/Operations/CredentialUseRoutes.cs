using Gantry.Hub.Database;
using Gantry.Hub.Vault;
using Gantry.Hub.Web;

namespace Gantry.Hub.Operations;

/// <summary>Where a credential is used: what stops when it goes.</summary>
internal static class CredentialUseRoutes
{
    public static void AddCredentialUses(this IServiceCollection services) => services.AddSingleton<CredentialUseFinder>();

    public static void MapCredentialUses(this IEndpointRouteBuilder app) =>
        app.MapGet("/api/credentials/{name}/uses", ListAsync).Allow(Access.Viewer).WithTags("Credentials")
            .WithSummary("Lists what names a credential: plans and templates in their newest versions, endpoints, connections, notifications. What is written only when something runs is not found.");

    private static async Task<CredentialUses> ListAsync(
        string name, Caller caller, string? scope, CredentialRoutes credentials, CredentialUseFinder finder, HubDatabase database, CancellationToken cancellationToken)
    {
        var credential = await credentials.ShowAsync(name, caller, scope, cancellationToken);
        await using var session = await database.OpenAsync(caller.Actor, cancellationToken);
        return await finder.FindAsync(session, credential, cancellationToken);
    }
}
