using System.Buffers;
using System.Text;
using Gantry.TestServers;

namespace Gantry.EndToEnd.Specs.Canaries;

/// <summary>Secrets that are nowhere else in the world, of the shapes that go wrong, and what shows them.</summary>
internal static class Canary
{
    public static readonly IReadOnlyDictionary<string, string> All = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["PLAIN"] = "Zq7RkLm9Xw4Tv1Bn",
        ["QUOTED"] = "Wj5\"Hc'Pb8\\Ny2/Kf",
        ["UNICODE"] = "Gx3\u00FCRd\u20AC6V\U0001F511Mt8Qs",
        ["SPACED"] = "Bf4 Lp9  Hz7 Ds2Jk",
        ["PERCENT"] = "Nc8%41Ty%2FUe5%Rw3",
        ["PLUS"] = "Xv6+Qa1+Mg9==Jb4&k=2",
        ["LINES"] = "-----BEGIN KEY-----\nKd2WzFq8PnYh5LcRm7Vt\nUs4EbGx9JaTk3DwNf6Qp\n-----END KEY-----\n",
        ["LONG"] = string.Concat(Enumerable.Range(0, 60).Select(number => $"Rb{(number * 7919) % 9973}Ty")),
        ["HTML"] = "Pk7<b>&amp;Vd3\"Sx9>",
    };

    // What is well known of a secret with many lines shows nothing.
    private static readonly string[] Patterns =
    [
        .. All.Where(canary => canary.Key is not ("LINES" or "LONG")).Select(canary => canary.Value)
            .Append("Kd2WzFq8PnYh5LcRm7Vt").Append("Us4EbGx9JaTk3DwNf6Qp").Append(All["LONG"][..24]).Append(All["LONG"][100..124])
            .SelectMany(SecretForms.TracesOf).Distinct(StringComparer.Ordinal).Select(AsBytes),
    ];

    private static readonly SearchValues<string> Search = SearchValues.Create(Patterns, StringComparison.Ordinal);

    /// <summary>Where and in which form a canary shows itself; empty when it does not.</summary>
    public static IEnumerable<string> FindIn(string place, ReadOnlySpan<byte> bytes)
    {
        // A character for each byte, so that text and what is no text are searched alike.
        var text = Encoding.Latin1.GetString(bytes);
        var at = text.AsSpan().IndexOfAny(Search);
        if (at < 0)
        {
            return [];
        }

        var end = Math.Min(text.Length, at + 60);
        return [$"{place}: at {at}, {Patterns.First(pattern => string.CompareOrdinal(text, at, pattern, 0, pattern.Length) == 0)} in …{text[Math.Max(0, at - 60)..end]}…"];
    }

    public static IEnumerable<string> FindIn(string place, string text) => FindIn(place, Encoding.UTF8.GetBytes(text));

    private static string AsBytes(string text) => Encoding.Latin1.GetString(Encoding.UTF8.GetBytes(text));
}
