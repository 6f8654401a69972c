using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Gantry.Engine.Plans.Triggers;
using Gantry.Engine.Settings;

namespace Gantry.Hub.Triggers.Webhooks;

/// <summary>Whether a caller knows the webhook's secret. Everything secret is compared in constant time, and what is signed is the body as it came.</summary>
internal static class WebhookCheck
{
    /// <summary>Of a header with several signatures, so many are looked at.</summary>
    private const int SignaturesMax = 10;

    private const string SecretPrefix = "whsec_";

    /// <summary>Null when the caller is known; otherwise a sentence for it, which tells nothing of the secret.</summary>
    public static string? WhyNot(WebhookTrigger hook, IHeaderDictionary headers, ReadOnlySpan<byte> body, string secret, DateTimeOffset now)
    {
        var scheme = hook.Scheme;
        if (scheme.IsOpen)
            return null;
        if (headers[scheme.SecretHeader!] is not [{ Length: > 0 } given])
            return $"The header '{scheme.SecretHeader}' is missing, or stands there more than once.";
        if (scheme.TokenHeader is not null)
            return IsToken(given, secret) ? null : $"The token in '{scheme.TokenHeader}' is not this webhook's.";

        var time = scheme.TimeHeader is { } header ? headers[header].ToString() : scheme.TimePart is { } part ? PartOf(given, scheme, part) : null;
        if (scheme.HasTime && WhyNotNow(time, hook.Tolerance, now) is { } late)
            return late;
        var before = scheme.SignedBefore.Replace("{id}", DeliveryHeaderOf(scheme, headers), StringComparison.Ordinal).Replace("{time}", time, StringComparison.Ordinal);
        return IsSigned(scheme, given, before, body, secret) ? null : $"The signature in '{scheme.SignatureHeader}' does not fit the body and this webhook's secret.";
    }

    /// <summary>What the sender calls this delivery; null when it says nothing.</summary>
    public static string? DeliveryOf(WebhookScheme scheme, IHeaderDictionary headers, System.Text.Json.JsonElement? body)
    {
        if (scheme.DeliveryHeader is { } header && headers[header] is [{ Length: > 0 } own])
            return own;
        if (scheme.DeliveryMember is { } member && body is { ValueKind: System.Text.Json.JsonValueKind.Object } json
            && json.TryGetProperty(member, out var id) && id.ValueKind == System.Text.Json.JsonValueKind.String)
            return id.GetString();
        return WebhookScheme.DeliveryHeaders.Select(name => headers[name]).FirstOrDefault(values => values is [{ Length: > 0 }]).FirstOrDefault();
    }

    private static string DeliveryHeaderOf(WebhookScheme scheme, IHeaderDictionary headers) => scheme.DeliveryHeader is { } header ? headers[header].ToString() : "";

    /// <summary>Both are hashed first, so that not even their lengths show.</summary>
    private static bool IsToken(string given, string secret)
    {
        var token = given.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase) ? given[7..].Trim() : given;
        return CryptographicOperations.FixedTimeEquals(SHA256.HashData(Encoding.UTF8.GetBytes(token)), SHA256.HashData(Encoding.UTF8.GetBytes(secret)));
    }

    private static string? WhyNotNow(string? time, TimeSpan tolerance, DateTimeOffset now)
    {
        if (!long.TryParse(time, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) || seconds > 253_402_300_799)
            return "The time that is signed is missing, or is no number of seconds since 1970.";
        return (now - DateTimeOffset.FromUnixTimeSeconds(seconds)).Duration() <= tolerance ? null
            : $"The time that is signed is more than {Duration.Format(tolerance)} from now. Check the clocks, or send it anew.";
    }

    private static bool IsSigned(WebhookScheme scheme, string given, string before, ReadOnlySpan<byte> body, string secret)
    {
        using var hash = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, KeyOf(scheme, secret));
        hash.AppendData(Encoding.UTF8.GetBytes(before));
        hash.AppendData(body);
        var expected = hash.GetHashAndReset();
        var isGood = false;
        foreach (var signature in SignaturesIn(given, scheme))
            isGood |= Decode(signature, scheme.Encoding) is { } bytes && CryptographicOperations.FixedTimeEquals(bytes, expected);
        return isGood;
    }

    /// <summary>Standard Webhooks write a secret as whsec_ and base64; any other is taken as its text.</summary>
    private static byte[] KeyOf(WebhookScheme scheme, string secret) =>
        scheme.Encoding == SignatureEncoding.Base64 && secret.StartsWith(SecretPrefix, StringComparison.Ordinal) && Decode(secret[SecretPrefix.Length..], SignatureEncoding.Base64) is { } key
            ? key : Encoding.UTF8.GetBytes(secret);

    private static IEnumerable<string> SignaturesIn(string given, WebhookScheme scheme)
    {
        if (scheme.Version is not { } version)
            return [given.Trim()];
        var parts = scheme.PartSeparator is { } separator ? given.Split(separator, StringSplitOptions.TrimEntries) : [given.Trim()];
        var prefix = version + scheme.VersionMark;
        return parts.Where(part => part.StartsWith(prefix, StringComparison.Ordinal)).Select(part => part[prefix.Length..]).Take(SignaturesMax);
    }

    private static string? PartOf(string given, WebhookScheme scheme, string name) =>
        given.Split(scheme.PartSeparator ?? ',', StringSplitOptions.TrimEntries).FirstOrDefault(part => part.StartsWith(name + scheme.VersionMark, StringComparison.Ordinal))?[(name.Length + 1)..];

    /// <summary>Null when it is none.</summary>
    private static byte[]? Decode(string text, SignatureEncoding encoding)
    {
        if (encoding == SignatureEncoding.Base64)
        {
            var bytes = new byte[(text.Length / 4 * 3) + 3];
            return Convert.TryFromBase64String(text, bytes, out var count) ? bytes[..count] : null;
        }

        var hex = new byte[text.Length / 2];
        return text.Length % 2 == 0 && Convert.FromHexString(text, hex, out _, out var written) == System.Buffers.OperationStatus.Done && written == hex.Length ? hex : null;
    }
}
