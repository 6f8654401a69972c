using System.Globalization;
using Gantry.Engine.Plans.Triggers;
using Shouldly;
using Xunit;

namespace Gantry.Engine.Specs.Plans.Triggers;

/// <summary>The rule is that of cron(8) of Debian: https://manpages.debian.org/bookworm/cron/cron.8.en.html</summary>
public sealed class ScheduleSpecs
{
    // In Berlin clocks go from 02:00 to 03:00 on 2026-03-29 (01:00 UTC), and from 03:00 back to 02:00 on 2026-10-25 (01:00 UTC).
    [Theory]
    [InlineData("30 2 * * *", "2026-03-28T02:00Z", "2026-03-29T01:00Z 2026-03-30T00:30Z")]
    [InlineData("15,45 2 * * *", "2026-03-28T02:00Z", "2026-03-29T01:00Z 2026-03-30T00:15Z 2026-03-30T00:45Z")]
    [InlineData("0 2,3 * * *", "2026-03-28T03:00Z", "2026-03-29T01:00Z 2026-03-30T00:00Z 2026-03-30T01:00Z")]
    [InlineData("30 1,3 * * *", "2026-03-28T12:00Z", "2026-03-29T00:30Z 2026-03-29T01:30Z 2026-03-29T23:30Z")]
    public void A_fixed_time_that_is_skipped_comes_once_right_after_the_gap(string cron, string after, string times) => Check(cron, after, times);

    [Theory]
    [InlineData("30 2 * * *", "2026-10-24T12:00Z", "2026-10-25T00:30Z 2026-10-26T01:30Z")]
    [InlineData("30 2 * * *", "2026-10-25T00:30Z", "2026-10-26T01:30Z")]
    [InlineData("30 2 * * *", "2026-10-25T01:10Z", "2026-10-26T01:30Z")]
    [InlineData("0 2,3 * * *", "2026-10-24T12:00Z", "2026-10-25T00:00Z 2026-10-25T02:00Z 2026-10-26T01:00Z")]
    public void A_fixed_time_that_is_repeated_comes_the_first_time_only(string cron, string after, string times) => Check(cron, after, times);

    [Theory]
    [InlineData("0 * * * *", "2026-03-28T23:30Z", "2026-03-29T00:00Z 2026-03-29T01:00Z 2026-03-29T02:00Z")]
    [InlineData("*/30 2 * * *", "2026-03-28T12:00Z", "2026-03-30T00:00Z 2026-03-30T00:30Z")]
    [InlineData("0 * * * *", "2026-10-24T23:30Z", "2026-10-25T00:00Z 2026-10-25T01:00Z 2026-10-25T02:00Z")]
    [InlineData("*/30 2 * * *", "2026-10-24T12:00Z", "2026-10-25T00:00Z 2026-10-25T00:30Z 2026-10-25T01:00Z 2026-10-25T01:30Z 2026-10-26T01:00Z")]
    public void What_names_no_time_of_day_follows_the_clock(string cron, string after, string times) => Check(cron, after, times);

    [Theory]
    [InlineData("Australia/Lord_Howe", "15 2 * * *", "2026-10-03T00:00Z", "2026-10-03T15:30Z 2026-10-04T15:15Z")]
    [InlineData("Pacific/Apia", "0 12 * * *", "2011-12-29T00:00Z", "2011-12-29T22:00Z 2011-12-30T10:00Z 2011-12-30T22:00Z")]
    [InlineData("America/New_York", "30 1 * * *", "2026-11-01T00:00Z", "2026-11-01T05:30Z 2026-11-02T06:30Z")]
    [InlineData("UTC", "0 0 29 2 *", "2026-01-01T00:00Z", "2028-02-29T00:00Z 2032-02-29T00:00Z")]
    public void Other_zones_keep_the_same_rule(string zone, string cron, string after, string times) => Check(cron, after, times, zone);

    [Fact]
    public void An_interval_is_a_span_of_time_that_no_clock_changes()
    {
        var anchor = Time("2026-03-28T22:10Z");

        var times = Schedule.Every(TimeSpan.FromHours(2), anchor).AllAfter(anchor).Take(3);

        times.ShouldBe([Time("2026-03-29T00:10Z"), Time("2026-03-29T02:10Z"), Time("2026-03-29T04:10Z")]);
    }

