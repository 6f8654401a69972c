using Gantry.Engine.Work;

namespace Gantry.Hub.Executions;

/// <summary>Which executions can be claimed now, as this process hears of it. What does not fit is found again in the database.</summary>
internal sealed class WorkNews(int itemsMax)
{
    public MemoryQueue Queue { get; } = new(itemsMax);

    public void Publish(IReadOnlyList<Guid> executionIds)
    {
        // This queue never waits.
        if (executionIds.Count > 0)
            _ = Queue.PublishAsync([.. executionIds.Select(id => new WorkItem(id))], CancellationToken.None);
    }
}
