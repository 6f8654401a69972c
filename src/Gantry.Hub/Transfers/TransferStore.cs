using Gantry.Hub.Database;

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
}

/// <summary>Transfers of the session's workspace.</summary>
internal static class TransferStore
{
    /// <summary>So many of the newest are looked through before the index of texts is asked: what is found often is found there.</summary>
    private const int NewestMax = 2_000;

    /// <summary>So many that hold a text are taken in one go.</summary>
    private const int FoundMax = 2_000;

    private const string Columns = """
        e.id, e.user_id, t.name, t.mode, t.request, t.template_id, t.retry_of, e.status, e.waiting_for, e.cancel_requested, e.created_at, e.started_at, e.ended_at,
        e.error, e.failed_step,
        (select json_agg(json_build_object('step', m.step_path, 'attempt', m.attempt, 'complete', m.is_complete, 'progress', coalesce(m.progress, '{}')::json))::text
         from manifests m where m.workspace_id = e.workspace_id and m.execution_id = e.id) as stands
        """;

    /// <summary>The newest first. Each way to choose has an index of its own, so that no history makes a page slow.</summary>
    public static Task<IReadOnlyList<TransferView>> ListAsync(HubSession session, TransferFilter filter, CancellationToken cancellationToken) =>
        filter.Text is null ? PageAsync(session, filter, null, cancellationToken) : SearchAsync(session, filter, cancellationToken);

    /// <summary>Null when the session sees none of this id.</summary>
    public static Task<TransferView?> FindAsync(HubSession session, Guid id, CancellationToken cancellationToken) =>
        session.FindAsync<TransferView>($"""
            select {Columns} from executions e join transfers t on t.workspace_id = e.workspace_id and t.id = e.id
            where e.workspace_id = @workspace and e.id = @id
            """, new { workspace = session.Actor.WorkspaceId, id }, cancellationToken);

    private static async Task<IReadOnlyList<TransferView>> SearchAsync(HubSession session, TransferFilter filter, CancellationToken cancellationToken)
    {
        var newest = await session.QueryAsync<Guid>("""
            select n.id from (
              select t.id, t.search_text from transfers t where t.workspace_id = @workspace and (@before::uuid is null or t.id < @before) order by t.id desc limit @count) n
            where strpos(n.search_text, @Text) > 0
            """, new { workspace = session.Actor.WorkspaceId, before = filter.After, count = NewestMax, filter.Text }, cancellationToken);
        var page = newest.Count == 0 ? [] : await PageAsync(session, filter, newest, cancellationToken);
        return page.Count >= filter.Count ? page : await SearchIndexAsync(session, filter, cancellationToken);
    }

    private static async Task<IReadOnlyList<TransferView>> SearchIndexAsync(HubSession session, TransferFilter filter, CancellationToken cancellationToken)
    {
        var grams = SearchGrams.OfQuestion(session.Actor.WorkspaceId!.Value, filter.Text!);
        var found = await FindTextAsync(session, filter, grams, filter.After, inOrder: false, cancellationToken);
        if (found.Count < FoundMax)
            return await PageAsync(session, filter, found, cancellationToken);

        // There are many: the newest of them, and again further back while other filters leave them out.
        List<TransferView> page = [];
        for (var before = filter.After; page.Count < filter.Count;)
        {
            found = await FindTextAsync(session, filter, grams, before, inOrder: true, cancellationToken);
            page.AddRange(await PageAsync(session, filter with { Count = filter.Count - page.Count }, found, cancellationToken));
            if (found.Count < FoundMax)
                break;
            before = found[^1];
        }

        return page;
    }

    private static Task<IReadOnlyList<Guid>> FindTextAsync(
        HubSession session, TransferFilter filter, int[] grams, Guid? before, bool inOrder, CancellationToken cancellationToken) =>
        session.QueryAsync<Guid>(
            "select * from find_transfers(@grams, @Text, @before, @count, @inOrder)",
            new { grams, filter.Text, before, count = FoundMax, inOrder }, cancellationToken);

    /// <param name="session">Whose transfers.</param>
    /// <param name="filter">Which of them.</param>
    /// <param name="among">Only these; null means all.</param>
    /// <param name="cancellationToken">Ends the look.</param>
    private static async Task<IReadOnlyList<TransferView>> PageAsync(
        HubSession session, TransferFilter filter, IReadOnlyList<Guid>? among, CancellationToken cancellationToken)
    {
        // What is not at its end, and what failed, are few: they are looked through, and their other sides held against them.
        var isOpen = filter.Status is "queued" or "running" or "waiting";
        var isBad = filter.Status is "failed" or "cancelled";
        var (from, id) = (among, isOpen || isBad, filter) switch
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
            conditions.Add($"{id} >= @since");
        if (filter.Until is not null)
            conditions.Add($"{id} < @until");
        if (isOpen)
            conditions.Add("e.status = @Status and e.ended_at is null");
        else if (isBad)
            conditions.Add("e.status = @Status and e.error is not null");
        else if (filter.Status is not null)
            conditions.Add("e.status not in ('queued', 'running', 'waiting', 'failed', 'cancelled')");
        // A page is read in the order of an index, or the planner might gather and sort all that fits before it takes the first few.
        var sort = among is null ? "off" : "on";
        await session.ExecuteAsync(
            $"set local enable_bitmapscan = off; set local enable_sort = {sort}; set local enable_hashjoin = off; set local enable_mergejoin = off; set local jit = off",
            null, cancellationToken);
        return await session.QueryAsync<TransferView>($"""
            select {Columns} from {from} join transfers t on t.workspace_id = e.workspace_id and t.id = e.id
            where {string.Join(" and ", conditions)}
            order by {id} desc limit @Count
            """, new
        {
            workspace = session.Actor.WorkspaceId,
            among = among?.ToArray(),
            filter.Status,
            filter.Endpoint,
            filter.TemplateId,
            filter.RetryOf,
            filter.After,
            since = filter.Since is { } since ? IdAt(since) : (Guid?)null,
            until = filter.Until is { } until ? IdAt(until) : (Guid?)null,
            filter.Count,
        }, cancellationToken);
    }

    /// <summary>The least id that is given at this time: ids begin with their millisecond.</summary>
    private static Guid IdAt(DateTimeOffset time)
    {
        Span<byte> bytes = stackalloc byte[16];
        bytes.Clear();
        var milliseconds = Math.Max(0, time.ToUnixTimeMilliseconds());
        for (var i = 5; i >= 0; i--, milliseconds >>= 8)
            bytes[i] = (byte)milliseconds;
        return new Guid(bytes, bigEndian: true);
    }
}
