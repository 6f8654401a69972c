namespace Gantry.Hub.Web;

/// <summary>What a person is in a workspace; each may do what those before may.</summary>
public enum WorkspaceRole
{
    Viewer,
    Operator,
    Editor,
    Owner,
}

/// <summary>
/// Who may use a route. Every route says it, by <c>.Allow(Access.Viewer)</c> on itself or on its group; a hub with a route that does not
/// say it refuses to start.
/// </summary>
public sealed record Access
{
    private Access()
    {
    }

    /// <summary>Everybody, without signing in. The list of these routes is a snapshot in the tests.</summary>
    public static Access Anyone { get; } = new() { IsAnonymous = true };

    /// <summary>Whoever is signed in, as a member of a workspace or not.</summary>
    public static Access SignedIn { get; } = new();

    public static Access Viewer { get; } = new() { Role = WorkspaceRole.Viewer };

    public static Access Operator { get; } = new() { Role = WorkspaceRole.Operator };

    public static Access Editor { get; } = new() { Role = WorkspaceRole.Editor };

    public static Access Owner { get; } = new() { Role = WorkspaceRole.Owner };

    /// <summary>Whoever administers the hub.</summary>
    public static Access Administrator { get; } = new() { IsForAdministrators = true };

    /// <summary>Reads a secret's value back: for editors, and for API keys that have the scope 'reveal' besides.</summary>
    public static Access Reveal { get; } = new() { Role = WorkspaceRole.Editor, IsReveal = true };

    public bool IsAnonymous { get; private init; }

    public bool IsForAdministrators { get; private init; }

    public bool IsReveal { get; private init; }

    /// <summary>The least role in the workspace; null when no membership is needed.</summary>
    public WorkspaceRole? Role { get; private init; }

    /// <summary>The scope that an API key needs for the route; null when nobody has to be signed in.</summary>
    public string? Scope => this switch
    {
        { IsAnonymous: true } => null,
        { IsReveal: true } => KeyScopes.Reveal,
        { IsForAdministrators: true } => KeyScopes.NameOf(WorkspaceRole.Owner),
        _ => KeyScopes.NameOf(Role ?? WorkspaceRole.Viewer),
    };
}

internal static class AccessExtensions
{
    public static TBuilder Allow<TBuilder>(this TBuilder builder, Access access) where TBuilder : IEndpointConventionBuilder
    {
        builder.WithMetadata(access);
        return builder;
    }
}
