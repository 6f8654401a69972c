using System.Text.Json;
using Gantry.Engine.Plans;
using Gantry.Engine.Work;
using Gantry.Hub.Audit;
using Gantry.Hub.Database;
using Gantry.Hub.Plans;
using Gantry.Hub.Web;

namespace Gantry.Hub.Executions;

/// <summary>What steps wait for, answered: by a person who says yes or no, and by events.</summary>
internal static class ApprovalRoutes
{
    private const int CommentCharactersMax = 4_000;

    public static async Task<IResult> AnswerAsync(
        HttpContext context, Caller caller, string id, HubDatabase database, SignalWatch signals, WorkNews work, TimeProvider clock, CancellationToken cancellationToken)
    {
        var (isApproved, step, comment) = await ReadAnswerAsync(context.Request, cancellationToken);
        await using var session = await database.OpenAsync(caller.Actor, cancellationToken);
        var execution = await ExecutionRoutes.FindAsync(session, id, cancellationToken);
        if (execution.IsFinal)
            throw ProblemException.Conflict($"The execution is at its end already: it {Ended(execution.Status)}. An answer counts only while a step waits for it.");
        var waits = (await ExecutionStore.WaitsAsync(session, execution.Id, cancellationToken)).Where(wait => wait.Kind == "approval").ToList();
        var wait = Named(waits, step) ?? throw await NothingWaitsAsync(session, execution.Id, step, cancellationToken);
        if (!MayAnswer(caller, wait))
            throw ProblemException.Forbidden($"This approval is for {(wait.Answerers.Length == 0 ? "those who may run plans" : string.Join(" or ", wait.Answerers))}.");
        var signal = Signal.Approval(wait.Path, isApproved, comment, caller.UserName, clock.GetUtcNow());
        var kept = await SignalStore.StoreAsync(session, execution.Id, wait.Path, "approval", caller.UserName, signal.Payload.GetRawText(), cancellationToken);
        if (kept.Outcome != "taken")
            throw await RefusedAsync(session, execution.Id, wait, kept.Outcome, cancellationToken);
        await AuditLog.AppendAsync(
            session, context, isApproved ? "execution.approved" : "execution.rejected", id, new { plan = execution.PlanName, step = wait.Path, ask = wait.Ask, comment }, cancellationToken);
        var after = await ExecutionRoutes.FindAsync(session, id, cancellationToken);
        FaultPoint.Pass("signal.before");
        await session.CommitAsync(cancellationToken);
        FaultPoint.Pass("signal.after");
        Tell(signals, work, [execution.Id], kept.Runs);
        return JsonAnswer.Of(json => after.Write(json));
    }

    public static async Task<IResult> ListAsync(Caller caller, HubDatabase database, string? all, string? limit, string? after, CancellationToken cancellationToken)
    {
        var count = PageQuery.Limit(limit);
        if (all is not (null or "true" or "false"))
            throw ProblemException.Invalid("The parameter 'all' is true or false.");
        var (afterExecution, afterStep) = CursorFrom(after);
        await using var session = await database.OpenAsync(caller.Actor, cancellationToken);
        var waits = await SignalStore.ApprovalsAsync(
            session, all == "true" ? null : NamesOf(caller), caller.Role >= WorkspaceRole.Operator, afterExecution, afterStep, count + 1, cancellationToken);
        return JsonAnswer.Page(waits, count, (wait, json) => wait.WriteApproval(json, MayAnswer(caller, wait)), wait => $"{wait.ExecutionId}:{wait.Path}");
    }

    public static async Task<IResult> RaiseAsync(
        HttpContext context, Caller caller, HubDatabase database, SignalWatch signals, WorkNews work, CancellationToken cancellationToken)
    {
        var (name, payload, only) = await ReadEventAsync(context.Request, cancellationToken);
        await using var session = await database.OpenAsync(caller.Actor, cancellationToken);
        if (only is { } id)
            await ExecutionRoutes.FindAsync(session, id.ToString(), cancellationToken);
        List<Guid> reached = [];
        foreach (var wait in await SignalStore.WaitingForAsync(session, name, only, cancellationToken))
        {
            if ((await SignalStore.StoreAsync(session, wait.ExecutionId, wait.Path, "event", caller.UserName, payload, cancellationToken)).Outcome == "taken")
                reached.Add(wait.ExecutionId);
        }

        await AuditLog.AppendAsync(session, context, "event.raised", name, new { executions = reached.Count }, cancellationToken);
        await session.CommitAsync(cancellationToken);
        Tell(signals, work, reached, runs: true);
        return Results.Json(new SignalledShape([.. reached.Distinct()]), HubJson.Options);
    }

    // Whether it runs or is queued now, one of the two does nothing.
    private static void Tell(SignalWatch signals, WorkNews work, IReadOnlyList<Guid> executionIds, bool runs)
    {
        work.Publish(executionIds);
        if (runs)
            signals.Tell(executionIds);
    }

