namespace Gantry.Engine.Endpoints;

/// <summary>Large files in ranges.</summary>
public sealed partial class MemoryEndpoint
{
    public long RangedFromBytes { get; init; } = 1024 * 1024;

    /// <summary>How long the ranges are, in bytes, in which it takes a large file.</summary>
    public int RangeBytes { get; init; } = 128 * 1024;

    public int ConcurrentRanges { get; init; } = 4;

    public ValueTask<Stream> OpenRangeAsync(string path, long offset, long length, CancellationToken cancellationToken)
    {
        EndpointPath.CheckBelowRoot(path);
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        cancellationToken.ThrowIfCancellationRequested();
        lock (gate)
        {
            var content = FileAt(path).Content!;
            var start = (int)Math.Min(offset, content.Length);
            return ValueTask.FromResult<Stream>(new MemoryStream(content, start, (int)Math.Min(length, content.Length - start), writable: false));
        }
    }

    public ValueTask<IRangedWrite> BeginRangesAsync(string path, WriteOptions options, CancellationToken cancellationToken)
    {
        EndpointPath.CheckBelowRoot(path);
        EndpointPath.CheckPartialName(options.PartialName);
        cancellationToken.ThrowIfCancellationRequested();
        var partialPath = EndpointPath.Join(EndpointPath.ParentOf(path), options.PartialName);
        lock (gate)
        {
            var siblings = FolderAt(EndpointPath.ParentOf(path)).Children!;
            if (siblings.TryGetValue(EndpointPath.NameOf(path), out var there) && there.Kind == EntryKind.Folder)
            {
                throw Failure(EndpointError.IsAFolder, path, "is a folder that stands in the way");
            }

            var file = options.EarlierPartialName is { } earlier
                && siblings.TryGetValue(earlier, out var left)
                && left.Kind == EntryKind.File
                && siblings.Remove(earlier)
                && left.Content!.Length <= options.Length
                ? left
                : MemoryNode.File([], clock.GetUtcNow(), options.UnixMode ?? MemoryNode.FileMode);
            siblings[CheckedName(partialPath)] = file;
            return ValueTask.FromResult<IRangedWrite>(new RangedWrite(this, path, partialPath, options, file));
        }
    }

    /// <summary>A file that grows range by range; what arrived is seen under its partial name.</summary>
    private sealed class RangedWrite : IRangedWrite
    {
        private readonly MemoryEndpoint endpoint;
        private readonly string path;
        private readonly string partialPath;
        private readonly WriteOptions options;
        private readonly MemoryNode file;
        private readonly byte[] bytes;
        private readonly long certainBytes;

        public RangedWrite(MemoryEndpoint endpoint, string path, string partialPath, WriteOptions options, MemoryNode file)
        {
            this.endpoint = endpoint;
            this.path = path;
            this.partialPath = partialPath;
            this.options = options;
            this.file = file;
            bytes = new byte[options.Length!.Value];
            file.Content!.CopyTo(bytes, 0);
            certainBytes = file.Content!.Length - WindowBytes;
        }

        public int RangeBytes => endpoint.RangeBytes;

        public int ConcurrentRanges => endpoint.ConcurrentRanges;

        public long WindowBytes => 2L * endpoint.ConcurrentRanges * endpoint.RangeBytes;

        public bool Has(long offset) => offset + RangeBytes <= certainBytes;

        public async ValueTask WriteAsync(long offset, Stream content, long length, CancellationToken cancellationToken)
        {
            // A range is its own buffer first: what fails half-way leaves nothing of it.
            var range = new byte[length];
            await content.ReadExactlyAsync(range, cancellationToken).ConfigureAwait(false);
            cancellationToken.ThrowIfCancellationRequested();
            lock (endpoint.gate)
            {
                CheckIsThere();
                range.CopyTo(bytes, offset);
                file.Content = bytes[..(int)Math.Max(file.Content!.Length, offset + length)];
                file.ModifiedAt = endpoint.clock.GetUtcNow();
            }
        }

        public ValueTask<Entry> CompleteAsync(CancellationToken cancellationToken)
        {
            cancellationToken.ThrowIfCancellationRequested();
            lock (endpoint.gate)
            {
                CheckIsThere();
                if (file.Content!.Length != options.Length)
                {
                    throw new EndpointException(
                        EndpointError.ContentDiffers,
                        $"'{EndpointPath.Printable(path)}' was announced with {options.Length} bytes and came with {file.Content.Length}.",
                        isTransient: true);
                }

                file.ModifiedAt = options.ModifiedAt?.ToUniversalTime() ?? endpoint.clock.GetUtcNow();
                return ValueTask.FromResult(endpoint.Move(partialPath, path));
            }
        }

        public ValueTask AbandonAsync()
        {
            lock (endpoint.gate)
            {
                endpoint.RemovePartial(partialPath, file);
            }

            return ValueTask.CompletedTask;
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;

        private void CheckIsThere()
        {
            if (!ReferenceEquals(endpoint.Find(partialPath, followsLast: false), file))
            {
                throw endpoint.NotFound(partialPath);
            }
        }
    }
}
