using System.Buffers;
using System.Buffers.Binary;
using Gantry.Engine.Endpoints;

namespace Gantry.Plugins.Endpoints.Sftp;

/// <summary>What the server says: read on a thread of its own, and handed to whoever asked.</summary>
internal sealed partial class SftpConnection
{
    private async Task ReadLoop()
    {
        Volatile.Write(ref readerThread, Environment.CurrentManagedThreadId);
        var reason = ReadAll();
        Volatile.Write(ref readerThread, 0);
        completions.TellElsewhere();
        await EndAsync(reason).ConfigureAwait(false);
        LoseAll();
    }

    /// <summary>Whatever it is, it ends the session: a loop that stopped without that would let everybody wait for ever.</summary>
    private static EndpointException ReasonOf(Exception exception) => exception switch
    {
        EndpointException known => known,
        IOException or ObjectDisposedException or OperationCanceledException or InvalidOperationException => Lost(exception),
        _ => new EndpointException(EndpointError.Other, $"The connection to the SFTP server was given up: {exception.Message}", isTransient: true, exception),
    };

    /// <summary>Works off all replies until the stream ends; answers why it ended.</summary>
    private EndpointException ReadAll()
    {
        var buffer = ArrayPool<byte>.Shared.Rent(BufferBytesMin);
        var filled = 0;
        try
        {
            while (true)
            {
                var used = Dispatch(buffer.AsSpan(0, filled), out var needed);
                buffer.AsSpan(used, filled - used).CopyTo(buffer);
                filled -= used;
                if (needed > buffer.Length)
                {
                    var larger = ArrayPool<byte>.Shared.Rent(needed);
                    buffer.AsSpan(0, filled).CopyTo(larger);
                    ArrayPool<byte>.Shared.Return(buffer);
                    buffer = larger;
                }

                Volatile.Write(ref isListening, true);
                var read = pipe.Input.Read(buffer, filled, buffer.Length - filled);
                Volatile.Write(ref isListening, false);
                Volatile.Read(ref silence)?.Break();
                if (read == 0)
                {
                    return Lost(null);
                }

                filled += read;
            }
        }
        catch (Exception exception)
        {
            return ReasonOf(exception);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>Hands on every whole packet; answers how many bytes that were, and how many the next packet has.</summary>
    private int Dispatch(ReadOnlySpan<byte> bytes, out int needed)
    {
        HoldWriter(holds: true);
        try
        {
            var used = 0;
            while (true)
            {
                var rest = bytes[used..];
                needed = rest.Length < 4 ? 4 : PacketBytes(rest);
                if (rest.Length < needed)
                {
                    break;
                }

                var packet = new SftpReader(rest[4..needed]);
                used += needed;
                HandOn(ref packet);
            }

            SendAtOnce();
            completions.Tell(SendAtOnce);
            return used;
        }
        finally
        {
            HoldWriter(holds: false);
        }
    }

    /// <summary>
    /// While replies are worked off, what they lead to gathers, so that it is sent with one call; what does not go at once is the writer's.
    /// </summary>
    private void HoldWriter(bool holds)
    {
        gate.Enter();
        holders += holds ? 1 : -1;
        EndBatch();
    }

    private static int PacketBytes(ReadOnlySpan<byte> bytes)
    {
        var length = BinaryPrimitives.ReadUInt32BigEndian(bytes);
        return length is >= 1 and <= SftpWire.PacketBytesMax
            ? (int)length + 4
            : throw new EndpointException(
                EndpointError.Protocol,
                $"The SFTP server announced a packet of {length} bytes. Something else than SFTP may be talking: a shell start-up file that prints text does this, for one.");
    }

    private void HandOn(ref SftpReader packet)
    {
        var type = packet.Byte();
        var id = type == SftpWire.VersionReply ? SftpGreeting.Id : packet.UInt32();
        SftpCall call;
        lock (gate)
        {
            call = pending.Remove(id) ?? throw Unasked(type, id);
            Handles.OnAnswer(id, type == SftpWire.HandleReply ? packet.Rest : []);
        }

        try
        {
            call.OnReply(id, type, ref packet);
        }
        catch (Exception exception)
        {
            call.OnLost(ReasonOf(exception));
            throw;
        }
    }

    private static EndpointException Unasked(byte type, uint id) =>
        new(EndpointError.Protocol, $"The SFTP server answered a question that was not asked (type {type}, id {id}).");

    private static EndpointException Lost(Exception? cause) =>
        new(EndpointError.Disconnected, "The connection to the SFTP server was lost.", isTransient: true, cause);
}
