using Gantry.Engine.Endpoints;

namespace Gantry.Plugins.Endpoints.Sftp;

/// <summary>Small files as a tar stream to the login's shell.</summary>
internal sealed partial class SftpEndpoint
{
    private int saidNoBatches;

    /// <summary>Has the login's shell run a command, over a connection of its own; null where there is no such thing.</summary>
    public Func<string, CancellationToken, Task<SftpPipe>>? Run { get; init; }

    /// <summary>The connection, if one stands.</summary>
    internal SftpConnection? Standing => sessions.Standing;

    public IBatchedWrites? BeginBatches(string transferId, CancellationToken cancellationToken) =>
        Run is null ? null : new SftpTarStream(this, root, transferId, Run, clock, silenceMax, cancellationToken);

    internal ValueTask<SftpConnection> StandAsync(CancellationToken cancellationToken) => ConnectionAsync(cancellationToken);

    /// <summary>Once, however many transfers ask for them.</summary>
    internal void TellNoBatches(string why)
    {
        if (Interlocked.Exchange(ref saidNoBatches, 1) == 0)
        {
            notice($"{Address}: {why} Files go one by one.");
        }
    }

    /// <summary>Makes an empty file of a name that nobody else has, and answers its path; whoever is done with it removes it.</summary>
    internal async Task<string> MakeTokenAsync(string folder, string transferId, CancellationToken cancellationToken)
    {
        var path = EndpointPath.Join(folder, PartialName.Of("batch", 0, null, transferId + "batch"));
        var connection = await ConnectionAsync(cancellationToken).ConfigureAwait(false);
        if (!connection.Server.HasPosixRename)
        {
            throw new EndpointException(EndpointError.NotSupported, "the server cannot replace a file at once (no posix-rename).");
        }

        var request = new SftpRequest(connection);
        using (var batch = connection.Begin())
        {
            batch.Open(request, new SftpPath(root, path), SftpWire.OpenWrite | SftpWire.OpenCreate | SftpWire.OpenExclusive);
        }

        var reply = await request.ReplyAsync(cancellationToken).ConfigureAwait(false);
        if (reply.Handle is not { } handle)
        {
            throw SftpErrors.Of(reply, PlaceOf(path), "written");
        }

        connection.TryClose(handle);
        return path;
    }

    /// <summary>Whether it is surely gone. A server that does not answer is not waited for long.</summary>
    internal async Task<bool> TryRemoveTokenAsync(string path)
    {
        using var patience = new CancellationTokenSource(cleaningPatience, clock);
        try
        {
            var connection = await ConnectionAsync(patience.Token).ConfigureAwait(false);
            var reply = await AskAsync(connection, SftpWire.Remove, path, patience.Token).ConfigureAwait(false);
            return reply.IsOk || reply.Status == SftpStatus.NoSuchFile;
        }
        catch (Exception exception) when (exception is EndpointException or OperationCanceledException or ObjectDisposedException)
        {
            return false;
        }
    }
}
