using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Gantry.Engine.Endpoints;

namespace Gantry.Engine.Transfers;

/// <summary>
/// Lists the source while the way to the target is still being made, so that this is done when the target can be compared. What changes
/// between a listing and the reading of a file is noticed when it is read, as always.
/// </summary>
internal sealed class SourceAhead(TransferRun run)
{
    private const int EntriesMax = 50_000;

    private readonly ConcurrentDictionary<(TransferSide Source, string Folder), List<Entry>> listings = new();

    /// <summary>Begins with this folder, if the target is one that is still connecting.</summary>
    public void Begin(TransferSide source, string folder)
    {
        if (run.Target.Endpoint is not IConnects { Connecting.IsCompleted: false } target)
        {
            return;
        }

        run.Start(() => ListAllAsync(source, folder, target.Connecting));
    }

    /// <summary>What was listed ahead, once; else what the source lists now.</summary>
    public IAsyncEnumerable<Entry> ListAsync(TransferSide source, string folder) =>
        listings.TryRemove((source, folder), out var listing) ? ReplayAsync(listing, run.Token) : source.Endpoint.ListAsync(folder, run.Token);

    private static async IAsyncEnumerable<Entry> ReplayAsync(List<Entry> listing, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (var entry in listing)
        {
            cancellationToken.ThrowIfCancellationRequested();
            yield return entry;
        }

        await ValueTask.CompletedTask;
    }

    private async Task ListAllAsync(TransferSide source, string first, Task connecting)
    {
        try
        {
            var folders = new Queue<string>([first]);
            for (var left = EntriesMax; folders.TryDequeue(out var folder);)
            {
                var listing = new List<Entry>();
                await foreach (var entry in source.Endpoint.ListAsync(folder, run.Token))
                {
                    if (connecting.IsCompleted || --left < 0)
                    {
                        return;
                    }

                    listing.Add(entry);
                    if (entry.Kind == EntryKind.Folder && EndpointPath.IsName(entry.Name))
                    {
                        folders.Enqueue(EndpointPath.Join(folder, entry.Name));
                    }
                }

                listings[(source, folder)] = listing;
            }
        }
        catch (EndpointException)
        {
            // The listing that counts meets the same failure, and tells it.
        }
    }
}
