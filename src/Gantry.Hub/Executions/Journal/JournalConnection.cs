using Gantry.Engine.Work;
using Gantry.Hub.Database;
using Npgsql;
using NpgsqlTypes;

namespace Gantry.Hub.Executions.Journal;

/// <summary>The writer's own connection: sends a whole batch in one round trip, which is one transaction.</summary>
internal sealed class JournalConnection(NpgsqlDataSource database, HubIdentity hub) : IAsyncDisposable
{
    private NpgsqlConnection? connection;

    /// <summary>Returns when the batch is committed; <see cref="JournalBatch.Lost"/> and the accepts' Known tell what was not written.</summary>
    public async Task WriteAsync(JournalBatch batch, CancellationToken cancellationToken)
    {
        connection ??= await OpenAsync(database, cancellationToken);
        batch.Forget();
        PassFaults(batch, "before");
        await using var commands = new NpgsqlBatch(connection);
        var questions = new JournalQuestions(commands);
        questions.Ask(_ => { }, JournalSql.HoldClaims, hub.LockKey);
        AddTurnLocks(questions, batch);
        var keyed = batch.Accepts.FindAll(accept => accept.Key is not null);
        EventCommands.Add(commands, batch.Events);
        AddAccepts(commands, batch.Accepts.FindAll(accept => accept.End is null), keyed);
        AddWholes(commands, batch.Accepts.FindAll(accept => accept.End is not null));
        AddTransfers(commands, batch.Accepts.FindAll(accept => accept.Transfer is not null));
        foreach (var accept in batch.Accepts.Where(accept => accept.Results is not null))
        {
            commands.Add(
                JournalSql.TakeOver, accept.WorkspaceId, accept.Results!.ExecutionId, accept.ExecutionId, accept.Results.From, accept.Results.StepPaths.ToArray());
        }

        AddLostClaims(questions, batch);
        JournalTurns.AddAdmits(questions, batch);
        AddBlobs(commands, batch);
        AddSteps(commands, batch);
        JournalWaits.Add(questions, commands, batch);
        AddLogs(commands, batch);
        AddFinals(commands, batch.Finals.FindAll(final => !batch.Wholes.Contains(final.ExecutionId)));
        JournalWaits.AddEnds(questions, commands, batch);
        JournalTurns.AddGrants(questions, batch);
        JournalWaits.AddParks(questions, batch);
        if (keyed.Count > 0)
            AddKnownKeys(questions, keyed);
        if (batch.Events.Count > 0)
            EventCommands.AskTaken(questions, batch.Events);
        await questions.SendAsync(cancellationToken);
        PassFaults(batch, "after");
    }

    /// <summary>Drops the connection; the next write opens another.</summary>
    public async Task ResetAsync()
    {
        if (connection is not { } dropped)
            return;

        // Whatever becomes of it, it is not used again.
        connection = null;
        PreparedStatements.Forget(dropped);
        await dropped.DisposeAsync();
    }

    public async ValueTask DisposeAsync() => await ResetAsync();

    /// <summary>
    /// Every statement here looks rows up by their keys. On a table that was empty when the statement was planned, PostgreSQL would choose to
    /// read it all, and keep that plan while the table grows.
    /// </summary>
    internal static async Task<NpgsqlConnection> OpenAsync(NpgsqlDataSource database, CancellationToken cancellationToken)
    {
        var opened = await database.OpenConnectionAsync(cancellationToken);
        try
        {
            await using var command = new NpgsqlCommand(
                "set enable_seqscan = off; set enable_hashjoin = off; set enable_mergejoin = off; set jit = off", opened);
            await command.ExecuteNonQueryAsync(cancellationToken);
            return opened;
        }
        catch
        {
            await opened.DisposeAsync();
            throw;
        }
    }

