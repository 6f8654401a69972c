using Gantry.Engine.Endpoints;

namespace Gantry.Plugins.Endpoints.Sftp;

/// <summary>
/// Opens the login's folder a few times and closes it by the handle that <see cref="SftpHandleForecast"/> expects, all sent with the greeting. A
/// server that gives the expected handle each time, closes it, and answers everything in its turn, is one whose handles can be foretold.
/// Nothing is written.
/// </summary>
internal sealed class SftpHandleProbe(SftpConnection connection) : SftpCall
{
    private const int Rounds = 3;
    private static readonly byte[] expected = [0, 0, 0, 0];

    private int answers;
    private bool isRefuted;

    /// <summary>To be sent before anything else is opened.</summary>
    public void Send(SftpBatch batch)
    {
        for (var round = 0; round < Rounds; round++)
        {
            batch.ForPath(this, SftpWire.OpenFolder, new SftpPath("."));
            batch.CloseAhead(this, expected);
        }
    }

    public override void OnReply(uint id, byte type, ref SftpReader body)
    {
        var reply = SftpReply.Read(type, ref body);
        var isExpected = answers % 2 == 0 ? reply.Handle.AsSpan().SequenceEqual(expected) : reply is { IsOk: true, Handle: null };
        if (!isExpected && reply.Handle is { } other)
        {
            connection.TryClose(other);
        }

        isRefuted |= !isExpected;
        if (++answers == Rounds * 2 && !isRefuted)
        {
            connection.OnHandlesForetold();
        }
    }

    public override void OnLost(EndpointException reason)
    {
        // Whoever needs the connection is told.
    }
}
