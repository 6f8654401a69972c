using System.Buffers;
using System.Net.Sockets;
using Gantry.Engine.Endpoints;

namespace Gantry.Plugins.Endpoints.Ftp;

/// <summary>
/// Small files to the server. In one flight go the name of the last file, the next file with its time, its mode and the question for its size, and the
/// question where the data of the one after that goes.
/// </summary>
internal sealed class FtpQuickWriting(FtpEndpoint endpoint, FtpQuickQueue<FtpQuickFile> queue, FtpSession session, int port)
    : FtpQuickTalk(session, port, queue.Dialer)
{
    private const int ChunkBytes = 16 * 1024;

    protected override bool IsGivenUp => queue.IsClosed;

    public override void Run()
    {
        FtpQuickFile? stored = null;
        FtpQuickFile? named = null;
        FtpQuickFile? file = null;
        Begin();
        try
        {
            while ((file = queue.Next(waits: stored is null)) is not null || stored is not null)
            {
                (named, stored) = (stored, null);
                Send(named, file);
                var isSent = file is not null && TrySendData(file);
                var isNamed = named is not null && IsNamed();
                if (isNamed)
                {
                    Tell(ref named, WholeWriteEnd.Written);
                }

                if (file is not null)
                {
                    var isStored = IsStored(file, isSent) && !file.Wanted.IsCancellationRequested;
                    if (isStored)
                    {
                        (stored, file) = (file, null);
                    }
                    else
                    {
                        Remove(ref file);
                    }
                }

                if (named is not null)
                {
                    // A server that does not rename over a file would get each of them twice.
                    queue.IsOff = true;
                    Remove(ref named);
                }
            }

            KeepPort();
        }
        catch (Exception failed) when (IsOfSession(failed))
        {
            EndSession(failed);
            Tell(ref named, WholeWriteEnd.Lost);
            Tell(ref stored, WholeWriteEnd.Lost);
            Tell(ref file, WholeWriteEnd.Lost);
        }
        finally
        {
            End();
        }
    }

    private static void Tell(ref FtpQuickFile? file, WholeWriteEnd end)
    {
        var told = file;
        file = null;
        told?.Receiver.OnEnded(end);
    }

    private void Send(FtpQuickFile? stored, FtpQuickFile? file)
    {
        if (file is not null)
        {
            NeedPort();
        }

        Lines.Write(stored?.Naming ?? []);
        if (file is not null)
        {
            Lines.Write(file.Storing);
            Lines.Write(PassiveLine);
        }

        Flush();
    }

    /// <summary>False when the data connection broke; the server says why.</summary>
    private bool TrySendData(FtpQuickFile file)
    {
        try
        {
            var data = Connect();
            for (var sent = 0; sent < file.Content.Length;)
            {
                Watch();
                sent += data.Send(file.Content.Span.Slice(sent, Math.Min(ChunkBytes, file.Content.Length - sent)));
            }

            data.Shutdown(SocketShutdown.Send);
            return true;
        }
        catch (Exception failed) when (failed is SocketException or ObjectDisposedException)
        {
            return HasStalled ? throw new TimeoutException() : false;
        }
        finally
        {
            Disconnect();
        }
    }

    private bool IsNamed()
    {
        var begun = Reply();
        var named = Reply();
        return begun.IsGood && named.IsDone;
    }

    /// <summary>Reads all that is said about a file, and whether it stands whole under its partial name.</summary>
    private bool IsStored(FtpQuickFile file, bool isSent)
    {
        var stored = TransferReply(isSent);
        var time = file.SetsTime ? Reply() : null;
        var mode = file.SetsMode ? Reply() : null;
        var size = file.AsksSize ? Reply() : null;
        TakePort(Reply());
        if (!isSent || !stored.IsDone)
        {
            return false;
        }

        if (size is not null && (size.IsUnknown || FtpEndpoint.SizeIn(size) != file.Content.Length))
        {
            Manners.HasSize = !size.IsUnknown;
            return false;
        }

        if (time is { IsDone: false } or { Code: 202 })
        {
            endpoint.OnTimeRefused();
        }

        if (mode is { IsDone: false } or { Code: 202 })
        {
            endpoint.OnModeRefused();
        }

        return true;
    }

    private void Remove(ref FtpQuickFile? file)
    {
        Lines.Write(file!.Removing);
        Flush();
        _ = Reply();
        Tell(ref file, WholeWriteEnd.NotWritten);
    }
}
