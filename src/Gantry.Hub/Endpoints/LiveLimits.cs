using System.Collections.Concurrent;
using Gantry.Engine.Endpoints;
using Gantry.Engine.Endpoints.Limits;

namespace Gantry.Hub.Endpoints;

/// <summary>
/// The limits of the endpoints that this process has moved files at: one object an endpoint, shared by all its transfers here, changed while they run. Several hubs
/// do not share: each keeps to the limits by itself.
/// </summary>
internal sealed partial class LiveLimits(TimeProvider clock, ILogger<LiveLimits> logger)
{
    private readonly ConcurrentDictionary<(Guid WorkspaceId, string Name), Entry> entries = [];

    /// <summary>Those whose changes have to be heard of.</summary>
    public IReadOnlyList<(Guid WorkspaceId, string Name)> Known => [.. entries.Keys];

    /// <summary>The same object for each caller, as the endpoint is saved or as it has been changed since.</summary>
    /// <exception cref="EndpointException">This program does not understand what was saved.</exception>
    public EndpointLimits Of(Guid workspaceId, SavedEndpoint saved)
    {
        var entry = entries.GetOrAdd((workspaceId, saved.Name), _ => new Entry(new EndpointLimits(LimitSettings.Parse(saved.Limits), clock), saved.UpdatedAt, SavedEndpoint.Write(saved.Limits)));
        Update(entry, saved.Limits, saved.UpdatedAt);
        return entry.Limits;
    }

    /// <summary>What the database says now; an endpoint that is gone has no limits, for those that still use it.</summary>
    public void Change(Guid workspaceId, string name, string? limits, DateTimeOffset? updatedAt)
    {
        if (!entries.TryGetValue((workspaceId, name), out var entry))
            return;
        try
        {
            if (limits is null)
                Forget((workspaceId, name), entry);
            else
                Update(entry, SavedEndpoint.Read(limits), updatedAt.GetValueOrDefault());
        }
        catch (EndpointException unknown)
        {
            Log.NotUnderstood(logger, name, unknown.Message);
        }
    }

    private void Forget((Guid WorkspaceId, string Name) key, Entry entry)
    {
        entries.TryRemove(KeyValuePair.Create(key, entry));
        entry.Limits.Update(new LimitSettings());
    }

    private static void Update(Entry entry, IReadOnlyDictionary<string, string> limits, DateTimeOffset updatedAt)
    {
        var text = SavedEndpoint.Write(limits);
        lock (entry)
        {
            // An answer that was asked for earlier may come later.
            if (updatedAt < entry.UpdatedAt || text == entry.Text)
                return;
            entry.Limits.Update(LimitSettings.Parse(limits));
            (entry.Text, entry.UpdatedAt) = (text, updatedAt);
        }
    }

    private sealed class Entry(EndpointLimits limits, DateTimeOffset updatedAt, string text)
    {
        public EndpointLimits Limits => limits;

        public DateTimeOffset UpdatedAt { get; set; } = updatedAt;

        public string Text { get; set; } = text;
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "The changed limits of endpoint {Endpoint} are not understood by this hub, which keeps to the former ones: {Reason}")]
        public static partial void NotUnderstood(ILogger logger, string endpoint, string reason);
    }
}
