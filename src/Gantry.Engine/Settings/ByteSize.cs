using System.Globalization;

namespace Gantry.Engine.Settings;

/// <summary>Sizes as people write them: "500", "64K", "10M", "1.5G" (1 K is 1,024 bytes).</summary>
public static class ByteSize
{
    /// <summary>What to write, for messages.</summary>
    public const string Form = "a number of bytes, or a number and a unit, such as 64K, 10M, 1.5G or 2T";

    private const string Units = "BKMGTP";

    public static bool TryParse(string text, out long bytes)
    {
        bytes = 0;
        var digits = text.AsSpan().TrimEnd("iB");
        digits = digits.IsEmpty ? text : digits;
        var unit = digits.IsEmpty ? -1 : Units.IndexOf(char.ToUpperInvariant(digits[^1]), StringComparison.Ordinal);
        var number = unit < 0 ? digits : digits[..^1];
        if (!decimal.TryParse(number, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var value) || value < 0 || value > 1_000_000_000_000_000_000m)
        {
            return false;
        }

        for (var i = 0; i < unit; i++)
        {
            value *= 1024;
        }

        if (value > long.MaxValue)
        {
            return false;
        }

        bytes = (long)value;
        return true;
    }

    /// <summary>Rounded for people: "980 B", "1.5 MiB".</summary>
    public static string Format(double bytes)
    {
        var unit = 0;
        while (bytes >= 1000 && unit < Units.Length - 1)
        {
            bytes /= 1024;
            unit++;
        }

        return unit == 0
            ? string.Create(CultureInfo.InvariantCulture, $"{bytes:0} B")
            : string.Create(CultureInfo.InvariantCulture, $"{bytes:0.0} {Units[unit]}iB");
    }
}
