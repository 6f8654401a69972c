namespace Gantry.Plugins.Endpoints.Sftp;

/// <summary>
/// The OPENDIR of one listing. The root is often not there yet: why that is, is asked with the same round trip. Disposed of before its handle
/// was taken, it closes it when it comes.
/// </summary>
internal sealed class SftpFolderOpening : IDisposable
{
    private readonly SftpRequest open;

    /// <summary>Sends it. Fails when the session is over.</summary>
    public SftpFolderOpening(SftpConnection connection, string root, string folder)
    {
        Connection = connection;
        open = new SftpRequest(connection);
        Stat = folder.Length == 0 ? new SftpRequest(connection) : null;
        using var batch = connection.Begin();
        batch.OpenFolder(open, new SftpPath(root, folder));
        if (Stat is not null)
        {
            batch.ForPath(Stat, SftpWire.Stat, new SftpPath(root, folder));
        }
    }

    public SftpConnection Connection { get; }

    /// <summary>What there is in the root's place; null for other folders.</summary>
    public SftpRequest? Stat { get; }

    public ValueTask<SftpReply> HandleAsync(CancellationToken cancellationToken) => open.ReplyAsync(cancellationToken);

    public void Dispose() => open.Abandon();
}
