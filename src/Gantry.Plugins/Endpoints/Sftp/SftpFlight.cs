namespace Gantry.Plugins.Endpoints.Sftp;

/// <summary>How much may be under way to a server at once, by what it told of itself.</summary>
internal sealed class SftpFlight
{
    // What waits in OpenSSH's server is moved about in its memory again and again: so much keeps it busy, and no more.
    private const long BytesNearBy = 104 * 1024;
    private const double BytesEachMillisecond = 72 * 1024;

    public SftpFlight(SftpServer server)
    {
        Handles = new SftpBudget(server.HandlesMax);
        Bytes = new SftpBudget(BytesOf(server));
    }

    /// <summary>Open files and folders.</summary>
    public SftpBudget Handles { get; }

    /// <summary>Content of small files that was sent and is not acknowledged.</summary>
    public SftpBudget Bytes { get; }

    public void Learn(SftpServer server)
    {
        Handles.Resize(server.HandlesMax);
        Bytes.Resize(BytesOf(server));
    }

    private static long BytesOf(SftpServer server) => BytesNearBy + (long)(server.Distance.TotalMilliseconds * BytesEachMillisecond);
}
