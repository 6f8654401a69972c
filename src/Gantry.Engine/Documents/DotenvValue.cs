using System.Buffers;

namespace Gantry.Engine.Documents;

/// <summary>Values of dotenv text as they are written and as they are meant.</summary>
internal static class DotenvValue
{
    /// <summary>What needs no quotes, in shells and containers' env files as well.</summary>
    private static readonly SearchValues<byte> Plain = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_./:@%+,=-"u8);

    /// <summary>In double quotes a backslash and a letter of the first row stand for the character below it.</summary>
    private const string Letters = "abfnrtv\\'\"";
    private const string Meanings = "\a\b\f\n\r\t\v\\'\"";

    public static byte[] Decode(ReadOnlySpan<byte> written) => written switch
    {
        [(byte)'\'', .. var inner, (byte)'\''] => Unescape(inner, "\\'", "\\'"),
        [(byte)'"', .. var inner, (byte)'"'] => Unescape(inner, Letters, Meanings),
        _ => written.ToArray(),
    };

    /// <summary>
    /// As it is where that is safe; else in single quotes, where only a quote and a backslash are escaped; in double quotes what other readers would get wrong in single
    /// ones: a carriage return, and a backslash at the end.
    /// </summary>
    public static byte[] Encode(ReadOnlySpan<byte> value)
    {
        if (value.IndexOfAnyExcept(Plain) < 0)
        {
            return value.ToArray();
        }

        return value.Contains((byte)'\r') || value[^1] == '\\' ? Quote(value, (byte)'"', "\n\r\t\\\"", "nrt\\\"") : Quote(value, (byte)'\'', "\\'", "\\'");
    }

    private static byte[] Unescape(ReadOnlySpan<byte> inner, string letters, string meanings)
    {
        var value = new byte[inner.Length];
        var length = 0;
        for (var at = 0; at < inner.Length; at++)
        {
            var meaning = inner[at] == '\\' && at + 1 < inner.Length ? letters.IndexOf((char)inner[at + 1], StringComparison.Ordinal) : -1;
            value[length++] = meaning < 0 ? inner[at] : (byte)meanings[meaning];
            at += meaning < 0 ? 0 : 1;
        }

        var exact = value[..length];
        System.Security.Cryptography.CryptographicOperations.ZeroMemory(value);
        return exact;
    }

    private static byte[] Quote(ReadOnlySpan<byte> value, byte quote, string meanings, string letters)
    {
        var written = new byte[(value.Length * 2) + 2];
        var length = 0;
        written[length++] = quote;
        foreach (var character in value)
        {
            var meaning = meanings.IndexOf((char)character, StringComparison.Ordinal);
            if (meaning >= 0)
            {
                written[length++] = (byte)'\\';
            }

            written[length++] = meaning < 0 ? character : (byte)letters[meaning];
        }

        written[length++] = quote;
        var exact = written[..length];
        System.Security.Cryptography.CryptographicOperations.ZeroMemory(written);
        return exact;
    }
}
