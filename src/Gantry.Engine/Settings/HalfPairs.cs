using System.Globalization;
using System.Text;

namespace Gantry.Engine.Settings;

/// <summary>
/// Escapes in JSON that are half of a surrogate pair (a lone \ud83d). The grammar of JSON lets them pass, but they are no character: whatever reads or
/// writes the value later fails at them, so that they are told or mended where JSON comes in.
/// </summary>
public static class HalfPairs
{
    private const int EscapeLength = 6;

    public static bool AreIn(string json) => Next(json, 0) >= 0;

    /// <summary>Puts U+FFFD in their place, as is done with bytes that are no character. JSON without any is answered as it is.</summary>
    public static string Mend(string json)
    {
        var index = Next(json, 0);
        if (index < 0)
        {
            return json;
        }

        var mended = new StringBuilder(json);
        for (; index >= 0; index = Next(json, index + EscapeLength))
        {
            mended[index + 2] = mended[index + 3] = mended[index + 4] = 'f';
            mended[index + 5] = 'd';
        }

        return mended.ToString();
    }

    /// <summary>Where the next one begins; -1 when there is none. A backslash in JSON always begins an escape.</summary>
    private static int Next(string json, int from)
    {
        for (var i = json.IndexOf('\\', from); i >= 0 && i + 1 < json.Length; i = i < json.Length ? json.IndexOf('\\', i) : -1)
        {
            if (UnitAt(json, i) is not { } unit)
            {
                i += 2;
            }
            else if (char.IsHighSurrogate(unit) && UnitAt(json, i + EscapeLength) is { } second && char.IsLowSurrogate(second))
            {
                i += 2 * EscapeLength;
            }
            else if (char.IsSurrogate(unit))
            {
                return i;
            }
            else
            {
                i += EscapeLength;
            }
        }

        return -1;
    }

    /// <summary>Null when no \uNNNN begins there.</summary>
    private static char? UnitAt(string json, int index) =>
        index + EscapeLength <= json.Length && json[index] == '\\' && json[index + 1] == 'u'
        && ushort.TryParse(json.AsSpan(index + 2, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var unit)
            ? (char)unit
            : null;
}
