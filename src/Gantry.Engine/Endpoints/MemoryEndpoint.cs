using System.Runtime.CompilerServices;
using System.Security.Cryptography;

namespace Gantry.Engine.Endpoints;

/// <summary>
/// A place for files in memory: the reference implementation of the contract, and a stage for tests of everything that uses one.
/// Links to folders are followed inside the root, never out of it.
/// </summary>
public sealed partial class MemoryEndpoint : IEndpoint, IMoves, IHashes, ISetsTimes, ISymbolicLinks, IReadsWhole, IWritesRanges, IReadsRanges
{
    private const int LinksMax = 40;

    private readonly Lock gate = new();
    private readonly MemoryNode root = MemoryNode.Folder();
    private readonly TimeProvider clock;

    /// <param name="address">For messages.</param>
    /// <param name="clock">Gives files without a stated time theirs.</param>
    public MemoryEndpoint(string address = "memory:", TimeProvider? clock = null)
    {
        Address = address;
        this.clock = clock ?? TimeProvider.System;
    }

    public string Address { get; }

    public Capabilities Capabilities { get; init; } = new() { TimePrecision = TimeSpan.FromTicks(1), ConcurrentFiles = 16 };

    public IReadOnlyList<string> HashNames { get; init; } = ["sha256", "md5"];

    public async IAsyncEnumerable<Entry> ListAsync(string folder, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        EndpointPath.Check(folder);
        List<Entry> entries;
        lock (gate)
        {
            entries = [.. FolderAt(folder).Children!.Select(child => EntryOf(child.Key, child.Value))];
        }

        foreach (var entry in entries)
        {
            cancellationToken.ThrowIfCancellationRequested();
            yield return entry;
        }

        await ValueTask.CompletedTask;
    }

    public ValueTask<Entry?> FindAsync(string path, CancellationToken cancellationToken)
    {
        EndpointPath.Check(path);
        cancellationToken.ThrowIfCancellationRequested();
        lock (gate)
        {
            var node = Find(path, followsLast: false);
            return ValueTask.FromResult(node is null ? null : EntryOf(EndpointPath.NameOf(path), node));
        }
    }

    public ValueTask<Stream> OpenReadAsync(string path, long offset, long? expectedSize, CancellationToken cancellationToken)
    {
        EndpointPath.CheckBelowRoot(path);
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        cancellationToken.ThrowIfCancellationRequested();
        lock (gate)
        {
            var content = FileAt(path).Content!;
            var start = (int)Math.Min(offset, content.Length);
            return ValueTask.FromResult<Stream>(new MemoryStream(content, start, content.Length - start, writable: false));
        }
    }

    public int ReadWhole(string path, Span<byte> buffer)
    {
        EndpointPath.CheckBelowRoot(path);
        lock (gate)
        {
            var content = FileAt(path).Content!;
            var count = Math.Min(content.Length, buffer.Length);
            content.AsSpan(0, count).CopyTo(buffer);
            return count;
        }
    }

    public async ValueTask<Entry> WriteAsync(string path, Stream content, WriteOptions options, CancellationToken cancellationToken)
    {
        EndpointPath.CheckBelowRoot(path);
        var partialPath = EndpointPath.Join(EndpointPath.ParentOf(path), options.PartialName);
        EndpointPath.CheckPartialName(options.PartialName);
        cancellationToken.ThrowIfCancellationRequested();
        var file = MemoryNode.File([], clock.GetUtcNow(), options.UnixMode ?? MemoryNode.FileMode);
        lock (gate)
        {
            FolderAt(EndpointPath.ParentOf(path)).Children![CheckedName(partialPath)] = file;
        }

        try
        {
            using var buffer = new MemoryStream();
            await content.CopyToAsync(buffer, cancellationToken).ConfigureAwait(false);
            if (options.Length is { } length && length != buffer.Length)
            {
                throw new EndpointException(
                    EndpointError.ContentDiffers,
                    $"'{EndpointPath.Printable(path)}' was announced with {length} bytes and came with {buffer.Length}.",
                    isTransient: true);
            }

            lock (gate)
            {
                file.Content = buffer.ToArray();
                file.ModifiedAt = options.ModifiedAt?.ToUniversalTime() ?? clock.GetUtcNow();
                return Move(partialPath, path);
            }
        }
        finally
        {
            lock (gate)
            {
                RemovePartial(partialPath, file);
            }
        }
    }

