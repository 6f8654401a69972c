using Npgsql;

namespace Gantry.Hub.Executions.Journal;

/// <summary>The statements on events of a batch. They come before those on executions, which are written only for events that count.</summary>
internal static class EventCommands
{
    /// <summary>
    /// Of what starts an execution, those whose trigger is there. Until the batch is committed it cannot be taken away, and one that is being taken away is waited for: whoever deleted a
    /// plan, or saved it without the trigger, sees nothing start by it afterwards.
    /// </summary>
    private const string Standing = """
        with standing as (
          select s.id from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::uuid[]) as s(workspace_id, id, trigger_id, execution_id)
          join triggers t on t.workspace_id = s.workspace_id and t.id = s.trigger_id and t.removed_at is null
          where s.execution_id is not null
          order by t.workspace_id, t.id for key share of t)
        """;

    /// <summary>Why an event that was to start something did not: its trigger was taken away at that moment.</summary>
    public const string Gone = "The plan is gone, or has no such trigger any more.";

    private const string Moves = Standing + "\n" + $"""
        update events e
        set status = case when x.is_gone then 'dead' else x.status end, reason = case when x.is_gone then '{Gone}' else x.reason end,
            execution_id = case when not x.is_gone then x.execution_id end, attempts = x.attempts, next_attempt_at = now() + x.next_attempt_in,
            payload = case when x.execution_id is null or x.is_gone then coalesce(x.payload, e.payload) end
        from (select x.*, x.execution_id is not null and x.id not in (select s.id from standing s) as is_gone
              from unnest($1::uuid[], $2::uuid[], $4::uuid[], $5::text[], $6::text[], $7::int[], $8::interval[], $9::text[])
                as x(workspace_id, id, execution_id, status, reason, attempts, next_attempt_in, payload)) x
        where e.workspace_id = x.workspace_id and e.id = x.id and e.attempts = x.attempts - 1 and e.status in ('pending', 'failed', 'dead')
        """;

    private const string Inserts = Standing + "\n" + $"""
        insert into events (workspace_id, id, trigger_id, plan_id, kind, status, key, summary, payload, reason, execution_id, original_id, user_id, attempts,
                            next_attempt_at, occurred_at)
        select x.workspace_id, x.id, x.trigger_id, x.plan_id, x.kind, case when x.is_gone then 'dead' else x.status end, x.key, x.summary, x.payload,
               case when x.is_gone then '{Gone}' else x.reason end, case when not x.is_gone then x.execution_id end, x.original_id, x.user_id, x.attempts,
               now() + x.next_attempt_in, x.occurred_at
        from (select x.*, x.execution_id is not null and x.id not in (select s.id from standing s) as is_gone
              from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::uuid[], $5::uuid[], $6::text[], $7::text[], $8::text[], $9::text[], $10::text[],
                          $11::text[], $12::uuid[], $13::uuid[], $14::int[], $15::interval[], $16::timestamptz[])
                as x(workspace_id, id, trigger_id, execution_id, plan_id, kind, status, key, summary, payload,
                     reason, original_id, user_id, attempts, next_attempt_in, occurred_at)) x
        on conflict do nothing
        """;

    private const string Duplicates = """
        insert into events (workspace_id, id, trigger_id, plan_id, kind, status, key, summary, reason, original_id, occurred_at)
        select x.workspace_id, x.id, x.trigger_id, x.plan_id, x.kind, 'duplicate', x.key, x.summary, 'The same was seen before.', o.id, x.occurred_at
        from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::uuid[], $5::text[], $6::text[], $7::text[], $8::timestamptz[])
          as x(workspace_id, id, trigger_id, plan_id, kind, key, summary, occurred_at)
        join events o on o.workspace_id = x.workspace_id and o.trigger_id = x.trigger_id and o.key = x.key and o.status <> 'duplicate' and o.id <> x.id
        on conflict do nothing
        """;

    private const string Steps = """
        update triggers t set next_at = x.next_at, held_by = null, held_until = null
        from unnest($1::uuid[], $2::uuid[], $3::timestamptz[], $4::timestamptz[]) as x(workspace_id, id, from_at, next_at)
        where t.workspace_id = x.workspace_id and t.id = x.id and t.next_at = x.from_at
        """;

