using System.Globalization;
using System.Text.Json;
using Gantry.Engine.Providers.Web;

namespace Gantry.Plugins.Providers.Date;

/// <summary>
/// The calendar and the clocks of one zone. A time that the clocks skip is as much later as they skip; of a time that they show twice the first is meant.
/// </summary>
internal sealed class ZoneCalendar
{
    private static readonly string[] isoForms =
    [
        "yyyy-MM-dd", "yyyy-MM-dd'T'HH:mmK", "yyyy-MM-dd'T'HH:mm:ssK", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK", "yyyy-MM-dd HH:mmK", "yyyy-MM-dd HH:mm:ssK", "yyyy-MM-dd HH:mm:ss.FFFFFFFK",
    ];

    private readonly TimeZoneInfo zone;

    public ZoneCalendar(string name) =>
        zone = name.All(character => char.IsAsciiLetterOrDigit(character) || character is '/' or '_' or '-' or '+') && TimeZoneInfo.TryFindSystemTimeZoneById(name, out var found)
            ? found
            : throw HttpCall.Bad("'zone' is no time zone that this machine knows. Write its IANA name, such as Europe/Vienna or UTC.");

    /// <summary>With an offset in the text, that one holds; without, the zone does.</summary>
    public DateTimeOffset Parse(string text, string? pattern)
    {
        var forms = pattern is null ? isoForms : [pattern];
        try
        {
            return DateTime.TryParseExact(text, forms, CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal | DateTimeStyles.NoCurrentDateDefault, out var time)
                ? time.Kind == DateTimeKind.Utc ? new DateTimeOffset(time) : At(time)
                : throw HttpCall.Bad(pattern is null
                    ? "The time is not written as 2026-01-31T12:00:00Z, 2026-01-31 12:00 or 2026-01-31. Read it by date.parse with its 'pattern'."
                    : "'text' is not written as 'pattern' says.");
        }
        catch (FormatException)
        {
            throw HttpCall.Bad("'pattern' is none: write it as dd.MM.yyyy HH:mm.");
        }
    }

    public string Format(DateTimeOffset time, string pattern)
    {
        try
        {
            return pattern.Length is > 0 and <= 200 ? Local(time).ToString(pattern.Length == 1 ? "%" + pattern : pattern, CultureInfo.InvariantCulture) : throw new FormatException();
        }
        catch (FormatException)
        {
            throw HttpCall.Bad("'pattern' is none: write it as dddd, d MMMM yyyy, HH:mm.");
        }
    }

    /// <summary>By the calendar: the day of a month that has none so late is its last, and the clock shows the same as before.</summary>
    public DateTimeOffset Add(DateTimeOffset time, int years, int months, long days)
    {
        if (years == 0 && months == 0 && days == 0)
        {
            return time;
        }

        var all = (years * 12L) + months;
        return all is > int.MinValue and < int.MaxValue ? At(Local(time).DateTime.AddMonths((int)all).AddDays(days)) : throw new ArgumentOutOfRangeException(nameof(years));
    }

    /// <summary>The beginning of the period that the time is in, or of one so many periods later.</summary>
    public DateTimeOffset StartOf(DateTimeOffset time, string unit, DayOfWeek weekStarts, int periods)
    {
        var local = Local(time);
        var day = local.DateTime.Date;
        return unit switch
        {
            "minute" => new DateTimeOffset(day.AddHours(local.Hour).AddMinutes(local.Minute), local.Offset).AddMinutes(periods),
            "hour" => new DateTimeOffset(day.AddHours(local.Hour), local.Offset).AddHours(periods),
            "week" => At(day.AddDays(-(((int)day.DayOfWeek - (int)weekStarts + 7) % 7)).AddDays(7 * periods)),
            "month" => At(new DateTime(day.Year, day.Month, 1).AddMonths(periods)),
            "quarter" => At(new DateTime(day.Year, ((day.Month - 1) / 3 * 3) + 1, 1).AddMonths(3 * periods)),
            "year" => At(new DateTime(day.Year, 1, 1).AddYears(periods)),
            _ => At(day.AddDays(periods)),
        };
    }

    /// <summary>{seconds, minutes, hours, days} as time passes, and {calendar: {years, months, days}} by the zone's calendar; negative when 'to' is earlier.</summary>
    public JsonElement Difference(DateTimeOffset from, DateTimeOffset to)
    {
        var sign = to < from ? -1 : 1;
        var (first, last) = to < from ? (Local(to).DateTime, Local(from).DateTime) : (Local(from).DateTime, Local(to).DateTime);
        var months = ((last.Year - first.Year) * 12) + last.Month - first.Month;
        months -= first.AddMonths(months) > last ? 1 : 0;
        var days = (last - first.AddMonths(months)).Days;
        var passed = to - from;
        return JsonSerializer.SerializeToElement(new
        {
            seconds = (decimal)passed.Ticks / TimeSpan.TicksPerSecond,
            minutes = (decimal)passed.Ticks / TimeSpan.TicksPerMinute,
            hours = (decimal)passed.Ticks / TimeSpan.TicksPerHour,
            days = (decimal)passed.Ticks / TimeSpan.TicksPerDay,
            calendar = new { years = sign * (months / 12), months = sign * (months % 12), days = sign * days },
        });
    }

    /// <summary>{time, local, zone, offset, unix, year, month, day, hour, minute, second, weekday, day_of_year, week}.</summary>
    public JsonElement Describe(DateTimeOffset time)
    {
        var local = Local(time);
        return JsonSerializer.SerializeToElement(new Dictionary<string, object>(StringComparer.Ordinal)
        {
            ["time"] = time.UtcDateTime,
            ["local"] = local.ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFFFzzz", CultureInfo.InvariantCulture),
            ["zone"] = zone.Id,
            ["offset"] = local.ToString("zzz", CultureInfo.InvariantCulture),
            ["unix"] = time.ToUnixTimeSeconds(),
            ["year"] = local.Year,
            ["month"] = local.Month,
            ["day"] = local.Day,
            ["hour"] = local.Hour,
            ["minute"] = local.Minute,
            ["second"] = local.Second,
            ["weekday"] = local.DayOfWeek.ToString().ToLowerInvariant(),
            ["day_of_year"] = local.DayOfYear,
            ["week"] = ISOWeek.GetWeekOfYear(local.DateTime),
        });
    }

    private DateTimeOffset Local(DateTimeOffset time) => TimeZoneInfo.ConvertTime(time, zone);

    /// <summary>The instant at which the clocks of the zone show this.</summary>
    private DateTimeOffset At(DateTime shown)
    {
        shown = DateTime.SpecifyKind(shown, DateTimeKind.Unspecified);
        if (zone.IsInvalidTime(shown))
        {
            // With the offset of before, the clocks show as much later as they were put forward.
            return new DateTimeOffset(shown, zone.GetUtcOffset(shown.AddDays(-1))).ToUniversalTime();
        }

        return new DateTimeOffset(shown, zone.IsAmbiguousTime(shown) ? zone.GetAmbiguousTimeOffsets(shown).Max() : zone.GetUtcOffset(shown)).ToUniversalTime();
    }
}
