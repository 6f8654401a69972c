using System.Text.Json;
using Gantry.Engine.Providers;
using Gantry.Engine.Providers.Web;
using Gantry.Engine.Settings;

namespace Gantry.Plugins.Providers.Date;

/// <summary>Reckoning with times, in any zone by its IANA name.</summary>
public sealed class DateProvider : IProvider
{
    private static readonly Setting Zone = new() { Name = "zone", Default = Scalars.Text("UTC"), Help = "The time zone by its IANA name, such as Europe/Vienna." };

    private static readonly Setting Time = new()
    {
        Name = "time",
        Type = SettingType.Any,
        Default = Scalars.Text("now"),
        Help = "A time: now, 2026-01-31T12:00:00Z, 2026-01-31 12:00 (in the zone), or seconds since 1970.",
    };

    private static readonly Setting Unit = new()
    {
        Name = "unit",
        IsRequired = true,
        Choices = ["minute", "hour", "day", "week", "month", "quarter", "year"],
        Help = "Of what.",
    };

    private static readonly Setting WeekStarts = new() { Name = "week_starts", Default = Scalars.Text("monday"), Choices = ["monday", "sunday", "saturday"], Help = "The first day of a week." };

    private static readonly string[] amounts = ["years", "months", "weeks", "days", "hours", "minutes", "seconds"];

    public string Id => "date";

    public string Title => "Date & time";

    public string Help => "Reads, writes and reckons with dates and times.";

    public IReadOnlyList<ProviderAction> Actions { get; } =
    [
        Action("now", "Gives the time of now.", Zone),
        Action("parse", "Reads a time out of a text.",
            new() { Name = "text", IsRequired = true, Help = "The text." },
            new() { Name = "pattern", Help = "How it is written, as .NET has it: dd.MM.yyyy HH:mm. Without it, ISO 8601." },
            Zone),
        Action("format", "Writes a time.",
            Time,
            new() { Name = "pattern", Default = Scalars.Text("yyyy-MM-dd'T'HH:mm:sszzz"), Help = "How, as .NET has it: dddd, d MMMM yyyy, HH:mm." },
            Zone),
        Action("add", "Gives the time so much later, or earlier by negative amounts.",
            [Time, .. amounts.Select(name => new Setting { Name = name, Type = SettingType.Integer, Help = $"How many {name}{(name is "hours" or "minutes" or "seconds" ? ", as time passes" : ", by the calendar of the zone")}." }), Zone]),
        Action("difference", "Tells how far apart two times are.",
            new() { Name = "from", Type = SettingType.Any, IsRequired = true, Help = "The earlier time, as 'time' elsewhere." },
            new() { Name = "to", Type = SettingType.Any, Default = Scalars.Text("now"), Help = "The later time." },
            Zone),
        Action("start_of", "Gives the beginning of the period that a time is in.", Time, Unit, WeekStarts, Zone),
        Action("end_of", "Gives the last millisecond of the period that a time is in.", Time, Unit, WeekStarts, Zone),
    ];

    public Task<ProviderResult> RunAsync(ProviderCall call, CancellationToken cancellationToken)
    {
        var parameters = new HttpCall(call);
        var calendar = new ZoneCalendar(parameters.FindText("zone") ?? "UTC");
        try
        {
            return Task.FromResult(ProviderResult.Success(Run(call, parameters, calendar)));
        }
        catch (ArgumentOutOfRangeException)
        {
            throw HttpCall.Bad("That time is before the year 1 or after the year 9999.");
        }
    }

    private static JsonElement Run(ProviderCall call, HttpCall parameters, ZoneCalendar calendar)
    {
        var now = call.Clock.GetUtcNow();
        switch (call.Action)
        {
            case "now":
                return calendar.Describe(now);
            case "parse":
                return calendar.Describe(calendar.Parse(parameters.FindText("text") ?? "", parameters.FindText("pattern")));
            case "difference":
                return calendar.Difference(TimeOf(parameters, "from", calendar, now), TimeOf(parameters, "to", calendar, now));
        }

        var time = TimeOf(parameters, "time", calendar, now);
        var week = parameters.FindText("week_starts") switch { "sunday" => DayOfWeek.Sunday, "saturday" => DayOfWeek.Saturday, _ => DayOfWeek.Monday };
        return call.Action switch
        {
            "format" => JsonSerializer.SerializeToElement(new { text = calendar.Format(time, parameters.FindText("pattern") ?? "yyyy-MM-dd'T'HH:mm:sszzz") }),
            "add" => calendar.Describe(Added(parameters, time, calendar)),
            "start_of" => calendar.Describe(calendar.StartOf(time, parameters.FindText("unit") ?? "day", week, periods: 0)),
            _ => calendar.Describe(calendar.StartOf(time, parameters.FindText("unit") ?? "day", week, periods: 1).AddMilliseconds(-1)),
        };
    }

    private static DateTimeOffset Added(HttpCall parameters, DateTimeOffset time, ZoneCalendar calendar)
    {
        const int Most = 1_000_000_000;
        int Of(string name) => ServerParameters.NumberOf(parameters, name, 0, -Most, Most);
        return calendar.Add(time, Of("years"), Of("months"), (Of("weeks") * 7L) + Of("days")).AddHours(Of("hours")).AddMinutes(Of("minutes")).AddSeconds(Of("seconds"));
    }

    private static DateTimeOffset TimeOf(HttpCall parameters, string name, ZoneCalendar calendar, DateTimeOffset now) => parameters.Find(name) switch
    {
        null => now,
        { ValueKind: JsonValueKind.Number } number => number.TryGetDecimal(out var seconds) && Math.Abs(seconds) < 1_000_000_000_000
            ? DateTimeOffset.UnixEpoch.AddTicks((long)(seconds * TimeSpan.TicksPerSecond))
            : throw HttpCall.Bad($"'{name}' is no number of seconds since 1970."),
        { ValueKind: JsonValueKind.String } text when text.ValueEquals("now") => now,
        { ValueKind: JsonValueKind.String } => calendar.Parse(parameters.FindText(name)!, pattern: null),
        var other => throw HttpCall.Bad($"'{name}' is a time, and not {SettingCheck.Describe(other.Value)}."),
    };

    private static ProviderAction Action(string id, string help, params Setting[] parameters) => new() { Id = id, Help = help, Parameters = parameters, IsPure = true, IsRepeatable = true };
}