    private void AddAccepts(NpgsqlBatch commands, List<AcceptRecord> accepts, List<AcceptRecord> keyed)
    {
        if (accepts.Count == 0)
            return;
        var isLinked = accepts.Exists(accept => accept.Caller is not null || accept.Turn is not null);
        if (keyed.Count > 0)
        {
            commands.Add(
                JournalSql.Keys,
                keyed.Column(accept => accept.UserId),
                keyed.Column(accept => accept.Key),
                keyed.Column(accept => accept.WorkspaceId),
                keyed.Column(accept => accept.RequestHash),
                keyed.Column(accept => accept.ExecutionId),
                keyed.Column(accept => accept.CreatedAt.UtcDateTime + ExecutionLimits.KeyAge));
        }

        object[] columns =
        [
            accepts.Column(accept => accept.ExecutionId),
            accepts.Column(accept => accept.WorkspaceId),
            accepts.Column(accept => accept.UserId),
            accepts.Column(accept => accept.PlanId),
            accepts.Column(accept => accept.PlanVersion),
            accepts.Column(accept => accept.PlanName),
            accepts.Column(accept => accept.PlanText),
            accepts.Column(accept => accept.Inputs),
            accepts.Column(accept => accept.RerunOf),
            accepts.Column(accept => accept.CreatedAt.UtcDateTime),
            accepts.Column(accept => accept.IsClaimed),
            hub.Id,
            accepts.Column(accept => accept.Address),
            accepts.Column(accept => accept.Transfer is not null),
            accepts.Column(accept => accept.Event?.Id),
            accepts.Column(accept => accept.Trigger),
        ];
        if (keyed.Count == 0 && !isLinked)
        {
            commands.Add(JournalSql.Accepts, columns);
            return;
        }

        columns =
        [
            .. columns,
            keyed.Column(accept => accept.WorkspaceId),
            keyed.Column(accept => accept.UserId),
            keyed.Column(accept => accept.Key),
            keyed.Column(accept => accept.ExecutionId),
        ];
        if (!isLinked)
        {
            commands.Add(JournalSql.KeyedAccepts, columns);
            return;
        }

        commands.Add(
            JournalSql.LinkedAccepts,
            [
                .. columns,
                accepts.Column(accept => accept.Caller?.ExecutionId),
                accepts.Column(accept => accept.Caller?.StepPath),
                accepts.Column(accept => accept.Caller?.Fence),
                accepts.Column(accept => accept.Caller?.IsAwaited == true),
                accepts.Column(accept => accept.Caller?.Depth ?? 0),
                accepts.Column(accept => accept.Turn?.Key),
                accepts.Column(accept => accept.Turn?.Limit),
                accepts.Column(accept => accept.Turn?.WhenFull),
                accepts.Column(accept => accept.Turn is { } turn ? JournalTurns.WaitingFor(turn) : null),
            ]);
    }

    /// <summary>Executions that ended before they were on record.</summary>
    private static void AddWholes(NpgsqlBatch commands, List<AcceptRecord> wholes)
    {
        if (wholes.Count == 0)
            return;
        commands.Add(
            JournalSql.Wholes,
            wholes.Column(whole => whole.ExecutionId),
            wholes.Column(whole => whole.WorkspaceId),
            wholes.Column(whole => whole.UserId),
            wholes.Column(whole => whole.PlanId),
            wholes.Column(whole => whole.PlanVersion),
            wholes.Column(whole => whole.PlanName),
            wholes.Column(whole => whole.PlanText),
            wholes.Column(whole => whole.Inputs),
            wholes.Column(whole => whole.RerunOf),
            wholes.Column(whole => whole.CreatedAt.UtcDateTime),
            wholes.Column(whole => whole.Event?.Id),
            wholes.Column(whole => whole.Trigger),
            wholes.Column(whole => whole.Address),
            wholes.Column(whole => StatusNames.Of(whole.End!.Status)),
            wholes.Column(whole => whole.End!.EndedAt.UtcDateTime),
            wholes.Column(whole => whole.End!.Sequence),
            wholes.Column(whole => whole.End!.Output.Inline),
            wholes.Column(whole => whole.End!.Output.BlobId),
            wholes.Column(whole => whole.End!.Error),
            wholes.Column(whole => whole.End!.FailedStep));
    }

