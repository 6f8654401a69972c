using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Gantry.Engine.Settings;

namespace Gantry.Engine.Endpoints;

/// <summary>The settings by which a kind that speaks TLS is told whose certificates are trusted, in place of those this machine trusts.</summary>
public static class OwnAuthorities
{
    /// <summary>The certificates themselves, as PEM.</summary>
    public const string Pem = "ca";

    /// <summary>The absolute path of such a file.</summary>
    public const string PemFile = "ca_file";

    public static IReadOnlyList<Setting> Settings { get; } =
    [
        new() { Name = Pem, Help = "Certificates, as PEM, of those who are trusted to vouch for the server, in place of those this machine trusts." },
        new() { Name = PemFile, Help = "The path of such a file on the machine Gantry runs on." },
    ];

    /// <summary>Which of the two settings is given; null when neither is.</summary>
    public static string? GivenIn(EndpointSettings settings) => settings.Find(Pem) is not null ? Pem : settings.Find(PemFile) is not null ? PemFile : null;

    /// <summary>Fails with BadSetting when the path is not absolute.</summary>
    public static void Check(EndpointSettings settings)
    {
        if (settings.Find(PemFile) is { } file && (!file.StartsWith('/') || file.Any(char.IsControl)))
        {
            throw Wrong($"The setting '{PemFile}' has the value '{EndpointPath.Printable(file)}', which is no absolute path.");
        }
    }

    /// <summary>Fails with BadSetting when a file of this machine is named by somebody whose machine it is not.</summary>
    public static void RequireAllowed(EndpointSettings settings, EndpointContext context)
    {
        if (settings.Find(PemFile) is not null && context.LocalRoots is not null)
        {
            throw Wrong($"The setting '{PemFile}' names a file of this machine, which is not yours to use here: give the certificates themselves as the setting '{Pem}', where there is one.");
        }
    }

    /// <summary>Null when neither setting is given. What cannot be read, or holds no certificate, fails with BadSetting.</summary>
    public static X509Certificate2Collection? Read(EndpointSettings settings)
    {
        if (GivenIn(settings) is null)
        {
            return null;
        }

        try
        {
            X509Certificate2Collection authorities = [];
            authorities.ImportFromPem(settings.Find(Pem) ?? File.ReadAllText(settings.Find(PemFile)!));
            return authorities.Count > 0 ? authorities : throw Wrong($"There is no certificate in what the setting '{Pem}' or '{PemFile}' gives.");
        }
        catch (Exception failed) when (failed is IOException or UnauthorizedAccessException or CryptographicException)
        {
            throw new EndpointException(EndpointError.BadSetting, $"The certificates of the setting '{Pem}' or '{PemFile}' cannot be read: {failed.Message}", innerException: failed);
        }
    }

    /// <summary>Nobody but these vouches for a server.</summary>
    public static X509ChainPolicy PolicyOf(X509Certificate2Collection authorities)
    {
        X509ChainPolicy policy = new() { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        policy.CustomTrustStore.AddRange(authorities);
        return policy;
    }

    private static EndpointException Wrong(string message) => new(EndpointError.BadSetting, message);
}
