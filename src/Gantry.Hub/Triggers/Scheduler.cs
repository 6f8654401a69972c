using Gantry.Engine.Plans.Triggers;
using Gantry.Engine.Work;
using Gantry.Hub.Database;
using Gantry.Hub.Executions.Journal;
using Npgsql;

namespace Gantry.Hub.Triggers;

/// <summary>
/// Starts what is due: occurrences of schedules, events that wait for an attempt, windows that are over. The database tells what is due by its own clock, so that a timer needs
/// no process to stay up; it is asked when the next thing is due, when somebody tells of news (NOTIFY), and once a second.
/// </summary>
internal sealed partial class Scheduler(
    HubDatabase database, TriggerWork work, TriggerStarter starter, EventDelivery events, ArrivalWatch arrivals, TriggerOptions options, TimeProvider clock, ILogger<Scheduler> logger) : BackgroundService
{
    private DateTimeOffset keptHouseAt = DateTimeOffset.MinValue;

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        new NewsChannel(database.Standing, "gantry_triggers", clock).ListenAsync(HearAsync, failure => Log.Interrupted(logger, failure), stoppingToken);

    /// <summary>Does all that is due now.</summary>
    public async Task TickAsync(CancellationToken cancellationToken)
    {
        while (await StartSchedulesAsync(cancellationToken))
        {
            // There is more than is taken at once.
        }

        while (await events.DeliverDueAsync(cancellationToken))
        {
            // The same.
        }

        await arrivals.LookAsync(cancellationToken);
        if (clock.GetUtcNow() - keptHouseAt >= EventLimits.Housekeeping)
        {
            await work.ForgetAsync(options.EventsKept, cancellationToken);
            await MendAsync(cancellationToken);
            keptHouseAt = clock.GetUtcNow();
        }
    }

    /// <summary>
    /// Looks at every schedule: one that could not be told may be told again, and one whose next time is further off than it should be (a clock was set far ahead and back, a
    /// zone has new rules) is put right, as is a window in which something has to come. What has run at a time does not run again at it.
    /// </summary>
    public async Task MendAsync(CancellationToken cancellationToken)
    {
        foreach (var schedule in await work.SchedulesAsync(cancellationToken))
        {
            try
            {
                var times = TimesOf(schedule);
                var next = times.After(schedule.Now);
                if (schedule.NextAt is null ? next is not null : next < schedule.NextAt)
                    await work.MendAsync(schedule, next, cancellationToken);
            }
            catch (PlanFormatException broken)
            {
                if (schedule.Broken is null)
                    await BreakAsync(schedule, broken.Message, cancellationToken);
            }
        }

        await arrivals.MendAsync(cancellationToken);
    }

    private async Task HearAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        while (true)
        {
            await TickAsync(cancellationToken);
            var quiet = await work.QuietForAsync(cancellationToken) ?? EventLimits.Look;
            var wait = TimeSpan.FromMilliseconds(Math.Clamp(Math.Ceiling(quiet.TotalMilliseconds), 1, EventLimits.Look.TotalMilliseconds));
            await connection.WaitAsync(wait, cancellationToken);
        }
    }

    /// <summary>False when nothing more is due.</summary>
    private async Task<bool> StartSchedulesAsync(CancellationToken cancellationToken)
    {
        var due = await work.TakeSchedulesAsync(cancellationToken);
        if (due.Count == 0)
            return false;
        FaultPoint.Pass("tick.taken");
        var starters = await work.WhoMayStartAsync(due.Select(schedule => (schedule.WorkspaceId, schedule.UserId)), cancellationToken);
        List<Task> starting = [];
        foreach (var schedule in due)
        {
            try
            {
                var context = schedule with { MayStart = starters.Contains((schedule.WorkspaceId, schedule.UserId)) };
                starting.AddRange(OccurrencesOf(context).Select(seen => DeliverAsync(seen)));
            }
            catch (PlanFormatException broken)
            {
                await BreakAsync(schedule, broken.Message, cancellationToken);
            }
        }

        await Task.WhenAll(starting);
        FaultPoint.Pass("tick.started");
        return true;
    }

    private async Task DeliverAsync(SeenEvent seen)
    {
        try
        {
            await starter.DeliverAsync(seen);
        }
        catch (JournalRefusedException refused)
        {
            Log.Refused(logger, seen.Trigger.Id, refused);
        }
    }

    /// <summary>What is to be started, or told as missed. The last one moves the schedule on.</summary>
    private static IEnumerable<SeenEvent> OccurrencesOf(DueSchedule schedule)
    {
        var (first, now) = (schedule.NextAt!.Value, schedule.Now);
        var times = TimesOf(schedule);
        if (now - first <= EventLimits.MissedAfter)
            return [Occurrence(schedule, first, isMissed: false, Step(first, first))];
        var policy = ((ScheduleTrigger)schedule.Read()).Missed;
        if (policy == MissedPolicy.All)
        {
            List<DateTimeOffset> all = [first, .. times.AllAfter(first).TakeWhile(at => at <= now).Take(EventLimits.BatchMax - 1)];
            return all.Select((at, index) => Occurrence(schedule, at, now - at > EventLimits.MissedAfter, index == all.Count - 1 ? Step(first, at) : null));
        }

        var latest = times.LatestUpTo(now, first);
        var isMissed = now - latest > EventLimits.MissedAfter;
        var occurrence = Occurrence(schedule, latest, isMissed, Step(first, latest));
        return [policy == MissedPolicy.Skip && isMissed ? occurrence with { FilteredBecause = "It was missed, and the schedule says missed: skip." } : occurrence];

        ScheduleStep Step(DateTimeOffset from, DateTimeOffset last) => new(from, times.After(last));
    }

    private static SeenEvent Occurrence(DueSchedule schedule, DateTimeOffset at, bool isMissed, ScheduleStep? step)
    {
        var id = Guid.CreateVersion7();
        return new SeenEvent
        {
            Id = id,
            Trigger = schedule,
            Key = at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", System.Globalization.CultureInfo.InvariantCulture),
            Summary = $"{((ScheduleTrigger)schedule.Read()).Words}{(isMissed ? ", missed" : "")}",
            Payload = TriggerPayload.OfSchedule(schedule, id, at, isMissed),
            OccurredAt = at,
            Step = step,
        };
    }

    private static Schedule TimesOf(DueSchedule schedule) =>
        schedule.Read() is ScheduleTrigger trigger && trigger.TimesFrom(schedule.Anchor) is { } times ? times
        : throw new PlanFormatException("The time zone of this schedule is not on this machine (any more). Install the system's tzdata, or name another zone.");

    private async Task BreakAsync(DueSchedule schedule, string reason, CancellationToken cancellationToken)
    {
        Log.Broken(logger, schedule.Id, schedule.PlanName, reason);
        await arrivals.AlertAsync(schedule, $"broken:{schedule.NextAt:O}", $"The schedule of '{schedule.PlanName}' does nothing: {reason}", schedule.Now);
        await work.BreakAsync(schedule, reason, cancellationToken);
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "The scheduler was interrupted; it goes on.")]
        public static partial void Interrupted(ILogger logger, Exception failure);

        [LoggerMessage(2, LogLevel.Error, "An event of trigger {TriggerId} was refused by the database.")]
        public static partial void Refused(ILogger logger, Guid triggerId, Exception failure);

        [LoggerMessage(3, LogLevel.Error, "The schedule {TriggerId} of the plan '{Plan}' does nothing: {Reason}")]
        public static partial void Broken(ILogger logger, Guid triggerId, string plan, string reason);
    }
}
