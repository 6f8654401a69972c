using System.Text.Json;
using Gantry.Engine.Providers;
using Gantry.TestServers;
using Shouldly;
using Xunit;

namespace Gantry.Plugins.Specs.Providers;

public sealed class DateProviderSpecs
{
    private readonly ProviderStage stage = new();

    [Theory]
    [InlineData("2026-01-31T12:00:00Z", null, "UTC", "2026-01-31T12:00:00+00:00")]
    [InlineData("2026-01-31T12:00:00+05:30", null, "Europe/Vienna", "2026-01-31T07:30:00+01:00")]
    [InlineData("2026-07-01 12:00", null, "Europe/Vienna", "2026-07-01T12:00:00+02:00")]
    [InlineData("2026-07-01", null, "America/New_York", "2026-07-01T00:00:00-04:00")]
    [InlineData("2026-03-29 02:30", null, "Europe/Vienna", "2026-03-29T03:30:00+02:00")]
    [InlineData("2026-10-25 02:30", null, "Europe/Vienna", "2026-10-25T02:30:00+02:00")]
    [InlineData("31.1.2026 8 Uhr", "d.M.yyyy H 'Uhr'", "Asia/Kolkata", "2026-01-31T08:00:00+05:30")]
    public async Task A_time_is_read(string text, string? pattern, string zone, string local)
    {
        var parameters = pattern is null ? (object)new { text, zone } : new { text, pattern, zone };

        (await OutputAsync("date.parse", parameters)).GetProperty("local").GetString().ShouldBe(local);
    }

    [Theory]
    [InlineData("tomorrow", "UTC")]
    [InlineData("31/01/2026", "UTC")]
    [InlineData("2026-02-30", "UTC")]
    [InlineData("2026-01-31", "Mars/Olympus")]
    [InlineData("2026-01-31", "../../etc/passwd")]
    [InlineData("2026-01-31", "")]
    public async Task What_is_no_time_or_no_zone_is_refused(string text, string zone) =>
        (await stage.RunAsync("date.parse", new { text, zone })).Error!.Kind.ShouldBe(ProviderErrorKind.BadRequest);

    [Theory]
    [InlineData("2026-01-31T12:00:00Z", "months", 1, "UTC", "2026-02-28T12:00:00+00:00")]
    [InlineData("2024-02-29T12:00:00Z", "years", 1, "UTC", "2025-02-28T12:00:00+00:00")]
    [InlineData("2026-03-28T12:00:00+01:00", "days", 1, "Europe/Vienna", "2026-03-29T12:00:00+02:00")]
    [InlineData("2026-03-28T12:00:00+01:00", "hours", 24, "Europe/Vienna", "2026-03-29T13:00:00+02:00")]
    [InlineData("2026-03-01T00:00:00Z", "weeks", -1, "UTC", "2026-02-22T00:00:00+00:00")]
    [InlineData("2026-03-01T00:00:00Z", "seconds", -1, "UTC", "2026-02-28T23:59:59+00:00")]
    public async Task Time_is_added_by_the_calendar_or_as_it_passes(string time, string unit, int amount, string zone, string local) =>
        (await OutputAsync("date.add", new Dictionary<string, object> { ["time"] = time, [unit] = amount, ["zone"] = zone })).GetProperty("local").GetString().ShouldBe(local);

    [Theory]
    [InlineData("2026-05-14T10:20:30Z", "day", "Europe/Vienna", "2026-05-14T00:00:00+02:00", "2026-05-14T23:59:59.999+02:00")]
    [InlineData("2026-05-14T10:20:30Z", "week", "UTC", "2026-05-11T00:00:00+00:00", "2026-05-17T23:59:59.999+00:00")]
    [InlineData("2026-05-14T10:20:30Z", "month", "UTC", "2026-05-01T00:00:00+00:00", "2026-05-31T23:59:59.999+00:00")]
    [InlineData("2026-05-14T10:20:30Z", "quarter", "UTC", "2026-04-01T00:00:00+00:00", "2026-06-30T23:59:59.999+00:00")]
    [InlineData("2026-01-01T00:30:00+01:00", "year", "Europe/Vienna", "2026-01-01T00:00:00+01:00", "2026-12-31T23:59:59.999+01:00")]
    [InlineData("2026-10-25T00:30:00Z", "hour", "Europe/Vienna", "2026-10-25T02:00:00+02:00", "2026-10-25T02:59:59.999+02:00")]
    [InlineData("2026-10-25T12:00:00Z", "day", "Europe/Vienna", "2026-10-25T00:00:00+02:00", "2026-10-25T23:59:59.999+01:00")]
    public async Task A_period_begins_and_ends(string time, string unit, string zone, string start, string end)
    {
        (await OutputAsync("date.start_of", new { time, unit, zone })).GetProperty("local").GetString().ShouldBe(start);
        (await OutputAsync("date.end_of", new { time, unit, zone })).GetProperty("local").GetString().ShouldBe(end);
    }

