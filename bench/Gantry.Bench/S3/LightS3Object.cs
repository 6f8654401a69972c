using System.Security.Cryptography;

namespace Gantry.Bench.S3;

internal sealed record LightS3Object(
    IReadOnlyList<ReadOnlyMemory<byte>> Content, long Size, string ETag, DateTimeOffset Time, IReadOnlyList<KeyValuePair<string, string>> Headers)
{
    public static LightS3Object Of(IReadOnlyList<LightS3Object> parts, IReadOnlyList<KeyValuePair<string, string>> headers)
    {
        using var md5 = IncrementalHash.CreateHash(HashAlgorithmName.MD5);
        foreach (var part in parts)
        {
            md5.AppendData(Convert.FromHexString(part.ETag.Trim('"')));
        }

        return new LightS3Object(
            [.. parts.SelectMany(part => part.Content)], parts.Sum(part => part.Size), $"\"{Convert.ToHexStringLower(md5.GetHashAndReset())}-{parts.Count}\"",
            TimeProvider.System.GetUtcNow(), headers);
    }
}
