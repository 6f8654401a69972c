namespace Gantry.Hub.Endpoints;

/// <summary>What a hub's administrator allows its users to name, and what OpenSSH may read on the hub.</summary>
internal sealed record EndpointBounds
{
    /// <summary>GANTRY_LOCAL_ROOTS: folders below which local paths of users must lie. Administrators may go wherever the hub's own user may.</summary>
    public IReadOnlyList<string> LocalRoots { get; init; } = [];

    /// <summary>GANTRY_SSH_CONFIG; null means none: an ssh_config can start programs, so never one of a user or of a plan.</summary>
    public string? SshConfigFile { get; init; }

    /// <summary>GANTRY_RCLONE_CONFIG; null means none: a remote may be a folder of this machine or start programs, so never one of a user or of a plan.</summary>
    public string? RcloneConfigFile { get; init; }

    /// <summary>Host keys that the administrator vouches for, besides those pinned in saved endpoints.</summary>
    public required string KnownHostsFile { get; init; }

    /// <summary>Folders joined by ':', each absolute; null or empty means that users may name no local path.</summary>
    public static IReadOnlyList<string> ReadRoots(string? text) =>
        [.. (text ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(Absolute)];

    private static string Absolute(string root) => Path.IsPathFullyQualified(root)
        ? Path.GetFullPath(root)
        : throw new Database.HubStartException($"The setting local_roots names '{root}', which is not absolute. Write folders as /srv/data:/srv/web.");
}
