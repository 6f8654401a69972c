using Gantry.Engine.Endpoints;

namespace Gantry.Plugins.Endpoints.Sftp;

/// <summary>Where the programs are that reaching a server needs.</summary>
internal static class SshPrograms
{
    private static readonly string[] usualFolders = ["/usr/bin", "/usr/local/bin", "/bin", "/opt/homebrew/bin"];

    /// <summary>The absolute path of OpenSSH's client.</summary>
    public static string Ssh(string? searchPath) => Find("ssh", searchPath) ?? throw new EndpointException(
        EndpointError.NotSupported,
        "The program 'ssh' is not installed, by which SFTP servers are reached. Install it: apt-get install openssh-client.");

    /// <summary>The absolute path of a program, in the folders of PATH that are absolute, then in the usual ones; null when it is in none.</summary>
    public static string? Find(string name, string? searchPath)
    {
        foreach (var folder in searchPath?.Split(':', StringSplitOptions.RemoveEmptyEntries) ?? usualFolders)
        {
            var path = Path.Combine(folder, name);
            if (Path.IsPathRooted(folder) && File.Exists(path))
            {
                return path;
            }
        }

        return null;
    }
}
