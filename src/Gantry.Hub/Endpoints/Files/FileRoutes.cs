using Gantry.Engine.Endpoints;
using Gantry.Hub.Audit;
using Gantry.Hub.Web;

namespace Gantry.Hub.Endpoints.Files;

/// <summary>Folders made, files renamed and deleted, each on record.</summary>
internal static class FileRoutes
{
    private const int PathsMax = 100_000;
    private const int CountMax = 1_000_000;

    public static async Task<FileCount> CountAsync(string name, PathsRequest request, Caller caller, OpenEndpoints endpoints, CancellationToken cancellationToken)
    {
        var paths = Check(request.Paths);
        await using var use = await endpoints.EnterAsync(caller, name, cancellationToken);
        return await use.DoAsync(endpoint => new FolderWalk(endpoint).CountAsync(paths, CountMax, cancellationToken));
    }

    public static async Task<FileCount> DeleteAsync(
        string name, DeletionRequest request, Caller caller, OpenEndpoints endpoints, EndpointAccess access, HttpContext context, CancellationToken cancellationToken)
    {
        var paths = Check(request.Paths);
        await using var use = await endpoints.EnterAsync(caller, name, cancellationToken);
        var walk = new FolderWalk(use.Endpoint);
        try
        {
            await walk.DeleteAsync(paths, request.Recursive, cancellationToken);
        }
        catch (EndpointException failure)
        {
            var problem = use.Problem(failure);
            throw walk.Deleted is { Files: 0, Folders: 0 } ? problem
                : new ProblemException(problem.Status, $"{problem.Message} Before that, {walk.Deleted.Files} files and {walk.Deleted.Folders} folders were deleted.");
        }
        finally
        {
            // What is gone is on record, however it ended.
            if (walk.Deleted is not { Files: 0, Folders: 0 })
                await RecordAsync(access, caller, context, "files.deleted", name, new { Paths = paths.Take(100), walk.Deleted.Files, walk.Deleted.Folders });
        }

        return walk.Deleted;
    }

    public static async Task<FileView> RenameAsync(
        string name, RenameRequest request, Caller caller, OpenEndpoints endpoints, EndpointAccess access, HttpContext context, CancellationToken cancellationToken)
    {
        CheckBelowRoot(request.From);
        CheckBelowRoot(request.To);
        if (request.To.StartsWith(request.From + "/", StringComparison.Ordinal))
            throw ProblemException.Conflict($"'{EndpointPath.Printable(request.From)}' cannot be moved into itself.");
        await using var use = await endpoints.EnterAsync(caller, name, cancellationToken);
        var renamed = await use.DoAsync(async endpoint =>
        {
            if (endpoint is not IMoves mover)
                throw new EndpointException(EndpointError.NotSupported, $"'{name}' cannot rename: start a transfer in the mode 'move' instead.");
            if (await endpoint.FindAsync(request.From, cancellationToken) is null)
                throw new EndpointException(EndpointError.NotFound, $"There is nothing at '{EndpointPath.Printable(request.From)}'.");
            await RefuseTakenAsync(endpoint, request.To, cancellationToken);
            await mover.MoveAsync(request.From, request.To, cancellationToken);
            return await endpoint.FindAsync(request.To, cancellationToken) ?? throw Vanished(request.To);
        });
        await RecordAsync(access, caller, context, "file.renamed", name, new { request.From, request.To });
        return FileView.Of(renamed);
    }

    public static async Task<IResult> CreateFolderAsync(
        string name, FolderRequest request, Caller caller, OpenEndpoints endpoints, EndpointAccess access, HttpContext context, CancellationToken cancellationToken)
    {
        CheckBelowRoot(request.Path);
        await using var use = await endpoints.EnterAsync(caller, name, cancellationToken);
        var made = await use.DoAsync(async endpoint =>
        {
            await RefuseTakenAsync(endpoint, request.Path, cancellationToken);
            await endpoint.CreateFolderAsync(request.Path, cancellationToken);
            return await endpoint.FindAsync(request.Path, cancellationToken)
                ?? (endpoint.Capabilities.FoldersAreImplied ? new Entry { Name = EndpointPath.NameOf(request.Path), Kind = EntryKind.Folder } : throw Vanished(request.Path));
        });
        await RecordAsync(access, caller, context, "folder.created", name, new { request.Path });
        return TypedResults.Created((string?)null, FileView.Of(made));
    }

    /// <summary>After what was done at the endpoint: whoever asked may be gone by then, and it is on record all the same.</summary>
    public static async Task RecordAsync(EndpointAccess access, Caller caller, HttpContext context, string action, string name, object details)
    {
        await using var session = await access.Database.OpenAsync(caller.Actor, CancellationToken.None);
        await AuditLog.AppendAsync(session, context, action, name, details, CancellationToken.None);
        await session.CommitAsync(CancellationToken.None);
    }

    /// <exception cref="ProblemException">It is no path of something in an endpoint.</exception>
    public static string CheckBelowRoot(string? path)
    {
        try
        {
            EndpointPath.CheckBelowRoot(path ?? "");
            return path!;
        }
        catch (EndpointException wrong)
        {
            throw ProblemException.Invalid(wrong.Message);
        }
    }

    private static IReadOnlyList<string> Check(IReadOnlyList<string> paths) => paths.Count is >= 1 and <= PathsMax
        ? [.. paths.Select(CheckBelowRoot)]
        : throw ProblemException.Invalid($"The field 'paths' is a list of 1 to {PathsMax} paths.");

    private static async Task RefuseTakenAsync(IEndpoint endpoint, string path, CancellationToken cancellationToken)
    {
        if (await endpoint.FindAsync(path, cancellationToken) is { } taken)
            throw new EndpointException(EndpointError.AlreadyExists, $"There is a {(taken.Kind == EntryKind.Folder ? "folder" : "file")} '{EndpointPath.Printable(path)}' already.");
    }

    private static EndpointException Vanished(string path) => new(EndpointError.NotFound, $"'{EndpointPath.Printable(path)}' was there and is gone: somebody else has moved or deleted it.");
}
