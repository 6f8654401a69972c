using Gantry.Engine.Endpoints;

namespace Gantry.Plugins.Endpoints.Rclone;

/// <summary>What rclone is to serve, as whom, and what it may read. It all travels in the environment, which only the same user can read: nothing is in an argument or on disk.</summary>
internal sealed record RcloneRemote
{
    /// <summary>For messages, without secrets and without a '/' at its end: "smb://user@host/share".</summary>
    public required string Address { get; init; }

    /// <summary>As rclone writes it, up to its colon: "name:", ":webdav,url=…:".</summary>
    public required string Remote { get; init; }

    /// <summary>What follows the colon, without a '/' at its end; may be empty.</summary>
    public required string Path { get; init; }

    /// <summary>The options of a remote that is described here and nowhere else, by their names in rclone's documentation; obscured where rclone wants that.</summary>
    public IReadOnlyDictionary<string, string> Options { get; init; } = new Dictionary<string, string>();

    /// <summary>The name of the remote that <see cref="Options"/> describe.</summary>
    public const string OwnName = "gantry_remote";

    /// <summary>As <see cref="EndpointContext.RcloneConfigFile"/>: "" lets rclone find the user's own, null is none at all.</summary>
    public string? ConfigFile { get; init; }

    /// <summary>Whether it runs for who owns this process, whose environment it then gets: proxies, agents, cloud credentials.</summary>
    public bool IsForUser { get; init; }

    /// <summary>How often rclone tries a single request. A refused login must not be tried again: servers lock accounts.</summary>
    public int Tries { get; init; } = 3;

    /// <summary>How long what is behind it may say and do nothing: <see cref="RcloneTimeout"/>.</summary>
    public TimeSpan Timeout { get; init; } = RcloneTimeout.Usual;

    /// <summary>A file with the certificates of those who vouch for servers, in place of those this machine trusts; null for the machine's.</summary>
    public string? AuthoritiesFile { get; init; }

    /// <summary>Rclone writes a file as soon as its first byte is there. False gathers small ones first, as systems need that take no stream of unknown length.</summary>
    public bool Streams { get; init; }

    public string Whole => Remote + Path;

    /// <summary>The same one folder up, for a path that turned out to be a file; null when there is none.</summary>
    public RcloneRemote? Parent()
    {
        var slash = Path.LastIndexOf('/');
        return Path.Length == 0 || slash == Path.Length - 1 ? null : this with { Path = slash < 0 ? "" : Path[..Math.Max(slash, 1)] };
    }

    /// <summary>The last segment of the path.</summary>
    public string Name => Path[(Path.LastIndexOf('/') + 1)..];
}