    private const string Taken = """
        select x.id, o.id, o.execution_id, o.status
        from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::uuid[], $5::text[], $6::int[]) as x(workspace_id, id, trigger_id, execution_id, key, attempts)
        left join events m on m.workspace_id = x.workspace_id and m.id = x.id and m.status <> 'duplicate'
        join lateral (
          select m.id, m.execution_id, m.status where m.id is not null
          union all
          select e.id, e.execution_id, e.status from events e
          where m.id is null and e.workspace_id = x.workspace_id and e.trigger_id = x.trigger_id and e.key = x.key and e.status <> 'duplicate') o on true
        where m.id is null or m.attempts <> x.attempts or m.execution_id is distinct from x.execution_id
        """;

    public static void Add(NpgsqlBatch commands, List<EventRow> events)
    {
        AddMoves(commands, events.FindAll(row => row.IsStored));
        AddInserts(commands, events.FindAll(row => !row.IsStored));
        AddSteps(commands, events.FindAll(row => row.Step is not null));
    }

    /// <summary>Asks which events count in the place of these.</summary>
    public static void AskTaken(JournalQuestions questions, List<EventRow> events)
    {
        var byId = events.ToDictionary(row => row.Id);
        questions.Ask(
            row => byId[row.GetGuid(0)].Taken = new TakenEvent(row.GetGuid(1), row.IsDBNull(2) ? null : row.GetGuid(2), row.GetString(3)),
            Taken,
            events.Column(row => row.WorkspaceId),
            events.Column(row => row.Id),
            events.Column(row => row.TriggerId),
            events.Column(row => row.ExecutionId),
            events.Column(row => row.Key),
            events.Column(row => row.Attempts));
    }

    private static void AddMoves(NpgsqlBatch commands, List<EventRow> events)
    {
        if (events.Count == 0)
            return;
        commands.Add(
            Moves,
            events.Column(row => row.WorkspaceId),
            events.Column(row => row.Id),
            events.Column(row => row.TriggerId),
            events.Column(row => row.ExecutionId),
            events.Column(row => row.Status),
            events.Column(row => row.Reason),
            events.Column(row => row.Attempts),
            events.Column(row => row.NextAttemptIn),
            events.Column(row => row.Payload));
    }

    private static void AddInserts(NpgsqlBatch commands, List<EventRow> events)
    {
        if (events.Count == 0)
            return;
        commands.Add(
            Inserts,
            events.Column(row => row.WorkspaceId),
            events.Column(row => row.Id),
            events.Column(row => row.TriggerId),
            events.Column(row => row.ExecutionId),
            events.Column(row => row.PlanId),
            events.Column(row => row.Kind),
            events.Column(row => row.Status),
            events.Column(row => row.Key),
            events.Column(row => row.Summary),
            events.Column(row => row.ExecutionId is null ? row.Payload : null),
            events.Column(row => row.Reason),
            events.Column(row => row.OriginalId),
            events.Column(row => row.UserId),
            events.Column(row => row.Attempts),
            events.Column(row => row.NextAttemptIn),
            events.Column(row => row.OccurredAt.UtcDateTime));
        var noting = events.FindAll(row => row is { NotesDuplicate: true, Key: not null });
        if (noting.Count == 0)
            return;
        commands.Add(
            Duplicates,
            noting.Column(row => row.WorkspaceId),
            noting.Column(row => row.Id),
            noting.Column(row => row.TriggerId),
            noting.Column(row => row.PlanId),
            noting.Column(row => row.Kind),
            noting.Column(row => row.Key),
            noting.Column(row => row.Summary),
            noting.Column(row => row.OccurredAt.UtcDateTime));
    }

    private static void AddSteps(NpgsqlBatch commands, List<EventRow> events)
    {
        if (events.Count == 0)
            return;
        commands.Add(
            Steps,
            events.Column(row => row.WorkspaceId),
            events.Column(row => row.TriggerId),
            events.Column(row => row.Step!.From.UtcDateTime),
            events.Column(row => row.Step!.To?.UtcDateTime));
    }
}
