namespace Gantry.Engine.Plans.Triggers;

/// <summary>
/// When something is due, as instants: a cron expression in a time zone, or every so often. Where clocks are changed it keeps cron(8)'s rule: a fixed time
/// that is skipped comes once, at the moment after the gap; one that is repeated comes the first time only. What names no fixed time of day (its seconds, minutes or
/// hours begin with '*') follows the clock: nothing in the gap, and the repeated hour twice. Intervals are spans of time, which no clock changes.
/// </summary>
public sealed class Schedule
{
    private static readonly TimeSpan ChangesWithin = TimeSpan.FromHours(12);

    private readonly Cron? cron;
    private readonly TimeZoneInfo zone;
    private readonly TimeSpan every;
    private readonly DateTimeOffset anchor;

    private Schedule(Cron? cron, TimeZoneInfo zone, TimeSpan every, DateTimeOffset anchor) =>
        (this.cron, this.zone, this.every, this.anchor) = (cron, zone, every, anchor);

    public static Schedule Of(Cron cron, TimeZoneInfo zone) => new(cron, zone, default, default);

    /// <summary>Counted from the anchor, at which nothing is due yet.</summary>
    public static Schedule Every(TimeSpan every, DateTimeOffset anchor) => new(null, TimeZoneInfo.Utc, every, anchor);

    /// <summary>The first occurrence behind this instant, in UTC; null when there is none in the next decades.</summary>
    public DateTimeOffset? After(DateTimeOffset instant)
    {
        if (cron is null)
        {
            return instant < anchor ? anchor + every : anchor + (every * (((instant - anchor).Ticks / every.Ticks) + 1));
        }

        var utc = instant.UtcDateTime;
        utc = new DateTime(utc.Ticks - (utc.Ticks % TimeSpan.TicksPerSecond) + TimeSpan.TicksPerSecond, DateTimeKind.Utc);
        return NextOf(cron, cron.HasFixedTimes ? AfterRepetition(utc) : utc) is { } next ? new DateTimeOffset(next, TimeSpan.Zero) : null;
    }

    /// <summary>The next occurrences, in order.</summary>
    public IEnumerable<DateTimeOffset> AllAfter(DateTimeOffset instant)
    {
        while (After(instant) is { } next)
        {
            yield return next;
            instant = next;
        }
    }

    /// <summary>The latest occurrence that is not behind <paramref name="until"/>, of those from <paramref name="from"/> on, which is one itself.</summary>
    public DateTimeOffset LatestUpTo(DateTimeOffset until, DateTimeOffset from)
    {
        // Looked for in ever longer spans before the end, so that years of seconds are not walked through.
        foreach (var span in (ReadOnlySpan<int>)[60, 3_600, 86_400, 32 * 86_400, 400 * 86_400])
        {
            var start = until - TimeSpan.FromSeconds(span);
            if (start <= from)
            {
                break;
            }

            if (After(start) is { } first && first <= until)
            {
                return AllAfter(start).TakeWhile(at => at <= until).Last();
            }
        }

        return AllAfter(from).TakeWhile(at => at <= until).LastOrDefault(from);
    }

    private DateTime? NextOf(Cron expression, DateTime utc)
    {
        while (true)
        {
            var offset = zone.GetUtcOffset(utc);
            if (expression.NextFrom(DateTime.SpecifyKind(utc + offset, DateTimeKind.Unspecified)) is not { } local || local.Year >= 9000)
            {
                return null;
            }

            var next = DateTime.SpecifyKind(local - offset, DateTimeKind.Utc);
            if (ChangeBetween(utc, next, offset) is not { } change)
            {
                return next;
            }

            var shift = zone.GetUtcOffset(change) - offset;
            if (shift > TimeSpan.Zero && expression.HasFixedTimes && local - offset >= change && local < change + offset + shift)
            {
                return change;
            }

            utc = shift < TimeSpan.Zero && expression.HasFixedTimes ? change - shift : change;
        }
    }

    /// <summary>The instant behind which what the clock shows is no longer what it has shown already.</summary>
    private DateTime AfterRepetition(DateTime utc)
    {
        var offset = zone.GetUtcOffset(utc);
        var before = utc - TimeSpan.FromHours(25);
        if (ChangeBetween(before, utc, zone.GetUtcOffset(before)) is not { } change)
        {
            return utc;
        }

        var end = change + (zone.GetUtcOffset(before) - offset);
        return utc < end ? end : utc;
    }

    /// <summary>The first instant from behind one to another at which the zone has another offset; null when there is none.</summary>
    private DateTime? ChangeBetween(DateTime from, DateTime to, TimeSpan offset)
    {
        while (from < to)
        {
            var until = to - from > ChangesWithin ? from + ChangesWithin : to;
            if (zone.GetUtcOffset(until) == offset)
            {
                from = until;
                continue;
            }

            while (until - from > TimeSpan.FromSeconds(1))
            {
                var middle = new DateTime(((from.Ticks + until.Ticks) / 2 / TimeSpan.TicksPerSecond) * TimeSpan.TicksPerSecond, DateTimeKind.Utc);
                (from, until) = zone.GetUtcOffset(middle) == offset ? (middle, until) : (from, middle);
            }

            return until;
        }

        return null;
    }
}
