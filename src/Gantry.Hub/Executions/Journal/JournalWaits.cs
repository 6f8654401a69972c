using Npgsql;

namespace Gantry.Hub.Executions.Journal;

/// <summary>What steps wait for, calls that they no longer need, ends that others wait for, and executions that are parked.</summary>
internal static class JournalWaits
{
    /// <summary>Follows the steps' own records.</summary>
    public static void Add(JournalQuestions questions, NpgsqlBatch commands, JournalBatch batch)
    {
        AddWaits(commands, batch.Steps.FindAll(step => step.Wait is not null));
        AddEnded(commands, batch.Steps.FindAll(step => step.EndsWait), step => step.Attempt.StepPath);
        AddCancels(questions, batch, [.. batch.Steps.Where(step => step.CancelledCall is not null).Select(step => ((ClaimedRecord)step, step.CancelledCall!.Value))]);
    }

    /// <summary>Follows the executions' ends.</summary>
    public static void AddEnds(JournalQuestions questions, NpgsqlBatch commands, JournalBatch batch)
    {
        AddEnded(commands, batch.Finals.FindAll(final => final.EndsWaits), _ => null);
        AddCancels(questions, batch, [.. batch.Finals.SelectMany(final => final.CancelledCalls.Select(call => ((ClaimedRecord)final, call)))]);
        var awaited = batch.Finals.FindAll(final => final.CallerPayload is not null);
        if (awaited.Count == 0)
            return;
        questions.Ask(
            row =>
            {
                if (row.GetString(1) != "taken")
                    return;
                (row.GetBoolean(2) ? batch.News.Signalled : batch.News.Ready).Add(row.GetGuid(0));
            },
            JournalSql.CallsEnded,
            awaited.Column(final => final.WorkspaceId),
            awaited.Column(final => final.ExecutionId),
            awaited.Column(final => final.Fence),
            awaited.Column(final => final.Caller!.ExecutionId),
            awaited.Column(final => final.Caller!.StepPath),
            awaited.Column(final => final.CallerPayload!),
            awaited.Column(final => final.Output.BlobId));
    }

    public static void AddParks(JournalQuestions questions, JournalBatch batch)
    {
        if (batch.Parks.Count == 0)
            return;
        var byId = batch.Parks.ToDictionary(park => park.ExecutionId);
        questions.Ask(
            row =>
            {
                var park = byId[row.GetGuid(0)];
                park.IsReady = row.GetString(1) == "queued";
                if (park.IsReady)
                    batch.News.Ready.Add(park.ExecutionId);
            },
            JournalSql.Parks,
            batch.Parks.Column(park => park.WorkspaceId),
            batch.Parks.Column(park => park.ExecutionId),
            batch.Parks.Column(park => park.Fence),
            batch.Parks.Column(park => park.WakeAt?.UtcDateTime),
            batch.Parks.Column(park => park.WaitingFor),
            batch.Parks.Column(park => park.SignalsKnown));
    }

    private static void AddWaits(NpgsqlBatch commands, List<StepRecord> steps)
    {
        if (steps.Count == 0)
            return;
        commands.Add(
            JournalSql.Waits,
            steps.Column(step => step.WorkspaceId),
            steps.Column(step => step.ExecutionId),
            steps.Column(step => step.Fence),
            steps.Column(step => step.Attempt.StepPath),
            steps.Column(step => step.Attempt.StepId),
            steps.Column(step => WaitJson.NameOf(step.Wait!.Kind)),
            steps.Column(step => step.Wait!.Since.UtcDateTime),
            steps.Column(step => step.Wait!.ClosesAt?.UtcDateTime),
            steps.Column(step => Storable(step.Wait!.Event)),
            steps.Column(step => Storable(step.Wait!.Ask)),
            steps.Column(step => ArrayOf(step.Wait!.By)),
            steps.Column(step => step.Wait!.Call?.ExecutionId),
            steps.Column(step => WaitJson.Of(step.Wait!)));
    }

    private static void AddEnded<TRecord>(NpgsqlBatch commands, List<TRecord> records, Func<TRecord, string?> stepPath)
        where TRecord : ClaimedRecord
    {
        if (records.Count == 0)
            return;
        commands.Add(
            JournalSql.EndedWaits,
            records.Column(record => record.WorkspaceId),
            records.Column(record => record.ExecutionId),
            records.Column(record => record.Fence),
            records.Column(stepPath));
    }

    private static void AddCancels(JournalQuestions questions, JournalBatch batch, List<(ClaimedRecord By, Guid Call)> calls)
    {
        if (calls.Count == 0)
            return;
        questions.Ask(
            row =>
            {
                if (row.GetString(1) is "running")
                    batch.News.ToStop.Add(row.GetGuid(0));
                else if (row.GetString(1) is "ready")
                    batch.News.Ready.Add(row.GetGuid(0));
            },
            JournalSql.CancelledCalls,
            calls.Column(call => call.By.WorkspaceId),
            calls.Column(call => call.By.ExecutionId),
            calls.Column(call => call.By.Fence),
            calls.Column(call => call.Call),
            CancelErrors.Queued,
            CancelErrors.Waiting);
    }

    private static string? Storable(string? text) => text is null ? null : ExecutionJson.Storable(text);

    // A list within a column: as PostgreSQL writes an array.
    private static string ArrayOf(IReadOnlyList<string> texts) =>
        "{" + string.Join(',', texts.Select(text => "\"" + ExecutionJson.Storable(text).Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal) + "\"")) + "}";
}
