using Gantry.Engine.Endpoints;

namespace Gantry.Plugins.Endpoints.Sftp;

/// <summary>
/// Somebody who waits for one reply or more. Both methods are called by the connection's reader only, one after the other, and must be
/// short: they may send further requests, and hand everything longer to the thread pool.
/// </summary>
internal abstract class SftpCall
{
    /// <summary>A reply came to the request of this id. Throwing a Protocol exception drops the connection.</summary>
    public abstract void OnReply(uint id, byte type, ref SftpReader body);

    /// <summary>One of the expected replies will never come.</summary>
    public abstract void OnLost(EndpointException reason);

    protected static EndpointException Unexpected(byte type) =>
        new(EndpointError.Protocol, $"The SFTP server answered with a packet of type {type}, which does not fit the question.");
}

/// <summary>What somebody waits for: many are told by one reading of the connection (<see cref="SftpCompletions"/>).</summary>
internal abstract class SftpTold : SftpCall
{
    /// <summary>It is over: continues whoever waits, on the calling thread.</summary>
    public abstract void Tell();
}

/// <summary>A reply that nobody waits for, as of a CLOSE at the end of reading.</summary>
internal sealed class SftpIgnoredCall : SftpCall
{
    public static SftpIgnoredCall Instance { get; } = new();

    public override void OnReply(uint id, byte type, ref SftpReader body)
    {
    }

    public override void OnLost(EndpointException reason)
    {
    }
}
