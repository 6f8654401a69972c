using System.Buffers;
using Gantry.Engine.Endpoints;

namespace Gantry.Plugins.Endpoints.Ftp;

/// <summary>Reading: small files come whole into memory and leave their session at once, large ones stream.</summary>
internal sealed partial class FtpEndpoint
{
    private const int SmallBytesMax = 256 * 1024;

    public int ConcurrentRanges => Math.Min(4, sessions.Limit);

    public async ValueTask<Stream> OpenReadAsync(string path, long offset, long? expectedSize, CancellationToken cancellationToken)
    {
        EndpointPath.Check(path);
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        await KnowAsync(cancellationToken).ConfigureAwait(false);
        var expected = expectedSize is { } size ? size - offset : (long?)null;
        return await OpenAsync(path, offset, expected, lengthMax: null, cancellationToken).ConfigureAwait(false);
    }

    public async ValueTask<Stream> OpenRangeAsync(string path, long offset, long length, CancellationToken cancellationToken)
    {
        EndpointPath.Check(path);
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        await KnowAsync(cancellationToken).ConfigureAwait(false);
        return await OpenAsync(path, offset, length, lengthMax: length, cancellationToken).ConfigureAwait(false);
    }

    private async ValueTask<Stream> OpenAsync(string path, long offset, long? expected, long? lengthMax, CancellationToken cancellationToken)
    {
        if (path.Length == 0)
        {
            throw new EndpointException(EndpointError.IsAFolder, $"'{Address}' is a folder, not a file.");
        }

        for (var tries = 1; ; tries++)
        {
            var session = await sessions.TakeAsync(cancellationToken).ConfigureAwait(false);
            FtpReadStream? stream = null;
            try
            {
                var transfer = await FtpTransfer.BeginAsync(
                    session, new FtpCommand("RETR", PathOf(path), FtpCommandKind.Transfer), offset, [], sessions.IsWanted, cancellationToken).ConfigureAwait(false);
                stream = new FtpReadStream(this, sessions, transfer, path, offset, expected, lengthMax, clock);
                return await StartAsync(stream, transfer, expected, cancellationToken).ConfigureAwait(false);
            }
            catch (EndpointException failed) when (failed.Error == EndpointError.Disconnected && session is { IsOver: true, EndedInnocently: true } && tries < TriesMax)
            {
                await LetGoAsync(session, stream).ConfigureAwait(false);
            }
            catch (FtpRefusedException refused)
            {
                await LetGoAsync(session, stream).ConfigureAwait(false);
                if (await ReadFailureAsync(refused.Reply, path, offset, cancellationToken).ConfigureAwait(false) is { } failure)
                {
                    throw failure;
                }

                return Stream.Null;
            }
            catch
            {
                await LetGoAsync(session, stream).ConfigureAwait(false);
                throw;
            }
        }
    }

    private static async ValueTask<Stream> StartAsync(FtpReadStream stream, FtpTransfer transfer, long? expected, CancellationToken cancellationToken)
    {
        if (transfer.Refusal is not null || !await transfer.Session.BegunAsync(transfer.Command, cancellationToken).ConfigureAwait(false))
        {
            throw new FtpRefusedException(await transfer.EndAsync(cancellationToken).ConfigureAwait(false));
        }

        if (expected is not (>= 0 and <= SmallBytesMax))
        {
            return stream.StartingWith(default);
        }

        // One byte more than expected shows whether it ends there.
        var buffer = ArrayPool<byte>.Shared.Rent((int)expected + 1);
        var filled = 0;
        try
        {
            while (filled < buffer.Length && await stream.ReadAsync(buffer.AsMemory(filled), cancellationToken).ConfigureAwait(false) is > 0 and var read)
            {
                filled += read;
            }

            var content = buffer.AsSpan(0, filled).ToArray();
            return stream.IsEnded ? new MemoryStream(content, writable: false) : stream.StartingWith(content);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private async ValueTask LetGoAsync(FtpSession session, FtpReadStream? stream)
    {
        if (stream is null)
        {
            sessions.Give(session);
        }
        else
        {
            await stream.DisposeAsync().ConfigureAwait(false);
        }
    }

    /// <summary>Null when nothing is wrong: the file ends before the offset, which some servers refuse.</summary>
    private async ValueTask<EndpointException?> ReadFailureAsync(FtpReply refusal, string path, long offset, CancellationToken cancellationToken)
    {
        if (refusal.Code is 421 or 425 or 426)
        {
            return Refused(refusal, path, "read");
        }

        var there = await FindAsync(path, cancellationToken).ConfigureAwait(false);
        return there switch
        {
            null => new EndpointException(EndpointError.NotFound, $"There is nothing at '{PlaceOf(path)}'."),
            { Kind: EntryKind.Folder } => new EndpointException(EndpointError.IsAFolder, $"'{PlaceOf(path)}' is a folder, not a file."),
            { Kind: EntryKind.File } when offset > 0 && there.Size <= offset => null,
            _ => Refused(refusal, path, "read"),
        };
    }

    /// <summary>What a download that ended is held against: fails when the server has more than came.</summary>
    internal async ValueTask CheckWholeAsync(string path, long offset, long received, bool isEndTold, CancellationToken cancellationToken)
    {
        var size = manners.HasSize ? await SizeAsync(path, cancellationToken).ConfigureAwait(false) : null;
        if (size is null ? isEndTold : Math.Max(0, size.Value - offset) == received)
        {
            return;
        }

        throw new EndpointException(
            EndpointError.Disconnected,
            $"'{PlaceOf(path)}' ended after {received} bytes{(size is null ? " without TLS's own end" : $", and the server has {Math.Max(0, size.Value - offset)}")}: the connection was cut, or the file is being changed.",
            isTransient: true);
    }

    internal EndpointException ReadRefused(FtpReply reply, string path) => Refused(reply, path, "read");
}
