using Gantry.Hub.Database;

namespace Gantry.Hub.Web;

/// <summary>
/// Who sent a request. A route takes it as a parameter and opens its sessions as <see cref="Actor"/>.
/// </summary>
public sealed record Caller
{
    public required Guid UserId { get; init; }

    public required string UserName { get; init; }

    public bool IsAdministrator { get; init; }

    public bool MustChangePassword { get; init; }

    /// <summary>The workspace the request is about; null when the user is a member of none.</summary>
    public Guid? WorkspaceId { get; init; }

    public string? WorkspaceName { get; init; }

    /// <summary>What the caller may do in the workspace: the member's role, or less when an API key's scopes say so.</summary>
    public WorkspaceRole? Role { get; init; }

    /// <summary>Whether the values of secrets may be read back: see <see cref="Access.Reveal"/>.</summary>
    public bool MayReveal { get; init; }

    /// <summary>Those of the API key; null when the caller signed in.</summary>
    public IReadOnlyList<string>? Scopes { get; init; }

    /// <summary>Null when the caller used an API key.</summary>
    public Guid? SessionId { get; init; }

    /// <summary>Null when the caller signed in.</summary>
    public Guid? ApiKeyId { get; init; }

    /// <summary>Until when the session or key holds; null means for ever.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    public Actor Actor => new(UserId, WorkspaceId);

    /// <summary>For parameters of routes. Routes that allow anyone take <c>Caller?</c>.</summary>
    public static ValueTask<Caller?> BindAsync(HttpContext context) => ValueTask.FromResult(context.Caller());
}

internal static class CallerExtensions
{
    private static readonly object Key = new();

    /// <summary>Null when nobody is signed in.</summary>
    public static Caller? Caller(this HttpContext context) => context.Items[Key] as Caller;

    public static void SetCaller(this HttpContext context, Caller caller) => context.Items[Key] = caller;
}
