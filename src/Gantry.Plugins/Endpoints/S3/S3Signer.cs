using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Gantry.Plugins.Endpoints.S3;

/// <summary>
/// Signs requests (AWS Signature Version 4, https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html). The SDK does as well, and
/// takes several times as long for it: a small file is little more than its signature.
/// </summary>
internal sealed class S3Signer(string region, TimeProvider clock, string service = "s3")
{
    /// <summary>The payload is not part of the signature: TLS protects it, or a checksum that is signed.</summary>
    public const string Unsigned = "UNSIGNED-PAYLOAD";

    /// <summary>The SHA-256 of nothing.</summary>
    public const string Nothing = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

    private sealed record DayKey(string Day, S3KeyPair Keys, byte[] Key);

    private DayKey? latest;

    /// <summary>Adds the headers that sign it.</summary>
    public void Sign(S3Request request, string host, string path, string query, S3KeyPair? keys)
    {
        var now = clock.GetUtcNow().UtcDateTime.ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture);
        request.Headers.Add(new S3Header("x-amz-content-sha256", request.PayloadHash));
        if (keys is null)
        {
            return;
        }

        request.Headers.Add(new S3Header("x-amz-date", now));
        if (keys.SessionToken is { } token)
        {
            request.Headers.Add(new S3Header("x-amz-security-token", token));
        }

        List<S3Header> signed = [new S3Header("host", host)];
        foreach (var (name, value) in request.Headers)
        {
            if (name.StartsWith("x-amz-", StringComparison.Ordinal) || name is "content-md5" or "content-type")
            {
                signed.Add(new S3Header(name, value));
            }
        }

        signed.Sort(static (one, other) => string.CompareOrdinal(one.Name, other.Name));
        var names = string.Join(';', signed.Select(header => header.Name));
        var canonical = new StringBuilder(512).Append(request.Method.Method).Append('\n').Append(path).Append('\n').Append(query).Append('\n');
        foreach (var (name, value) in signed)
        {
            canonical.Append(name).Append(':').Append(Trimmed(value)).Append('\n');
        }

        canonical.Append('\n').Append(names).Append('\n').Append(request.PayloadHash);
        var day = now[..8];
        var scope = $"{day}/{region}/{service}/aws4_request";
        var toSign = $"AWS4-HMAC-SHA256\n{now}\n{scope}\n{Hash(canonical.ToString())}";
        var signature = Convert.ToHexStringLower(HMACSHA256.HashData(KeyOf(day, keys), Encoding.UTF8.GetBytes(toSign)));
        request.Headers.Add(new S3Header("authorization", $"AWS4-HMAC-SHA256 Credential={keys.AccessKey}/{scope},SignedHeaders={names},Signature={signature}"));
    }

    /// <summary>Spaces in a row count as one.</summary>
    private static string Trimmed(string value)
    {
        value = value.Trim();
        return value.Contains("  ", StringComparison.Ordinal) ? string.Join(' ', value.Split(' ', StringSplitOptions.RemoveEmptyEntries)) : value;
    }

    private static string Hash(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    private byte[] KeyOf(string day, S3KeyPair keys)
    {
        if (latest is { } known && known.Day == day && ReferenceEquals(known.Keys, keys))
        {
            return known.Key;
        }

        var key = Encoding.UTF8.GetBytes("AWS4" + keys.SecretKey);
        foreach (var part in (string[])[day, region, service, "aws4_request"])
        {
            key = HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(part));
        }

        latest = new DayKey(day, keys, key);
        return key;
    }
}
