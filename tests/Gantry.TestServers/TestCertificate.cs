using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Gantry.TestServers;

/// <summary>A certificate for localhost and 127.0.0.1 that nobody vouches for but itself, with its key, as two files of a folder.</summary>
public sealed class TestCertificate
{
    private TestCertificate(X509Certificate2 certificate, string file, string keyFile) =>
        (Fingerprint, Pem, File, KeyFile) = (Convert.ToHexStringLower(SHA256.HashData(certificate.RawData)), certificate.ExportCertificatePem(), file, keyFile);

    public string Fingerprint { get; }

    public string Pem { get; }

    public string File { get; }

    public string KeyFile { get; }

    public static TestCertificate Make(TemporaryFolder folder)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        var now = TimeProvider.System.GetUtcNow();
        using var certificate = request.CreateSelfSigned(now.AddDays(-1), now.AddDays(30));
        return new TestCertificate(
            certificate,
            folder.WriteFile("certificate.pem", certificate.ExportCertificatePem()),
            folder.WriteFile("key.pem", key.ExportPkcs8PrivateKeyPem()));
    }
}
