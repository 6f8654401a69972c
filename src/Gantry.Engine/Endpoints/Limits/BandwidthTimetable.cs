using System.Globalization;
using Gantry.Engine.Settings;

namespace Gantry.Engine.Endpoints.Limits;

/// <summary>
/// A bandwidth, or several that follow each other through the week: "10M", "10M:1M" (up:down), "08:00,10M 19:00,off mon-08:00,5M". The grammar is
/// that of rclone's --bwlimit (https://rclone.org/docs/#bwlimit-bandwidth-spec), except that a unit has to be named. An entry holds until the
/// next one; one without a day is of every day, and one with a day goes before it at the same minute.
/// </summary>
public sealed class BandwidthTimetable
{
    /// <summary>What to write, for messages.</summary>
    public const string Form = "bytes a second with their unit, such as '10M', '10M:1M' (up:down) or 'off', or a timetable such as '08:00,10M 19:00,off mon-08:00,5M'";

    private const int MinutesOfDay = 24 * 60;
    private const int EntriesMax = 500;
    private static readonly string[] Days = ["sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"];

    // By their minute of the week, which begins on Sunday at 00:00.
    private readonly SortedList<int, Bandwidth> entries;

    private BandwidthTimetable(string text, SortedList<int, Bandwidth> entries)
    {
        Text = text;
        this.entries = entries;
    }

    /// <summary>As it was written.</summary>
    public string Text { get; }

    /// <summary>Up and down are told apart in it.</summary>
    public bool HasDirections => entries.Values.Any(entry => !entry.IsShared);

    /// <summary>Text that is no timetable fails with BadSetting.</summary>
    public static BandwidthTimetable Parse(string text)
    {
        var words = text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        if (words.Length is 0 or > EntriesMax)
        {
            throw Bad(text, "");
        }

        var entries = new SortedList<int, Bandwidth>();
        if (words.Length == 1 && !words[0].Contains(','))
        {
            entries[0] = BandwidthOf(words[0], text);
            return new BandwidthTimetable(text, entries);
        }

        var everyDay = new HashSet<int>();
        foreach (var word in words)
        {
            Add(entries, everyDay, word, text);
        }

        return new BandwidthTimetable(text, entries);
    }

    /// <summary>What holds at this moment, by the clocks of the zone.</summary>
    public Bandwidth At(DateTimeOffset now, TimeZoneInfo zone)
    {
        if (entries.Count == 1)
        {
            return entries.Values[0];
        }

        var local = TimeZoneInfo.ConvertTime(now, zone);
        var minute = ((int)local.DayOfWeek * MinutesOfDay) + (local.Hour * 60) + local.Minute;

        // Before the first entry of the week the last one still holds.
        var current = entries.Values[^1];
        for (var i = 0; i < entries.Count && entries.Keys[i] <= minute; i++)
        {
            current = entries.Values[i];
        }

        return current;
    }

    private static void Add(SortedList<int, Bandwidth> entries, HashSet<int> everyDay, string word, string text)
    {
        var comma = word.IndexOf(',', StringComparison.Ordinal);
        if (comma < 0)
        {
            throw Bad(text, $" The entry '{EndpointPath.Printable(word)}' has no time: 'HH:MM,BANDWIDTH'.");
        }

        var bandwidth = BandwidthOf(word[(comma + 1)..], text);
        var time = word[..comma];
        var dash = time.IndexOf('-', StringComparison.Ordinal);
        var minute = MinuteOf(time[(dash + 1)..], text);
        if (dash >= 0)
        {
            var at = (DayOf(time[..dash], text) * MinutesOfDay) + minute;
            if (!everyDay.Remove(at) && entries.ContainsKey(at))
            {
                throw Bad(text, $" It names '{EndpointPath.Printable(time)}' twice.");
            }

            entries[at] = bandwidth;
            return;
        }

        for (var day = 0; day < Days.Length; day++)
        {
            var at = (day * MinutesOfDay) + minute;
            if (everyDay.Contains(at))
            {
                throw Bad(text, $" It names '{EndpointPath.Printable(time)}' twice.");
            }

            if (entries.TryAdd(at, bandwidth))
            {
                everyDay.Add(at);
            }
        }
    }

    private static int DayOf(string name, string text)
    {
        var day = Array.FindIndex(Days, day => day.Equals(name, StringComparison.OrdinalIgnoreCase) || day[..3].Equals(name, StringComparison.OrdinalIgnoreCase));
        return day >= 0 ? day : throw Bad(text, $" '{EndpointPath.Printable(name)}' is no day: sun, mon, tue, wed, thu, fri or sat.");
    }

    private static int MinuteOf(string time, string text) =>
        TimeOnly.TryParseExact(time, ["HH:mm", "H:mm"], CultureInfo.InvariantCulture, DateTimeStyles.None, out var parsed)
            ? (parsed.Hour * 60) + parsed.Minute
            : throw Bad(text, $" '{EndpointPath.Printable(time)}' is no time of a day: 00:00 to 23:59.");

    private static Bandwidth BandwidthOf(string word, string text)
    {
        var parts = word.Split(':');
        return parts.Length switch
        {
            1 => new Bandwidth(BytesOf(word, text), BytesOf(word, text), IsShared: true),
            2 => new Bandwidth(BytesOf(parts[0], text), BytesOf(parts[1], text), IsShared: false),
            _ => throw Bad(text, ""),
        };
    }

    /// <summary>Null for "off" and 0.</summary>
    private static long? BytesOf(string word, string text)
    {
        if (word.Equals("off", StringComparison.OrdinalIgnoreCase) || word == "0")
        {
            return null;
        }

        if (word.Length > 0 && char.IsAsciiDigit(word[^1]))
        {
            throw Bad(text, $" '{EndpointPath.Printable(word)}' has no unit: {word}K, {word}M or {word}B?");
        }

        return ByteSize.TryParse(word, out var bytes)
            ? bytes == 0 ? null : bytes
            : throw Bad(text, $" '{EndpointPath.Printable(word)}' is no bandwidth.");
    }

    private static EndpointException Bad(string text, string why) =>
        new(EndpointError.BadSetting, $"The bandwidth '{EndpointPath.Printable(text)}' is not understood.{why} It is {Form}.");
}
