using System.Net;

namespace Gantry.Plugins.Endpoints.Rclone;

/// <summary>A share, and who comes.</summary>
internal sealed record SmbPlace
{
    /// <summary>The only one that may be dialled; null leaves it to the host's name.</summary>
    public required IPAddress? Dialled { get; init; }

    public required string Host { get; init; }

    public required int Port { get; init; }

    public required string Share { get; init; }

    public required string User { get; init; }

    public required string Domain { get; init; }

    public required string Password { get; init; }

    /// <summary>How long it may owe an answer and say nothing.</summary>
    public TimeSpan Timeout { get; init; } = RcloneTimeout.Usual;

    /// <summary>Without the password.</summary>
    public override string ToString() => $@"\\{Host}\{Share}";
}
