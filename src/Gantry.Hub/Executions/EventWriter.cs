using System.Text;
using Gantry.Engine.Work;
using Gantry.Hub.Database;
using Gantry.Hub.Web;

namespace Gantry.Hub.Executions;

/// <summary>Writes one stream of events: what the database has behind what was seen, then what happens, until the execution's end.</summary>
internal sealed class EventWriter(
    HubDatabase database, ExecutionEvents events, TimeProvider clock, HttpResponse response, Caller caller, Guid executionId, int seen)
{
    private const int PageMax = 500;

    /// <summary>How long it is silent before a comment shows that the connection lives.</summary>
    private static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(15);

    /// <summary>How often the database is looked at, for what another hub recorded.</summary>
    private static readonly TimeSpan LookUp = TimeSpan.FromSeconds(1);

    private int seen = seen;
    private DateTimeOffset wroteAt = clock.GetUtcNow();

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            // Watching begins before the look into the database, so that nothing falls between the two.
            using var watch = events.WatchExecution(executionId);
            if (await ReplayAsync(cancellationToken) || await LiveAsync(watch, cancellationToken))
                return;
        }
    }

    /// <summary>True at the end of the execution; false when the reader was too slow and has to look into the database again.</summary>
    private async Task<bool> LiveAsync(Watch watch, CancellationToken cancellationToken)
    {
        while (true)
        {
            while (watch.Events.TryRead(out var happened))
            {
                if (await WriteAsync(happened, cancellationToken))
                    return true;
            }

            await response.Body.FlushAsync(cancellationToken);
            using var pause = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            var more = watch.Events.WaitToReadAsync(pause.Token).AsTask();
            await Task.WhenAny(more, Task.Delay(LookUp, clock, pause.Token));
            var isLive = more.IsCompletedSuccessfully;
            await pause.CancelAsync();
            cancellationToken.ThrowIfCancellationRequested();
            if (isLive && !await more)
                return false;
            if (isLive)
                continue;
            if (await ReplayAsync(cancellationToken))
                return true;
            await BeatAsync(cancellationToken);
        }
    }

    /// <summary>Writes what the database has behind what was seen. True at the end of the execution.</summary>
    private async Task<bool> ReplayAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var (page, isWhole) = await PageAsync(cancellationToken);
            foreach (var happened in page)
            {
                if (await WriteAsync(happened, cancellationToken))
                    return true;
            }

            if (isWhole)
                return false;
        }
    }

    private async Task<(IReadOnlyList<ExecutionEvent> Events, bool IsWhole)> PageAsync(CancellationToken cancellationToken)
    {
        await using var session = await database.OpenAsync(caller.Actor, cancellationToken);
        var execution = await ExecutionStore.FindAsync(session, executionId, cancellationToken)
            ?? throw ProblemException.NotFound($"There is no execution '{executionId}'.");
        var lines = await ExecutionStore.LogsAsync(session, execution, seen, StatusNames.Levels, null, PageMax, cancellationToken);

        // Everything up to the last line of a full page is known; what lies behind it comes with the next.
        var isWhole = lines.Count < PageMax;
        var last = isWhole ? int.MaxValue : lines[^1].Sequence;
        var steps = await ExecutionStore.StepEventsAsync(session, executionId, seen, cancellationToken);
        var found = States(execution).Concat(steps.SelectMany(Steps)).Concat(lines.Select(EventJson.Line));
        return ([.. found.Where(happened => happened.Sequence > seen && happened.Sequence <= last).OrderBy(happened => happened.Sequence)], isWhole);
    }

    private static IEnumerable<ExecutionEvent> States(ExecutionView execution)
    {
        yield return EventJson.State(execution.Id, 1, "queued", execution.CreatedAt);
        if (execution.StartedAt is { } startedAt)
            yield return EventJson.State(execution.Id, 2, "running", startedAt);
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
        }

        var text = new StringBuilder();
        if (happened.Sequence is not null)
            text.Append("id: ").Append(seen).Append('\n');
        text.Append("event: ").Append(happened.Type).Append('\n');

        // In JSON a line break is only ever between things.
        text.Append("data: ").Append(happened.Data.Replace('\n', ' ').Replace('\r', ' ')).Append("\n\n");
        await response.WriteAsync(text.ToString(), cancellationToken);
        wroteAt = clock.GetUtcNow();
        if (happened.IsFinal)
            await response.Body.FlushAsync(cancellationToken);
        return happened.IsFinal;
    }

    private async Task BeatAsync(CancellationToken cancellationToken)
    {
        if (clock.GetUtcNow() - wroteAt < Heartbeat)
            return;
        await response.WriteAsync(": still here\n\n", cancellationToken);
        wroteAt = clock.GetUtcNow();
    }
}
