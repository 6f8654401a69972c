using System.Runtime.CompilerServices;
using Gantry.Engine.Endpoints;
using Gantry.Hub.Database;

namespace Gantry.Hub.Executions.Files;

/// <summary>The folder that holds one file of an execution, or that file itself: read by those who may see the execution, and changed by nobody.</summary>
/// <param name="database">Where it rests.</param>
/// <param name="actor">Who reads.</param>
/// <param name="file">The file.</param>
/// <param name="isFile">The root is the file.</param>
internal sealed class ExecutionFileEndpoint(HubDatabase database, Actor actor, ExecutionFile file, bool isFile) : IEndpoint, IHashes
{
    public string Address { get; } = ExecutionFileAddress.Of(file.ExecutionId, file.Id, isFile ? file.Name : "");

    public Capabilities Capabilities { get; } = new() { TimePrecision = TimeSpan.FromTicks(10), KeepsGivenTimes = false };

    public IReadOnlyList<string> HashNames { get; } = ["sha256"];

    private string Path => isFile ? "" : file.Name;

    public async IAsyncEnumerable<Entry> ListAsync(string folder, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        EndpointPath.Check(folder);
        if (isFile || folder.Length > 0)
            throw folder == Path ? new EndpointException(EndpointError.NotAFolder, $"'{EndpointPath.Printable(file.Name)}' is a file.") : NotThere(folder);
        await Task.CompletedTask;
        yield return Entry();
    }

    public ValueTask<Entry?> FindAsync(string path, CancellationToken cancellationToken)
    {
        EndpointPath.Check(path);
        return ValueTask.FromResult(path == Path ? Entry() : path.Length == 0 ? new Entry { Name = "", Kind = EntryKind.Folder } : null);
    }

    public ValueTask<Stream> OpenReadAsync(string path, long offset, long? expectedSize, CancellationToken cancellationToken)
    {
        EndpointPath.Check(path);
        if (path != Path)
            throw path.Length == 0 ? new EndpointException(EndpointError.IsAFolder, $"'{Address}' is a folder.") : NotThere(path);
        return ValueTask.FromResult<Stream>(new ExecutionFileStream(database, actor, file, offset));
    }

    public ValueTask<string> HashAsync(string path, string hashName, CancellationToken cancellationToken) => path == Path
        ? hashName == "sha256" ? ValueTask.FromResult(file.Sha256) : throw new EndpointException(EndpointError.NotSupported, $"Of files of executions there is sha256, not '{hashName}'.")
        : throw NotThere(path);

    public ValueTask<Entry> WriteAsync(string path, Stream content, WriteOptions options, CancellationToken cancellationToken) => throw ReadOnly();

    public ValueTask DeleteFileAsync(string path, CancellationToken cancellationToken) => throw ReadOnly();

    public ValueTask CreateFolderAsync(string path, CancellationToken cancellationToken) => throw ReadOnly();

    public ValueTask DeleteFolderAsync(string path, CancellationToken cancellationToken) => throw ReadOnly();

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private Entry Entry() => new()
    {
        Name = file.Name,
        Kind = EntryKind.File,
        Size = file.Size,
        ModifiedAt = file.CreatedAt,
        Hash = new FileHash("sha256", file.Sha256),
    };

    private static EndpointException NotThere(string path) => new(EndpointError.NotFound, $"There is nothing at '{EndpointPath.Printable(path)}'.");

    private EndpointException ReadOnly() =>
        new(EndpointError.PermissionDenied, $"'{EndpointPath.Printable(Address)}' is kept with its execution and cannot be changed. Copy it to a place of your own.");
}
