using System.Security.Cryptography.X509Certificates;

namespace Gantry.Plugins.Endpoints.S3;

/// <summary>Where a bucket is, and how requests name it.</summary>
internal sealed record S3Service
{
    /// <summary>Scheme, host and port of the service, and a path where a gateway has its S3 below one; no '/' at the end.</summary>
    public required string ServiceUrl { get; init; }

    public required string Region { get; init; }

    public required string Bucket { get; init; }

    /// <summary>The bucket stands in the path, and not in the host's name.</summary>
    public required bool IsPathStyle { get; init; }

    /// <summary>Whose certificates are trusted; null means those this machine trusts.</summary>
    public X509Certificate2Collection? Authorities { get; init; }

    public Uri ServiceUri => new(ServiceUrl);

    /// <summary>For messages: "bucket 'photos' at s3.eu-west-1.amazonaws.com".</summary>
    public string Place => $"the bucket '{Bucket}' at {ServiceUri.Authority}";

    public bool IsEncrypted => ServiceUrl.StartsWith("https:", StringComparison.OrdinalIgnoreCase);

    /// <summary>https://docs.aws.amazon.com/general/latest/gr/s3.html</summary>
    public static string UrlOfAws(string region) =>
        $"https://s3.{region}.amazonaws.com" + (region.StartsWith("cn-", StringComparison.Ordinal) ? ".cn" : "");
}
