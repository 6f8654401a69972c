using System.Globalization;
using Gantry.Engine.Endpoints;
using Gantry.Engine.Endpoints.Limits;
using Shouldly;
using Xunit;

namespace Gantry.Engine.Specs.Endpoints;

public sealed class BandwidthTimetableSpecs
{
    private const long M = 1024 * 1024;

    [Theory]
    [InlineData("10M", 10 * M, 10 * M)]
    [InlineData("1.5M", 3 * M / 2, 3 * M / 2)]
    [InlineData("10M:1M", 10 * M, M)]
    [InlineData("off:512K", null, M / 2)]
    [InlineData("off", null, null)]
    [InlineData("0", null, null)]
    public void One_figure_holds_always(string text, object? up, object? down)
    {
        var now = BandwidthTimetable.Parse(text).At(DateTimeOffset.UnixEpoch, TimeZoneInfo.Utc);

        (now.Up, now.Down).ShouldBe(((long?)up, (long?)down));
    }

    // 2026-02-01 is a Sunday.
    [Theory]
    [InlineData("2026-02-01T07:59", null)]
    [InlineData("2026-02-01T08:00", 10 * M)]
    [InlineData("2026-02-01T18:59", 10 * M)]
    [InlineData("2026-02-01T19:00", null)]
    [InlineData("2026-02-02T07:59", null)]
    [InlineData("2026-02-02T08:00", 5 * M)]
    [InlineData("2026-02-02T19:00", null)]
    [InlineData("2026-02-03T08:00", 10 * M)]
    public void Entries_follow_each_other_and_a_day_goes_before_every_day(string at, object? expected)
    {
        foreach (var text in (string[])["08:00,10M 19:00,off mon-08:00,5M", "Monday-8:00,5M  19:00,off 08:00,10M"])
        {
            var now = BandwidthTimetable.Parse(text).At(DateTimeOffset.Parse(at + "Z", CultureInfo.InvariantCulture), TimeZoneInfo.Utc);

            now.Up.ShouldBe((long?)expected, text);
        }
    }

    [Fact]
    public void Before_the_first_entry_of_the_week_the_last_one_holds()
    {
        var timetable = BandwidthTimetable.Parse("mon-00:00,1M fri-18:00,off");

        timetable.At(new DateTimeOffset(2026, 2, 1, 12, 0, 0, TimeSpan.Zero), TimeZoneInfo.Utc).IsUnlimited.ShouldBeTrue();
        timetable.At(new DateTimeOffset(2026, 2, 4, 12, 0, 0, TimeSpan.Zero), TimeZoneInfo.Utc).Up.ShouldBe(M);
    }

    [Theory]
    [InlineData("2026-01-15T07:30Z", 10 * M)]
    [InlineData("2026-07-15T06:30Z", 10 * M)]
    [InlineData("2026-01-15T06:30Z", null)]
    public void It_goes_by_the_clocks_of_its_zone_in_summer_and_in_winter(string at, object? expected)
    {
        var berlin = LimitSettings.ZoneOf("Europe/Berlin");

        var now = BandwidthTimetable.Parse("08:00,10M 19:00,off").At(DateTimeOffset.Parse(at, CultureInfo.InvariantCulture), berlin);

        now.Up.ShouldBe((long?)expected);
    }

    [Theory]
    [InlineData("")]
    [InlineData("10")]
    [InlineData("fast")]
    [InlineData("-1M")]
    [InlineData("1M:2M:3M")]
    [InlineData("08:00")]
    [InlineData("08:00,10M 19:00")]
    [InlineData("24:00,10M")]
    [InlineData("08:60,10M")]
    [InlineData("someday-08:00,10M")]
    [InlineData("08:00,10M 08:00,5M")]
    [InlineData("mon-08:00,10M Monday-08:00,5M")]
    public void What_cannot_be_meant_is_refused_with_the_form_that_can(string text)
    {
        var failure = Should.Throw<EndpointException>(() => BandwidthTimetable.Parse(text));

        failure.Error.ShouldBe(EndpointError.BadSetting);
        failure.Message.ShouldContain("08:00,10M 19:00,off mon-08:00,5M");
    }

    [Fact]
    public void Limits_of_an_endpoint_are_read_from_its_settings()
    {
        var limits = LimitSettings.Parse(new Dictionary<string, string>
        {
            ["bandwidth"] = "10M",
            ["time_zone"] = "Europe/Berlin",
            ["transfers"] = "2",
            ["connections"] = "4",
            ["priority"] = "urgent",
        });

        (limits.Bandwidth!.Text, limits.TimeZone.Id, limits.TransfersMax, limits.ConnectionsMax, limits.Priority)
            .ShouldBe(("10M", "Europe/Berlin", 2, 4, TransferPriority.Urgent));
        LimitSettings.Parse([new("transfers", "")]).TransfersMax.ShouldBeNull();
    }

    [Theory]
    [InlineData("transfers", "0")]
    [InlineData("connections", "many")]
    [InlineData("priority", "5")]
    [InlineData("time_zone", "Europe/Nowhere")]
    [InlineData("bandwith", "10M")]
    public void A_limit_that_is_none_is_refused(string name, string value) =>
        Should.Throw<EndpointException>(() => LimitSettings.Parse([new(name, value)])).Error.ShouldBe(EndpointError.BadSetting);
}
