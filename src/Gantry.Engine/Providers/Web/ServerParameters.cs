using System.Globalization;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Gantry.Engine.Endpoints;
using Gantry.Engine.Settings;

namespace Gantry.Engine.Providers.Web;

/// <summary>The parameters that say which server an action speaks to in a protocol other than HTTP, and how that server proves who it is.</summary>
public static class ServerParameters
{
    public static Setting Ca { get; } = new()
    {
        Name = "ca",
        Help = "Certificates, as PEM, of those who are trusted to vouch for the server, in place of those this machine trusts.",
    };

    public static Setting CertificateSha256 { get; } = new()
    {
        Name = "certificate_sha256",
        Help = "The SHA-256 of the only certificate that is accepted, as 64 hexadecimal digits, whoever signed it.",
    };

    /// <summary>A name or an address, and nothing else that a library might take for more than that.</summary>
    public static string HostOf(HttpCall parameters)
    {
        var host = parameters.FindText("host") ?? "";
        return host.Length > 0 && !host.Any(character => char.IsControl(character) || character is ' ' or '/' or '\\' or '@' or ',' or ';')
            ? host
            : throw HttpCall.Bad("'host' is the name or the address of a server, such as db.example.org.");
    }

    public static int PortOf(HttpCall parameters, int usual)
    {
        if (parameters.FindText("port") is not { } text)
        {
            return usual;
        }

        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port is >= 1 and <= 65535
            ? port
            : throw HttpCall.Bad("'port' is a number from 1 to 65535.");
    }

    public static TimeSpan TimeoutOf(HttpCall parameters, TimeSpan usual) =>
        parameters.FindText("timeout") is { } text && Duration.TryParse(text, out var given) && given > TimeSpan.Zero ? given : usual;

    /// <summary>The duration of a parameter that is given.</summary>
    public static TimeSpan DurationOf(HttpCall parameters, string name) =>
        Duration.TryParse(parameters.FindText(name) ?? "", out var duration) ? duration : throw HttpCall.Bad($"'{name}' must be a duration ({Duration.Form}).");

    /// <summary>A whole number within bounds; the usual one when none is given.</summary>
    public static int NumberOf(HttpCall parameters, string name, int usual, int min, int max)
    {
        if (parameters.FindText(name) is not { } text)
        {
            return usual;
        }

        return int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) && number >= min && number <= max
            ? number
            : throw HttpCall.Bad($"'{name}' is a number from {min} to {max}.");
    }

    public static ServerTrust TrustOf(HttpCall parameters) => new(AuthoritiesOf(parameters.FindText("ca")), FingerprintOf(parameters.FindText("certificate_sha256")));

    private static X509Certificate2Collection? AuthoritiesOf(string? pem)
    {
        if (pem is null)
        {
            return null;
        }

        try
        {
            X509Certificate2Collection authorities = [];
            authorities.ImportFromPem(pem);
            return authorities.Count > 0 ? authorities : throw HttpCall.Bad("'ca' holds no certificate: it begins with -----BEGIN CERTIFICATE-----.");
        }
        catch (CryptographicException)
        {
            throw HttpCall.Bad("'ca' is not a list of certificates as PEM.");
        }
    }

    private static byte[]? FingerprintOf(string? text)
    {
        if (text is null)
        {
            return null;
        }

        var digits = text.Replace(":", "", StringComparison.Ordinal);
        return digits.Length == 64 && digits.All(char.IsAsciiHexDigit)
            ? Convert.FromHexString(digits)
            : throw HttpCall.Bad("'certificate_sha256' is 64 hexadecimal digits.");
    }
}

/// <summary>What a server has to show when a connection is encrypted.</summary>
/// <param name="Authorities">Whose certificates are trusted; null means those this machine trusts.</param>
/// <param name="Fingerprint">The SHA-256 of the only certificate that is accepted, whoever signed it; null means that the authorities decide.</param>
public sealed record ServerTrust(X509Certificate2Collection? Authorities, byte[]? Fingerprint)
{
    /// <summary>Puts it into the options of a connection to a host of that name.</summary>
    public void Apply(SslClientAuthenticationOptions options, string host)
    {
        options.TargetHost = host;
        options.ClientCertificates = null;
        if (Fingerprint is { } expected)
        {
            options.RemoteCertificateValidationCallback = (_, certificate, _, _) =>
                certificate is not null && CryptographicOperations.FixedTimeEquals(SHA256.HashData(certificate.GetRawCertData()), expected);
        }

        if (Authorities is not null)
        {
            options.CertificateChainPolicy = OwnAuthorities.PolicyOf(Authorities);
        }
    }
}
