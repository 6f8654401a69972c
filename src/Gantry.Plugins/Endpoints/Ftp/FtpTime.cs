using System.Globalization;

namespace Gantry.Plugins.Endpoints.Ftp;

/// <summary>Times as RFC 3659 writes them: YYYYMMDDHHMMSS in UTC, with or without a fraction.</summary>
internal static class FtpTime
{
    private const int Length = 14;

    /// <summary>Null when it is none.</summary>
    public static DateTimeOffset? Parse(ReadOnlySpan<char> text)
    {
        text = text.Trim();
        if (text.Length < Length
            || !DateTime.TryParseExact(text[..Length], "yyyyMMddHHmmss", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var time))
        {
            return null;
        }

        var fraction = text[Length..];
        return fraction.Length > 1 && fraction[0] == '.'
            && decimal.TryParse(fraction, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var seconds)
            ? new DateTimeOffset(time).AddTicks((long)(seconds * TimeSpan.TicksPerSecond))
            : fraction.IsEmpty || fraction[0] == '.' ? new DateTimeOffset(time) : null;
    }

    public static string Format(DateTimeOffset time) => time.UtcDateTime.ToString("yyyyMMddHHmmss", CultureInfo.InvariantCulture);
}
