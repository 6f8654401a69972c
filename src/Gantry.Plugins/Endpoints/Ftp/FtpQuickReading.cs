using System.Buffers;
using System.Net.Sockets;

namespace Gantry.Plugins.Endpoints.Ftp;

/// <summary>
/// Small files from the server. In one flight go the next file's command and the question where the data of the one after that comes from; while the server
/// is at it, the last file's caller makes use of what came.
/// </summary>
internal sealed class FtpQuickReading(FtpQuickQueue<FtpQuickRead> queue, FtpSession session, int port) : FtpQuickTalk(session, port, queue.Dialer)
{
    private CancellationToken wanted;

    protected override bool IsGivenUp => queue.IsClosed || wanted.IsCancellationRequested;

    public override void Run()
    {
        FtpQuickRead? came = null;
        FtpQuickRead? file = null;
        Begin();
        try
        {
            while ((file = queue.Next(waits: came is null)) is not null || came is not null)
            {
                wanted = file?.Wanted ?? CancellationToken.None;
                using var leaving = wanted.UnsafeRegister(static talk => ((FtpQuickReading)talk!).Disconnect(), this);
                var data = file is null ? null : Ask(file);
                Tell(ref came);
                if (file is not null)
                {
                    var isWhole = Take(file, data);
                    if (isWhole)
                    {
                        (came, file) = (file, null);
                    }
                    else
                    {
                        Leave(ref file);
                    }
                }
            }

            KeepPort();
        }
        catch (Exception failed) when (IsOfSession(failed))
        {
            EndSession(failed);
            Tell(ref came);
            Leave(ref file);
        }
        finally
        {
            End();
        }
    }

    private static void Tell(ref FtpQuickRead? came)
    {
        var told = came;
        came = null;
        told?.Came(told.Buffer.Length - 1);
    }

    private static void Leave(ref FtpQuickRead? file)
    {
        var left = file;
        file = null;
        left?.GoLongWay();
    }

    /// <summary>Null when no data connection could be made; the server says why.</summary>
    private Socket? Ask(FtpQuickRead file)
    {
        NeedPort();
        Lines.Write(file.Line);
        Lines.Write(PassiveLine);
        Flush();
        try
        {
            var data = Connect();
            if (file.Wanted.IsCancellationRequested)
            {
                // Who was told to disconnect may have known the last one only.
                Disconnect();
            }

            return data;
        }
        catch (Exception failed) when (failed is SocketException or ObjectDisposedException)
        {
            Disconnect();
            return HasStalled ? throw new TimeoutException() : null;
        }
    }

    /// <summary>Whether the file came with exactly the expected bytes, and the server said that this is all.</summary>
    private bool Take(FtpQuickRead file, Socket? data)
    {
        var length = -1;
        if (data is not null)
        {
            if (!HasBegun())
            {
                Disconnect();
                TakePort(Reply());
                return false;
            }

            length = Receive(file, data);
        }

        var reply = TransferReply(length >= 0);
        TakePort(Reply());
        return reply.IsDone && length == file.Buffer.Length - 1;
    }

    /// <summary>How many bytes came, up to the end; -1 when there was none.</summary>
    private int Receive(FtpQuickRead file, Socket data)
    {
        try
        {
            for (var length = 0; length < file.Buffer.Length;)
            {
                Watch();
                var read = data.Receive(file.Buffer.Span[length..]);
                if (read == 0)
                {
                    return length;
                }

                length += read;
            }

            // It has grown.
            return -1;
        }
        catch (Exception failed) when (failed is SocketException or ObjectDisposedException)
        {
            return HasStalled ? throw new TimeoutException() : -1;
        }
        finally
        {
            Disconnect();
        }
    }
}