    public ValueTask DeleteFileAsync(string path, CancellationToken cancellationToken)
    {
        EndpointPath.CheckBelowRoot(path);
        cancellationToken.ThrowIfCancellationRequested();
        lock (gate)
        {
            if (Find(path, followsLast: false) is { } node)
            {
                if (node.Kind == EntryKind.Folder)
                {
                    throw Failure(EndpointError.IsAFolder, path, "is a folder, not a file");
                }

                FolderAt(EndpointPath.ParentOf(path)).Children!.Remove(EndpointPath.NameOf(path));
            }
        }

        return ValueTask.CompletedTask;
    }

    public ValueTask CreateFolderAsync(string path, CancellationToken cancellationToken)
    {
        EndpointPath.Check(path);
        cancellationToken.ThrowIfCancellationRequested();
        lock (gate)
        {
            for (var end = 0; end < path.Length;)
            {
                var slash = path.IndexOf('/', end + 1);
                end = slash < 0 ? path.Length : slash;
                var folder = path[..end];
                switch (Find(folder, followsLast: true))
                {
                    case null when Find(folder, followsLast: false) is not null:
                    case { Kind: not EntryKind.Folder }:
                        throw Failure(EndpointError.NotAFolder, folder, "is not a folder");
                    case null:
                        FolderAt(EndpointPath.ParentOf(folder)).Children![CheckedName(folder)] = MemoryNode.Folder(clock.GetUtcNow());
                        break;
                }
            }
        }

        return ValueTask.CompletedTask;
    }

    public ValueTask DeleteFolderAsync(string path, CancellationToken cancellationToken)
    {
        EndpointPath.CheckBelowRoot(path);
        cancellationToken.ThrowIfCancellationRequested();
        lock (gate)
        {
            if (Find(path, followsLast: false) is { } node)
            {
                if (node.Kind != EntryKind.Folder)
                {
                    throw Failure(EndpointError.NotAFolder, path, "is not a folder");
                }

                if (node.Children!.Count > 0)
                {
                    throw Failure(EndpointError.FolderNotEmpty, path, "is a folder with something in it");
                }

                FolderAt(EndpointPath.ParentOf(path)).Children!.Remove(EndpointPath.NameOf(path));
            }
        }

        return ValueTask.CompletedTask;
    }

    public ValueTask MoveAsync(string source, string target, CancellationToken cancellationToken)
    {
        EndpointPath.CheckBelowRoot(source);
        EndpointPath.CheckBelowRoot(target);
        cancellationToken.ThrowIfCancellationRequested();
        lock (gate)
        {
            Move(source, target);
        }

        return ValueTask.CompletedTask;
    }

    public ValueTask<string> HashAsync(string path, string hashName, CancellationToken cancellationToken)
    {
        EndpointPath.CheckBelowRoot(path);
        cancellationToken.ThrowIfCancellationRequested();
        lock (gate)
        {
            var content = FileAt(path).Content!;
            return ValueTask.FromResult(Convert.ToHexStringLower(hashName switch
            {
                "sha256" => SHA256.HashData(content),
                "md5" => MD5.HashData(content),
                _ => throw new EndpointException(EndpointError.NotSupported, $"'{Address}' has no hash '{hashName}', only: sha256, md5."),
            }));
        }
    }

    public ValueTask SetModifiedAtAsync(string path, DateTimeOffset modifiedAt, CancellationToken cancellationToken)
    {
        EndpointPath.CheckBelowRoot(path);
        cancellationToken.ThrowIfCancellationRequested();
        lock (gate)
        {
            (Find(path, followsLast: true) ?? throw NotFound(path)).ModifiedAt = modifiedAt.ToUniversalTime();
        }

        return ValueTask.CompletedTask;
    }

    public ValueTask<string> ReadLinkAsync(string path, CancellationToken cancellationToken)
    {
        EndpointPath.CheckBelowRoot(path);
        cancellationToken.ThrowIfCancellationRequested();
        lock (gate)
        {
            var node = Find(path, followsLast: false) ?? throw NotFound(path);
            return ValueTask.FromResult(node.LinkTarget ?? throw Failure(EndpointError.NotSupported, path, "is not a symbolic link"));
        }
    }

