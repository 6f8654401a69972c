using Gantry.Engine.Endpoints;

namespace Gantry.Engine.Transfers;

/// <summary>What can be refused before anything is touched.</summary>
internal static class RequestCheck
{
    private const int TransferIdMin = 8;
    private const int TransferIdMax = 32;

    public static void Check(TransferRequest request)
    {
        Require(request.Sources.Count > 0, "A transfer needs a source.");
        Require(request.Mode != TransferMode.Sync || request.Sources.Count == 1, "A sync takes exactly one source: what is not in it is deleted at the target.");
        Require(request.Mode == TransferMode.Sync || request.Purges || request.DeletesMax is null, "A bound on deletions belongs to a sync or a purge; nothing else deletes at the target.");
        Require(request.DeletesMax is null or >= 0, "The bound on deletions is a number from 0.");
        Require(request.Mode != TransferMode.Sync || request.Selection.Metadata is null, "A sync cannot select by metadata: what it leaves out would count as gone, and be deleted at the target.");
        Require(request.Mode != TransferMode.Sync || request.Target.Files is null, "A sync makes the target like the source: the names of its files cannot be made by a template. Copy instead.");
        Require(request.Target.Files is null || request.SymbolicLinks != SymbolicLinkPolicy.Keep, "Symbolic links cannot be kept where a template names the files: skip or follow them.");
        Require(!request.Purges || request.Mode is TransferMode.Copy or TransferMode.Move, "A purge belongs to a copy or a move; a sync deletes what the source does not have anyhow.");
        Require(
            !request.Purges || (request.Target.Files is null && request.Target.FileName is null),
            "A purge deletes all else in the target's folder, so the target is a folder and not a template or a file's name.");
        Require(!request.Purges || request.Selection is { Only: null, Except: null }, "A purge cannot go with a list of files: all others would be deleted at the target.");
        if (request.BackupFolder is { } backup)
        {
            EndpointPath.Check(backup);
            Require(backup.Length > 0, "The backup folder has no name.");
        }

        Require(request.Retries >= 0, "The number of retries is a number from 0.");
        Require(
            request.Sources.All(source => source.ConcurrentFiles is null or (>= 1 and <= 4096)) && request.Target.ConcurrentFiles is null or (>= 1 and <= 4096),
            "The number of files in flight at a side is a number from 1 to 4096.");
        Require(request.ConcurrentFiles is null or (>= 1 and <= 4096), "The number of files in flight is a number from 1 to 4096.");
        Require(
            request.TransferId is null || (request.TransferId.Length is >= TransferIdMin and <= TransferIdMax && request.TransferId.All(char.IsAsciiLetterOrDigit)),
            "A transfer id has 8 to 32 characters of [0-9a-z].");
        EndpointPath.Check(request.Target.Folder);
        foreach (var source in request.Sources)
        {
            EndpointPath.Check(source.Path);
            Require(source.Name is null || EndpointPath.IsName(source.Name), $"'{EndpointPath.Printable(source.Name ?? "")}' cannot be the name of a folder.");
        }

        Require(
            request.Target.FileName is not { } name || EndpointPath.IsName(name),
            $"'{EndpointPath.Printable(request.Target.FileName ?? "")}' cannot be the name of a file.");
    }

    /// <summary>
    /// Refuses folders that would be copied into themselves, and for sync and purge a source that its own deletions would reach.
    /// </summary>
    public static void CheckPlaces(TransferRequest request, string from, string to)
    {
        Require(from != to, $"The source and the target are the same place: '{EndpointPath.Printable(from)}'.");
        Require(!to.StartsWith(from.TrimEnd('/') + "/", StringComparison.Ordinal), $"The target '{EndpointPath.Printable(to)}' lies inside of the source: it would be copied into itself without end.");
        Require(
            (request.Mode != TransferMode.Sync && !request.Purges) || !from.StartsWith(to.TrimEnd('/') + "/", StringComparison.Ordinal),
            $"The source '{EndpointPath.Printable(from)}' lies inside of the target: the {(request.Purges ? "purge" : "sync")} would delete it.");
    }

    /// <summary>Refuses a file that would be copied onto itself.</summary>
    public static void CheckFile(TransferRequest request, TransferSource source, string targetPath) =>
        Require(
            PlaceOf(source.Endpoint, source.Path) != PlaceOf(request.Target.Endpoint, targetPath),
            $"The source and the target are the same file: '{EndpointPath.Printable(PlaceOf(source.Endpoint, source.Path))}'.");

    /// <summary>The address of a path at the endpoint, as it is written.</summary>
    public static string PlaceOf(IEndpoint endpoint, string path) =>
        path.Length == 0 ? endpoint.Address.TrimEnd('/') : $"{endpoint.Address.TrimEnd('/')}/{path}";

    private static void Require(bool condition, string message)
    {
        if (!condition)
        {
            throw new EndpointException(EndpointError.BadSetting, message);
        }
    }
}
