namespace Gantry.Hub.Accounts;

/// <param name="SessionLength">How long a sign-in lasts.</param>
/// <param name="TokenLength">How long an access token lasts until it has to be refreshed.</param>
internal sealed record AccountOptions(TimeSpan SessionLength, TimeSpan TokenLength);

/// <summary>People: who they are, what they may do, how they sign in.</summary>
internal static class AccountSlice
{
    public static void AddAccounts(this IServiceCollection services, AccountOptions options)
    {
        services.AddSingleton(options);
        services.AddSingleton<AccessTokens>();
        services.AddSingleton<CallerStore>();
        services.AddSingleton<Passwords>();
        services.AddSingleton<SignInThrottle>();
    }

    /// <param name="services">Of the hub.</param>
    /// <param name="allowed">What plans of every workspace may reach: see <see cref="WorkspaceEgress"/>.</param>
    public static void AddEgress(this IServiceCollection services, IReadOnlyList<string> allowed) =>
        services.AddSingleton(provider => ActivatorUtilities.CreateInstance<WorkspaceEgress>(provider, allowed));

    /// <summary>Comes after what answers problems, and before every route.</summary>
    public static void UseAccounts(this WebApplication app) => app.UseMiddleware<AccessGuard>();

    public static void MapAccounts(this IEndpointRouteBuilder app)
    {
        app.MapSignIn();
        app.MapSessions();
        app.MapMe();
        app.MapApiKeys();
        app.MapUsers();
        app.MapWorkspaces();
        app.MapMembers();
        app.MapEgress();
    }
}
