using Gantry.Engine.Endpoints;

namespace Gantry.TestServers;

/// <summary>Passes every call on; a test's endpoint derives from it and changes what it is about.</summary>
public abstract class PassingEndpoint(IEndpoint inner) : IEndpoint
{
    public string Address => inner.Address;

    public virtual Capabilities Capabilities => inner.Capabilities;

    public virtual IAsyncEnumerable<Entry> ListAsync(string folder, CancellationToken cancellationToken) => inner.ListAsync(folder, cancellationToken);

    public virtual ValueTask<Entry?> FindAsync(string path, CancellationToken cancellationToken) => inner.FindAsync(path, cancellationToken);

    public virtual ValueTask<Stream> OpenReadAsync(string path, long offset, long? expectedSize, CancellationToken cancellationToken) =>
        inner.OpenReadAsync(path, offset, expectedSize, cancellationToken);

    public virtual ValueTask<Entry> WriteAsync(string path, Stream content, WriteOptions options, CancellationToken cancellationToken) =>
        inner.WriteAsync(path, content, options, cancellationToken);

    public virtual ValueTask DeleteFileAsync(string path, CancellationToken cancellationToken) => inner.DeleteFileAsync(path, cancellationToken);

    public virtual ValueTask CreateFolderAsync(string path, CancellationToken cancellationToken) => inner.CreateFolderAsync(path, cancellationToken);

    public virtual ValueTask DeleteFolderAsync(string path, CancellationToken cancellationToken) => inner.DeleteFolderAsync(path, cancellationToken);

    public ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return inner.DisposeAsync();
    }
}