    public ValueTask CreateLinkAsync(string path, string linkTarget, CancellationToken cancellationToken)
    {
        EndpointPath.CheckBelowRoot(path);
        ArgumentException.ThrowIfNullOrEmpty(linkTarget);
        cancellationToken.ThrowIfCancellationRequested();
        lock (gate)
        {
            if (Find(path, followsLast: false) is { Kind: EntryKind.Folder })
            {
                throw Failure(EndpointError.IsAFolder, path, "is a folder, where a link was to be made");
            }

            FolderAt(EndpointPath.ParentOf(path)).Children![CheckedName(path)] = MemoryNode.Link(linkTarget, clock.GetUtcNow());
        }

        return ValueTask.CompletedTask;
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private static Entry EntryOf(string name, MemoryNode node) => new()
    {
        Name = name,
        Kind = node.Kind,
        Size = node.Content?.Length ?? 0,
        ModifiedAt = node.ModifiedAt,
        UnixMode = node.UnixMode,
        LinkTarget = node.LinkTarget,
    };

    private Entry Move(string source, string target)
    {
        var node = Find(source, followsLast: false) ?? throw NotFound(source);
        var targetFolder = FolderAt(EndpointPath.ParentOf(target));
        if (ReferenceEquals(Find(target, followsLast: false), node))
        {
            return EntryOf(EndpointPath.NameOf(target), node);
        }

        if (Find(target, followsLast: false) is { Kind: EntryKind.Folder } old && (node.Kind != EntryKind.Folder || old.Children!.Count > 0))
        {
            throw Failure(node.Kind == EntryKind.Folder ? EndpointError.FolderNotEmpty : EndpointError.IsAFolder, target, "is a folder that stands in the way");
        }

        if (target.StartsWith(source + "/", StringComparison.Ordinal))
        {
            throw Failure(EndpointError.BadPath, target, $"lies inside '{EndpointPath.Printable(source)}', which was to be moved there");
        }

        var name = CheckedName(target);
        FolderAt(EndpointPath.ParentOf(source)).Children!.Remove(EndpointPath.NameOf(source));
        targetFolder.Children![name] = node;
        return EntryOf(name, node);
    }

    private void RemovePartial(string partialPath, MemoryNode file)
    {
        var folder = Find(EndpointPath.ParentOf(partialPath), followsLast: true);
        var name = EndpointPath.NameOf(partialPath);
        if (folder?.Children is { } children && children.TryGetValue(name, out var left) && ReferenceEquals(left, file))
        {
            children.Remove(name);
        }
    }

    private string CheckedName(string path)
    {
        var name = EndpointPath.NameOf(path);
        return NameBytes.Count(name) <= Capabilities.NameBytesMax
            ? name
            : throw Failure(EndpointError.BadPath, path, $"has a name longer than {Capabilities.NameBytesMax} bytes");
    }

    private MemoryNode FolderAt(string path)
    {
        var node = Find(path, followsLast: true) ?? throw NotFound(path);
        return node.Kind == EntryKind.Folder ? node : throw Failure(EndpointError.NotAFolder, path, "is not a folder");
    }

    private MemoryNode FileAt(string path)
    {
        var node = Find(path, followsLast: true) ?? throw NotFound(path);
        return node.Kind switch
        {
            EntryKind.File => node,
            EntryKind.Folder => throw Failure(EndpointError.IsAFolder, path, "is a folder, not a file"),
            _ => throw Failure(EndpointError.NotSupported, path, "is not a file"),
        };
    }

    private MemoryNode? Find(string path, bool followsLast)
    {
        var trail = new Stack<MemoryNode>([root]);
        var pending = new Stack<string>(path.Split('/', StringSplitOptions.RemoveEmptyEntries).Reverse());
        for (var links = 0; pending.TryPop(out var segment);)
        {
            if (segment == "." || (segment == ".." && trail.Count > 1 && trail.TryPop(out _)))
            {
                continue;
            }

            if (trail.Peek().Children is not { } children || !children.TryGetValue(segment, out var node))
            {
                return null;
            }

            if (node.LinkTarget is { } target && (pending.Count > 0 || followsLast))
            {
                if (target.StartsWith('/') || ++links > LinksMax)
                {
                    return null;
                }

                foreach (var next in target.Split('/', StringSplitOptions.RemoveEmptyEntries).Reverse())
                {
                    pending.Push(next);
                }

                continue;
            }

            trail.Push(node);
        }

        return trail.Peek();
    }

    private EndpointException NotFound(string path) => Failure(EndpointError.NotFound, path, "is not there");

    private EndpointException Failure(EndpointError error, string path, string what) =>
        new(error, $"'{EndpointPath.Printable(path)}' {what} ({Address}).");
}
