using System.Text;
using Gantry.Engine.Endpoints;

namespace Gantry.Plugins.Endpoints.S3;

/// <summary>
/// User metadata in headers. Values that are not plain ASCII go as RFC 2047 has it, which S3 itself answers with
/// (https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingMetadata.html).
/// </summary>
internal static class S3Metadata
{
    public const string HeaderPrefix = "x-amz-meta-";
    private const string EncodedPrefix = "=?UTF-8?B?";
    private const string EncodedQuotedPrefix = "=?UTF-8?Q?";
    private const string EncodedSuffix = "?=";

    /// <summary>In lower case; what is no name of a header fails with BadSetting.</summary>
    public static string CheckedName(string name) =>
        name.Length is > 0 and <= 200 && name.All(character => char.IsAsciiLetterOrDigit(character) || "-_.!#$%&'*+^`|~".Contains(character, StringComparison.Ordinal))
            ? name.ToLowerInvariant()
            : throw new EndpointException(EndpointError.BadSetting, $"'{EndpointPath.Printable(name)}' cannot be a name of metadata: it has letters, digits, '-', '_' and '.'.");

    public static string Encode(string value) =>
        value.All(character => character is >= ' ' and <= '~') && value.Trim() == value && !value.StartsWith("=?", StringComparison.Ordinal)
            ? value
            : EncodedPrefix + Convert.ToBase64String(Encoding.UTF8.GetBytes(value)) + EncodedSuffix;

    public static string Decode(string value)
    {
        if (!value.EndsWith(EncodedSuffix, StringComparison.Ordinal))
        {
            return value;
        }

        if (value.StartsWith(EncodedPrefix, StringComparison.OrdinalIgnoreCase))
        {
            var bytes = new byte[value.Length];
            return Convert.TryFromBase64String(value[EncodedPrefix.Length..^EncodedSuffix.Length], bytes, out var count)
                ? Encoding.UTF8.GetString(bytes, 0, count)
                : value;
        }

        return value.StartsWith(EncodedQuotedPrefix, StringComparison.OrdinalIgnoreCase)
            ? Uri.UnescapeDataString(value[EncodedQuotedPrefix.Length..^EncodedSuffix.Length].Replace("%", "%25", StringComparison.Ordinal).Replace('_', ' ').Replace('=', '%'))
            : value;
    }

    public static FileDetails DetailsOf(HttpResponseMessage response) =>
        DetailsOf(response.Headers.NonValidated.Select(header => KeyValuePair.Create(header.Key, header.Value.ToString())));

    /// <summary>Of all headers of an answer.</summary>
    public static FileDetails DetailsOf(IEnumerable<KeyValuePair<string, string>> headers)
    {
        Dictionary<string, string> metadata = new(StringComparer.Ordinal);
        foreach (var (name, value) in headers)
        {
            if (name.StartsWith(HeaderPrefix, StringComparison.OrdinalIgnoreCase))
            {
                metadata[name[HeaderPrefix.Length..].ToLowerInvariant()] = Decode(value);
            }
        }

        return new FileDetails { ModifiedAt = S3Time.Parse(metadata.GetValueOrDefault(S3Time.MetadataName)), Metadata = metadata };
    }
}
