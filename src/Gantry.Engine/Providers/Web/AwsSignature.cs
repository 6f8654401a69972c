using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Gantry.Engine.Providers.Web;

/// <summary>The keys that requests are signed with.</summary>
/// <param name="AccessKey">The public half.</param>
/// <param name="SecretKey">The secret half.</param>
/// <param name="SessionToken">What temporary keys come with; null for others.</param>
public sealed record AwsKeys(string AccessKey, string SecretKey, string? SessionToken)
{
    public override string ToString() => "***";
}

/// <summary>
/// AWS Signature Version 4 (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html), for one service in one region. The path and the
/// query are given in their canonical forms: encoded, and the query sorted.
/// </summary>
public sealed class AwsSignature(string region, string service)
{
    /// <summary>The SHA-256 of nothing.</summary>
    public const string Nothing = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

    private sealed record DayKey(string Day, AwsKeys Keys, byte[] Key);

    private DayKey? latest;

    public static string Time(DateTimeOffset now) => now.UtcDateTime.ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture);

    /// <summary>The value of the Authorization header. The signed headers have lower-case names; x-amz-date is among them and is the time.</summary>
    public string Sign(string method, string path, string query, List<KeyValuePair<string, string>> signed, string payloadHash, string time, AwsKeys keys)
    {
        signed.Sort(static (one, other) => string.CompareOrdinal(one.Key, other.Key));
        var names = string.Join(';', signed.Select(header => header.Key));
        var canonical = new StringBuilder(512).Append(method).Append('\n').Append(path).Append('\n').Append(query).Append('\n');
        foreach (var (name, value) in signed)
        {
            canonical.Append(name).Append(':').Append(Trimmed(value)).Append('\n');
        }

        canonical.Append('\n').Append(names).Append('\n').Append(payloadHash);
        var day = time[..8];
        var scope = $"{day}/{region}/{service}/aws4_request";
        var toSign = $"AWS4-HMAC-SHA256\n{time}\n{scope}\n{Hash(canonical.ToString())}";
        var signature = Convert.ToHexStringLower(HMACSHA256.HashData(KeyOf(day, keys), Encoding.UTF8.GetBytes(toSign)));
        return $"AWS4-HMAC-SHA256 Credential={keys.AccessKey}/{scope},SignedHeaders={names},Signature={signature}";
    }

    /// <summary>Spaces in a row count as one.</summary>
    private static string Trimmed(string value)
    {
        value = value.Trim();
        return value.Contains("  ", StringComparison.Ordinal) ? string.Join(' ', value.Split(' ', StringSplitOptions.RemoveEmptyEntries)) : value;
    }

    private static string Hash(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    private byte[] KeyOf(string day, AwsKeys keys)
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
