using System.Globalization;
using Gantry.Engine.Work;
using Gantry.Hub.Database;
using Gantry.Hub.Web;

namespace Gantry.Hub.Executions;

/// <summary>Writes one stream of events: what the database has behind what was seen, then what happens, until the execution's end.</summary>
internal sealed class EventWriter(
    HubDatabase database, ExecutionEvents events, TimeProvider clock, EventStream stream, Caller caller, Guid executionId, int seen)
{
    private const int PageMax = 500;

    /// <summary>Of how many children is told how they stand: of the newest.</summary>
    private const int ChildrenMax = 1_000;

    private const int RunningNumber = 2;

    /// <summary>How often the database is looked at, for what another hub recorded.</summary>
    private static readonly TimeSpan LookUp = TimeSpan.FromSeconds(1);

    private readonly Dictionary<Guid, string> children = [];
    private int seen = seen;
    private DateTimeOffset lookedAt = DateTimeOffset.MinValue;

    /// <summary>How it stands, as it was told last; at first as its numbered events say. Null when a stream before this one told it: since then it may have changed twice.</summary>
    private string? now = seen > 0 ? null : EventJson.Now(executionId, "queued", "a free worker").Data;

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            // Watching begins before the look into the database, so that nothing falls between the two.
            using var watch = events.WatchExecution(executionId);
            if (await ReplayAsync(cancellationToken) || !stream.IsLive || await LiveAsync(watch, cancellationToken))
                return;
        }
    }

    /// <summary>True at the end of the execution; false when the reader was too slow and has to look into the database again.</summary>
    private async Task<bool> LiveAsync(Watch watch, CancellationToken cancellationToken)
    {
        while (true)
        {
            var isBehind = false;
            while (watch.TryRead(out var happened))
            {
                // The end comes last: what stands as it does now is told before it.
                if (happened.IsFinal || happened.Type == ExecutionEvents.Changed)
                    isBehind = true;
                else
                    await WriteAsync(happened, cancellationToken);
            }

            if (isBehind || clock.GetUtcNow() - lookedAt >= LookUp)
            {
                if (await ReplayAsync(cancellationToken))
                    return true;
                await stream.BeatAsync(cancellationToken);
            }

            await stream.FlushAsync(cancellationToken);
            using var pause = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            var more = watch.WaitToReadAsync(pause.Token).AsTask();
            await Task.WhenAny(more, Task.Delay(LookUp, clock, pause.Token));
            var isLive = more.IsCompletedSuccessfully;
            await pause.CancelAsync();
            cancellationToken.ThrowIfCancellationRequested();
            if (isLive && !await more)
                return false;
        }
    }

    /// <summary>Writes what the database has behind what was seen, and how things stand now. True at the end of the execution.</summary>
    private async Task<bool> ReplayAsync(CancellationToken cancellationToken)
    {
        lookedAt = clock.GetUtcNow();
        while (true)
        {
            var page = await PageAsync(cancellationToken);
            foreach (var happened in page.Events)
            {
                if (happened.IsFinal)
                    await WriteStandingAsync(page, cancellationToken);
                if (await WriteAsync(happened, cancellationToken))
                    return true;
            }

            if (!page.IsWhole)
                continue;
            await WriteStandingAsync(page, cancellationToken);
            return false;
        }
    }

    private async Task<EventPage> PageAsync(CancellationToken cancellationToken)
    {
        await using var session = await database.OpenAsync(caller.Actor, cancellationToken);
        var execution = await ExecutionStore.FindAsync(session, executionId, cancellationToken)
            ?? throw ProblemException.NotFound($"There is no execution '{executionId}'.");
        var lines = await ExecutionStore.LogsAsync(session, execution, seen, StatusNames.Levels, null, PageMax, cancellationToken);

        // Everything up to the last line of a full page is known; what lies behind it comes with the next.
        var isWhole = lines.Count < PageMax;
        var last = isWhole ? int.MaxValue : lines[^1].Sequence;
        var steps = await ExecutionStore.StepEventsAsync(session, executionId, seen, cancellationToken);
        var children = await ExecutionStore.ChildrenAsync(session, executionId, ChildrenMax, cancellationToken);
        var found = States(execution).Concat(steps.SelectMany(Steps)).Concat(lines.Select(EventJson.Line));
        return new EventPage(
            execution, [.. found.Where(happened => happened.Sequence > seen && happened.Sequence <= last).OrderBy(happened => happened.Sequence)], isWhole, children);
    }

    /// <summary>How its children stand, and what it waits for, as far as that was not told yet.</summary>
    private async Task WriteStandingAsync(EventPage page, CancellationToken cancellationToken)
    {
        foreach (var child in page.Children.Reverse())
        {
            if (children.TryGetValue(child.Id, out var told) && (told == child.Status || StatusNames.IsFinal(told)))
                continue;
            children[child.Id] = child.Status;
            await WriteAsync(EventJson.Child(executionId, child), cancellationToken);
        }

        var standing = EventJson.Now(executionId, page.Execution.Status, page.Execution.WaitingFor);
        if (page.Execution.IsFinal || standing.Data == now)
            return;
        now = standing.Data;
        await WriteAsync(standing, cancellationToken);
    }

    private static IEnumerable<ExecutionEvent> States(ExecutionView execution)
    {
        yield return EventJson.State(execution.Id, 1, "queued", execution.CreatedAt);
        if (execution.StartedAt is { } startedAt)
            yield return EventJson.State(execution.Id, RunningNumber, "running", startedAt);
        if (execution is { EndedAt: { } endedAt, EndedSeq: { } sequence })
            yield return EventJson.State(execution.Id, sequence, execution.Status, endedAt, execution.Error, execution.FailedStep);
    }

    private static IEnumerable<ExecutionEvent> Steps(StepView step)
    {
        if (step.StartedSequence is { } started)
            yield return EventJson.Step(step.Status == "waiting" ? step : step with { Status = "running", EndedAt = null, Message = null, Error = null }, started);
        if (step.EndedSequence is { } ended)
            yield return EventJson.Step(step, ended);
    }

    /// <summary>True when it was the last event there is.</summary>
    private async Task<bool> WriteAsync(ExecutionEvent happened, CancellationToken cancellationToken)
    {
        if (happened.Sequence is { } number)
        {
            if (number <= seen)
                return false;
            seen = number;
            if (number == RunningNumber)
                now = EventJson.Now(executionId, "running", null).Data;
        }

        await stream.WriteAsync(happened.Type, happened.Data, happened.Sequence is null ? null : seen.ToString(CultureInfo.InvariantCulture), cancellationToken);
        if (happened.IsFinal)
            await stream.FlushAsync(cancellationToken);
        return happened.IsFinal;
    }
}

/// <summary>What the database has of an execution behind what was seen.</summary>
/// <param name="Execution">As it stands.</param>
/// <param name="Events">In their order.</param>
/// <param name="IsWhole">There are no more.</param>
/// <param name="Children">What it called, the newest first.</param>
internal sealed record EventPage(ExecutionView Execution, IReadOnlyList<ExecutionEvent> Events, bool IsWhole, IReadOnlyList<ChildView> Children);
