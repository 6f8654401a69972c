using System.Globalization;
using System.Text.Json;
using Gantry.Hub.Audit;
using Gantry.Hub.Database;
using Gantry.Hub.Executions.Journal;
using Gantry.Hub.Plans;
using Gantry.Hub.Web;
using Npgsql;

namespace Gantry.Hub.Executions;

/// <summary>Executions: listed, shown, watched, cancelled; what they said and what they gave.</summary>
internal static class ExecutionRoutes
{
    private const int SearchCharactersMax = 200;
    private const int TriesMax = 3;
    private const int ChildrenMax = 100;

    public static void MapExecutions(this IEndpointRouteBuilder app)
    {
        var group = app.MapGroup("/api").WithTags("Executions");
        group.MapPost("/execute", (HttpContext context, Caller caller, ExecuteRoutes routes) => routes.ExecuteAsync(context, caller))
            .Allow(Access.Operator).WithSummary("Starts a plan: {\"plan\": name or plan, \"inputs\": {…}}; ?wait=30s waits for its result. "
                + "The same Idempotency-Key answers the same execution for a day.")
            .Takes<ExecuteRequest>("application/json", "application/yaml").WithQuery("wait", "How long to wait for the end, such as 30s; at most 10 minutes.")
            .WithHeader("Idempotency-Key", "1 to 255 visible ASCII characters that name this start.")
            .Produces<ExecutionShape>(202).Produces<ExecutionShape>().Refuses(404, 415, 422);
        group.MapPost("/plans/test-step", (HttpContext context, Caller caller, ExecuteRoutes routes) => routes.TestStepAsync(context, caller)).Allow(Access.Operator)
            .WithSummary("Performs one step by itself: {\"step\": {…}, \"inputs\": {…}, \"outputs\": of other steps by their ids, \"dry_run\": true or false}.")
            .Takes<StepTestRequest>().WithQuery("wait", "How long to wait for its end; 30s if not given, at most 10 minutes.")
            .Produces<ExecutionShape>().Produces<ExecutionShape>(202).Refuses(415, 422);
        group.MapGet("/executions", ListAsync).Allow(Access.Viewer).WithSummary("Lists executions, the newest first, by status, plan and time (since).")
            .Produces<Page<ExecutionShape>>().Refuses(404);
        group.MapGet("/executions/events", StreamAsync).Allow(Access.Viewer)
            .WithSummary("Streams the newest executions of the list as server-sent events: 'execution' (one that is new, or stands otherwise than it was told) and 'list' (the ids of those that "
                + "are the newest now, and whether there are older ones), first all of them, then what changes; behind Last-Event-ID nothing that was seen is told again.").StreamsEvents().Refuses(404);
        group.MapGet("/executions/{id}", ShowAsync).Allow(Access.Viewer).WithSummary("Shows one execution and every attempt at its steps.").Produces<ExecutionShape>();
        group.MapGet("/executions/{id}/outputs/{blob}", OutputAsync).Allow(Access.Viewer)
            .WithSummary("Answers an output that is too large to be shown in its place.").Produces<JsonElement>();
        group.MapGet("/executions/{id}/events", (HttpContext context, Caller caller, string id, ExecutionStream stream) =>
            stream.ServeAsync(context, caller, id)).Allow(Access.Viewer)
            .WithSummary("Streams what happens as server-sent events, from the beginning or behind Last-Event-ID, to the end: 'execution' (its state), 'step', "
                + "'log', 'child' (how one stands that it called) and 'progress', each with JSON as its data. What has no id (how things stand now) is told again after each reconnect.")
            .WithQuery("tail", "How many of the last events to begin with; without it, and without Last-Event-ID, all of them come.")
            .StreamsEvents();
        group.MapPost("/executions/{id}/cancel", CancelAsync).Allow(Access.Operator)
            .WithSummary("Cancels: at once while queued or waiting, with what it called and waits for; else the running step is stopped.").Produces<ExecutionShape>().Produces<ExecutionShape>(202).Refuses(409);
        group.MapPost("/executions/{id}/rerun", (HttpContext context, Caller caller, string id, ExecuteRoutes routes) =>
            routes.RerunAsync(context, caller, id)).Allow(Access.Operator)
            .WithSummary("Starts it again: {\"version\": \"same\" or \"newest\", \"from\": a step or \"failed\", \"inputs\": {…}}, all of it optional.")
            .MayTake<RerunRequest>().WithQuery("wait", "How long to wait for the end, such as 30s; at most 10 minutes.")
            .WithHeader("Idempotency-Key", "1 to 255 visible ASCII characters that name this start.")
            .Produces<ExecutionShape>(202).Produces<ExecutionShape>().Refuses(415, 422);
        group.MapPost("/executions/{id}/approve", ApprovalRoutes.AnswerAsync).Allow(Access.Viewer)
            .WithSummary("Says yes or no to a step that waits for a person: {\"approve\": true or false, \"step\": its path or id, \"comment\": …}. For those that the step names.")
            .Takes<ApproveRequest>().Produces<ExecutionShape>().Refuses(403, 409);
        group.MapGet("/approvals", ApprovalRoutes.ListAsync).Allow(Access.Viewer)
            .WithSummary("Lists what waits for the caller's yes or no; ?all=true lists what waits for anybody's.").Produces<Page<ApprovalShape>>();
        group.MapPost("/signals", ApprovalRoutes.RaiseAsync).Allow(Access.Operator)
            .WithSummary("Raises an event: every step that waits for it by its name goes on. {\"event\": name, \"payload\": any value, \"execution\": only this one}.")
            .Takes<SignalRequest>().Produces<SignalledShape>().Refuses(404);
        group.MapGet("/execution-logs", LogsAsync).Allow(Access.Viewer)
            .WithSummary("Lists what executions logged: of one, or of the newest ones; by least level and text.").Produces<Page<LogShape>>().Refuses(404);
    }

