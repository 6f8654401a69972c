using System.Globalization;

namespace Gantry.Plugins.Endpoints.S3;

/// <summary>Times as S3 tells them, and as rclone and Gantry keep them in metadata: seconds since 1970 with a fraction.</summary>
internal static class S3Time
{
    private const decimal TicksPerSecond = TimeSpan.TicksPerSecond;

    /// <summary>The name of the metadata, as rclone has it.</summary>
    public const string MetadataName = "mtime";

    /// <summary>"1614834367.123456700"; a whole second has no fraction.</summary>
    public static string Format(DateTimeOffset time) =>
        ((time.UtcTicks - DateTimeOffset.UnixEpoch.UtcTicks) / TicksPerSecond).ToString("0.#########", CultureInfo.InvariantCulture);

    /// <summary>Null when it is no time.</summary>
    public static DateTimeOffset? Parse(string? text)
    {
        if (!decimal.TryParse(text, NumberStyles.AllowDecimalPoint | NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var seconds)
            || Math.Abs(seconds) > 400_000_000_000m)
        {
            return null;
        }

        var ticks = decimal.Floor(seconds * TicksPerSecond) + DateTimeOffset.UnixEpoch.UtcTicks;
        return ticks >= DateTimeOffset.MinValue.UtcTicks && ticks <= DateTimeOffset.MaxValue.UtcTicks ? new DateTimeOffset((long)ticks, TimeSpan.Zero) : null;
    }

    /// <summary>As listings have it, in whole seconds: other answers tell no more.</summary>
    public static DateTimeOffset? ParseListed(string text) =>
        DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var time)
            ? WholeSeconds(time)
            : null;

    public static DateTimeOffset? WholeSeconds(DateTimeOffset? time) =>
        time is { } known ? new DateTimeOffset(known.UtcTicks / TimeSpan.TicksPerSecond * TimeSpan.TicksPerSecond, TimeSpan.Zero) : null;
}
