using System.Globalization;

namespace Gantry.Engine.Plans.Triggers;

/// <summary>A cron expression as people say it: "From Monday to Friday at 06:00". The days come first, then the times of day.</summary>
internal sealed class CronWords(CronField second, CronField minute, CronField hour, CronField day, CronField month, CronField weekday)
{
    private const int TimesMax = 4;
    private const int HoursOfDay = 24;
    private const int MinutesOfHour = 60;

    private static readonly string[] MonthNames = CultureInfo.InvariantCulture.DateTimeFormat.MonthNames[..12];
    private static readonly string[] Ordinals = ["last", "first", "second", "third", "fourth", "fifth"];

    private readonly int[] seconds = [.. second.Numbers], minutes = [.. minute.Numbers], hours = [.. hour.Numbers], months = [.. month.Numbers];

    public override string ToString()
    {
        var (days, times) = (Days(), Times());
        var text = (days, IsOften) switch
        {
            ("", true) => times,
            ("", false) => $"every day {times}",
            (_, true) => $"{days}, {times}",
            _ => $"{days} {times}",
        };
        return char.ToUpperInvariant(text[0]) + text[1..];
    }

    private bool IsOften => seconds.Length * minutes.Length * hours.Length > TimesMax;

    private string Days()
    {
        var inMonths = months.Length == MonthNames.Length ? "" : " " + Span(months, MonthNames.Length, number => MonthNames[number - 1], "in", "from");
        var ofWeek = DaysOfWeek();
        var isBoth = ofWeek is not null && (day.IsWildcard || weekday.IsWildcard);
        var ofMonth = DaysOfMonth(months.Length == MonthNames.Length ? "the month" : List(months.Select(number => MonthNames[number - 1]), "and"), isBoth ? "or" : "and");
        return (ofMonth, ofWeek) switch
        {
            (null, null) => inMonths.Length == 0 ? "" : $"every day{inMonths}",
            (null, _) => ofWeek + inMonths,
            (_, null) => ofMonth,
            _ when isBoth => $"on each {List(WeekdayNames(), "or")} that falls {ofMonth}",
            _ => $"{ofMonth} and {ofWeek}{inMonths}",
        };
    }

    /// <summary>Null when it is any day.</summary>
    private string? DaysOfMonth(string month, string last)
    {
        int[] numbers = [.. day.Numbers];
        if (numbers.Length == 31)
            return null;
        if (day.Weekdays.Count + day.FromEnd.Count == 0 && numbers.Length > TimesMax && StepOf(numbers, 32) is { } step)
            return $"on every {Ordinal(step)} day of {month} from the {Ordinal(numbers[0])} on";
        List<string> parts = [];
        if (numbers.Length > 2 && IsRun(numbers))
            parts.Add($"the {Ordinal(numbers[0])} to the {Ordinal(numbers[^1])}");
        else
            parts.AddRange(numbers.Select((number, index) => (index == 0 ? "the " : "") + Ordinal(number)));
        parts.AddRange(day.Weekdays.Select(near => near == 0 ? "the last weekday" : $"the weekday nearest to the {Ordinal(near)}"));
        parts.AddRange(day.FromEnd.Select(before => before == 0 ? "the last day" : $"the {Ordinal(before + 1)} last day"));
        return $"on {List(parts, last)} of {month}";
    }

    /// <summary>Null when it is any day.</summary>
    private string? DaysOfWeek()
    {
        int[] numbers = FromMonday(weekday.Numbers);
        if (numbers.Length == 7)
            return null;
        if (weekday.Nth.Count == 0 && numbers.Length == 1)
            return $"every {NameOf(numbers[0])}";
        if (weekday.Nth.Count == 0 && numbers.Length > 2 && IsRun(numbers))
            return $"from {NameOf(numbers[0])} to {NameOf(numbers[^1])}";
        return $"on {List(WeekdayNames(), "and")}";
    }

    private IEnumerable<string> WeekdayNames() => FromMonday(weekday.Numbers).Select(NameOf)
        .Concat(weekday.Nth.Select(nth => $"the {Ordinals[nth.Number]} {NameOf(nth.Day)} of the month"));

