using System.Text.RegularExpressions;
using Gantry.Hub.Web;

namespace Gantry.Hub.Accounts;

/// <summary>What users and workspaces may be called. Names are lower-case, so no two differ by case only.</summary>
internal static partial class AccountNames
{
    public static bool IsUserName(string name) => UserPattern().IsMatch(name);

    /// <exception cref="ProblemException">It cannot be a user's name.</exception>
    public static string User(string name)
    {
        var lower = name.ToLowerInvariant();
        return IsUserName(lower) ? lower : throw ProblemException.Invalid(
            "A user's name has 1 to 100 letters (a–z), digits and '.', '_', '@', '+', '-', and begins with a letter or digit.");
    }

    /// <exception cref="ProblemException">It cannot be a workspace's name.</exception>
    public static string Workspace(string name)
    {
        var lower = name.ToLowerInvariant();
        return WorkspacePattern().IsMatch(lower) ? lower : throw ProblemException.Invalid(
            "A workspace's name has 1 to 63 letters (a–z), digits and '-', and begins with a letter or digit.");
    }

    [GeneratedRegex(@"^[a-z0-9][a-z0-9._@+-]{0,99}\z", RegexOptions.NonBacktracking)]
    private static partial Regex UserPattern();

    [GeneratedRegex(@"^[a-z0-9][a-z0-9-]{0,62}\z", RegexOptions.NonBacktracking)]
    private static partial Regex WorkspacePattern();
}
