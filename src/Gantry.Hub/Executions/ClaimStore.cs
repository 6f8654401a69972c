using Gantry.Engine.Plans;
using Gantry.Engine.Providers;
using Gantry.Engine.Work;
using Gantry.Hub.Database;
using Gantry.Hub.Executions.Journal;
using Npgsql;

namespace Gantry.Hub.Executions;

/// <summary>Wins executions for this hub, and loads what earlier claims left behind.</summary>
internal sealed class ClaimStore(HubDatabase database, HubIdentity hub, OutputStore outputs, TimeProvider clock) : IAsyncDisposable
{
    private const string ClaimSql = """
        with free as (
          select workspace_id, id, is_lost from executions
          where id = any($1) and ended_at is null and not is_parked and status = 'queued' order by id for update skip locked)
        update executions e
        set status = 'running', fence = e.fence + 1, hub_id = $2, started_at = coalesce(e.started_at, $3), waiting_for = null, is_lost = false
        from free where e.workspace_id = free.workspace_id and e.id = free.id
        returning e.id, e.workspace_id, e.user_id, e.plan_id, e.plan_version, e.plan_text, e.inputs, e.fence, e.cancel_requested,
                  e.started_at, free.is_lost, e.losses, e.depth, e.parent_id, e.parent_step, e.parent_awaits, e.concurrency_key, e.doomed, e.rerun_from is not null, e.trigger,
                  case when e.parent_awaits then (
                    select w.until_at from execution_waits w
                    where w.workspace_id = e.workspace_id and w.execution_id = e.parent_id and w.step_path = e.parent_step and w.call_id = e.id) end
        """;

    private const string AttemptsSql = """
        select s.execution_id, s.step_path, s.attempt, s.step_id, s.use, s.status, s.started_at, s.ended_at,
               case when octet_length(s.output) <= $3 then s.output end, s.message, s.metadata, s.error, w.wait,
               s.workspace_id, s.output_blob, coalesce(octet_length(s.output), b.bytes)
        from unnest($1::uuid[], $2::uuid[]) as x(workspace_id, id)
        join execution_steps s on s.workspace_id = x.workspace_id and s.execution_id = x.id
        left join execution_blobs b on b.workspace_id = s.workspace_id and b.execution_id = s.execution_id and b.id = s.output_blob
        left join execution_waits w
          on s.status = 'waiting' and w.workspace_id = s.workspace_id and w.execution_id = s.execution_id and w.step_path = s.step_path
        order by s.execution_id, s.attempt
        """;

    internal const string SignalsSql = """
        select s.execution_id, s.step_path, s.kind, s.at, s.by_name, s.payload, s.workspace_id
        from unnest($1::uuid[], $2::uuid[]) as x(workspace_id, id)
        join execution_signals s on s.workspace_id = x.workspace_id and s.execution_id = x.id
        order by s.at
        """;

    private const string SequencesSql = """
        select x.id, greatest(2,
          (select max(l.seq) from execution_logs l where l.workspace_id = x.workspace_id and l.execution_id = x.id),
          (select max(greatest(s.started_seq, s.ended_seq)) from execution_steps s where s.workspace_id = x.workspace_id and s.execution_id = x.id))
        from unnest($1::uuid[], $2::uuid[]) as x(workspace_id, id)
        """;

    private const string HandOverSql = """
        update executions
        set status = 'queued', fence = fence + 1, hub_id = null, is_lost = true, waiting_for = 'a free worker, since the hub that ran it stopped'
        where workspace_id = $1 and id = $2 and fence = $3 and status = 'running'
        """;

    private const string ReleaseSql = """
        update executions e
        set status = 'queued', fence = e.fence + 1, hub_id = null, waiting_for = 'a free worker'
        from unnest($1::uuid[], $2::int[]) as x(id, fence)
        where e.id = x.id and e.fence = x.fence and e.ended_at is null and e.hub_id = $3 and e.status = 'running'
        """;

