using System.Net;
using System.Net.Security;
using Gantry.Engine.Providers.Web;

namespace Gantry.Plugins.Providers.Smtp;

/// <summary>How the connection is protected.</summary>
internal enum SmtpTls
{
    /// <summary>Asked for on the plain connection, and insisted on.</summary>
    StartTls,

    /// <summary>From the first byte (RFC 8314), usually on port 465.</summary>
    Implicit,

    None,
}

/// <summary>The server that takes the mail.</summary>
internal sealed record SmtpServer
{
    public required string Host { get; init; }

    public required int Port { get; init; }

    public required SmtpTls Tls { get; init; }

    /// <summary>Null when nobody signs in.</summary>
    public NetworkCredential? Login { get; init; }

    public required ServerTrust Trust { get; init; }

    public string Name => $"{Host}:{Port}";

    public SslClientAuthenticationOptions TlsOptions()
    {
        var options = new SslClientAuthenticationOptions();
        Trust.Apply(options, Host);
        return options;
    }
}
