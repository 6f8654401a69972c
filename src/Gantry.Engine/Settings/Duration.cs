using System.Globalization;
using System.Text;

namespace Gantry.Engine.Settings;

/// <summary>Spans of time as people write them: "500ms", "30s", "5m", "2h", "1d", "1h30m". A bare number is none: its unit would be a guess.</summary>
public static class Duration
{
    /// <summary>Longer than this is a mistake; it also keeps every sum of durations within what timers take.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromDays(3660);

    /// <summary>What to write, for messages.</summary>
    public const string Form = "a number and a unit, such as 500ms, 30s, 5m, 2h or 1d";

    public static bool TryParse(string text, out TimeSpan duration)
    {
        duration = TimeSpan.Zero;
        var total = 0m;
        var rest = text.AsSpan();
        if (rest.IsEmpty || rest.Length > 64)
        {
            return false;
        }

        while (!rest.IsEmpty)
        {
            var digits = rest.IndexOfAnyExcept("0123456789.");
            if (digits <= 0 || !decimal.TryParse(rest[..digits], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number))
            {
                return false;
            }

            rest = rest[digits..];
            var letters = rest.IndexOfAny("0123456789.");
            var unit = MillisecondsOf(letters < 0 ? rest : rest[..letters]);
            rest = letters < 0 ? [] : rest[letters..];
            if (unit == 0 || number > (decimal)Longest.TotalMilliseconds)
            {
                return false;
            }

            total += number * unit;
        }

        if (total > (decimal)Longest.TotalMilliseconds)
        {
            return false;
        }

        duration = TimeSpan.FromTicks((long)(total * TimeSpan.TicksPerMillisecond));
        return true;
    }

    /// <summary>"1m30s", "1.25s", "250ms": what <see cref="TryParse"/> reads back, rounded to milliseconds.</summary>
    public static string Format(TimeSpan duration)
    {
        var milliseconds = (long)Math.Round(duration.TotalMilliseconds);
        if (milliseconds <= 0)
        {
            return "0s";
        }

        if (milliseconds < 1000)
        {
            return $"{milliseconds}ms";
        }

        var text = new StringBuilder();
        foreach (var (unit, size) in (ReadOnlySpan<(string, long)>)[("d", 86_400_000), ("h", 3_600_000), ("m", 60_000)])
        {
            if (milliseconds >= size)
            {
                text.Append(milliseconds / size).Append(unit);
                milliseconds %= size;
            }
        }

        return milliseconds == 0 ? text.ToString() : text.Append((milliseconds / 1000m).ToString("0.###", CultureInfo.InvariantCulture)).Append('s').ToString();
    }

    private static decimal MillisecondsOf(ReadOnlySpan<char> unit) => unit switch
    {
        "ms" => 1m,
        "s" => 1000m,
        "m" => 60_000m,
        "h" => 3_600_000m,
        "d" => 86_400_000m,
        _ => 0m,
    };
}
