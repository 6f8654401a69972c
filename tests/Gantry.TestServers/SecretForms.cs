using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Gantry.TestServers;

/// <summary>A text as other programs write it: each form by a writer of its own, never by what reads it in the program.</summary>
public static class SecretForms
{
    public static readonly IReadOnlyDictionary<string, Func<string, string>> All = new Dictionary<string, Func<string, string>>(StringComparer.Ordinal)
    {
        ["plain"] = value => value,
        ["base64"] = value => Base64("", value, ""),
        ["base64 behind one"] = value => Base64("u", value, ""),
        ["base64 behind two"] = value => Base64("u:", value, "@h"),
        ["base64 behind three"] = value => Base64("us:", value, "!"),
        ["base64 without padding"] = value => Base64("user:", value, "").TrimEnd('='),
        ["base64 for addresses"] = value => Base64("a", value, "\u00FF").TrimEnd('=').Replace('+', '-').Replace('/', '_'),
        ["base64 in lines"] = value => Convert.ToBase64String(Encoding.UTF8.GetBytes("x" + value + new string('y', 60)), Base64FormattingOptions.InsertLineBreaks),
        ["base64 of utf-16"] = value => Convert.ToBase64String(Encoding.Unicode.GetBytes("a" + value)),
        ["base64 of json"] = value => Base64("{\"a\":", JsonSerializer.Serialize(value), "}"),
        ["base64 in an address"] = value => Uri.EscapeDataString(Base64("u:", value, "?>")),
        ["percent"] = Uri.EscapeDataString,
        ["percent in small letters"] = value => Percent(value, always: false).ToLowerInvariant(),
        ["percent of everything"] = value => Percent(value, always: true),
        ["percent twice"] = value => Uri.EscapeDataString(Uri.EscapeDataString(value)),
        ["form"] = WebUtility.UrlEncode,
        ["json"] = value => JsonSerializer.Serialize(value)[1..^1],
        ["json relaxed"] = value => JsonEncodedText.Encode(value, JavaScriptEncoder.UnsafeRelaxedJsonEscaping).Value,
        ["json of numbers"] = value => string.Concat(value.Select(character => $"\\u{(int)character:x4}")),
        ["json of numbers in capitals"] = value => string.Concat(value.Select(character => $"\\u{(int)character:X4}")),
        ["json with slashes"] = value => JsonEncodedText.Encode(value, JavaScriptEncoder.UnsafeRelaxedJsonEscaping).Value.Replace("/", "\\/", StringComparison.Ordinal),
        ["json in json"] = value => JsonSerializer.Serialize(JsonSerializer.Serialize(value)),
        ["html"] = WebUtility.HtmlEncode,
        ["octal"] = value => string.Concat(Encoding.UTF8.GetBytes(value).Select(octet => octet is > 32 and < 127 and not (byte)'\\'
            ? ((char)octet).ToString() : "\\" + Convert.ToString(octet, 8).PadLeft(3, '0'))),
        ["hex"] = value => Convert.ToHexStringLower(Encoding.UTF8.GetBytes(value)),
        ["hex in capitals"] = value => "0" + Convert.ToHexString(Encoding.UTF8.GetBytes(value)),
        ["hex with colons"] = value => string.Join(':', Encoding.UTF8.GetBytes(value).Select(octet => octet.ToString("x2", CultureInfo.InvariantCulture))),
        ["hex with dashes"] = value => BitConverter.ToString(Encoding.UTF8.GetBytes(value)),
        ["hex with spaces"] = value => string.Join(' ', Encoding.UTF8.GetBytes(value).Select(octet => octet.ToString("x2", CultureInfo.InvariantCulture))),
    };

    /// <summary>
    /// Texts each of which shows the value: all its forms, with Base64 cut down to the digits that depend on nothing but the value, for each place in a longer one.
    /// </summary>
    public static IEnumerable<string> TracesOf(string value)
    {
        foreach (var (name, write) in All.Where(form => !form.Key.StartsWith("base64", StringComparison.Ordinal)))
        {
            yield return name == "hex in capitals" ? write(value)[1..] : write(value);
        }

        for (var before = 0; before < 3; before++)
        {
            var bytes = Encoding.UTF8.GetBytes(new string('\0', before) + value);
            var (first, end) = (((before * 8) + 5) / 6, bytes.Length * 8 / 6);
            var digits = Convert.ToBase64String(bytes)[first..end];
            yield return digits;
            yield return digits.Replace('+', '-').Replace('/', '_');
        }
    }

    private static string Base64(string before, string value, string behind) => Convert.ToBase64String(Encoding.UTF8.GetBytes(before + value + behind));

    private static string Percent(string value, bool always) => string.Concat(Encoding.UTF8.GetBytes(value).Select(octet =>
        !always && (char.IsAsciiLetterLower((char)octet) || char.IsAsciiDigit((char)octet) || octet is (byte)'/' or (byte)'\'' or (byte)'(') ? ((char)octet).ToString() : $"%{octet:X2}"));
}
