using Gantry.Hub.Database;
using Gantry.Hub.Executions;

namespace Gantry.Hub.Transfers;

/// <summary>Which transfers a list shows.</summary>
internal sealed record TransferFilter
{
    public string? Status { get; init; }

    /// <summary>The name of a saved endpoint that is among the sources or targets.</summary>
    public string? Endpoint { get; init; }

    public Guid? TemplateId { get; init; }

    public Guid? RetryOf { get; init; }

    /// <summary>In lower case; null shows all.</summary>
    public string? Text { get; init; }

    /// <summary>Started then or later.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>Started before.</summary>
    public DateTimeOffset? Until { get; init; }

    /// <summary>The last one of the page before.</summary>
    public Guid? After { get; init; }

    public required int Count { get; init; }

    /// <summary>Ids behind it were given later; null when there is no end.</summary>
    public Guid? IdUntil => Until is { } until ? ExecutionStore.IdAt(until.AddMilliseconds(1)) : null;

    public bool IsOpen => Status is "queued" or "running" or "waiting";

    /// <summary>What is not at its end, and what failed, are few of many: they are looked through one by one.</summary>
    public bool IsOfFew => IsOpen || Status is "failed" or "cancelled";
}

/// <summary>Transfers of the session's workspace.</summary>
internal static class TransferStore
{
    private const string Columns = """
        e.id, e.user_id, t.name, t.mode, t.request, t.template_id, t.retry_of, e.status, e.waiting_for, e.cancel_requested, e.created_at, e.started_at, e.ended_at,
        e.error, e.failed_step, case when e.rerun_of is null and t.retry_of is null then left(e.trigger, 200) end as trigger_start,
        (select g.watches from triggers g where g.workspace_id = e.workspace_id and g.id = substring(left(e.trigger, 200) from '"trigger_id":"([-0-9a-f]{36})"')::uuid) as trigger_watches,
        (select json_agg(json_build_object('step', m.step_path, 'attempt', m.attempt, 'complete', m.is_complete, 'progress', coalesce(m.progress, '{}')::json))::text
         from manifests m where m.workspace_id = e.workspace_id and m.execution_id = e.id) as stands
        """;

    /// <summary>The newest first. Each way to choose has an index of its own, so that no history makes a page slow.</summary>
    public static Task<IReadOnlyList<TransferView>> ListAsync(HubSession session, TransferFilter filter, CancellationToken cancellationToken) =>
        filter.Text is null || filter.IsOfFew ? PageAsync(session, filter, null, cancellationToken) : new TransferSearch(session, filter).RunAsync(cancellationToken);

    /// <summary>Null when the session sees none of this id.</summary>
    public static Task<TransferView?> FindAsync(HubSession session, Guid id, CancellationToken cancellationToken) =>
        session.FindAsync<TransferView>($"""
            select {Columns} from executions e join transfers t on t.workspace_id = e.workspace_id and t.id = e.id
            where e.workspace_id = @workspace and e.id = @id
            """, new { workspace = session.Actor.WorkspaceId, id }, cancellationToken);

    /// <summary>JSON: what its trigger saw; null when a person started it.</summary>
    public static Task<string?> TriggerAsync(HubSession session, Guid id, CancellationToken cancellationToken) => session.FindAsync<string?>(
        "select e.trigger from executions e where e.workspace_id = @workspace and e.id = @id", new { workspace = session.Actor.WorkspaceId, id }, cancellationToken);

