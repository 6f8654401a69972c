using Gantry.Engine.Plans.Triggers;
using Gantry.Hub.Database;
using Gantry.Hub.Web;

namespace Gantry.Hub.Triggers;

/// <summary>When one schedule runs within a span of time.</summary>
/// <param name="Watches">Shortly: "0 6 * * mon-fri (Europe/Berlin)".</param>
/// <param name="InWords">As people say it: "From Monday to Friday at 06:00 (Europe/Berlin)"; null when it cannot be read any more.</param>
/// <param name="Times">In their order, the first 200.</param>
/// <param name="IsCut">There are more of them within the span.</param>
internal sealed record OccurrencesView(Guid TriggerId, Guid PlanId, string Plan, string Watches, string? InWords, IReadOnlyList<DateTimeOffset> Times, bool IsCut);

/// <summary>What will run when: calendars are made of it.</summary>
internal static class OccurrenceRoutes
{
    private const int TimesMax = 200;

    private static readonly TimeSpan SpanMax = TimeSpan.FromDays(62);

    public static async Task<Page<OccurrencesView>> ListAsync(Caller caller, HubDatabase database, TimeProvider clock,
        DateTimeOffset? from, DateTimeOffset? until, string? limit, string? after, CancellationToken cancellationToken)
    {
        var begin = from ?? clock.GetUtcNow();
        var end = until ?? begin + TimeSpan.FromDays(7);
        if (end < begin || end - begin > SpanMax)
            throw ProblemException.Invalid($"The parameter 'until' is behind 'from', at most {SpanMax.TotalDays:0} days.");
        var (count, afterId) = (PageQuery.Limit(limit), PageQuery.AfterId(after));
        await using var session = await database.OpenAsync(caller.Actor, cancellationToken);
        var rows = await TriggerStore.ListAsync(session, null, "schedule", null, afterId, count + 1, cancellationToken);
        return Page<OccurrencesView>.From([.. rows.Select(row => ViewOf(row, begin, end))], count, schedule => schedule.TriggerId.ToString());
    }

    private static OccurrencesView ViewOf(TriggerRow row, DateTimeOffset from, DateTimeOffset until)
    {
        var times = TimesOf(row, from, until).Take(TimesMax + 1).ToList();
        return new OccurrencesView(row.Id, row.PlanId, row.Plan, row.Watches, TriggerTexts.InWords(row), [.. times.Take(TimesMax)], times.Count > TimesMax);
    }

    private static IEnumerable<DateTimeOffset> TimesOf(TriggerRow row, DateTimeOffset from, DateTimeOffset until)
    {
        if (row.PausedAt is not null || row.NextAt is not { } next || ScheduleOf(row) is not { } schedule)
            return [];
        // What is on record as next may be none of the schedule's own times: it is due all the same.
        var all = next >= from ? schedule.AllAfter(next).Prepend(next) : schedule.AllAfter(from - TimeSpan.FromTicks(1));
        return all.TakeWhile(time => time < until);
    }

    /// <summary>Null when it is about to be told as broken.</summary>
    private static Schedule? ScheduleOf(TriggerRow row)
    {
        try
        {
            return (TriggerTexts.Read(row.Settings) as ScheduleTrigger)?.TimesFrom(row.Anchor);
        }
        catch (PlanFormatException)
        {
            return null;
        }
    }
}
