using System.Globalization;
using Gantry.Engine.Settings;

namespace Gantry.Engine.Plans.Triggers;

/// <summary>One field of a cron expression: the numbers it allows, and what only a calendar can tell (L, W, #).</summary>
internal sealed record CronField
{
    private readonly ulong allowed;

    private CronField(ulong allowed) => this.allowed = allowed;

    /// <summary>It begins with '*' (or is '?'): cron takes such a field as one that does not choose.</summary>
    public bool IsWildcard { get; private init; }

    /// <summary>Days before the month's last one that are meant: "L" is 0, "L-2" is 2.</summary>
    public IReadOnlyList<int> FromEnd { get; private init; } = [];

    /// <summary>Days whose nearest weekday is meant: "15W". 0 is "LW", the last weekday.</summary>
    public IReadOnlyList<int> Weekdays { get; private init; } = [];

    /// <summary>"5#3" is the third Friday, "5L" (which is 0) the last one.</summary>
    public IReadOnlyList<(int Day, int Number)> Nth { get; private init; } = [];

    public bool Allows(int number) => (allowed & (1UL << number)) != 0;

    /// <summary>The least allowed number from this one on; -1 when there is none.</summary>
    public int From(int number)
    {
        var rest = number > 63 ? 0 : allowed & (ulong.MaxValue << number);
        return rest == 0 ? -1 : System.Numerics.BitOperations.TrailingZeroCount(rest);
    }

    /// <summary>All that are allowed, in their order.</summary>
    public IEnumerable<int> Numbers => Enumerable.Range(0, 64).Where(Allows);

    /// <summary>Reads "1-5,10,*/15"; names are of the kind's.</summary>
    /// <exception cref="CronException">It is none.</exception>
    public static CronField Parse(string text, CronFieldKind kind)
    {
        ulong allowed = 0;
        List<int> fromEnd = [], weekdays = [];
        List<(int Day, int Number)> nth = [];
        foreach (var part in text.Split(','))
        {
            if (part.Length == 0)
            {
                throw new CronException($"The {kind.Name} '{text}' has an empty part. A list is written 1,2,3.");
            }

            if (kind.HasCalendar && TryCalendar(part.ToUpperInvariant(), kind, fromEnd, weekdays, nth))
            {
                continue;
            }

            allowed |= Range(part, kind);
        }

        return new CronField(allowed) { IsWildcard = text[0] is '*' or '?', FromEnd = fromEnd, Weekdays = weekdays, Nth = nth };
    }

    private static bool TryCalendar(string part, CronFieldKind kind, List<int> fromEnd, List<int> weekdays, List<(int Day, int Number)> nth)
    {
        if (kind == CronFieldKind.DayOfMonth)
        {
            switch (part)
            {
                case "L":
                    fromEnd.Add(0);
                    return true;
                case "LW" or "WL":
                    weekdays.Add(0);
                    return true;
                case ['L', '-', .. var days]:
                    fromEnd.Add(Number(days, kind, 0, 30));
                    return true;
                case [.. var day, 'W']:
                    weekdays.Add(Number(day, kind, 1, 31));
                    return true;
                default:
                    return false;
            }
        }

        // "JUL" and the like are no days of the week, so that what ends in L is a day's last.
        if (part.IndexOf('#') is > 0 and var hash)
        {
            nth.Add((Number(part[..hash], kind, kind.Min, kind.Max) % 7, Number(part[(hash + 1)..], kind, 1, 5)));
            return true;
        }

        if (part.Length > 1 && part[^1] == 'L')
        {
            nth.Add((Number(part[..^1], kind, kind.Min, kind.Max) % 7, 0));
            return true;
        }

        return false;
    }

    private static ulong Range(string part, CronFieldKind kind)
    {
        var slash = part.IndexOf('/');
        var step = slash < 0 ? 1 : Number(part[(slash + 1)..], kind, 1, kind.Max);
        var range = slash < 0 ? part : part[..slash];
        int first, last;
        if (range is "*" || (range is "?" && kind.HasCalendar))
        {
            // Of the days of the week 7 is 0 once more.
            (first, last) = (kind.Min, kind == CronFieldKind.DayOfWeek ? 6 : kind.Max);
        }
        else if (range.IndexOf('-') is > 0 and var dash)
        {
            (first, last) = (Number(range[..dash], kind, kind.Min, kind.Max), Number(range[(dash + 1)..], kind, kind.Min, kind.Max));
            if (last < first)
            {
                throw new CronException($"The {kind.Name} '{part}' runs backwards. Write it as a list of two ranges.");
            }
        }
        else
        {
            first = Number(range, kind, kind.Min, kind.Max);
            last = slash < 0 ? first : kind == CronFieldKind.DayOfWeek ? 6 : kind.Max;
        }

        ulong allowed = 0;
        for (var number = first; number <= last; number += step)
        {
            allowed |= 1UL << (kind == CronFieldKind.DayOfWeek ? number % 7 : number);
        }

        return allowed;
    }

    private static int Number(string text, CronFieldKind kind, int min, int max)
    {
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
        {
            return number >= min && number <= max ? number
                : throw new CronException($"The {kind.Name} '{text}' is not from {min} to {max}.");
        }

        var named = kind.Names.ToList().FindIndex(name => name.Equals(text, StringComparison.OrdinalIgnoreCase));
        return named >= 0 ? named + kind.Min
            : throw new CronException($"'{Shorten(text)}' is no {kind.Name}.{NearestName.Hint(text.ToLowerInvariant(), kind.Names)} It is a number from {kind.Min} to {kind.Max}, a range 1-5, a list 1,2 or a step */2"
                + (kind.Names.Count > 0 ? $", and may be a name such as {kind.Names[0]}." : "."));
    }

    private static string Shorten(string text) => text.Length <= 40 ? text : text[..40] + "…";
}

/// <summary>What a field counts, and from where to where.</summary>
internal sealed record CronFieldKind(string Name, int Min, int Max, IReadOnlyList<string> Names)
{
    public static CronFieldKind Second { get; } = new("second", 0, 59, []);

    public static CronFieldKind Minute { get; } = new("minute", 0, 59, []);

    public static CronFieldKind Hour { get; } = new("hour", 0, 23, []);

    public static CronFieldKind DayOfMonth { get; } = new("day of the month", 1, 31, []);

    public static CronFieldKind Month { get; } = new("month", 1, 12, ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]);

    /// <summary>0 and 7 are both Sunday.</summary>
    public static CronFieldKind DayOfWeek { get; } = new("day of the week", 0, 7, ["sun", "mon", "tue", "wed", "thu", "fri", "sat"]);

    /// <summary>Whether L, W, # and '?' may stand in it.</summary>
    public bool HasCalendar => this == DayOfMonth || this == DayOfWeek;
}