    /// <summary>Follows the acceptances: what is recorded of an execution that was not accepted is lost as well.</summary>
    private static void AddLostClaims(JournalQuestions questions, JournalBatch batch)
    {
        if (batch.Claims.Count == 0)
            return;
        var claims = batch.Claims.ToList();
        questions.Ask(
            row => batch.Lost.Add(row.GetGuid(0)),
            JournalSql.LostClaims,
            claims.Column(claim => claim.Value.WorkspaceId),
            claims.Column(claim => claim.Key),
            claims.Column(claim => claim.Value.Fence));
    }

    private static void AddTransfers(NpgsqlBatch commands, List<AcceptRecord> accepts)
    {
        if (accepts.Count == 0)
            return;
        commands.Add(
            JournalSql.Transfers,
            accepts.Column(accept => accept.WorkspaceId),
            accepts.Column(accept => accept.ExecutionId),
            accepts.Column(accept => accept.Transfer!.Name),
            accepts.Column(accept => accept.Transfer!.Mode),
            accepts.Column(accept => accept.Transfer!.Request),
            accepts.Column(accept => accept.Transfer!.TemplateId),
            accepts.Column(accept => accept.Transfer!.RetryOf),
            accepts.Column(accept => accept.Transfer!.SearchText),
            accepts.Column(accept => "{" + string.Join(',', TransferGrams.Of(accept.WorkspaceId, accept.ExecutionId, accept.Transfer!)) + "}"));
        var endpoints = accepts.SelectMany(accept => accept.Transfer!.Endpoints.Select(endpoint => (Accept: accept, Endpoint: endpoint))).ToList();
        if (endpoints.Count > 0)
        {
            commands.Add(
                JournalSql.TransferEndpoints,
                endpoints.Column(named => named.Accept.WorkspaceId),
                endpoints.Column(named => named.Accept.ExecutionId),
                endpoints.Column(named => named.Endpoint));
        }
    }

    private static void AddKnownKeys(JournalQuestions questions, List<AcceptRecord> keyed)
    {
        var byId = keyed.ToDictionary(accept => accept.ExecutionId);
        questions.Ask(
            row =>
            {
                var (id, known) = (row.GetGuid(0), row.GetGuid(1));
                byId[id].Known = known == id ? null : new KnownStart(known, row.GetBoolean(2));
            },
            JournalSql.KnownKeys,
            keyed.Column(accept => accept.WorkspaceId),
            keyed.Column(accept => accept.UserId),
            keyed.Column(accept => accept.Key),
            keyed.Column(accept => accept.RequestHash),
            keyed.Column(accept => accept.ExecutionId));
    }

    /// <summary>Before any row is locked, and before anything is looked at that others change under these locks.</summary>
    private static void AddTurnLocks(JournalQuestions questions, JournalBatch batch)
    {
        var keys = JournalTurns.KeysOf(batch);
        if (keys.Count > 0)
            questions.Ask(_ => { }, JournalSql.LockTurns, keys.Column(key => key.WorkspaceId), keys.Column(key => key.Key));
    }

    private static void AddBlobs(NpgsqlBatch commands, JournalBatch batch)
    {
        var blobs = batch.Steps.Select(step => (step.WorkspaceId, step.ExecutionId, step.Fence, step.Output))
            .Concat(batch.Finals.Select(final => (final.WorkspaceId, final.ExecutionId, final.Fence, final.Output)))
            .Where(blob => blob.Output is { BlobId: not null, IsKept: false })
            .DistinctBy(blob => blob.Output.BlobId)
            .ToList();
        if (blobs.Count == 0)
            return;
        commands.Add(
            JournalSql.Blobs,
            blobs.Column(blob => blob.WorkspaceId),
            blobs.Column(blob => blob.ExecutionId),
            blobs.Column(blob => blob.Fence),
            blobs.Column(blob => blob.Output.BlobId!.Value),
            blobs.Column(blob => blob.Output.Bytes),
            blobs.Column(blob => blob.Output.Text),
            blobs.Column(blob => batch.Wholes.Contains(blob.ExecutionId)));
    }

