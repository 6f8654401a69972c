using Gantry.Engine.Plans;
using Gantry.Hub.Database;
using Gantry.Hub.Executions;
using Gantry.Hub.Executions.Journal;

namespace Gantry.Hub.Transfers;

/// <summary>
/// Finds the newest transfers with a text: among the newest of all first, where a text that is found often is found; then by the index, and when that knows of
/// too many, by the index month by month, day by day and hour by hour, so that no more is read and sorted than a page takes.
/// </summary>
internal sealed class TransferSearch(HubSession session, TransferFilter filter)
{
    private const int NewestMax = 1_000;
    private const int FoundMax = 1_000;
    private const int BatchMax = 200;

    private readonly Guid workspace = session.Actor.WorkspaceId!.Value;
    private readonly List<TransferView> page = [];

    private bool IsFull => page.Count >= filter.Count;

    public async Task<IReadOnlyList<TransferView>> RunAsync(CancellationToken cancellationToken)
    {
        var before = Earlier(filter.After, filter.IdUntil);
        var (newest, isAll) = await NewestAsync(before, cancellationToken);
        await TakeAsync(newest, cancellationToken);
        if (IsFull || isAll)
            return page;
        page.Clear();
        int[] grams =
        [
            .. TransferGrams.OfQuestion(workspace, filter.Text!),
            .. filter.Endpoint is { } endpoint ? [TransferGrams.OfEndpoint(workspace, endpoint)] : Array.Empty<int>(),
            .. filter.TemplateId is { } template ? [TransferGrams.OfTemplate(workspace, template)] : Array.Empty<int>(),
        ];
        var found = await FindAsync(grams, before, inOrder: false, cancellationToken);
        if (found.Count < FoundMax)
            await TakeAsync(found, cancellationToken);
        else if (await SpanAsync(cancellationToken) is (var first, var last))
            await WalkAsync(grams, before, Latest(first, filter.Since - ExecutionStore.AcceptedWithin), Earliest(last, filter.Until), 0, cancellationToken);
        return page;
    }

    /// <summary>The periods between the times, the newest first.</summary>
    private async Task WalkAsync(int[] grams, Guid? before, DateTimeOffset first, DateTimeOffset last, int level, CancellationToken cancellationToken)
    {
        for (var time = StartOf(last, level); !IsFull && time >= StartOf(first, level); time = Before(time, level))
        {
            int[] inPeriod = [.. grams, TransferGrams.OfPeriod(workspace, time, TransferGrams.Periods[level])];
            var found = await FindAsync(inPeriod, before, inOrder: false, cancellationToken);
            if (found.Count < FoundMax)
                await TakeAsync(found, cancellationToken);
            else if (level + 1 < TransferGrams.Periods.Count)
                await WalkAsync(grams, before, Latest(first, time), Earliest(last, Next(time, level).AddTicks(-1)), level + 1, cancellationToken);
            else
                await TakeInOrderAsync(inPeriod, before, cancellationToken);
        }
    }

    private async Task TakeInOrderAsync(int[] grams, Guid? before, CancellationToken cancellationToken)
    {
        while (!IsFull)
        {
            var found = await FindAsync(grams, before, inOrder: true, cancellationToken);
            await TakeAsync(found, cancellationToken);
            if (found.Count < FoundMax)
                return;
            before = found[^1];
        }
    }

    /// <summary>Those that pass the other filters, the newest first, until the page is full.</summary>
    private async Task TakeAsync(IReadOnlyList<Guid> found, CancellationToken cancellationToken)
    {
        foreach (var batch in found.OrderByDescending(id => id.ToString(), StringComparer.Ordinal).Chunk(BatchMax))
        {
            if (IsFull)
                return;
            page.AddRange(await TransferStore.PageAsync(session, filter with { Count = filter.Count - page.Count }, batch, cancellationToken));
        }
    }

    private async Task<(IReadOnlyList<Guid> Found, bool IsAll)> NewestAsync(Guid? before, CancellationToken cancellationToken)
    {
        var newest = await session.QueryAsync<Candidate>("""
            select n.id, strpos(n.search_text, @Text) > 0 as fits from (
              select t.id, t.search_text from transfers t where t.workspace_id = @workspace and (@before::uuid is null or t.id < @before) order by t.id desc limit @count) n
            """, new { workspace, before, count = NewestMax, filter.Text }, cancellationToken);
        return ([.. newest.Where(candidate => candidate.Fits).Select(candidate => candidate.Id)], newest.Count < NewestMax);
    }

    private Task<IReadOnlyList<Guid>> FindAsync(int[] grams, Guid? before, bool inOrder, CancellationToken cancellationToken) =>
        session.QueryAsync<Guid>(
            "select * from find_transfers(@grams, @Text, @before, @count, @inOrder)",
            new { grams, filter.Text, before, count = FoundMax, inOrder }, cancellationToken);

    /// <summary>When the oldest and the newest transfer were accepted; null when there is none.</summary>
    private async Task<(DateTimeOffset First, DateTimeOffset Last)?> SpanAsync(CancellationToken cancellationToken)
    {
        const string Sql = "select t.id from transfers t where t.workspace_id = @workspace order by t.id {0} limit 1";
        var first = await session.FindAsync<Guid?>(string.Format(System.Globalization.CultureInfo.InvariantCulture, Sql, "asc"), new { workspace }, cancellationToken);
        var last = await session.FindAsync<Guid?>(string.Format(System.Globalization.CultureInfo.InvariantCulture, Sql, "desc"), new { workspace }, cancellationToken);
        return first is null || last is null ? null : (ExecutionTime.Of(first.Value), ExecutionTime.Of(last.Value));
    }

    private static DateTimeOffset StartOf(DateTimeOffset time, int level) => level switch
    {
        0 => new DateTimeOffset(time.UtcDateTime.Year, time.UtcDateTime.Month, 1, 0, 0, 0, TimeSpan.Zero),
        1 => new DateTimeOffset(time.UtcDateTime.Date, TimeSpan.Zero),
        _ => new DateTimeOffset(time.UtcDateTime.Date.AddHours(time.UtcDateTime.Hour), TimeSpan.Zero),
    };

    private static DateTimeOffset Before(DateTimeOffset start, int level) => StartOf(start.AddTicks(-1), level);

    private static DateTimeOffset Next(DateTimeOffset start, int level) => level switch
    {
        0 => start.AddMonths(1),
        1 => start.AddDays(1),
        _ => start.AddHours(1),
    };

    private static DateTimeOffset Latest(DateTimeOffset one, DateTimeOffset? other) => other > one ? other.Value : one;

    private static DateTimeOffset Earliest(DateTimeOffset one, DateTimeOffset? other) => other < one ? other.Value : one;

    private static Guid? Earlier(Guid? one, Guid? other) =>
        one is null ? other : other is null || string.CompareOrdinal(one.ToString(), other.ToString()) <= 0 ? one : other;

    private sealed record Candidate
    {
        public Guid Id { get; init; }

        public bool Fits { get; init; }
    }
}