    private const string DoomSql = "update executions set doomed = $4 where workspace_id = $1 and id = $2 and fence = $3 and status = 'running'";

    private const string QueuedSql = "select id from executions where ended_at is null and not is_parked and status = 'queued' order by id limit $1";

    private const string HeldSql = "select id, fence from executions where ended_at is null and not is_parked and status = 'running' and hub_id = $1";

    private const string CancelledSql =
        "select id from executions where cancel_requested and ended_at is null and status = 'running' and hub_id = $1";

    // Only the worker's loop claims, so one connection serves.
    private NpgsqlConnection? connection;

    /// <summary>The oldest executions that wait for a worker.</summary>
    public Task<List<Guid>> QueuedAsync(int countMax, CancellationToken cancellationToken) => IdsAsync(QueuedSql, countMax, cancellationToken);

    /// <summary>What runs here and was cancelled, perhaps through another hub.</summary>
    public Task<List<Guid>> CancelledAsync(CancellationToken cancellationToken) => IdsAsync(CancelledSql, hub.Id, cancellationToken);

    /// <summary>The signals of executions that run here, however many they are by now.</summary>
    public async Task<IReadOnlyList<(Guid ExecutionId, Signal Signal)>> SignalsAsync(IReadOnlyList<Claim> held, CancellationToken cancellationToken)
    {
        await using var opened = await database.Worker.OpenConnectionAsync(cancellationToken);
        return await SignalsAsync(opened, [.. held.Select(claim => claim.WorkspaceId)], [.. held.Select(claim => claim.ExecutionId)], cancellationToken);
    }