    /// <param name="session">Whose transfers.</param>
    /// <param name="filter">Which of them.</param>
    /// <param name="among">Only these; null means all.</param>
    /// <param name="cancellationToken">Ends the look.</param>
    public static async Task<IReadOnlyList<TransferView>> PageAsync(
        HubSession session, TransferFilter filter, IReadOnlyList<Guid>? among, CancellationToken cancellationToken)
    {
        var (from, id) = (among, filter.IsOfFew, filter) switch
        {
            ({ }, _, _) => ("unnest(@among) a(id) join executions e on e.workspace_id = @workspace and e.id = a.id", "a.id"),
            (_, true, _) => ("executions e", "e.id"),
            (_, _, { Endpoint: not null }) => ("transfer_endpoints n join executions e on e.workspace_id = n.workspace_id and e.id = n.transfer_id", "n.transfer_id"),
            (_, _, { TemplateId: not null } or { RetryOf: not null }) => ("transfers o join executions e on e.workspace_id = o.workspace_id and e.id = o.id", "o.id"),
            _ => ("executions e", "e.id"),
        };
        List<string> conditions = ["e.workspace_id = @workspace", "e.is_transfer"];
        if (id == "n.transfer_id")
            conditions.Add("n.workspace_id = @workspace and n.endpoint = @Endpoint");
        else if (filter.Endpoint is not null)
            conditions.Add("exists (select from transfer_endpoints n where n.workspace_id = e.workspace_id and n.endpoint = @Endpoint and n.transfer_id = e.id)");
        var row = id == "o.id" ? "o" : "t";
        if (id == "o.id")
            conditions.Add("o.workspace_id = @workspace");
        if (filter.TemplateId is not null)
            conditions.Add($"{row}.template_id = @TemplateId");
        if (filter.RetryOf is not null)
            conditions.Add($"{row}.retry_of = @RetryOf");
        if (filter.After is not null)
            conditions.Add($"{id} < @After");
        if (filter.Since is not null)
            conditions.Add($"{id} >= @idSince and e.created_at >= @Since");
        if (filter.Until is not null)
            conditions.Add($"{id} < @idUntil and e.created_at < @Until");
        if (filter.IsOpen)
            conditions.Add("e.status = @Status and e.ended_at is null" + filter.Status switch { "running" => " and not e.is_parked", "waiting" => " and e.is_parked", _ => "" });
        else if (filter.IsOfFew)
            conditions.Add("e.status = @Status and e.error is not null");
        else if (filter.Status is not null)
            conditions.Add("e.status not in ('queued', 'running', 'waiting', 'failed', 'cancelled')");
        if (filter.Text is not null)
            conditions.Add("strpos(t.search_text, @Text) > 0");

        // A page is read in the order of an index, or the planner might gather and sort all that fits before it takes the first few.
        var sort = among is null ? "off" : "on";
        await session.ExecuteAsync(
            $"set local enable_bitmapscan = off; set local enable_sort = {sort}; set local enable_hashjoin = off; set local enable_mergejoin = off; set local jit = off",
            null, cancellationToken);
        var values = new
        {
            workspace = session.Actor.WorkspaceId,
            among = among?.ToArray(),
            filter.Status,
            filter.Endpoint,
            filter.TemplateId,
            filter.RetryOf,
            filter.Text,
            filter.After,
            filter.Since,
            filter.Until,
            idSince = filter.Since is { } since ? ExecutionStore.IdAt(since - ExecutionStore.AcceptedWithin) : (Guid?)null,
            idUntil = filter.IdUntil,
            filter.Count,
        };
        if (filter.Status != "queued")
        {
            return await PartAsync("");
        }

        // What is queued waits for a worker or for its turn: two parts of one index, each in the order of the page.
        var parts = (await PartAsync(" and not e.is_parked")).Concat(await PartAsync(" and e.is_parked"));
        return [.. parts.OrderByDescending(transfer => transfer.Id.ToString(), StringComparer.Ordinal).Take(filter.Count)];

        Task<IReadOnlyList<TransferView>> PartAsync(string part) => session.QueryAsync<TransferView>($"""
            select {Columns} from {from} join transfers t on t.workspace_id = e.workspace_id and t.id = e.id
            where {string.Join(" and ", conditions)}{part}
            order by {id} desc limit @Count
            """, values, cancellationToken);
    }
}
