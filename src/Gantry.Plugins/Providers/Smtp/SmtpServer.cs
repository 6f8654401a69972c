using System.Net;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

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

    /// <summary>Whose certificates are trusted; null means those this machine trusts.</summary>
    public X509Certificate2Collection? Authorities { get; init; }

    /// <summary>The SHA-256 of the only certificate that is accepted, whoever signed it; null means that the authorities decide.</summary>
    public byte[]? Fingerprint { get; init; }

    public string Name => $"{Host}:{Port}";

    public SslClientAuthenticationOptions TlsOptions()
    {
        var options = new SslClientAuthenticationOptions { TargetHost = Host };
        if (Fingerprint is { } expected)
        {
            options.RemoteCertificateValidationCallback = (_, certificate, _, _) =>
                certificate is not null && CryptographicOperations.FixedTimeEquals(SHA256.HashData(certificate.GetRawCertData()), expected);
        }

        if (Authorities is not null)
        {
            options.CertificateChainPolicy = new() { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
            options.CertificateChainPolicy.CustomTrustStore.AddRange(Authorities);
        }

        return options;
    }
}