    [Fact]
    public void An_interval_keeps_its_beat_however_late_it_is_asked() =>
        Schedule.Every(TimeSpan.FromMinutes(15), Time("2026-01-01T00:07Z")).After(Time("2026-05-05T10:10Z")).ShouldBe(Time("2026-05-05T10:22Z"));

    [Theory]
    [InlineData("0 6 * * *", "2026-01-01T05:00Z", "2026-03-04T04:00Z", "2026-03-03T05:00Z")]
    [InlineData("* * * * * *", "2016-01-01T05:00Z", "2026-03-04T04:00Z", "2026-03-04T04:00Z")]
    [InlineData("0 0 1 1 *", "2019-12-31T23:00Z", "2026-03-04T04:00Z", "2025-12-31T23:00Z")]
    [InlineData("0 6 * * *", "2026-03-04T05:00Z", "2026-03-04T05:00Z", "2026-03-04T05:00Z")]
    public void The_latest_of_what_was_missed_is_found_without_walking_through_all_of_it(string cron, string first, string until, string latest) =>
        Berlin(cron).LatestUpTo(Time(until), Time(first)).ShouldBe(Time(latest));

    [Theory]
    [InlineData("0 0 * * *")]
    [InlineData("59 1 * * *")]
    [InlineData("0 2 * * *")]
    [InlineData("1 2 * * *")]
    [InlineData("59 2 * * *")]
    [InlineData("0 3 * * *")]
    [InlineData("30 12 * * *")]
    public void Each_day_has_one_occurrence_whatever_is_done_to_its_clocks(string cron)
    {
        var schedule = Berlin(cron);
        var from = Time("2025-12-31T12:00Z");

        var times = schedule.AllAfter(from).Take(400).ToList();

        times.ShouldBe(times.Distinct().Order());
        var zone = TimeZoneInfo.FindSystemTimeZoneById("Europe/Berlin");
        var days = times.Select(time => TimeZoneInfo.ConvertTime(time, zone).Date).ToList();
        days.ShouldBe(Enumerable.Range(0, 400).Select(day => days[0].AddDays(day)));
        foreach (var time in times.Take(5)) schedule.After(time.AddTicks(-1)).ShouldBe(time);
    }

    [Theory]
    [InlineData("02:00", "04:00", "*", "2026-03-04T02:30Z", "2026-03-04T01:00Z", "2026-03-04T03:00Z")]
    [InlineData("02:00", "04:00", "*", "2026-03-04T03:00Z", "2026-03-05T01:00Z", "2026-03-05T03:00Z")]
    [InlineData("22:00", "02:00", "fri", "2026-03-04T12:00Z", "2026-03-06T21:00Z", "2026-03-07T01:00Z")]
    [InlineData("02:15", "02:45", "*", "2026-03-28T12:00Z", "2026-03-29T01:00Z", "2026-03-30T00:45Z")]
    public void A_window_is_told_by_its_ends(string from, string to, string days, string after, string begins, string ends)
    {
        var window = new ArrivalWindow { From = TimeOnly.Parse(from, CultureInfo.InvariantCulture), To = TimeOnly.Parse(to, CultureInfo.InvariantCulture), Days = days, Zone = "Europe/Berlin" };

        window.EndingAfter(Time(after)).ShouldBe((Time(begins), Time(ends)));
    }

    private static void Check(string cron, string after, string times, string zone = "Europe/Berlin")
    {
        var expected = times.Split(' ').Select(Time).ToList();

        Schedule.Of(Cron.Parse(cron), TimeZoneInfo.FindSystemTimeZoneById(zone)).AllAfter(Time(after)).Take(expected.Count).ShouldBe(expected);
    }

    private static Schedule Berlin(string cron) => Schedule.Of(Cron.Parse(cron), TimeZoneInfo.FindSystemTimeZoneById("Europe/Berlin"));

    private static DateTimeOffset Time(string text) => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture);
}