    /// <summary>Gives a claim back unfinished.</summary>
    public async Task HandOverAsync(Claim claim, CancellationToken cancellationToken)
    {
        await using var command = database.Worker.CreateCommand(HandOverSql);
        command.Parameters.AddWithValue(claim.WorkspaceId);
        command.Parameters.AddWithValue(claim.ExecutionId);
        command.Parameters.AddWithValue(claim.Fence);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>From now on the execution has failed for this reason, whoever takes it up.</summary>
    public async Task DoomAsync(Claim claim, ProviderError error, CancellationToken cancellationToken)
    {
        await using var command = database.Worker.CreateCommand(DoomSql);
        command.Parameters.AddWithValue(claim.WorkspaceId);
        command.Parameters.AddWithValue(claim.ExecutionId);
        command.Parameters.AddWithValue(claim.Fence);
        command.Parameters.AddWithValue(ExecutionJson.Of(error));
        if (await command.ExecuteNonQueryAsync(cancellationToken) == 0)
            throw new JournalLostException($"The claim on execution {claim.ExecutionId} is lost.");
    }

    /// <summary>Answers those of the items that are this hub's now. The others are somebody else's, ended, or never were.</summary>
    public async Task<IReadOnlyList<Claim>> ClaimAsync(IReadOnlyList<WorkItem> items, CancellationToken cancellationToken)
    {
        FaultPoint.Pass("claim.before");
        try
        {
            connection ??= await JournalConnection.OpenAsync(database.Standing, cancellationToken);
            var claims = await ClaimAsync(connection, [.. items.Select(item => item.ExecutionId)], cancellationToken);
            FaultPoint.Pass("claim.after", claims.Count);
            return claims.Exists(claim => claim.IsTakenUpAgain) ? await LoadAsync(connection, claims, cancellationToken) : claims;
        }
        catch
        {
            await DisposeAsync();
            throw;
        }
    }

    /// <summary>The claims of this hub, and which number each has.</summary>
    public async Task<List<(Guid ExecutionId, int Fence)>> HeldAsync(CancellationToken cancellationToken)
    {
        await using var command = database.Worker.CreateCommand(HeldSql);
        command.Parameters.AddWithValue(hub.Id);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var held = new List<(Guid, int)>();
        while (await reader.ReadAsync(cancellationToken))
            held.Add((reader.GetGuid(0), reader.GetInt32(1)));
        return held;
    }

    /// <summary>Gives claims back that nobody is at. Those that are over by now stay as they are.</summary>
    public async Task ReleaseAsync(List<(Guid ExecutionId, int Fence)> held, CancellationToken cancellationToken)
    {
        await using var command = database.Worker.CreateCommand(ReleaseSql);
        command.Parameters.AddWithValue(held.Column(claim => claim.ExecutionId));
        command.Parameters.AddWithValue(held.Column(claim => claim.Fence));
        command.Parameters.AddWithValue(hub.Id);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        if (connection is null)
            return;
        PreparedStatements.Forget(connection);
        await connection.DisposeAsync();
        connection = null;
    }

    private async Task<List<Claim>> ClaimAsync(NpgsqlConnection connection, Guid[] ids, CancellationToken cancellationToken)
    {
        await using var batch = new NpgsqlBatch(connection);
        batch.Add(JournalSql.HoldClaims, hub.LockKey);
        batch.Add(ClaimSql, ids, hub.Id, clock.GetUtcNow().UtcDateTime);
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        await reader.NextResultAsync(cancellationToken);
        var claims = new List<Claim>(ids.Length);
        while (await reader.ReadAsync(cancellationToken))
        {
            var fence = reader.GetInt32(7);
            claims.Add(new Claim
            {
                ExecutionId = reader.GetGuid(0),
                WorkspaceId = reader.GetGuid(1),
                UserId = reader.GetGuid(2),
                PlanId = reader.IsDBNull(3) ? null : reader.GetGuid(3),
                PlanVersion = reader.IsDBNull(4) ? null : reader.GetInt32(4),
                PlanText = reader.IsDBNull(5) ? null : reader.GetString(5),
                Inputs = reader.GetString(6),
                Fence = fence,
                IsCancelRequested = reader.GetBoolean(8),
                Trigger = Text(reader, 19),
                IsTakenUpAgain = fence > 1 || reader.GetBoolean(18),
                StartedAt = reader.GetFieldValue<DateTimeOffset>(9),
                IsLost = reader.GetBoolean(10),
                Losses = reader.GetInt32(11),
                Depth = reader.GetInt32(12),
                Parent = reader.IsDBNull(13) ? null : new ParentLink(reader.GetGuid(13), reader.GetString(14), reader.GetBoolean(15)),
                CallEndsAt = reader.IsDBNull(20) ? null : reader.GetFieldValue<DateTimeOffset>(20),
                ConcurrencyKey = Text(reader, 16),
                Doomed = Text(reader, 17) is { } doomed ? ExecutionJson.ParseError(doomed) : null,
            });
        }

        return claims;
    }

    private async Task<IReadOnlyList<Claim>> LoadAsync(
        NpgsqlConnection connection, List<Claim> claims, CancellationToken cancellationToken)
    {
        var again = claims.FindAll(claim => claim.IsTakenUpAgain);
        var (workspaces, ids) = (again.Column(claim => claim.WorkspaceId), again.Column(claim => claim.ExecutionId));
        var attempts = await AttemptsAsync(connection, workspaces, ids, cancellationToken);
        var signals = (await SignalsAsync(connection, workspaces, ids, cancellationToken)).ToLookup(signal => signal.ExecutionId, signal => signal.Signal);
        var sequences = new Dictionary<Guid, int>();
        await using (var command = new NpgsqlCommand(SequencesSql, connection) { Parameters = { new() { Value = workspaces }, new() { Value = ids } } })
        await using (var reader = await command.ExecuteReaderAsync(cancellationToken))
        {
            while (await reader.ReadAsync(cancellationToken))
                sequences[reader.GetGuid(0)] = reader.GetInt32(1);
        }

        return
        [
            .. claims.Select(claim => !claim.IsTakenUpAgain ? claim : claim with
            {
                Recorded = attempts.GetValueOrDefault(claim.ExecutionId) ?? [],
                Signals = [.. signals[claim.ExecutionId]],
                Sequence = sequences[claim.ExecutionId],
            }),
        ];
    }

    private async Task<Dictionary<Guid, List<StepAttempt>>> AttemptsAsync(
        NpgsqlConnection connection, Guid[] workspaces, Guid[] ids, CancellationToken cancellationToken)
    {
        var attempts = new Dictionary<Guid, List<StepAttempt>>();
        await using var command = new NpgsqlCommand(AttemptsSql, connection)
        {
            Parameters = { new() { Value = workspaces }, new() { Value = ids }, new() { Value = ExecutionLimits.LoadedBytesMax } },
        };
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            var id = reader.GetGuid(0);
            if (!attempts.TryGetValue(id, out var list))
                attempts[id] = list = [];
            list.Add(new StepAttempt
            {
                StepPath = reader.GetString(1),
                Attempt = reader.GetInt32(2),
                StepId = Text(reader, 3),
                Use = reader.GetString(4),
                Status = StatusNames.Step(reader.GetString(5)),
                StartedAt = reader.GetFieldValue<DateTimeOffset>(6),
                EndedAt = reader.IsDBNull(7) ? null : reader.GetFieldValue<DateTimeOffset>(7),
                Output = OutputOf(reader),
                Message = Text(reader, 9),
                Metadata = Text(reader, 10) is { } metadata ? ExecutionJson.ParseMetadata(metadata) : null,
                Error = Text(reader, 11) is { } error ? ExecutionJson.ParseError(error) : null,
                Wait = Text(reader, 12) is { } wait ? WaitJson.Parse(wait) : null,
            });
        }

        return attempts;
    }

