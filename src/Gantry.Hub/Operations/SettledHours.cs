using System.Collections.Concurrent;
using Gantry.Hub.Executions;

namespace Gantry.Hub.Operations;

/// <summary>
/// What the hours that are over came to. A page asks every few seconds for the last day, which may hold a hundred thousand transfers:
/// an hour in which nothing is open any more stays what it is.
/// </summary>
internal sealed class SettledHours
{
    private readonly ConcurrentDictionary<(Guid Workspace, DateTimeOffset At), OverviewHour> hours = new();

    /// <summary>Null when it has to be counted.</summary>
    public OverviewHour? Find(Guid workspace, DateTimeOffset at) => hours.GetValueOrDefault((workspace, at));

    /// <summary>Keeps those that are settled; drops what is too old to be asked for.</summary>
    public void Keep(Guid workspace, IEnumerable<OverviewHour> counted, DateTimeOffset now)
    {
        var hasNew = false;
        foreach (var hour in counted.Where(hour => hour.Open == 0 && hour.At.AddHours(1) + ExecutionStore.AcceptedWithin <= now))
            hasNew |= hours.TryAdd((workspace, hour.At), hour);
        if (!hasNew)
            return;
        foreach (var (key, _) in hours.Where(hour => hour.Key.At.AddHours(OverviewRoutes.HoursMax) < now))
            hours.TryRemove(key, out _);
    }
}
