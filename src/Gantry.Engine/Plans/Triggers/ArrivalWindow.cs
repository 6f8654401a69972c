using System.Globalization;

namespace Gantry.Engine.Plans.Triggers;

/// <summary>Between which times of which days something has to come: "02:00-04:00" in a zone. One that ends before it begins goes over midnight.</summary>
public sealed record ArrivalWindow
{
    public required TimeOnly From { get; init; }

    public required TimeOnly To { get; init; }

    /// <summary>As in the fifth field of a cron expression: the days on which it begins.</summary>
    public string Days { get; init; } = "*";

    /// <summary>An IANA name.</summary>
    public string Zone { get; init; } = "UTC";

    /// <summary>The first window that ends behind this instant; null when this machine does not know the zone.</summary>
    public (DateTimeOffset From, DateTimeOffset To)? EndingAfter(DateTimeOffset instant)
    {
        if (TimeZones.Find(Zone) is not { } zone)
        {
            return null;
        }

        var begins = Schedule.Of(CronAt(From, Days), zone);
        var ends = Schedule.Of(CronAt(To, "*"), zone);

        // A window is no longer than a day, and a day no longer than 25 hours (or, where the date line moved, 48).
        foreach (var begin in begins.AllAfter(instant - TimeSpan.FromHours(49)))
        {
            if (ends.After(begin) is { } end && end > instant)
            {
                return (begin, end);
            }
        }

        return null;
    }

    public override string ToString() => $"{From:HH\\:mm}-{To:HH\\:mm}{(Days == "*" ? "" : " " + Days)} ({Zone})";

    internal static Cron CronAt(TimeOnly time, string days) => Cron.Parse(string.Create(CultureInfo.InvariantCulture, $"{time.Minute} {time.Hour} * * {days}"));
}
