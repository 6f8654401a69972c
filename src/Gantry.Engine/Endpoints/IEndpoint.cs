namespace Gantry.Engine.Endpoints;

/// <summary>
/// A place for files, opened. Paths are relative to its root: segments joined by '/', no leading '/', no "." or ".." segment, "" is the
/// root itself. All members may be called at once from many threads. Every failure is an <see cref="EndpointException"/>. A connection
/// that was lost is replaced at the next call; what was in flight fails as transient.
/// </summary>
public interface IEndpoint : IAsyncDisposable
{
    /// <summary>The address without secrets, for messages: "sftp://user@host/path".</summary>
    string Address { get; }

    Capabilities Capabilities { get; }

    /// <summary>
    /// Lists one folder while it is being read, in no particular order. A folder that is not there fails with NotFound. Names that are
    /// empty, ".", ".." or hold '/' or NUL never come out of it, whatever the server sends: such a listing fails with Protocol.
    /// </summary>
    IAsyncEnumerable<Entry> ListAsync(string folder, CancellationToken cancellationToken);

    /// <summary>What is at the path (a symbolic link is told as one), or null when nothing is.</summary>
    ValueTask<Entry?> FindAsync(string path, CancellationToken cancellationToken);

    /// <summary>
    /// Reads a file from the offset to its end. The expected size (from a listing) lets a small file be fetched in one go; the stream
    /// gives what is really there, be it shorter or longer.
    /// </summary>
    ValueTask<Stream> OpenReadAsync(string path, long offset, long? expectedSize, CancellationToken cancellationToken);

    /// <summary>
    /// Writes a file whole: under <see cref="WriteOptions.PartialName"/> in the same folder, checked (all bytes acknowledged, the size as
    /// announced), then renamed over the old one. A reader never sees half a file; on any failure the old file stands and the partial one is gone, as far
    /// as the connection allows. The folder must exist. Answers what now is at the path, as a listing would tell it.
    /// </summary>
    ValueTask<Entry> WriteAsync(string path, Stream content, WriteOptions options, CancellationToken cancellationToken);

    /// <summary>Deletes a file or a symbolic link. Deleting what is not there succeeds.</summary>
    ValueTask DeleteFileAsync(string path, CancellationToken cancellationToken);

    /// <summary>Makes a folder and those above it. One that exists already is success.</summary>
    ValueTask CreateFolderAsync(string path, CancellationToken cancellationToken);

    /// <summary>Deletes an empty folder. Deleting what is not there succeeds; one with something in it fails with FolderNotEmpty.</summary>
    ValueTask DeleteFolderAsync(string path, CancellationToken cancellationToken);
}

/// <summary>How a file is written.</summary>
public sealed record WriteOptions
{
    /// <summary>The name under which it grows in the same folder (see <see cref="PartialName"/>). Not used where writes are atomic.</summary>
    public required string PartialName { get; init; }

    /// <summary>In bytes. Content of another length fails with ContentDiffers before the old file is touched; null means not known.</summary>
    public long? Length { get; init; }

    /// <summary>The modification time the file gets; null leaves it to the server.</summary>
    public DateTimeOffset? ModifiedAt { get; init; }

    /// <summary>The permission bits the file gets; null leaves them to the server.</summary>
    public int? UnixMode { get; init; }

    /// <summary>Kept with the file where the endpoint keeps such things (object stores); elsewhere it is lost.</summary>
    public IReadOnlyDictionary<string, string>? Metadata { get; init; }

    /// <summary>What an earlier attempt at the same version of the file left, in the same folder (see <see cref="IWritesRanges"/>); null when there is nothing.</summary>
    public string? EarlierPartialName { get; init; }
}

/// <summary>An endpoint that can rename: at once, over what is at the target path.</summary>
public interface IMoves
{
    ValueTask MoveAsync(string source, string target, CancellationToken cancellationToken);
}

/// <summary>An endpoint that can copy a file onto another of the same kind without the bytes passing through this process.</summary>
public interface ICopiesInside
{
    /// <summary>The bytes pass neither this machine nor its network, so that no bandwidth is drawn on.</summary>
    bool CopiesOnServer => true;

    /// <summary>Whether a copy from that endpoint can be done by this one, which is the target.</summary>
    bool CanCopyFrom(IEndpoint source);

    /// <summary>The same promise as <see cref="IEndpoint.WriteAsync"/>, for content that is a file of the source.</summary>
    ValueTask<Entry> CopyFromAsync(IEndpoint source, string sourcePath, string path, WriteOptions options, CancellationToken cancellationToken);
}

/// <summary>An endpoint whose server computes hashes.</summary>
public interface IHashes
{
    /// <summary>Lower-case names, the best first: "sha256", "md5".</summary>
    IReadOnlyList<string> HashNames { get; }

    /// <summary>Lower-case hexadecimal.</summary>
    ValueTask<string> HashAsync(string path, string hashName, CancellationToken cancellationToken);
}

/// <summary>An endpoint that can set the modification time of a file that is already there.</summary>
public interface ISetsTimes
{
    ValueTask SetModifiedAtAsync(string path, DateTimeOffset modifiedAt, CancellationToken cancellationToken);
}

/// <summary>An endpoint that keeps symbolic links.</summary>
public interface ISymbolicLinks
{
    ValueTask<string> ReadLinkAsync(string path, CancellationToken cancellationToken);

    ValueTask CreateLinkAsync(string path, string linkTarget, CancellationToken cancellationToken);
}

/// <summary>An endpoint whose first call has to wait for a connection, which is begun when it is opened.</summary>
public interface IConnects
{
    /// <summary>Completes when the first connection stands or could not be made; never fails.</summary>
    Task Connecting { get; }
}