    private string Times()
    {
        if (!IsOften)
        {
            var all = from h in hours from m in minutes from s in seconds select Clock(h, m, s);
            return $"at {List(all, "and")}";
        }

        if (seconds is not [0])
            return At(Each(seconds, "second"), OfHour(Each(minutes, "minute")), minutes.Length < MinutesOfHour) + InHours();
        if (minutes.Length > 1)
            return At(Each(minutes, "minute"), "every hour", isOfSome: false) + InHours();
        var at = minutes[0] == 0 ? "" : $" at minute {minutes[0]}";
        if (hours.Length == HoursOfDay)
            return $"every hour{at}";
        if (StepOf(hours, HoursOfDay) is { } step && hours[0] == 0 && HoursOfDay % step == 0)
            return $"every {step} hours{at}";
        return IsRun(hours) ? $"every hour from {Clock(hours[0], minutes[0], 0)} to {Clock(hours[^1], minutes[0], 0)}"
            : $"at {List(hours.Select(h => Clock(h, minutes[0], 0)), "and")}";
    }

    private string InHours() => hours.Length == HoursOfDay ? "" : IsRun(hours)
        ? $" from {Clock(hours[0], 0, 0)} to {Clock(hours[^1], 59, 0)}"
        : $" in the hours of {List(hours.Select(h => Clock(h, 0, 0)), "and")}";

    /// <summary>"every 20 seconds" needs no word of what they are of, "at the second 30 of every minute" does.</summary>
    private static string At(string each, string of, bool isOfSome) => IsNamed(each) ? $"at {each} of {of}" : isOfSome ? $"{each} of {of}" : each;

    private static string OfHour(string each) => IsNamed(each) ? $"{each} of every hour" : each;

    private static bool IsNamed(string each) => each.StartsWith("the ", StringComparison.Ordinal);

    /// <summary>"every 15 minutes", "every minute", or which of them: "the minutes 5 and 20".</summary>
    private static string Each(int[] numbers, string unit) =>
        numbers.Length == MinutesOfHour ? $"every {unit}"
        : StepOf(numbers, MinutesOfHour) is { } step && numbers[0] == 0 && MinutesOfHour % step == 0 ? $"every {step} {unit}s"
        : numbers.Length > 2 && IsRun(numbers) ? $"the {unit}s {numbers[0]} to {numbers[^1]}"
        : $"the {(numbers.Length == 1 ? unit : unit + "s")} {List(numbers.Select(number => number.ToString(CultureInfo.InvariantCulture)), "and")}";

    private static string Span(int[] numbers, int all, Func<int, string> name, string one, string run) =>
        numbers.Length > 2 && numbers.Length < all && IsRun(numbers) ? $"{run} {name(numbers[0])} to {name(numbers[^1])}" : $"{one} {List(numbers.Select(name), "and")}";

    /// <summary>How far apart they are, when it is as far everywhere and there is no room for another one; otherwise null.</summary>
    private static int? StepOf(int[] numbers, int all)
    {
        if (numbers.Length < 2)
            return null;
        var step = numbers[1] - numbers[0];
        return step > 1 && numbers.Zip(numbers.Skip(1)).All(pair => pair.Second - pair.First == step) && numbers[^1] + step >= all ? step : null;
    }

    private static bool IsRun(int[] numbers) => numbers.Zip(numbers.Skip(1)).All(pair => pair.Second - pair.First is 1 or -6);

    /// <summary>Sunday comes last.</summary>
    private static int[] FromMonday(IEnumerable<int> days) => [.. days.OrderBy(number => (number + 6) % 7)];

    private static string NameOf(int weekday) => CultureInfo.InvariantCulture.DateTimeFormat.DayNames[weekday];

    private static string Clock(int hour, int minute, int second) => $"{hour:00}:{minute:00}{(second == 0 ? "" : $":{second:00}")}";

    private static string Ordinal(int number) => number + (number % 100 is 11 or 12 or 13 ? "th" : (number % 10) switch { 1 => "st", 2 => "nd", 3 => "rd", _ => "th" });

    private static string List(IEnumerable<string> texts, string last)
    {
        string[] all = [.. texts];
        return all.Length < 2 ? string.Concat(all) : $"{string.Join(", ", all[..^1])} {last} {all[^1]}";
    }
}
