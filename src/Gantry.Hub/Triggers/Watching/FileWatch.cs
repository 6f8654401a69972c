using System.Text.Json;
using Gantry.Engine.Endpoints;
using Gantry.Engine.Plans.Triggers;

namespace Gantry.Hub.Triggers.Watching;

/// <summary>Watches one endpoint for one trigger, until it is stopped.</summary>
internal sealed class FileWatch(TriggerContext trigger, FilesTrigger files, ArrivalStore store, EventDelivery delivery, TriggerWork work, TimeProvider clock) : IDisposable
{
    private const int TogetherMax = 1_000;

    /// <summary>Between two looks while changes go on.</summary>
    private static readonly TimeSpan PauseMin = TimeSpan.FromMilliseconds(100);

    private readonly SemaphoreSlim changed = new(0, 1);

    public void Dispose() => changed.Dispose();

    /// <exception cref="EndpointException">The endpoint cannot be looked at; later perhaps.</exception>
    public async Task RunAsync(IEndpoint endpoint, CancellationToken cancellationToken)
    {
        using var watching = Watch(endpoint);
        var scan = new FileScan(files, endpoint, clock);
        while (true)
        {
            var started = clock.GetTimestamp();
            await ListAsync(scan, started, cancellationToken);
            var listing = clock.GetElapsedTime(started);
            var next = files.Interval > listing ? files.Interval : listing;
            await RestAsync(scan, clock.GetTimestamp(), next, watching is not null, cancellationToken);

            // Changes that go on all the time may take half of it.
            await Task.Delay(listing > PauseMin ? listing : PauseMin, clock, cancellationToken);
        }
    }

    /// <summary>Until the next listing is due. Where changes are told, what has not settled is looked at file by file; elsewhere all is listed once more for it.</summary>
    private async Task RestAsync(FileScan scan, long since, TimeSpan next, bool isTold, CancellationToken cancellationToken)
    {
        while (next - clock.GetElapsedTime(since) is var left && left > TimeSpan.Zero)
        {
            var settles = scan.SettlesIn is { } time ? time + TimeSpan.FromMilliseconds(20) : (TimeSpan?)null;
            if (await IsToldAsync(settles < left ? settles.Value : left, cancellationToken))
                return;
            if (scan.SettlesIn != TimeSpan.Zero)
                continue;
            if (!isTold)
                return;
            await scan.LookAgainAsync(found => HandleAsync(found, null, cancellationToken), cancellationToken);
        }
    }

    private async Task ListAsync(FileScan scan, long started, CancellationToken cancellationToken)
    {
        var before = await store.ScannedAtAsync(trigger, cancellationToken);
        if (before is null && files.SkipsExisting)
        {
            await SkipAsync(scan, cancellationToken);
        }
        else
        {
            await scan.ListAsync(paths => HandledAsync(paths, cancellationToken), found => HandleAsync(found, before, cancellationToken), cancellationToken);
        }

        await store.ScannedAsync(trigger, clock.GetElapsedTime(started), cancellationToken);
    }

    private async Task SkipAsync(FileScan scan, CancellationToken cancellationToken)
    {
        Task SkipAsync(IReadOnlyList<UnsettledFile> found) => store.SkipAsync(trigger, [.. found.Select(file => Arrived(file, file.FirstSeenAt, Guid.Empty))], cancellationToken);
        await scan.ListAsync(paths => HandledAsync(paths, cancellationToken), SkipAsync, cancellationToken);
        await SkipAsync([.. scan.Unsettled]);
    }

    private Task<IReadOnlyDictionary<string, string>> HandledAsync(IReadOnlyList<string> paths, CancellationToken cancellationToken) => store.HandledAsync(trigger, paths, cancellationToken);

    private async Task HandleAsync(IReadOnlyList<UnsettledFile> found, DateTimeOffset? before, CancellationToken cancellationToken)
    {
        // What it starts is the plan as it is now.
        if (await store.RefreshAsync(trigger, cancellationToken) is not { } now)
            throw new OperationCanceledException(cancellationToken);
        if (files.IsBatch)
        {
            foreach (var together in found.Chunk(TogetherMax))
                await HandleTogetherAsync(now, together, before, cancellationToken);
            return;
        }

        var fresh = await store.RecordAsync(now, [.. found.Select(file => Arrived(file, TimeOf(file, before), Guid.CreateVersion7()))], cancellationToken);
        await Task.WhenAll(fresh.Select(file => DeliverAsync(now, file.EventId, cancellationToken, file)));
    }

