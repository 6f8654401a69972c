using System.Net;
using Gantry.Engine.Endpoints;
using Gantry.Engine.Secrets;

namespace Gantry.Plugins.Endpoints.Sftp;

/// <summary>Where to log in, as whom and by what. Nothing in it is shown but the address.</summary>
internal sealed record SshLogin
{
    /// <summary>For messages: "sftp://user@host:port".</summary>
    public required string Server { get; init; }

    public required string Host { get; init; }

    /// <summary>The only address that is dialled for the host; null leaves finding it to ssh.</summary>
    public IPAddress? Address { get; init; }

    /// <summary>The name under which known_hosts has the key; there is one when there is an address.</summary>
    public string? KnownAs { get; init; }

    /// <summary>Null leaves it to ssh and its configuration.</summary>
    public string? User { get; init; }

    /// <summary>Null leaves it to ssh and its configuration.</summary>
    public int? Port { get; init; }

    public Secret? Password { get; init; }

    /// <summary>A private key itself.</summary>
    public Secret? Key { get; init; }

    /// <summary>The path of a private key.</summary>
    public string? KeyFile { get; init; }

    /// <summary>Opens the key.</summary>
    public Secret? KeyPassphrase { get; init; }

    /// <summary>The one host key that is accepted: "ssh-ed25519 AAAA…". Null asks known_hosts.</summary>
    public string? HostKey { get; init; }

    /// <summary>As <see cref="EndpointContext.SshConfigFile"/>.</summary>
    public string? ConfigFile { get; init; }

    /// <summary>As <see cref="EndpointContext.KnownHostsFile"/>.</summary>
    public string? KnownHostsFile { get; init; }

    /// <summary>Whether the keys and the agent of the user this program runs as may be used: not when it works for others.</summary>
    public bool UsesOwnKeys { get; init; } = true;

    /// <summary>Writes the key of a server that is not known into <see cref="KnownHostsFile"/> instead of refusing it. Only ever without a login.</summary>
    public bool LearnsHostKey { get; init; }

    public bool HasPrompts => Password is not null || KeyPassphrase is not null;

    public bool HasKey => Key is not null || KeyFile is not null;

    /// <summary>The type that the pinned key begins with; null when none is pinned.</summary>
    public string? HostKeyType => HostKey?.Split(' ')[0];
}
