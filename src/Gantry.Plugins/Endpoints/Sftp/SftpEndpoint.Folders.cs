using Gantry.Engine.Endpoints;

namespace Gantry.Plugins.Endpoints.Sftp;

/// <summary>Folders are made with those above them.</summary>
internal sealed partial class SftpEndpoint
{
    private async ValueTask MakeFolderAsync(SftpConnection connection, string path, CancellationToken cancellationToken)
    {
        var reply = await MakeOneFolderAsync(connection, new SftpPath(root, path), cancellationToken).ConfigureAwait(false);
        if (reply.Status == SftpStatus.NoSuchFile)
        {
            await CreateFolderAsync(EndpointPath.ParentOf(path), cancellationToken).ConfigureAwait(false);
            reply = await MakeOneFolderAsync(connection, new SftpPath(root, path), cancellationToken).ConfigureAwait(false);
        }

        if (reply.IsOk)
        {
            return;
        }

        var there = await AskAsync(connection, SftpWire.Stat, path, cancellationToken).ConfigureAwait(false);
        if (there.Attributes?.Kind != EntryKind.Folder)
        {
            throw there.IsOk
                ? new EndpointException(EndpointError.NotAFolder, $"'{PlaceOf(path)}' is there and is not a folder.")
                : SftpErrors.Of(reply, PlaceOf(path), "made");
        }
    }

    /// <summary>
    /// Makes the root itself and all above it, in one burst that ends with the question whether it is there now. A server that does not keep
    /// the order is asked segment by segment.
    /// </summary>
    private async ValueTask MakeRootAsync(SftpConnection connection, CancellationToken cancellationToken)
    {
        var isThere = new SftpRequest(connection);
        var last = isThere;
        using (var batch = connection.Begin())
        {
            foreach (var folder in RootSegments())
            {
                batch.MakeFolder(last = new SftpRequest(connection), new SftpPath(folder));
            }

            batch.ForPath(isThere, SftpWire.Stat, new SftpPath(root, ""));
        }

        var reply = await last.ReplyAsync(cancellationToken).ConfigureAwait(false);
        if ((await isThere.ReplyAsync(cancellationToken).ConfigureAwait(false)).Attributes?.Kind == EntryKind.Folder)
        {
            return;
        }

        foreach (var folder in RootSegments())
        {
            reply = await MakeOneFolderAsync(connection, new SftpPath(folder), cancellationToken).ConfigureAwait(false);
        }

        if (!await IsFolderAsync(connection, new SftpPath(root, ""), cancellationToken).ConfigureAwait(false))
        {
            throw reply.IsOk || reply.Status == SftpStatus.Failure
                ? new EndpointException(EndpointError.NotAFolder, $"'{Address}' is there and is not a folder.")
                : SftpErrors.Of(reply, Address, "made");
        }
    }

    /// <summary>The root's folders from the top: "/a", "/a/b", "/a/b/c". Of "/" there are none: it is there.</summary>
    private IEnumerable<string> RootSegments()
    {
        for (var end = root == "/" ? 1 : 0; end < root.Length;)
        {
            var slash = root.IndexOf('/', end + 1);
            end = slash < 0 ? root.Length : slash;
            yield return root[..end];
        }
    }

    private static async ValueTask<SftpReply> MakeOneFolderAsync(SftpConnection connection, SftpPath path, CancellationToken cancellationToken)
    {
        var request = new SftpRequest(connection);
        using (var batch = connection.Begin())
        {
            batch.MakeFolder(request, path);
        }

        return await request.ReplyAsync(cancellationToken).ConfigureAwait(false);
    }
}