    /// <summary>For every route that names an execution: what is not the caller's is not there.</summary>
    public static async Task<ExecutionView> FindAsync(HubSession session, string id, CancellationToken cancellationToken) =>
        await ExecutionStore.FindAsync(session, PageQuery.Id(id, "execution"), cancellationToken)
        ?? throw ProblemException.NotFound($"There is no execution '{id}'.");

    private static async Task<IResult> ListAsync(Caller caller, HubDatabase database, string? status, string? plan, DateTimeOffset? since, string? limit, string? after,
        CancellationToken cancellationToken)
    {
        var count = PageQuery.Limit(limit);
        await using var session = await database.OpenAsync(caller.Actor, cancellationToken);
        var filter = await FilterAsync(session, status, plan, since, count, after, cancellationToken);
        var found = await ExecutionStore.ListAsync(session, filter, cancellationToken);
        return JsonAnswer.Page(found, count, (view, json) => view.Write(json), view => view.Id.ToString());
    }

    private static async Task StreamAsync(HttpContext context, Caller caller, HubDatabase database, ListStream stream, string? status, string? plan, DateTimeOffset? since, string? limit)
    {
        var count = PageQuery.Limit(limit);
        ExecutionFilter filter;
        await using (var session = await database.OpenAsync(caller.Actor, context.RequestAborted))
            filter = await FilterAsync(session, status, plan, since, count, null, context.RequestAborted);
        await stream.ServeAsync(context, "execution", async cancellationToken =>
        {
            await using var session = await database.OpenAsync(caller.Actor, cancellationToken);
            return NewestRows.Of(await ExecutionStore.ListAsync(session, filter, cancellationToken), count, view => view.Id, (view, json) => view.Write(json));
        });
    }

