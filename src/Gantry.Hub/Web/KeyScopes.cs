namespace Gantry.Hub.Web;

/// <summary>
/// What an API key may be used for. Read, run, write and manage are steps: each may do what those before may. Reveal stands beside them and is in none of
/// them. A key never may more than the person whose it is.
/// </summary>
public static class KeyScopes
{
    public const string Reveal = "reveal";

    // In the order of the roles whose work they allow.
    private static readonly string[] Steps = ["read", "run", "write", "manage"];

    public static IReadOnlyList<string> All { get; } = [.. Steps, Reveal];

    public static string NameOf(WorkspaceRole role) => Steps[(int)role];

    /// <summary>The most that a key with these scopes may do in its workspace; null when it may only reveal.</summary>
    public static WorkspaceRole? MostOf(IEnumerable<string> scopes) =>
        scopes.Max(scope => Array.IndexOf(Steps, scope)) is >= 0 and var step ? (WorkspaceRole)step : null;
}
