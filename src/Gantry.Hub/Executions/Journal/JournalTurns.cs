namespace Gantry.Hub.Executions.Journal;

/// <summary>Turns behind concurrency keys, decided and passed on with the records that they follow from.</summary>
internal static class JournalTurns
{
    public static string WaitingFor(Turn turn) =>
        $"its turn: of the executions with the concurrency key '{NameOf(turn.Key)}' at most {turn.Limit} may be under way";

    /// <summary>The key as the plan says it, without the plan.</summary>
    public static string NameOf(string key) => key[(key.IndexOf('/', StringComparison.Ordinal) + 1)..];

    public static List<(Guid WorkspaceId, string Key)> KeysOf(JournalBatch batch)
    {
        if (!batch.Accepts.Exists(accept => accept.Turn is not null) && !batch.Finals.Exists(final => final.ConcurrencyKey is not null))
            return [];
        return
        [
            .. batch.Accepts.Where(accept => accept.Turn is not null).Select(accept => (accept.WorkspaceId, accept.Turn!.Key))
                .Concat(batch.Finals.Where(final => final.ConcurrencyKey is not null).Select(final => (final.WorkspaceId, final.ConcurrencyKey!)))
                .Distinct(),
        ];
    }

    public static void AddAdmits(JournalQuestions questions, JournalBatch batch)
    {
        var accepts = batch.Accepts.FindAll(accept => accept.Turn is not null);
        if (accepts.Count == 0)
            return;
        var byId = accepts.ToDictionary(accept => accept.ExecutionId);
        questions.Ask(
            row =>
            {
                var (id, status, isBehind) = (row.GetGuid(0), row.GetString(1), row.GetBoolean(2));
                if (byId.TryGetValue(id, out var accept))
                    accept.Standing = new Standing(status, isBehind, row.IsDBNull(3) ? null : row.GetString(3));
                if (status == "queued" && !isBehind)
                    batch.News.Ready.Add(id);
                else if (status == "running")
                    batch.News.ToStop.Add(id);
            },
            JournalSql.AdmitTurns,
            accepts.Column(accept => accept.WorkspaceId),
            accepts.Column(accept => accept.ExecutionId),
            CancelErrors.Skipped,
            CancelErrors.Queued,
            CancelErrors.Waiting);
    }

    public static void AddGrants(JournalQuestions questions, JournalBatch batch)
    {
        var keys = batch.Finals.Where(final => final.ConcurrencyKey is not null).Select(final => (final.WorkspaceId, Key: final.ConcurrencyKey!)).Distinct().ToList();
        if (keys.Count > 0)
            questions.Ask(row => batch.News.Ready.Add(row.GetGuid(0)), JournalSql.GrantTurns, keys.Column(key => key.WorkspaceId), keys.Column(key => key.Key));
    }
}
