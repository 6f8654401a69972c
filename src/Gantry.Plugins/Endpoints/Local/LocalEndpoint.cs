using System.Buffers;
using System.Security.Cryptography;
using Gantry.Engine.Endpoints;
using Microsoft.Win32.SafeHandles;

namespace Gantry.Plugins.Endpoints.Local;

/// <summary>A folder of this machine. Small files are read and written on the caller's thread: whoever wants many at once calls from many.</summary>
internal sealed partial class LocalEndpoint : IEndpoint, IMoves, ICopiesInside, IHashes, ISetsTimes, ISymbolicLinks, IReadsWhole, IWritesRanges, IReadsRanges, IWatches, ITellsRealPath
{
    private const int SmallBytesMax = 256 * 1024;
    private const int BufferBytes = 256 * 1024;

    private readonly LocalRoot root;
    private readonly LocalFolders folders;

    public LocalEndpoint(string fullPath, IReadOnlyList<string>? allowedRoots)
    {
        root = new LocalRoot(fullPath, allowedRoots);
        folders = new LocalFolders(root);
    }

    public string Address => root.FullPath;

    public Capabilities Capabilities { get; } = new()
    {
        TimePrecision = TimeSpan.FromTicks(1),
        ConcurrentFiles = Math.Max(4, Environment.ProcessorCount * 2),
        ConcurrentListings = Math.Max(2, Environment.ProcessorCount),
    };

    public IReadOnlyList<string> HashNames { get; } = ["sha256", "sha1", "md5"];

    public IAsyncEnumerable<Entry> ListAsync(string folder, CancellationToken cancellationToken)
    {
        EndpointPath.Check(folder);
        return List(folder, cancellationToken).ToAsyncEnumerable();
    }

    public ValueTask<Entry?> FindAsync(string path, CancellationToken cancellationToken)
    {
        EndpointPath.Check(path);
        cancellationToken.ThrowIfCancellationRequested();
        return ValueTask.FromResult(path.Length == 0 ? FindRoot() : Find(path));
    }

    public ValueTask<string?> RealPathAsync(string folder, CancellationToken cancellationToken)
    {
        EndpointPath.Check(folder);
        return ValueTask.FromResult<string?>(root.RealPathOf(folder));
    }

    public ValueTask<Stream> OpenReadAsync(string path, long offset, long? expectedSize, CancellationToken cancellationToken)
    {
        EndpointPath.Check(path);
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        cancellationToken.ThrowIfCancellationRequested();
        var file = OpenFile(path, out var size);
        return ValueTask.FromResult<Stream>(new LocalReadStream(file, root.FullPathOf(path), offset, isSmall: size <= SmallBytesMax));
    }

    public int ReadWhole(string path, Span<byte> buffer)
    {
        EndpointPath.CheckBelowRoot(path);

        // NonBlocking: a FIFO would otherwise wait here for its other end. It fails in the reading, which names a position.
        using var file = root.Open(path, LinuxFiles.ReadOnly | LinuxFiles.NonBlocking);
        while (true)
        {
            var read = LinuxFiles.Read(file, buffer, 0);
            if (read >= 0)
            {
                return read;
            }

            if (read != -LocalErrors.Interrupted)
            {
                throw LocalErrors.Of(-read, root.FullPathOf(path));
            }
        }
    }