    private static void AddSteps(NpgsqlBatch commands, JournalBatch batch)
    {
        if (batch.Steps.Count == 0)
            return;
        var steps = batch.Steps;
        commands.Add(
            JournalSql.Steps,
            steps.Column(step => step.WorkspaceId),
            steps.Column(step => step.ExecutionId),
            steps.Column(step => step.Fence),
            steps.Column(step => step.Attempt.StepPath),
            steps.Column(step => step.Attempt.Attempt),
            steps.Column(step => step.Attempt.StepId),
            steps.Column(step => step.Attempt.Use),
            steps.Column(step => StatusNames.Of(step.Attempt.Status)),
            steps.Column(step => step.Attempt.StartedAt.UtcDateTime),
            steps.Column(step => step.Attempt.EndedAt?.UtcDateTime),
            steps.Column(step => step.StartedSequence),
            steps.Column(step => step.EndedSequence),
            steps.Column(step => step.Output.Inline),
            steps.Column(step => step.Output.BlobId),
            steps.Column(step => step.Message),
            steps.Column(step => step.Metadata),
            steps.Column(step => step.Error),
            steps.Column(step => batch.Wholes.Contains(step.ExecutionId)));
    }

    private static void AddLogs(NpgsqlBatch commands, JournalBatch batch)
    {
        if (batch.Logs.Count == 0)
            return;
        var logs = batch.Logs;
        commands.Add(
            JournalSql.Logs,
            logs.Column(log => log.WorkspaceId),
            logs.Column(log => log.ExecutionId),
            logs.Column(log => log.Fence),
            logs.Column(log => log.Sequence),
            logs.Column(log => log.Line.Time.UtcDateTime),
            logs.Column(log => StatusNames.Of(log.Line.Level)),
            logs.Column(log => log.Line.StepPath),
            logs.Column(log => log.Line.Attempt),
            logs.Column(log => log.Message),
            logs.Column(log => log.Fields),
            logs.Column(log => batch.Wholes.Contains(log.ExecutionId)));
    }

    private static void AddFinals(NpgsqlBatch commands, List<FinalRecord> finals)
    {
        if (finals.Count == 0)
            return;
        commands.Add(
            JournalSql.Finals,
            finals.Column(final => final.WorkspaceId),
            finals.Column(final => final.ExecutionId),
            finals.Column(final => final.Fence),
            finals.Column(final => StatusNames.Of(final.Status)),
            finals.Column(final => final.EndedAt.UtcDateTime),
            finals.Column(final => final.Sequence),
            finals.Column(final => final.Output.Inline),
            finals.Column(final => final.Output.BlobId),
            finals.Column(final => final.Error),
            finals.Column(final => final.FailedStep));
    }

    private static void PassFaults(JournalBatch batch, string moment)
    {
        FaultPoint.Pass("accept." + moment, batch.Accepts.Count);
        FaultPoint.Pass("event." + moment, batch.Events.Count);
        FaultPoint.Pass("start." + moment, batch.Steps.Count(step => step.StartedSequence is not null));
        FaultPoint.Pass("end." + moment, batch.Steps.Count(step => step.EndedSequence is not null));
        FaultPoint.Pass("final." + moment, batch.Finals.Count);
        FaultPoint.Pass("park." + moment, batch.Parks.Count);
        FaultPoint.Pass("child." + moment, batch.Steps.Count(step => step.Child is not null));
        FaultPoint.Pass("called." + moment, batch.Finals.Count(final => final.Caller is not null));
    }
}

/// <summary>Writes a batch as columns, one array for each.</summary>
internal static class ColumnExtensions
{
    public static TColumn[] Column<T, TColumn>(this List<T> rows, Func<T, TColumn> value)
    {
        var column = new TColumn[rows.Count];
        for (var i = 0; i < column.Length; i++)
            column[i] = value(rows[i]);
        return column;
    }

    public static void Add(this NpgsqlBatch batch, string sql, params object[] values)
    {
        var command = new NpgsqlBatchCommand(sql);
        foreach (var value in values)
        {
            // The type of an array that holds only nulls cannot be told from its values.
            var parameter = new NpgsqlParameter { Value = value };
            if (value is DateTime[] or DateTime?[])
                parameter.NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.TimestampTz;
            command.Parameters.Add(parameter);
        }

        batch.BatchCommands.Add(command);
    }
}
