using System.Net;
using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Gantry.Engine.Endpoints;

namespace Gantry.Plugins.Endpoints.Ftp;

/// <summary>How a server proves who it is.</summary>
internal sealed record FtpTls
{
    private static int connections;

    /// <summary>The name in the server's certificate.</summary>
    public required string Host { get; init; }

    /// <summary>Whose certificates are trusted; null means those this machine trusts.</summary>
    public X509Certificate2Collection? Authorities { get; init; }

    /// <summary>The SHA-256 of the only certificate that is accepted, whoever signed it; null means that the authorities decide.</summary>
    public byte[]? Fingerprint { get; init; }

    /// <summary>
    /// The server wants a newer version than 1.2, which is taken first: there every data connection resumes the session of its control connection, as some
    /// servers demand and all do quicker. A ticket of TLS 1.3 serves once.
    /// </summary>
    public bool IsNewer { get; init; }

    /// <summary>
    /// Made once for a control connection and used for its data connections too. Data connections resume the TLS session of their own control connection: .NET
    /// keeps sessions by the name of the host, so that each control connection gets that name in a spelling of its own. For an address it keeps none:
    /// there a name stands in, and the certificate is held against the address.
    /// </summary>
    public SslClientAuthenticationOptions ToOptions()
    {
        var number = Interlocked.Increment(ref connections);
        var isAddress = IPAddress.TryParse(Host, out _);
        SslClientAuthenticationOptions options = new() { TargetHost = isAddress ? $"address-{number}.invalid" : Spelled(Host, number) };
        if (!IsNewer)
        {
            options.EnabledSslProtocols = SslProtocols.Tls12;
        }

        if (Fingerprint is { } expected)
        {
            options.RemoteCertificateValidationCallback = (_, certificate, _, _) =>
                certificate is not null && CryptographicOperations.FixedTimeEquals(SHA256.HashData(certificate.GetRawCertData()), expected);
        }
        else if (isAddress)
        {
            options.RemoteCertificateValidationCallback = (_, certificate, _, errors) =>
                (errors & ~SslPolicyErrors.RemoteCertificateNameMismatch) == SslPolicyErrors.None
                && certificate is X509Certificate2 shown && shown.MatchesHostname(Host, allowCommonName: false);
        }

        if (Authorities is not null)
        {
            options.CertificateChainPolicy = OwnAuthorities.PolicyOf(Authorities);
        }

        return options;
    }

    /// <summary>Encrypts a stream; it belongs to the one that is answered.</summary>
    public static async Task<SslStream> SecureAsync(Stream stream, SslClientAuthenticationOptions options, string name, CancellationToken cancellationToken)
    {
        SslStream secured = new(stream, leaveInnerStreamOpen: false);
        try
        {
            await secured.AuthenticateAsClientAsync(options, cancellationToken);
            return secured;
        }
        catch (AuthenticationException failed)
        {
            await secured.DisposeAsync();
            throw new EndpointException(
                EndpointError.Disconnected,
                $"TLS with {name} failed: {ReasonOf(failed)}. A certificate of one's own is trusted by the setting 'ca_file' (--ca-file FILE where a login is tried); a server without TLS takes tls=none.",
                innerException: failed.InnerException is null ? failed : new FtpVersionException(failed));
        }
        catch (IOException failed)
        {
            await secured.DisposeAsync();
            throw new EndpointException(
                EndpointError.Disconnected, $"TLS with {name} failed: {ReasonOf(failed)}. A server without TLS takes tls=none.", isTransient: true, new FtpVersionException(failed));
        }
        catch
        {
            await secured.DisposeAsync();
            throw;
        }
    }

    /// <summary>The same name, for letters' case means nothing in names of hosts; the bits of the number say which letters are capitals.</summary>
    private static string Spelled(string host, int number)
    {
        var letters = host.ToLowerInvariant().ToCharArray();
        for (int i = 0, bits = number; i < letters.Length && bits != 0; i++)
        {
            if (char.IsAsciiLetter(letters[i]))
            {
                letters[i] = (bits & 1) != 0 ? char.ToUpperInvariant(letters[i]) : letters[i];
                bits >>= 1;
            }
        }

        return new string(letters);
    }

    private static string ReasonOf(Exception failed) => (failed.InnerException?.Message ?? failed.Message).TrimEnd('.');
}

/// <summary>Inside another exception: TLS failed before anybody looked at a certificate, maybe for want of a common version.</summary>
internal sealed class FtpVersionException(Exception failed) : Exception(failed.Message, failed);
