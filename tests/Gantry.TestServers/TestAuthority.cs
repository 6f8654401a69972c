using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Gantry.TestServers;

/// <summary>An authority that no machine knows, and certificates of its making.</summary>
public sealed class TestAuthority : IDisposable
{
    private readonly ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    public TestAuthority()
    {
        CertificateRequest request = new("CN=An authority of one's own", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, hasPathLengthConstraint: false, 0, critical: true));
        var now = TimeProvider.System.GetUtcNow();
        Certificate = request.CreateSelfSigned(now.AddDays(-100), now.AddDays(100));
    }

    public X509Certificate2 Certificate { get; }

    /// <summary>With its key; for a host by its name.</summary>
    /// <param name="host">Whose it is.</param>
    /// <param name="days">How long it is good from today on; one of the past with a negative number.</param>
    public X509Certificate2 Issue(string host, int days = 30)
    {
        using var own = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CertificateRequest request = new($"CN={host}", own, HashAlgorithmName.SHA256);
        SubjectAlternativeNameBuilder names = new();
        names.AddDnsName(host);
        request.CertificateExtensions.Add(names.Build());
        var now = TimeProvider.System.GetUtcNow();
        using var issued = request.Create(Certificate, now.AddDays(-50), now.AddDays(days), RandomNumberGenerator.GetBytes(8));
        return issued.CopyWithPrivateKey(own);
    }

    public void Dispose()
    {
        Certificate.Dispose();
        key.Dispose();
    }
}