    public async ValueTask<Entry> WriteAsync(string path, Stream content, WriteOptions options, CancellationToken cancellationToken)
    {
        EndpointPath.CheckBelowRoot(path);
        cancellationToken.ThrowIfCancellationRequested();
        var isSmall = options.Length is <= SmallBytesMax;
        using var partial = LocalPartial.Create(root, folders, path, options);

        // One byte more than announced shows in one reading that the content ends there.
        var buffer = ArrayPool<byte>.Shared.Rent(isSmall ? (int)options.Length!.Value + 1 : BufferBytes);
        try
        {
            while (await content.ReadAsync(buffer, cancellationToken).ConfigureAwait(false) is > 0 and var read)
            {
                if (isSmall)
                {
                    partial.Write(buffer.AsSpan(0, read));
                }
                else
                {
                    await Task.Run(() => partial.Write(buffer.AsSpan(0, read)), cancellationToken).ConfigureAwait(false);
                }
            }

            return partial.Publish();
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    public ValueTask DeleteFileAsync(string path, CancellationToken cancellationToken)
    {
        EndpointPath.CheckBelowRoot(path);
        cancellationToken.ThrowIfCancellationRequested();
        Remove(path, isFolder: false);
        return ValueTask.CompletedTask;
    }

    public ValueTask CreateFolderAsync(string path, CancellationToken cancellationToken)
    {
        EndpointPath.Check(path);
        cancellationToken.ThrowIfCancellationRequested();
        CreateFolder(path);
        return ValueTask.CompletedTask;
    }

    public ValueTask DeleteFolderAsync(string path, CancellationToken cancellationToken)
    {
        EndpointPath.CheckBelowRoot(path);
        cancellationToken.ThrowIfCancellationRequested();
        Remove(path, isFolder: true);
        return ValueTask.CompletedTask;
    }

    public ValueTask MoveAsync(string source, string target, CancellationToken cancellationToken)
    {
        EndpointPath.CheckBelowRoot(source);
        EndpointPath.CheckBelowRoot(target);
        cancellationToken.ThrowIfCancellationRequested();
        using var sourceFolder = root.OpenParent(source);
        using var targetFolder = root.OpenParent(target);
        var answer = LinuxFiles.Rename(sourceFolder, EndpointPath.NameOf(source), targetFolder, EndpointPath.NameOf(target));
        if (answer == -LocalErrors.OtherDevice)
        {
            throw new EndpointException(
                EndpointError.NotSupported,
                $"'{EndpointPath.Printable(root.FullPathOf(source))}' cannot be renamed to '{EndpointPath.Printable(target)}', which is on another file system: copy it and delete it.");
        }

        Check(answer, answer == -LocalErrors.NotThere ? source : target);
        return ValueTask.CompletedTask;
    }

    public bool CopiesOnServer => false;

    public bool CanCopyFrom(IEndpoint source) => source is LocalEndpoint;

    public ValueTask<Entry> CopyFromAsync(IEndpoint source, string sourcePath, string path, WriteOptions options, CancellationToken cancellationToken)
    {
        EndpointPath.Check(sourcePath);
        EndpointPath.CheckBelowRoot(path);
        cancellationToken.ThrowIfCancellationRequested();
        if (source is not LocalEndpoint local)
        {
            throw new EndpointException(EndpointError.NotSupported, $"A local endpoint cannot copy inside from '{source.Address}'.");
        }

        return options.Length is <= SmallBytesMax
            ? ValueTask.FromResult(Copy(local, sourcePath, path, options, cancellationToken))
            : new(Task.Run(() => Copy(local, sourcePath, path, options, cancellationToken), cancellationToken));
    }

    public ValueTask<string> HashAsync(string path, string hashName, CancellationToken cancellationToken)
    {
        EndpointPath.CheckBelowRoot(path);
        var algorithm = hashName switch
        {
            "sha256" => HashAlgorithmName.SHA256,
            "sha1" => HashAlgorithmName.SHA1,
            "md5" => HashAlgorithmName.MD5,
            _ => throw new EndpointException(EndpointError.NotSupported, $"There is no hash '{hashName}' here, only: {string.Join(", ", HashNames)}."),
        };
        var file = OpenFile(path, out var size);
        return size <= SmallBytesMax
            ? ValueTask.FromResult(Hash(file, path, algorithm, cancellationToken))
            : new(Task.Run(() => Hash(file, path, algorithm, cancellationToken), CancellationToken.None));
    }

    public ValueTask SetModifiedAtAsync(string path, DateTimeOffset modifiedAt, CancellationToken cancellationToken)
    {
        EndpointPath.CheckBelowRoot(path);
        cancellationToken.ThrowIfCancellationRequested();
        using var folder = root.OpenParent(path);
        Check(LinuxFiles.SetTimes(folder, EndpointPath.NameOf(path), modifiedAt), path);
        return ValueTask.CompletedTask;
    }

    public ValueTask<string> ReadLinkAsync(string path, CancellationToken cancellationToken)
    {
        EndpointPath.CheckBelowRoot(path);
        cancellationToken.ThrowIfCancellationRequested();
        return ValueTask.FromResult(ReadLink(path));
    }

    /// <summary>In place of the file or the link that is there already.</summary>
    public ValueTask CreateLinkAsync(string path, string linkTarget, CancellationToken cancellationToken)
    {
        EndpointPath.CheckBelowRoot(path);
        ArgumentException.ThrowIfNullOrEmpty(linkTarget);
        cancellationToken.ThrowIfCancellationRequested();
        using var folder = root.OpenParent(path);
        var name = EndpointPath.NameOf(path);
        var answer = LinuxFiles.CreateLink(linkTarget, folder, name);
        if (answer != -LocalErrors.Exists)
        {
            Check(answer, path);
            return ValueTask.CompletedTask;
        }

        var temporaryName = PartialName.Of(name, null, null, Guid.CreateVersion7().ToString("N"));
        Check(LinuxFiles.CreateLink(linkTarget, folder, temporaryName), path);
        answer = LinuxFiles.Rename(folder, temporaryName, folder, name);
        if (answer < 0)
        {
            LinuxFiles.Remove(folder, temporaryName, isFolder: false);
            Check(answer, path);
        }

        return ValueTask.CompletedTask;
    }

    public ValueTask DisposeAsync()
    {
        folders.Dispose();
        root.Dispose();
        return ValueTask.CompletedTask;
    }

    private IEnumerable<Entry> List(string folder, CancellationToken cancellationToken)
    {
        var handle = root.Open(folder, LinuxFiles.ReadOnly | LinuxFiles.FolderOnly);
        return LocalListing.Read(handle, root.FullPathOf(folder), cancellationToken);
    }

    private Entry? FindRoot()
    {
        try
        {
            using var handle = root.OpenItself(LinuxFiles.PathOnly);
            Check(LinuxFiles.Stat(handle, out var stat), "");
            return stat.ToEntry("");
        }
        catch (EndpointException exception) when (exception.Error is EndpointError.NotFound or EndpointError.NotAFolder)
        {
            return null;
        }
    }

    private Entry? Find(string path)
    {
        var parent = EndpointPath.ParentOf(path);
        SafeFileHandle folder;
        try
        {
            folder = root.Open(parent, LinuxFiles.PathOnly | LinuxFiles.FolderOnly);
        }
        catch (EndpointException exception) when (exception.Error is EndpointError.NotFound or EndpointError.NotAFolder)
        {
            return null;
        }

        using (folder)
        {
            var name = EndpointPath.NameOf(path);
            var answer = LinuxFiles.Stat(folder, name, out var stat);
            if (answer == -LocalErrors.NotThere)
            {
                return null;
            }

            Check(answer, path);
            return stat.ToEntry(name, stat.Kind == EntryKind.SymbolicLink ? LinuxFiles.ReadLink(folder, name, out _) : null);
        }
    }

    private string ReadLink(string path)
    {
        using var folder = root.OpenParent(path);
        return LinuxFiles.ReadLink(folder, EndpointPath.NameOf(path), out var errno) ?? throw (errno == LocalErrors.BadArgument
            ? new EndpointException(EndpointError.NotSupported, $"'{EndpointPath.Printable(root.FullPathOf(path))}' is not a symbolic link.")
            : LocalErrors.Of(errno, root.FullPathOf(path)));
    }

    private SafeFileHandle OpenFile(string path, out long size)
    {
        // NonBlocking: a FIFO would otherwise wait here for its other end.
        var file = root.Open(path, LinuxFiles.ReadOnly | LinuxFiles.NonBlocking);
        try
        {
            Check(LinuxFiles.Stat(file, out var stat), path);
            size = stat.Size;
            return stat.Kind switch
            {
                EntryKind.File => file,
                EntryKind.Folder => throw LocalErrors.Of(LocalErrors.IsAFolder, root.FullPathOf(path)),
                _ => throw new EndpointException(
                    EndpointError.NotSupported, $"'{EndpointPath.Printable(root.FullPathOf(path))}' is a device, a socket or a FIFO and is not read."),
            };
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    private void Remove(string path, bool isFolder)
    {
        SafeFileHandle folder;
        try
        {
            folder = root.OpenParent(path);
        }
        catch (EndpointException exception) when (exception.Error == EndpointError.NotFound)
        {
            return;
        }

        using (folder)
        {
            var name = EndpointPath.NameOf(path);
            var answer = LinuxFiles.Remove(folder, name, isFolder);
            if (answer != -LocalErrors.NotThere)
            {
                Check(answer, path);
            }
        }
    }

    private void CreateFolder(string path)
    {
        if (path.Length == 0)
        {
            root.Create();
            return;
        }

        var answer = root.TryCreateFolder(path);
        if (answer == -LocalErrors.NotThere)
        {
            CreateFolder(EndpointPath.ParentOf(path));
            answer = root.TryCreateFolder(path);
        }

        if (answer == -LocalErrors.Exists)
        {
            using var existing = root.Open(path, LinuxFiles.PathOnly | LinuxFiles.FolderOnly);
            return;
        }

        Check(answer, path);
    }

    private Entry Copy(LocalEndpoint source, string sourcePath, string path, WriteOptions options, CancellationToken cancellationToken)
    {
        if (options.Length is not <= SmallBytesMax)
        {
            using var file = source.OpenFile(sourcePath, out _);
            using var large = LocalPartial.Create(root, folders, path, options);
            return new LocalCopy(file, source.root.FullPathOf(sourcePath), large, root.FullPathOf(path), cancellationToken).Run(options.Length);
        }

        // One byte more than expected shows in one reading that the file ends there.
        var buffer = ArrayPool<byte>.Shared.Rent((int)options.Length.Value + 1);
        try
        {
            var read = source.ReadWhole(sourcePath, buffer);
            using var partial = LocalPartial.Create(root, folders, path, options);
            partial.Write(buffer.AsSpan(0, read));
            return partial.Publish();
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private string Hash(SafeFileHandle file, string path, HashAlgorithmName algorithm, CancellationToken cancellationToken)
    {
        using var reader = new LocalReadStream(file, root.FullPathOf(path), 0, isSmall: true);
        using var hash = IncrementalHash.CreateHash(algorithm);
        var buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
        try
        {
            while (reader.Read(buffer) is > 0 and var read)
            {
                cancellationToken.ThrowIfCancellationRequested();
                hash.AppendData(buffer, 0, read);
            }

            return Convert.ToHexStringLower(hash.GetHashAndReset());
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private void Check(int answer, string path)
    {
        if (answer < 0)
        {
            throw LocalErrors.Of(-answer, root.FullPathOf(path));
        }
    }
}
