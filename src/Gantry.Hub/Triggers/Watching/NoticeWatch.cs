using Gantry.Engine.Endpoints;
using Gantry.Engine.Plans.Triggers;
using Gantry.Engine.Work;

namespace Gantry.Hub.Triggers.Watching;

/// <summary>Takes what a store tells of new objects out of its queue, until it is stopped. A notice leaves the queue when all that it tells of is on record.</summary>
internal sealed class NoticeWatch(TriggerContext trigger, StoreEventsTrigger store, ArrivalStore arrivals, EventDelivery delivery, TriggerStarter starter, TimeProvider clock)
{
    /// <exception cref="EndpointException">The queue cannot be asked; later perhaps.</exception>
    public async Task RunAsync(IEndpoint endpoint, CancellationToken cancellationToken)
    {
        if (endpoint is not ITellsOfFiles telling)
            throw new EndpointException(EndpointError.NotSupported, $"'{endpoint.Address}' tells of no files through a queue. Name an endpoint of the kind s3.");
        await using var notices = telling.OpenNotices(store.Queue);
        var selection = store.Selection;
        while (true)
        {
            var received = await notices.ReceiveAsync(cancellationToken);
            await arrivals.BrokenAsync(trigger, null, cancellationToken);
            if (received.Count == 0)
                continue;
            FaultPoint.Pass("notice.received");
            if (await arrivals.RefreshAsync(trigger, cancellationToken) is not { } now)
                return;
            foreach (var notice in received)
            {
                if (notice.Problem is { } problem)
                    await NoteAsync(now, $"notice:{notice.Id}", $"Notice {notice.Id}", notice.Text ?? "", dead: problem, filtered: null);
                foreach (var change in notice.Changes)
                    await HandleAsync(now, change, WhyNot(change, selection), cancellationToken);
                FaultPoint.Pass("notice.stored");
                await notices.ForgetAsync(notice, cancellationToken);
                FaultPoint.Pass("notice.forgotten");
            }
        }
    }

    private static string? WhyNot(FileChange change, Gantry.Engine.Transfers.FileSelection selection) =>
        !change.IsArrival ? $"It tells of {change.Event}, and not of something that was stored."
        : change.Path is not { } path ? "It is not below the endpoint's folder."
        : !selection.IncludesPath(path) ? "'match' does not fit it."
        : null;

    private async Task HandleAsync(TriggerContext now, FileChange change, string? whyNot, CancellationToken cancellationToken)
    {
        var version = change.Order ?? change.Version ?? change.ETag ?? change.At?.UtcTicks.ToString("D20", System.Globalization.CultureInfo.InvariantCulture) ?? "0";
        var key = $"{change.Place}\n{change.Event}\n{version}";
        if (whyNot is not null)
        {
            await NoteAsync(now, key, change.Place, "", dead: null, filtered: whyNot);
            return;
        }

        var eventId = Guid.CreateVersion7();
        var file = new ArrivedFile(change.Path!, version, clock.GetUtcNow(), eventId, PayloadOf(now, eventId, change));

        // What has no order in itself is only told from what is the same.
        var order = change.Order is not null
            ? await arrivals.RecordInOrderAsync(now, file, change.Place, cancellationToken)
            : (await arrivals.RecordAsync(now, [file], cancellationToken)).Count;
        if (order > 0)
            await delivery.DeliverNewAsync(now, eventId, change.Place, file.Payload, file.OccurredAt, cancellationToken);
        else if (order == 0)
            await NoteAsync(now, $"{file.Path}\n{version}", change.Place, "", dead: null, filtered: "The same was seen before.");
        else
            await NoteAsync(now, key, change.Place, "", dead: null, filtered: "A newer version of the object was seen before.");
    }

    private async Task NoteAsync(TriggerContext now, string key, string summary, string text, string? dead, string? filtered)
    {
        var eventId = Guid.CreateVersion7();
        await starter.DeliverAsync(new SeenEvent
        {
            Id = eventId,
            Trigger = now,
            Key = TriggerTexts.Key(key),
            Summary = summary,
            Payload = TriggerPayload.Of(now, eventId, json =>
            {
                json.WriteString("object", summary);
                if (text.Length > 0)
                    json.WriteString("text", Executions.ExecutionJson.Storable(text));
            }),
            OccurredAt = clock.GetUtcNow(),
            DeadBecause = dead,
            FilteredBecause = filtered,
            NotesDuplicate = true,
        });
    }

    private string PayloadOf(TriggerContext now, Guid eventId, FileChange change) => TriggerPayload.Of(now, eventId, json =>
    {
        json.WriteString("endpoint", store.Endpoint);
        json.WriteString("path", change.Path);
        json.WriteString("name", EndpointPath.NameOf(change.Path!));
        json.WriteString("address", FileWatch.AddressOf(store.Endpoint, change.Path!));
        json.WriteString("event", change.Event);
        if (change.Size is { } size)
            json.WriteNumber("size", size);
        json.WriteString("etag", change.ETag);
        json.WriteString("version", change.Version);
        json.WriteString("sequencer", change.Order);
        if (change.At is { } at)
            json.WriteString("at", at.UtcDateTime);
    });
}