    /// <summary>Null when none is meant.</summary>
    private static WaitView? Named(List<WaitView> waits, string? step)
    {
        if (step is not null)
            return waits.Find(wait => wait.Path == step) ?? waits.Find(wait => wait.Id == step);
        var open = waits.FindAll(wait => !wait.IsAnswered);
        return open.Count > 1
            ? throw ProblemException.Conflict($"{open.Count} steps wait for an approval. Say which one by 'step': {string.Join(", ", open.Select(wait => wait.Path))}.")
            : open.FirstOrDefault() ?? waits.FirstOrDefault();
    }

    private static async Task<ProblemException> NothingWaitsAsync(HubSession session, Guid executionId, string? step, CancellationToken cancellationToken)
    {
        if (step is null)
            return ProblemException.Conflict("No step of this execution waits for an approval now.");
        return await SignalStore.AnswerAsync(session, executionId, step, cancellationToken) is { } answer
            ? Answered(step, answer)
            : ProblemException.Conflict($"The step '{step}' does not wait for an approval now: it has not come to it yet, or the time for it is over.");
    }

    private static async Task<ProblemException> RefusedAsync(HubSession session, Guid executionId, WaitView wait, string outcome, CancellationToken cancellationToken) => outcome switch
    {
        "late" => ProblemException.Conflict($"The time for this approval was over at {wait.Until:yyyy-MM-dd HH:mm:ss} UTC. The answer does not count."),
        "answered" when await SignalStore.AnswerAsync(session, executionId, wait.Path, cancellationToken) is { } answer => Answered(wait.Path, answer),
        _ => ProblemException.Conflict("Nothing waits for this approval any more."),
    };

    private static ProblemException Answered(string step, AnswerRow answer) =>
        ProblemException.Conflict($"The step '{step}' was answered already, by {answer.ByName ?? "somebody"} at {answer.At.UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC.");

    private static bool MayAnswer(Caller caller, WaitView wait) => wait.Answerers.Length == 0
        ? caller.Role >= WorkspaceRole.Operator
        : NamesOf(caller).Intersect(wait.Answerers, StringComparer.Ordinal).Any();

    /// <summary>What an approval can be for so that the caller may answer: the user's name, and every role that the user's own includes.</summary>
    private static List<string> NamesOf(Caller caller) =>
    [
        caller.UserName,
        .. Enum.GetValues<WorkspaceRole>().Where(role => role <= caller.Role).Select(role => JsonNamingPolicy.SnakeCaseLower.ConvertName(role.ToString())),
    ];

    private static string Ended(string status) => status == "cancelled" ? "was cancelled" : status;

    private static async Task<(bool IsApproved, string? Step, string? Comment)> ReadAnswerAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        var body = await ReadObjectAsync(request, "The body is an object with 'approve', 'step' and 'comment'.", cancellationToken);
        PlanBody.RefuseOthers(body, "approve", "step", "comment");
        if (!body.TryGetProperty("approve", out var approve) || approve.ValueKind is not (JsonValueKind.True or JsonValueKind.False))
            throw ProblemException.Invalid("The field 'approve' is missing: true or false.");
        var comment = TextOf(body, "comment");
        return comment?.Length > CommentCharactersMax
            ? throw ProblemException.Invalid($"The field 'comment' has at most {CommentCharactersMax} characters.")
            : (approve.GetBoolean(), TextOf(body, "step"), comment);
    }

    private static async Task<(string Name, string Payload, Guid? Only)> ReadEventAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        var body = await ReadObjectAsync(request, "The body is an object with 'event', 'payload' and 'execution'.", cancellationToken);
        PlanBody.RefuseOthers(body, "event", "payload", "execution");
        if (TextOf(body, "event") is not { Length: > 0 and <= StepWait.EventCharactersMax } name)
            throw ProblemException.Invalid($"The field 'event' is missing: a name of 1 to {StepWait.EventCharactersMax} characters.");
        var payload = body.TryGetProperty("payload", out var given) ? given.GetRawText() : "null";
        if (payload.Length > ExecutionLimits.InputsBytesMax)
            throw new ProblemException(413, "The payload is larger than 1 MB. Give the place of the data instead of the data.");
        return (name, payload, TextOf(body, "execution") is { } id ? PageQuery.Id(id, "execution") : null);
    }

    private static async Task<JsonElement> ReadObjectAsync(HttpRequest request, string otherwise, CancellationToken cancellationToken)
    {
        var body = PlanBody.Parse(await PlanBody.ReadTextAsync(request, cancellationToken));
        return body.ValueKind == JsonValueKind.Object ? body : throw ProblemException.Invalid(otherwise);
    }

    /// <summary>Null when it was not given.</summary>
    private static string? TextOf(JsonElement body, string name)
    {
        if (!body.TryGetProperty(name, out var value) || value.ValueKind == JsonValueKind.Null)
            return null;
        return value.ValueKind == JsonValueKind.String && value.GetString() is { } text && !text.Contains('\0') ? text
            : throw ProblemException.Invalid($"The field '{name}' is a text.");
    }

    private static (Guid? Execution, string Step) CursorFrom(string? after)
    {
        if (after is null)
            return (null, "");
        return after.Split(':', 2) is [var id, var step] && Guid.TryParseExact(id, "D", out var execution) && !step.Contains('\0') ? (execution, step)
            : throw ProblemException.Invalid("The parameter 'after' is no cursor of this list. Take the 'next' of the page before, as it is.");
    }
}