    [Fact]
    public async Task Weeks_may_begin_on_sunday() =>
        (await OutputAsync("date.start_of", new { time = "2026-05-14T00:00:00Z", unit = "week", week_starts = "sunday" })).GetProperty("local").GetString().ShouldBe("2026-05-10T00:00:00+00:00");

    [Fact]
    public async Task A_difference_is_told_as_time_passes_and_by_the_calendar()
    {
        var there = await OutputAsync("date.difference", new { from = "2026-01-31T00:00:00+01:00", to = "2026-03-30T00:00:00+02:00", zone = "Europe/Vienna" });
        var back = await OutputAsync("date.difference", new { from = 90, to = 0 });

        (there.GetProperty("hours").GetDecimal(), there.GetProperty("calendar").GetRawText()).ShouldBe((1391m, """{"years":0,"months":1,"days":30}"""));
        (back.GetProperty("minutes").GetDecimal(), back.GetProperty("seconds").GetInt32()).ShouldBe((-1.5m, -90));
    }

    [Theory]
    [InlineData("dddd, d MMMM yyyy, HH:mm zzz", "Saturday, 31 January 2026, 13:00 +01:00")]
    [InlineData("d", "31")]
    public async Task A_time_is_written(string pattern, string text) =>
        (await OutputAsync("date.format", new { time = "2026-01-31T12:00:00Z", pattern, zone = "Europe/Vienna" })).GetProperty("text").GetString().ShouldBe(text);

    [Fact]
    public async Task What_zones_say_is_what_python_says()
    {
        string[] zones = ["Europe/Vienna", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe", "Pacific/Apia", "Africa/Casablanca", "UTC"];
        var questions = zones.SelectMany(zone => Enumerable.Range(0, 12).Select(month => (Zone: zone, Unix: 1_640_995_200L + (month * 11L * 86_400 * 31 / 7)))).ToList();

        var expected = await PythonPeer.AskAsync(
            "import json,sys,datetime,zoneinfo; print(json.dumps([datetime.datetime.fromtimestamp(q['Unix'], zoneinfo.ZoneInfo(q['Zone'])).isoformat() for q in json.load(sys.stdin)]))",
            questions.Select(question => new { question.Zone, question.Unix }));

        foreach (var (index, (zone, unix)) in questions.Index())
        {
            (await OutputAsync("date.format", new { time = unix, zone })).GetProperty("text").GetString().ShouldBe(expected[index].GetString());
        }
    }

    [Theory]
    [InlineData("date.add", """{"time":"9999-12-31T00:00:00Z","years":1}""")]
    [InlineData("date.add", """{"time":"2026-01-01T00:00:00Z","days":1000000000}""")]
    [InlineData("date.start_of", """{"time":true,"unit":"day"}""")]
    [InlineData("date.format", """{"time":1e300}""")]
    [InlineData("date.format", """{"pattern":"\\"}""")]
    public async Task What_cannot_be_reckoned_is_refused(string use, string parameters) =>
        (await stage.RunAsync(use, JsonElement.Parse(parameters))).Error!.Kind.ShouldBe(ProviderErrorKind.BadRequest);

    private async Task<JsonElement> OutputAsync(string use, object parameters)
    {
        var outcome = await stage.RunAsync(use, parameters);
        outcome.Error.ShouldBeNull();
        return outcome.Output!.Value;
    }
}
