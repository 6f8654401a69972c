using System.Collections.Concurrent;

namespace Gantry.EndToEnd.Specs.Canaries;

/// <summary>Looks at the arguments and variables of every process of this machine, again and again until it is disposed of.</summary>
internal sealed class ProcessWatch : IAsyncDisposable
{
    private readonly CancellationTokenSource stopping = new();
    private readonly ConcurrentDictionary<string, bool> programs = new(StringComparer.Ordinal);
    private readonly ConcurrentQueue<string> found = new();
    private readonly byte[] knower;
    private readonly Task watching;

    /// <param name="knower">The process that may have canaries in its own variables, and so has them in those of a child that does not run its program yet.</param>
    public ProcessWatch(int? knower = null)
    {
        this.knower = knower is { } id ? File.ReadAllBytes($"/proc/{id}/cmdline") : [];
        watching = Task.Run(WatchAsync);
    }

    public IReadOnlyCollection<string> Found => found;

    /// <summary>The first words of those that were there.</summary>
    public IEnumerable<string> Programs => programs.Keys;

    public async ValueTask DisposeAsync()
    {
        await stopping.CancelAsync();
        await watching;
        stopping.Dispose();
    }

    private async Task WatchAsync()
    {
        while (!stopping.IsCancellationRequested)
        {
            foreach (var folder in Directory.EnumerateDirectories("/proc").Where(folder => char.IsAsciiDigit(folder[6])))
            {
                // In this order: a process does not go back from its program to that of its parent.
                if (!Look(folder, "cmdline").SequenceEqual(knower)) Look(folder, "environ");
            }

            await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System, stopping.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private byte[] Look(string folder, string file)
    {
        try
        {
            var bytes = File.ReadAllBytes(Path.Combine(folder, file));
            if (file == "cmdline" && bytes.Length > 0)
            {
                programs.TryAdd(System.Text.Encoding.UTF8.GetString(bytes.AsSpan(0, Math.Max(0, bytes.AsSpan().IndexOf((byte)0)))), true);
            }

            foreach (var place in Canary.FindIn($"{folder}/{file}", bytes))
            {
                found.Enqueue(place);
            }

            return bytes;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // It has ended, or is somebody else's.
            return [];
        }
    }
}