    private async Task HandleTogetherAsync(TriggerContext now, UnsettledFile[] found, DateTimeOffset? before, CancellationToken cancellationToken)
    {
        var eventId = Guid.CreateVersion7();
        var byPath = found.ToDictionary(file => file.Path, StringComparer.Ordinal);
        string PayloadOf(IReadOnlyList<ArrivedFile> arrived) => TriggerPayload.Of(now, eventId, json =>
        {
            json.WriteString("endpoint", files.Endpoint);
            json.WriteStartArray("files");
            foreach (var file in arrived)
            {
                json.WriteStartObject();
                WriteFile(json, byPath[file.Path]);
                json.WriteEndObject();
            }

            json.WriteEndArray();
        });
        var arrived = await store.RecordTogetherAsync(now, eventId, [.. found.Select(file => Arrived(file, TimeOf(file, before), eventId))], PayloadOf, cancellationToken);
        if (arrived.Count > 0 && await work.FindEventAsync(now.WorkspaceId, eventId, cancellationToken) is { } stored)
            await delivery.DeliverAsync(stored, cancellationToken);
    }

    private Task DeliverAsync(TriggerContext now, Guid eventId, CancellationToken cancellationToken, ArrivedFile file) =>
        delivery.DeliverNewAsync(now, eventId, file.Path, file.Payload, file.OccurredAt, cancellationToken);

    private ArrivedFile Arrived(UnsettledFile file, DateTimeOffset at, Guid eventId) =>
        new(file.Path, file.Version, at, eventId, TriggerPayload.Of(trigger, eventId, json =>
        {
            json.WriteString("endpoint", files.Endpoint);
            WriteFile(json, file);
        }));

    private void WriteFile(Utf8JsonWriter json, UnsettledFile file)
    {
        json.WriteString("path", Executions.ExecutionJson.Storable(file.Path));
        json.WriteString("name", Executions.ExecutionJson.Storable(file.Entry.Name));
        json.WriteString("address", Executions.ExecutionJson.Storable(AddressOf(files.Endpoint, file.Path)));
        json.WriteNumber("size", file.Entry.Size);
        if ((file.Entry.ModifiedAt ?? file.Entry.StoredAt) is { } time)
            json.WriteString("modified_at", time.UtcDateTime);
        if (file.Entry.Hash is { } hash)
            json.WriteString("etag", hash.Hex);
    }

    /// <summary>By which a step of the plan opens a file of the watched place.</summary>
    public static string AddressOf(string endpoint, string path) => endpoint.EndsWith(':') || endpoint.EndsWith('/') ? endpoint + path : $"{endpoint}/{path}";

    /// <summary>When it came: as it was seen, or, when nobody looked for long, when it says it was changed, if that lies between.</summary>
    private DateTimeOffset TimeOf(UnsettledFile file, DateTimeOffset? before)
    {
        if (before is not { } last || file.FirstSeenAt - last < 2 * files.Interval || (file.Entry.ModifiedAt ?? file.Entry.StoredAt) is not { } time)
            return file.FirstSeenAt;
        return time < last ? last : time > file.FirstSeenAt ? file.FirstSeenAt : time;
    }

    private IDisposable? Watch(IEndpoint endpoint)
    {
        try
        {
            return (endpoint as IWatches)?.Watch(Tell);
        }
        catch (EndpointException)
        {
            // Then it is listed at intervals, as others are; whether it can be listed is told by that.
            return null;
        }
    }

    private void Tell()
    {
        try
        {
            changed.Release();
        }
        catch (Exception told) when (told is SemaphoreFullException or ObjectDisposedException)
        {
            // It is told already, or nobody hears it any more.
        }
    }

    private async Task<bool> IsToldAsync(TimeSpan wait, CancellationToken cancellationToken) => await changed.WaitAsync(wait, cancellationToken);
}