    /// <summary>Of one more than are shown, which tells whether there are more.</summary>
    private static async Task<ExecutionFilter> FilterAsync(HubSession session, string? status, string? plan, DateTimeOffset? since, int count, string? after, CancellationToken cancellationToken)
    {
        if (status is not null && !StatusNames.Executions.Contains(status))
            throw ProblemException.Invalid($"The parameter 'status' is one of {string.Join(", ", StatusNames.Executions)}.");
        return new ExecutionFilter
        {
            Status = status,
            PlanId = plan is null ? null : (await PlanRoutes.FindAsync(session, plan, cancellationToken)).Id,
            Since = since,
            After = PageQuery.AfterId(after),
            Count = count + 1,
        };
    }

    private static async Task<IResult> ShowAsync(Caller caller, string id, HubDatabase database, TimeProvider clock, CancellationToken cancellationToken)
    {
        await using var session = await database.OpenAsync(caller.Actor, cancellationToken);
        var view = await FindAsync(session, id, cancellationToken);
        var steps = await ExecutionStore.StepsAsync(session, view.Id, cancellationToken);
        var waits = view.IsFinal ? [] : await ExecutionStore.WaitsAsync(session, view.Id, cancellationToken);
        var children = await ExecutionStore.ChildrenAsync(session, view.Id, ChildrenMax, cancellationToken);
        view = view with { WaitingFor = await WaitingForAsync(session, view, waits, clock.GetUtcNow(), cancellationToken) };
        return JsonAnswer.Of(json => view.Write(json, steps, waits, children));
    }

