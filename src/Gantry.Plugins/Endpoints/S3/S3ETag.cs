using Gantry.Engine.Endpoints;

namespace Gantry.Plugins.Endpoints.S3;

/// <summary>
/// What an ETag tells of content: of an object that was sent in one piece it mostly is the MD5, of one in parts it has a '-'. Of one that is encrypted by
/// KMS it is something else of the same form, so that equal ones prove something, and different ones do not.
/// </summary>
internal static class S3ETag
{
    private const int Md5Length = 32;

    /// <summary>Null when it is none by its form.</summary>
    public static FileHash? HashOf(string? etag) => Bare(etag) is { Length: Md5Length } hex && hex.All(char.IsAsciiHexDigit) ? new FileHash("md5", hex.ToLowerInvariant()) : null;

    /// <summary>Without its quotes; null when there is none.</summary>
    public static string? Bare(string? etag) => etag?.Trim().Trim('"');

    /// <summary>Of what was written: whoever took it names it.</summary>
    public static string Named(string? etag, S3Service service, string about) =>
        etag is { Length: > 0 } ? etag : throw S3Errors.NoETag(service, about);

    /// <summary>Of an object that came in parts with these ETags; null when one of them is no MD5.</summary>
    public static string? OfParts(IEnumerable<string> etags)
    {
        using var all = System.Security.Cryptography.IncrementalHash.CreateHash(System.Security.Cryptography.HashAlgorithmName.MD5);
        var count = 0;
        foreach (var etag in etags)
        {
            if (HashOf(etag) is not { } part)
            {
                return null;
            }

            all.AppendData(Convert.FromHexString(part.Hex));
            count++;
        }

        return $"{Convert.ToHexStringLower(all.GetHashAndReset())}-{count}";
    }
}
