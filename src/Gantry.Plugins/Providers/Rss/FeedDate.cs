using System.Globalization;
using System.Text.RegularExpressions;

namespace Gantry.Plugins.Providers.Rss;

/// <summary>Times as feeds have them: RFC 822 in all the ways it is written, and ISO 8601 in parts or whole.</summary>
internal static partial class FeedDate
{
    private const int LengthMax = 64;
    private const int TwoDigitsTurn = 70;
    private static readonly string[] months = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
    private static readonly string[] isoForms =
        ["yyyy", "yyyy-MM", "yyyy-MM-dd", "yyyy-MM-dd'T'HH:mmK", "yyyy-MM-dd'T'HH:mm:ssK", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK", "yyyy-MM-dd HH:mm:ssK", "yyyy-MM-dd HH:mm:ss K", "yyyyMMdd'T'HHmmssK"];

    /// <summary>In UTC; null when it is none. Without a zone it is UTC.</summary>
    public static DateTimeOffset? Parse(string? text)
    {
        if (text is null || text.Length > LengthMax)
        {
            return null;
        }

        text = text.Trim();
        const DateTimeStyles Styles = DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal;
        return DateTimeOffset.TryParseExact(text, isoForms, CultureInfo.InvariantCulture, Styles, out var time) ? time : ParseMail(text);
    }

    private static DateTimeOffset? ParseMail(string text)
    {
        var match = Mail.Match(text);
        if (!match.Success)
        {
            return null;
        }

        int Number(string name) => match.Groups[name].Success ? int.Parse(match.Groups[name].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture) : 0;
        var month = Array.IndexOf(months, match.Groups["month"].Value[..3].ToLowerInvariant()) + 1;
        var year = Number("year");
        year += match.Groups["year"].Length > 2 ? 0 : year < TwoDigitsTurn ? 2000 : 1900;
        try
        {
            // A leap second is the last of its minute here.
            return new DateTimeOffset(year, month, Number("day"), Number("hour"), Number("minute"), Math.Min(59, Number("second")), OffsetOf(match.Groups["zone"].Value)).ToUniversalTime();
        }
        catch (ArgumentOutOfRangeException)
        {
            return null;
        }
    }

    private static TimeSpan OffsetOf(string zone) => zone.ToUpperInvariant() switch
    {
        "EDT" => TimeSpan.FromHours(-4),
        "EST" or "CDT" => TimeSpan.FromHours(-5),
        "CST" or "MDT" => TimeSpan.FromHours(-6),
        "MST" or "PDT" => TimeSpan.FromHours(-7),
        "PST" => TimeSpan.FromHours(-8),
        "CET" or "MEZ" => TimeSpan.FromHours(1),
        "CEST" or "MESZ" => TimeSpan.FromHours(2),
        "BST" => TimeSpan.FromHours(1),
        ['+' or '-', ..] digits => (digits[0] == '-' ? -1 : 1) * new TimeSpan(int.Parse(digits.AsSpan(1, 2), CultureInfo.InvariantCulture), int.Parse(digits.AsSpan(digits.Length - 2), CultureInfo.InvariantCulture), 0),
        _ => TimeSpan.Zero,
    };

    [GeneratedRegex(
        @"\A([A-Za-z]{3,9}\.?,?\s+)?(?<day>\d{1,2})[\s-]+(?<month>(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*)\.?[\s-]+(?<year>\d{4}|\d{2})(\s+(?<hour>\d{1,2}):(?<minute>\d{2})(:(?<second>\d{2}))?)?(\s*(?<zone>[+-]\d{2}:?\d{2}|[A-Za-z]{1,5}))?\z",
        RegexOptions.ExplicitCapture | RegexOptions.IgnoreCase | RegexOptions.NonBacktracking)]
    private static partial Regex Mail { get; }
}
