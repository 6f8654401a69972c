using Gantry.Engine.Endpoints;

namespace Gantry.Plugins.Endpoints.Sftp;

internal sealed partial class SftpEndpoint
{
    public async ValueTask MoveAsync(string source, string target, CancellationToken cancellationToken)
    {
        EndpointPath.CheckBelowRoot(source);
        EndpointPath.CheckBelowRoot(target);
        var connection = await ConnectionAsync(cancellationToken).ConfigureAwait(false);
        if (source == target && await LookAsync(connection, source, cancellationToken).ConfigureAwait(false) is not null)
        {
            return;
        }

        if (connection.Server.ReplacesByDeleting
            && await LookAsync(connection, source, cancellationToken).ConfigureAwait(false) is not null
            && await LookAsync(connection, target, cancellationToken).ConfigureAwait(false) is not null)
        {
            await ReplaceAsync(connection, new SftpPath(root, source), default, target, cancellationToken).ConfigureAwait(false);
            return;
        }

        var request = new SftpRequest(connection);
        using (var batch = connection.Begin())
        {
            batch.Rename(request, new SftpPath(root, source), new SftpPath(root, target), connection.Server.HasPosixRename);
        }

        var reply = await request.ReplyAsync(cancellationToken).ConfigureAwait(false);
        if (reply.IsOk)
        {
            return;
        }

        if (await LookAsync(connection, source, cancellationToken).ConfigureAwait(false) is null)
        {
            throw new EndpointException(EndpointError.NotFound, $"There is nothing at '{PlaceOf(source)}'.");
        }

        if (reply.Status == SftpStatus.NoSuchFile)
        {
            throw new EndpointException(EndpointError.NotFound, $"There is no folder for '{PlaceOf(target)}'.");
        }

        await ReplaceAsync(connection, new SftpPath(root, source), reply, target, cancellationToken).ConfigureAwait(false);
    }

    public async ValueTask<string?> RealPathAsync(string folder, CancellationToken cancellationToken)
    {
        EndpointPath.Check(folder);

        // With the greeting, as the first listing is asked for: a walk waits for both.
        var begun = Beginning;
        var early = begun is null ? null : Ask(begun, SftpWire.RealPath, new SftpPath(root, folder));
        var connection = await ConnectionAsync(cancellationToken).ConfigureAwait(false);
        var request = early is not null && begun == connection ? early : Ask(connection, SftpWire.RealPath, new SftpPath(root, folder));
        var reply = await request.ReplyAsync(cancellationToken).ConfigureAwait(false);
        return reply is { IsOk: true, Names: [var real] } && real.Name.StartsWith('/') ? real.Name : null;
    }

    public async ValueTask SetModifiedAtAsync(string path, DateTimeOffset modifiedAt, CancellationToken cancellationToken)
    {
        EndpointPath.CheckBelowRoot(path);
        var connection = await ConnectionAsync(cancellationToken).ConfigureAwait(false);
        var request = new SftpRequest(connection);
        using (var batch = connection.Begin())
        {
            batch.SetStat(request, new SftpPath(root, path), modifiedAt, mode: null);
        }

        var reply = await request.ReplyAsync(cancellationToken).ConfigureAwait(false);
        if (!reply.IsOk)
        {
            throw SftpErrors.Of(reply, PlaceOf(path), "given a time");
        }
    }

    public async ValueTask<string> ReadLinkAsync(string path, CancellationToken cancellationToken)
    {
        EndpointPath.CheckBelowRoot(path);
        var connection = await ConnectionAsync(cancellationToken).ConfigureAwait(false);
        var reply = await AskAsync(connection, SftpWire.ReadLink, path, cancellationToken).ConfigureAwait(false);
        if (!reply.IsOk)
        {
            throw await LookAsync(connection, path, cancellationToken).ConfigureAwait(false) is { Kind: not EntryKind.SymbolicLink }
                ? new EndpointException(EndpointError.NotSupported, $"'{PlaceOf(path)}' is not a symbolic link.")
                : SftpErrors.Of(reply, PlaceOf(path), "read as a link");
        }

        return reply.Names is [var target]
            ? target.Name
            : throw new EndpointException(EndpointError.Protocol, $"The SFTP server did not say where the link '{PlaceOf(path)}' points.");
    }

    /// <summary>In place of the file or the link that is there already.</summary>
    public async ValueTask CreateLinkAsync(string path, string linkTarget, CancellationToken cancellationToken)
    {
        EndpointPath.CheckBelowRoot(path);
        ArgumentException.ThrowIfNullOrEmpty(linkTarget);
        var connection = await ConnectionAsync(cancellationToken).ConfigureAwait(false);
        var reply = await MakeLinkAsync(connection, path, linkTarget, cancellationToken).ConfigureAwait(false);
        if (reply.IsOk)
        {
            return;
        }

        if (await LookAsync(connection, path, cancellationToken).ConfigureAwait(false) is not { } there)
        {
            throw SftpErrors.Of(reply, PlaceOf(path), "made as a link");
        }

        if (there.Kind == EntryKind.Folder)
        {
            throw new EndpointException(EndpointError.IsAFolder, $"'{PlaceOf(path)}' is a folder, where a link was to be made.");
        }

        var temporary = EndpointPath.Join(
            EndpointPath.ParentOf(path), PartialName.Of(EndpointPath.NameOf(path), null, null, Guid.CreateVersion7().ToString("N")));
        reply = await MakeLinkAsync(connection, temporary, linkTarget, cancellationToken).ConfigureAwait(false);
        if (!reply.IsOk)
        {
            throw SftpErrors.Of(reply, PlaceOf(path), "made as a link");
        }

        await OrRemoveAsync(
            connection, new SftpPath(root, temporary), async () => await MoveAsync(temporary, path, cancellationToken).ConfigureAwait(false)).ConfigureAwait(false);
    }

    private async ValueTask<SftpReply> MakeLinkAsync(SftpConnection connection, string path, string linkTarget, CancellationToken cancellationToken)
    {
        var request = new SftpRequest(connection);
        using (var batch = connection.Begin())
        {
            batch.MakeLink(request, new SftpPath(root, path), new SftpPath(linkTarget));
        }

        return await request.ReplyAsync(cancellationToken).ConfigureAwait(false);
    }
}
