using Gantry.Hub.Web;

namespace Gantry.Hub.Accounts;

/// <summary>Roles and the scopes of API keys, as they are written.</summary>
internal static class Roles
{
    /// <summary>Each scope and the most that a key with it may do.</summary>
    public static readonly IReadOnlyDictionary<string, WorkspaceRole> Scopes = new Dictionary<string, WorkspaceRole>(StringComparer.Ordinal)
    {
        ["read"] = WorkspaceRole.Viewer,
        ["run"] = WorkspaceRole.Operator,
        ["write"] = WorkspaceRole.Editor,
        ["manage"] = WorkspaceRole.Owner,
    };

    public static WorkspaceRole Parse(string role) => Enum.Parse<WorkspaceRole>(role, ignoreCase: true);

    public static string NameOf(WorkspaceRole role) => role.ToString().ToLowerInvariant();

    public static WorkspaceRole MostOf(IEnumerable<string> scopes) => scopes.Max(scope => Scopes[scope]);
}
