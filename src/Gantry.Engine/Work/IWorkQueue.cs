namespace Gantry.Engine.Work;

/// <summary>Brings news of work to workers: in this process, or over a broker. Losing a message loses time, never work.</summary>
public interface IWorkQueue
{
    ValueTask PublishAsync(IReadOnlyList<WorkItem> items, CancellationToken cancellationToken);

    /// <summary>Waits for at least one item and answers those at hand, at most so many.</summary>
    ValueTask<IReadOnlyList<WorkItem>> ReadAsync(int itemsMax, CancellationToken cancellationToken);
}