    private async Task<List<(Guid ExecutionId, Signal Signal)>> SignalsAsync(
        NpgsqlConnection connection, Guid[] workspaces, Guid[] ids, CancellationToken cancellationToken)
    {
        var signals = new List<(Guid, Signal)>();
        await using var command = new NpgsqlCommand(SignalsSql, connection) { Parameters = { new() { Value = workspaces }, new() { Value = ids } } };
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
            signals.Add((reader.GetGuid(0), SignalOf(reader)));
        return signals;
    }

    private Signal SignalOf(NpgsqlDataReader reader)
    {
        var (kind, payload) = (WaitJson.KindOf(reader.GetString(2)), ExecutionJson.Parse(reader.GetString(5)));
        return new Signal
        {
            StepPath = reader.GetString(1),
            Kind = kind,
            At = reader.GetFieldValue<DateTimeOffset>(3),
            By = Text(reader, 4),
            Payload = payload,
            Output = kind == WaitKind.Call ? CallJson.OutputOf(payload, blob => outputs.Blob(reader.GetGuid(6), reader.GetGuid(0), blob)) : null,
        };
    }

    /// <summary>What is small comes with the record; the rest is loaded when a step needs it.</summary>
    private StepOutput? OutputOf(NpgsqlDataReader reader)
    {
        if (Text(reader, 8) is { } output)
            return new StepOutput(ExecutionJson.Parse(output));
        if (reader.IsDBNull(15))
            return null;
        var (execution, workspace) = (reader.GetGuid(0), reader.GetGuid(13));
        return new StepOutput(
            reader.IsDBNull(14) ? outputs.OfStep(workspace, execution, reader.GetString(1), reader.GetInt32(2)) : outputs.Blob(workspace, execution, reader.GetGuid(14)),
            reader.GetInt32(15));
    }

    private static string? Text(NpgsqlDataReader reader, int column) => reader.IsDBNull(column) ? null : reader.GetString(column);

    private async Task<List<Guid>> IdsAsync(string sql, object parameter, CancellationToken cancellationToken)
    {
        var ids = new List<Guid>();
        await using var command = database.Worker.CreateCommand(sql);
        command.Parameters.Add(new NpgsqlParameter { Value = parameter });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
            ids.Add(reader.GetGuid(0));
        return ids;
    }
}
