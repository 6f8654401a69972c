using Gantry.Engine.Endpoints;
using Gantry.Plugins.Endpoints.Sftp;

namespace Gantry.Plugins.Endpoints.Rclone;

/// <summary>Where rclone is.</summary>
internal static class RclonePrograms
{
    /// <summary>Its absolute path.</summary>
    public static string Rclone(string? searchPath) => SshPrograms.Find("rclone", searchPath) ?? throw new EndpointException(
        EndpointError.NotSupported,
        "The program 'rclone' is not installed, by which SMB shares and rclone's remotes are reached. Install it: apt-get install rclone, or see https://rclone.org/downloads.");
}
