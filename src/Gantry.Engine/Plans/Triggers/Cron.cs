namespace Gantry.Engine.Plans.Triggers;

/// <summary>
/// A cron expression: minute, hour, day of the month, month, day of the week, as crontab(5) of Vixie cron has them; with six fields the first is the second; or
/// @yearly, @monthly, @weekly, @daily, @hourly. When both days are chosen, either may fit. Besides: L (last), W (nearest weekday), # (third Friday) and '?' for '*'.
/// It knows calendars and no time zones; <see cref="Schedule"/> does.
/// </summary>
public sealed class Cron
{
    /// <summary>A 29 February that is a Sunday comes every 28 years, and after 40 where a century is no leap year.</summary>
    private const int YearsMax = 45;

    private static readonly Dictionary<string, string> Forms = new(StringComparer.OrdinalIgnoreCase)
    {
        ["@yearly"] = "0 0 1 1 *",
        ["@annually"] = "0 0 1 1 *",
        ["@monthly"] = "0 0 1 * *",
        ["@weekly"] = "0 0 * * 0",
        ["@daily"] = "0 0 * * *",
        ["@midnight"] = "0 0 * * *",
        ["@hourly"] = "0 * * * *",
    };

    private readonly CronField second, minute, hour, day, month, weekday;

    private Cron(string text, string[] fields)
    {
        Text = text;
        second = CronField.Parse(fields[0], CronFieldKind.Second);
        minute = CronField.Parse(fields[1], CronFieldKind.Minute);
        hour = CronField.Parse(fields[2], CronFieldKind.Hour);
        day = CronField.Parse(fields[3], CronFieldKind.DayOfMonth);
        month = CronField.Parse(fields[4], CronFieldKind.Month);
        weekday = CronField.Parse(fields[5], CronFieldKind.DayOfWeek);
    }

    /// <summary>As it was written.</summary>
    public string Text { get; }

    /// <summary>
    /// It names its times of day. One that does not (its seconds, minutes or hours begin with '*') follows the clock, whatever is done to the clock: see
    /// <see cref="Schedule"/>.
    /// </summary>
    public bool HasFixedTimes => !second.IsWildcard && !minute.IsWildcard && !hour.IsWildcard;

    /// <summary>As people say it: "From Monday to Friday at 06:00".</summary>
    public string Words => new CronWords(second, minute, hour, day, month, weekday).ToString();

    /// <exception cref="CronException">It is none, or its day never comes.</exception>
    public static Cron Parse(string text)
    {
        var trimmed = text.Trim();
        if (trimmed.StartsWith('@'))
        {
            trimmed = Forms.GetValueOrDefault(trimmed) ?? throw new CronException(
                $"There is no '{Shorten(trimmed)}'. The short forms are {string.Join(", ", Forms.Keys)}; an interval is written every: 15m.");
        }

        var fields = trimmed.Split((char[])[' ', '\t'], StringSplitOptions.RemoveEmptyEntries);
        var cron = fields.Length switch
        {
            5 => new Cron(text, ["0", .. fields]),
            6 => new Cron(text, fields),
            _ => throw new CronException(
                $"A cron expression has five fields (minute, hour, day of the month, month, day of the week) or six (the second before them), and '{Shorten(trimmed)}' has {fields.Length}."),
        };
        return cron.NextFrom(new DateTime(2000, 1, 1)) is not null ? cron
            : throw new CronException($"'{Shorten(trimmed)}' never comes: no year has that day.");
    }

    /// <summary>The first time on a clock that fits, from this one on (which may fit itself); null when none does in the next decades.</summary>
    public DateTime? NextFrom(DateTime local)
    {
        var time = new DateTime(local.Ticks - (local.Ticks % TimeSpan.TicksPerSecond));
        time = time < local ? time.AddSeconds(1) : time;
        for (var lastYear = time.Year + YearsMax; time.Year <= lastYear && time.Year < DateTime.MaxValue.Year;)
        {
            if (!month.Allows(time.Month))
            {
                var next = month.From(time.Month + 1);
                time = next > 0 ? new DateTime(time.Year, next, 1) : new DateTime(time.Year + 1, 1, 1);
            }
            else if (!FitsDay(time))
            {
                time = time.Date.AddDays(1);
            }
            else if (TimeOfDayFrom(time.TimeOfDay) is { } timeOfDay)
            {
                return time.Date + timeOfDay;
            }
            else
            {
                time = time.Date.AddDays(1);
            }
        }

        return null;
    }

    public override string ToString() => Text;

    private TimeSpan? TimeOfDayFrom(TimeSpan from)
    {
        for (var h = hour.From(from.Hours); h >= 0; h = hour.From(h + 1))
        {
            for (var m = minute.From(h == from.Hours ? from.Minutes : 0); m >= 0; m = minute.From(m + 1))
            {
                var s = second.From(h == from.Hours && m == from.Minutes ? from.Seconds : 0);
                if (s >= 0)
                {
                    return new TimeSpan(h, m, s);
                }
            }
        }

        return null;
    }

    /// <summary>crontab(5): "If both fields are restricted (i.e., do not contain the '*' character), the command will be run when either field matches".</summary>
    private bool FitsDay(DateTime time) => day.IsWildcard || weekday.IsWildcard
        ? FitsDayOfMonth(time) && FitsDayOfWeek(time)
        : FitsDayOfMonth(time) || FitsDayOfWeek(time);

    private bool FitsDayOfMonth(DateTime time)
    {
        var days = DateTime.DaysInMonth(time.Year, time.Month);
        return day.Allows(time.Day)
            || day.FromEnd.Any(before => time.Day == days - before)
            || day.Weekdays.Any(wanted => time.Day == NearestWeekday(time.Year, time.Month, wanted == 0 ? days : Math.Min(wanted, days)));
    }

    private bool FitsDayOfWeek(DateTime time)
    {
        var today = (int)time.DayOfWeek;
        return weekday.Allows(today) || weekday.Nth.Any(nth => nth.Day == today && (nth.Number == 0
            ? time.Day + 7 > DateTime.DaysInMonth(time.Year, time.Month)
            : ((time.Day - 1) / 7) + 1 == nth.Number));
    }

    /// <summary>The weekday nearest to that day, within its month.</summary>
    private static int NearestWeekday(int year, int month, int day) => new DateTime(year, month, day).DayOfWeek switch
    {
        DayOfWeek.Saturday => day > 1 ? day - 1 : day + 2,
        DayOfWeek.Sunday => day < DateTime.DaysInMonth(year, month) ? day + 1 : day - 2,
        _ => day,
    };

    private static string Shorten(string text) => text.Length <= 80 ? text : text[..80] + "…";
}
