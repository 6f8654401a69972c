using Gantry.Hub.Web;

namespace Gantry.Hub.Accounts;

/// <summary>Roles as they are written.</summary>
internal static class Roles
{
    public static WorkspaceRole Parse(string role) => Enum.Parse<WorkspaceRole>(role, ignoreCase: true);

    public static string NameOf(WorkspaceRole role) => role.ToString().ToLowerInvariant();
}
