using System.Globalization;
using Gantry.Engine.Settings;

namespace Gantry.Engine.Transfers;

/// <summary>
/// Ages of files as people write them: spans such as "90s", "5m", "2h", "1d", "2w", "3M" (of 30 days) and "1y" (of 365), or a day or moment in the past
/// from which they count, in UTC unless it states its offset: "2026-01-31", "2026-01-31T08:00", "2026-01-31T08:00+01:00".
/// </summary>
public static class FileAge
{
    /// <summary>What to write, for messages.</summary>
    public const string Form = "a number and a unit, such as 90s, 5m, 2h, 1d, 2w, 3M (months) or 1y, or a moment in the past such as 2026-01-31 or 2026-01-31T08:00";

    private const int DigitsMax = 6;
    private static readonly string[] Moments = ["yyyy-MM-dd", "yyyy-MM-ddTHH:mm", "yyyy-MM-ddTHH:mm:ss", "yyyy-MM-ddTHH:mmK", "yyyy-MM-ddTHH:mm:ssK"];

    public static bool TryParse(string text, DateTimeOffset now, out TimeSpan age) =>
        Duration.TryParse(text, out age) || TryParseLong(text, out age) || TryParseMoment(text, now, out age);

    private static bool TryParseLong(string text, out TimeSpan age)
    {
        age = TimeSpan.Zero;
        if (text.Length is < 2 or > DigitsMax + 1
            || text[^1] switch { 'w' => 7, 'M' => 30, 'y' => 365, _ => 0 } is not (> 0 and var days)
            || !decimal.TryParse(text.AsSpan(0, text.Length - 1), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)
            || number > 1000)
        {
            return false;
        }

        age = TimeSpan.FromDays((double)(number * days));
        return true;
    }

    private static bool TryParseMoment(string text, DateTimeOffset now, out TimeSpan age)
    {
        age = TimeSpan.Zero;
        if (!DateTimeOffset.TryParseExact(text, Moments, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var moment) || moment > now)
        {
            return false;
        }

        age = now - moment;
        return true;
    }
}
