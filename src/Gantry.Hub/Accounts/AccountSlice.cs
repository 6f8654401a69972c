namespace Gantry.Hub.Accounts;

/// <summary>How long a sign-in lasts.</summary>
internal sealed record AccountOptions(TimeSpan SessionLength);

/// <summary>People: who they are, what they may do, how they sign in.</summary>
internal static class AccountSlice
{
    public static void AddAccounts(this IServiceCollection services, AccountOptions options)
    {
        services.AddSingleton(options);
        services.AddSingleton<CallerStore>();
        services.AddSingleton<Passwords>();
        services.AddSingleton<SignInThrottle>();
    }

    /// <summary>Comes after what answers problems, and before every route.</summary>
    public static void UseAccounts(this WebApplication app) => app.UseMiddleware<AccessGuard>();

    public static void MapAccounts(this IEndpointRouteBuilder app)
    {
        app.MapSignIn();
        app.MapMe();
        app.MapApiKeys();
        app.MapUsers();
        app.MapWorkspaces();
        app.MapMembers();
    }
}
