using System.Runtime.CompilerServices;
using Gantry.Engine.Endpoints;

namespace Gantry.Engine.Specs.Transfers;

/// <summary>An endpoint in which a test can interfere: before each call, and with what is read and listed.</summary>
internal sealed class FaultyEndpoint(IEndpoint inner) : IEndpoint
{
    /// <summary>Called with the member's name and its path; it may wait or throw.</summary>
    public Func<string, string, ValueTask>? Before { get; set; }

    public Func<string, Stream, Stream>? Reading { get; set; }

    public Func<string, IAsyncEnumerable<Entry>, IAsyncEnumerable<Entry>>? Listing { get; set; }

    public List<string> Calls { get; } = [];

    public string Address { get; init; } = inner.Address;

    public Capabilities Capabilities { get; set; } = inner.Capabilities;

    public async IAsyncEnumerable<Entry> ListAsync(string folder, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await TellAsync("list", folder);
        var entries = inner.ListAsync(folder, cancellationToken);
        await foreach (var entry in (Listing?.Invoke(folder, entries) ?? entries).WithCancellation(cancellationToken))
        {
            yield return entry;
        }
    }

    public async ValueTask<Entry?> FindAsync(string path, CancellationToken cancellationToken)
    {
        await TellAsync("find", path);
        return await inner.FindAsync(path, cancellationToken);
    }

    public async ValueTask<Stream> OpenReadAsync(string path, long offset, long? expectedSize, CancellationToken cancellationToken)
    {
        await TellAsync("read", path);
        var stream = await inner.OpenReadAsync(path, offset, expectedSize, cancellationToken);
        return Reading?.Invoke(path, stream) ?? stream;
    }

    public async ValueTask<Entry> WriteAsync(string path, Stream content, WriteOptions options, CancellationToken cancellationToken)
    {
        await TellAsync("write", path);
        return await inner.WriteAsync(path, content, options, cancellationToken);
    }

    public async ValueTask DeleteFileAsync(string path, CancellationToken cancellationToken)
    {
        await TellAsync("delete", path);
        await inner.DeleteFileAsync(path, cancellationToken);
    }

    public async ValueTask CreateFolderAsync(string path, CancellationToken cancellationToken)
    {
        await TellAsync("create", path);
        await inner.CreateFolderAsync(path, cancellationToken);
    }

    public async ValueTask DeleteFolderAsync(string path, CancellationToken cancellationToken)
    {
        await TellAsync("remove", path);
        await inner.DeleteFolderAsync(path, cancellationToken);
    }

    public int CallsOf(string member)
    {
        lock (Calls)
        {
            return Calls.Count(call => call.StartsWith(member + " ", StringComparison.Ordinal));
        }
    }

    public ValueTask DisposeAsync() => inner.DisposeAsync();

    private ValueTask TellAsync(string member, string path)
    {
        lock (Calls)
        {
            Calls.Add($"{member} {path}");
        }

        return Before?.Invoke(member, path) ?? ValueTask.CompletedTask;
    }
}
