using Gantry.Engine.Endpoints;

namespace Gantry.Engine.Specs.Transfers;

/// <summary>Says after each writing that one byte is missing.</summary>
internal sealed class LyingEndpoint(IEndpoint inner) : IEndpoint
{
    public string Address => inner.Address;

    public Capabilities Capabilities => inner.Capabilities;

    public IAsyncEnumerable<Entry> ListAsync(string folder, CancellationToken cancellationToken) => inner.ListAsync(folder, cancellationToken);

    public ValueTask<Entry?> FindAsync(string path, CancellationToken cancellationToken) => inner.FindAsync(path, cancellationToken);

    public ValueTask<Stream> OpenReadAsync(string path, long offset, long? expectedSize, CancellationToken cancellationToken) =>
        inner.OpenReadAsync(path, offset, expectedSize, cancellationToken);

    public async ValueTask<Entry> WriteAsync(string path, Stream content, WriteOptions options, CancellationToken cancellationToken)
    {
        var entry = await inner.WriteAsync(path, content, options, cancellationToken);
        return entry with { Size = entry.Size - 1 };
    }

    public ValueTask DeleteFileAsync(string path, CancellationToken cancellationToken) => inner.DeleteFileAsync(path, cancellationToken);

    public ValueTask CreateFolderAsync(string path, CancellationToken cancellationToken) => inner.CreateFolderAsync(path, cancellationToken);

    public ValueTask DeleteFolderAsync(string path, CancellationToken cancellationToken) => inner.DeleteFolderAsync(path, cancellationToken);

    public ValueTask DisposeAsync() => inner.DisposeAsync();
}