    /// <summary>Why it is not moving, as exactly as it can be told; null when it is.</summary>
    private static async Task<string?> WaitingForAsync(
        HubSession session, ExecutionView view, IReadOnlyList<WaitView> waits, DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (view.IsBehind)
            return (await ExecutionStore.TurnAsync(session, view, cancellationToken))?.Describe(JournalTurns.NameOf(view.ConcurrencyKey!));
        if (view.Status != "running")
            return view.WaitingFor;
        if (view.HubId is { } hub && await ExecutionStore.LeaseAsync(session, hub, cancellationToken) is var lease
            && (lease is not { } until || until - now < ExecutionLimits.Lease - (3 * ExecutionLimits.LeaseRenewal)))
        {
            return $"the lease of the hub that runs it to end{(lease is { } end ? $" at {end.UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC" : "")}, since that hub gives no sign of life";
        }

        return waits.FirstOrDefault(wait => !wait.IsAnswered)?.Describe();
    }

    /// <summary>An output that is too large to be shown in its place.</summary>
    private static async Task<IResult> OutputAsync(
        Caller caller, string id, string blob, HubDatabase database, CancellationToken cancellationToken)
    {
        await using var session = await database.OpenAsync(caller.Actor, cancellationToken);
        var view = await FindAsync(session, id, cancellationToken);
        var content = await ExecutionStore.BlobAsync(session, view.Id, PageQuery.Id(blob, "output"), cancellationToken)
            ?? throw ProblemException.NotFound($"There is no output '{blob}'.");
        return Results.Text(content, "application/json");
    }

    private static async Task<IResult> CancelAsync(HttpContext context, Caller caller, string id, HubDatabase database, ExecutionEvents events,
        RunningExecutions running, WorkNews work, CancellationToken cancellationToken)
    {
        var (before, after, touched) = await EndOrMarkAsync(context, caller, id, database, cancellationToken);
        foreach (var row in touched.Where(row => row.Status == "running"))
            running.Cancel(row.Id);
        work.Publish([.. touched.Where(row => row.Status == "ready").Select(row => row.Id)]);
        if (after.EndedSeq is { } sequence && !before.IsFinal && after.Status == "cancelled")
            TellEnd(events, after, sequence);
        return after.Status is "succeeded" or "failed"
            ? throw ProblemException.Conflict($"The execution is at its end already: it {after.Status}.")
            : JsonAnswer.Of(json => after.Write(json), after.IsFinal ? StatusCodes.Status200OK : StatusCodes.Status202Accepted);
    }

    private static async Task<(ExecutionView Before, ExecutionView After, IReadOnlyList<TouchedRow> Touched)> EndOrMarkAsync(
        HttpContext context, Caller caller, string id, HubDatabase database, CancellationToken cancellationToken)
    {
        for (var tries = 1; ; tries++)
        {
            try
            {
                await using var session = await database.OpenAsync(caller.Actor, cancellationToken);
                var before = await FindAsync(session, id, cancellationToken);
                var touched = await ExecutionStore.CancelAsync(session, before.Id, cancellationToken);
                if (touched.Count > 0)
                    await AuditLog.AppendAsync(session, context, "execution.cancelled", id, new { plan = before.PlanName }, cancellationToken);
                var after = await FindAsync(session, id, cancellationToken);
                await session.CommitAsync(cancellationToken);
                return (before, after, touched);
            }
            catch (PostgresException deadlock) when (deadlock.SqlState == PostgresErrorCodes.DeadlockDetected && tries < TriesMax)
            {
                // A tree of executions was ended from both sides at once; what the other did stands now.
            }
        }
    }

    private static void TellEnd(ExecutionEvents events, ExecutionView ended, int sequence)
    {
        var endedAt = ended.EndedAt.GetValueOrDefault();
        events.Publish(EventJson.State(ended.Id, sequence, ended.Status, endedAt, ended.Error));
        events.PublishEnd(new ExecutionEnd
        {
            ExecutionId = ended.Id,
            Status = ended.Status,
            StartedAt = ended.StartedAt,
            EndedAt = endedAt,
            Error = ended.Error,
        });
    }

    private static async Task<IResult> LogsAsync(Caller caller, HubDatabase database, string? execution, string? level, string? q, string? limit,
        string? after, CancellationToken cancellationToken)
    {
        var count = PageQuery.Limit(limit);
        var levels = LevelsFrom(level);
        if (q is { Length: > SearchCharactersMax } || q?.Contains('\0') == true)
            throw ProblemException.Invalid($"The parameter 'q' is a text of at most {SearchCharactersMax} characters.");
        await using var session = await database.OpenAsync(caller.Actor, cancellationToken);
        if (execution is null)
        {
            var (afterExecution, afterSequence) = LogCursor.Parse(after);
            var newest = await ExecutionStore.NewestLogsAsync(session, afterExecution, afterSequence, levels, q, count + 1, cancellationToken);
            return JsonAnswer.Page(newest, count, (line, json) => line.Write(json), LogCursor.Of);
        }

        var view = await FindAsync(session, execution, cancellationToken);
        var sequence = PageQuery.AfterNumber(after) ?? 0;
        var lines = await ExecutionStore.LogsAsync(session, view, sequence, levels, q, count + 1, cancellationToken);
        return JsonAnswer.Page(
            lines, count, (line, json) => line.Write(json), line => line.Sequence.ToString(CultureInfo.InvariantCulture));
    }

    /// <summary>The level and those above it.</summary>
    private static string[] LevelsFrom(string? level)
    {
        if (level is null)
            return [.. StatusNames.Levels];
        return StatusNames.Levels.Contains(level)
            ? [.. StatusNames.Levels.SkipWhile(known => known != level)]
            : throw ProblemException.Invalid($"The parameter 'level' is one of {string.Join(", ", StatusNames.Levels)}; it shows that level and those above.");
    }

    /// <summary>The cursor of the log across executions.</summary>
    private static class LogCursor
    {
        public static string Of(LogView line) => $"{line.ExecutionId}:{line.Sequence}";

        public static (Guid? ExecutionId, int Sequence) Parse(string? after)
        {
            if (after is null)
                return (null, 0);
            return after.Split(':') is [var id, var number] && Guid.TryParseExact(id, "D", out var execution)
                && int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var sequence) ? (execution, sequence)
                : throw ProblemException.Invalid("The parameter 'after' is no cursor of this list. Take the 'next' of the page before, as it is.");
        }
    }
}
