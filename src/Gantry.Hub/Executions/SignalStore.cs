using Gantry.Hub.Database;

namespace Gantry.Hub.Executions;

/// <summary>Answers to waiting steps, and those steps, in the session's workspace.</summary>
internal static class SignalStore
{
    /// <summary>Keeps the answer and sees to it that the execution goes on. The outcome is 'taken', or why it was not: 'ended', 'gone', 'late' or 'answered'.</summary>
    public static async Task<SignalOutcome> StoreAsync(
        HubSession session, Guid executionId, string stepPath, string kind, string by, string payload, CancellationToken cancellationToken) =>
        (await session.FindAsync<SignalOutcome>(
            "select outcome, runs from signal_execution(@executionId, @stepPath, @kind, @by, @payload)",
            new { executionId, stepPath, kind, by, payload }, cancellationToken))!;

    /// <summary>Who answered the step, and when; null when nobody did.</summary>
    public static Task<AnswerRow?> AnswerAsync(HubSession session, Guid executionId, string stepPath, CancellationToken cancellationToken) =>
        session.FindAsync<AnswerRow>(
            "select by_name, at from execution_signals where workspace_id = @workspace and execution_id = @executionId and step_path = @stepPath",
            new { workspace = session.Actor.WorkspaceId, executionId, stepPath }, cancellationToken);

    /// <summary>Steps that wait for a person, in the order of their executions. Null instead of names lists all of them.</summary>
    public static Task<IReadOnlyList<WaitView>> ApprovalsAsync(
        HubSession session, IReadOnlyList<string>? names, bool isOperator, Guid? afterExecution, string afterStep, int count, CancellationToken cancellationToken) =>
        session.QueryAsync<WaitView>("""
            select w.execution_id, e.plan_name as plan, w.step_path as path, w.step_id as id, w.kind, w.since, w.until_at as until, w.ask, w.answerers
            from execution_waits w join executions e on e.workspace_id = w.workspace_id and e.id = w.execution_id
            where w.workspace_id = @workspace and w.kind = 'approval' and e.ended_at is null and (w.until_at is null or w.until_at > now())
              and not exists (select from execution_signals s
                where s.workspace_id = w.workspace_id and s.execution_id = w.execution_id and s.step_path = w.step_path)
              and (@names::text[] is null or w.answerers && @names or (w.answerers = '{}' and @isOperator))
              and (@afterExecution::uuid is null or (w.execution_id, w.step_path) > (@afterExecution, @afterStep))
            order by w.execution_id, w.step_path limit @count
            """, new { workspace = session.Actor.WorkspaceId, names = names?.ToArray(), isOperator, afterExecution, afterStep, count }, cancellationToken);

    /// <summary>Steps that wait for an event.</summary>
    public static Task<IReadOnlyList<WaitView>> WaitingForAsync(HubSession session, string name, Guid? executionId, CancellationToken cancellationToken) =>
        session.QueryAsync<WaitView>("""
            select w.execution_id, w.step_path as path, w.kind, w.since from execution_waits w
            where w.workspace_id = @workspace and w.event = @name and (@executionId::uuid is null or w.execution_id = @executionId)
            order by w.execution_id, w.step_path
            """, new { workspace = session.Actor.WorkspaceId, name, executionId }, cancellationToken);
}

/// <summary>What became of an answer.</summary>
internal sealed record SignalOutcome
{
    public string Outcome { get; init; } = "";

    /// <summary>The execution runs at present, here or elsewhere, and is told.</summary>
    public bool Runs { get; init; }
}

/// <summary>Who answered a step.</summary>
internal sealed record AnswerRow
{
    public string? ByName { get; init; }

    public DateTimeOffset At { get; init; }
}
