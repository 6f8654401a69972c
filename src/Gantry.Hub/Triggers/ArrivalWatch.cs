using Gantry.Engine.Plans.Triggers;
using Gantry.Hub.Executions.Journal;

namespace Gantry.Hub.Triggers;

/// <summary>Raises an alert when nothing came in a window in which something had to.</summary>
internal sealed class ArrivalWatch(TriggerWork work, JournalWriter writer)
{
    /// <summary>So long a place may take to be looked at after a window's end, before it counts as one that cannot be looked at.</summary>
    private static readonly TimeSpan ScanWithin = TimeSpan.FromMinutes(5);

    public async Task LookAsync(CancellationToken cancellationToken)
    {
        foreach (var window in await work.OverdueWindowsAsync(cancellationToken))
        {
            try
            {
                await LookAsync(window, window.Read(), cancellationToken);
            }
            catch (PlanFormatException broken)
            {
                // Its zone is gone. When that is back, something is expected again.
                await AlertAsync(window, $"broken:{window.ExpectTo:O}", $"Nothing is expected for '{window.PlanName}' any more: {broken.Message}", window.Now);
                await work.BreakAsync(window, broken.Message, cancellationToken);
            }
        }
    }

    /// <summary>Expects something again where that can be told again.</summary>
    public async Task MendAsync(CancellationToken cancellationToken)
    {
        foreach (var trigger in await work.WithoutWindowAsync(cancellationToken))
        {
            try
            {
                if (trigger.Read().Expect?.EndingAfter(trigger.Now) is { } window)
                    await work.ExpectAsync(trigger, window.From, window.To, cancellationToken);
            }
            catch (PlanFormatException)
            {
                // It says so already.
            }
        }
    }

    /// <summary>On record when this returns; the same key of the same trigger once.</summary>
    public async Task AlertAsync(TriggerContext trigger, string key, string message, DateTimeOffset at)
    {
        var record = EventRecord.Of(new EventRow
        {
            Id = Guid.CreateVersion7(),
            WorkspaceId = trigger.WorkspaceId,
            TriggerId = trigger.Id,
            PlanId = trigger.PlanId,
            Kind = trigger.Kind,
            Status = "alert",
            Key = TriggerTexts.Key(key),
            Summary = TriggerTexts.Summary(message),
            Reason = TriggerTexts.Summary(message),
            Attempts = 0,
            OccurredAt = at,
        });
        writer.Add(record);
        await record.Settled;
    }

    private async Task LookAsync(DueWindow window, Trigger trigger, CancellationToken cancellationToken)
    {
        if (!window.HasCome && trigger is FilesTrigger files && IsToBeLookedAt(window, files))
            return;
        var next = trigger.Expect?.EndingAfter(window.Now);
        if (!window.HasCome && trigger.Expect is { } expect)
        {
            var reason = window.Broken is { } broken ? $" The place cannot be watched: {broken}" : "";
            await AlertAsync(window, $"expect:{window.ExpectTo.UtcDateTime:O}", $"Nothing came for '{window.PlanName}' ({trigger.Watches}) between {expect}.{reason}", window.ExpectTo);
        }

        await work.MoveWindowAsync(window, next?.From, next?.To, cancellationToken);
    }

    /// <summary>What came within the window may not have been seen yet: a listing has to have begun behind its end, and the file to have settled.</summary>
    private static bool IsToBeLookedAt(DueWindow window, FilesTrigger files) =>
        (window.ScannedAt is not { } scanned || scanned < window.ExpectTo + files.Settle)
        && window.Now < window.ExpectTo + files.Settle + files.Interval + ScanWithin;
}
