using System.Buffers;
using Gantry.Engine.Endpoints;

namespace Gantry.Plugins.Endpoints.Sftp;

/// <summary>
/// A file that probably fits into one READ, in two round trips: OPEN; then a READ for one byte more than expected and CLOSE together.
/// </summary>
internal sealed class SftpSmallDownload : SftpCall
{
    private readonly TaskCompletionSource completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly SftpConnection connection;
    private readonly SftpPath path;
    private readonly long offset;
    private readonly byte[] buffer;
    private readonly int requested;
    private bool isOpen;
    private int remaining = 1;
    private volatile bool isCancelled;

    public SftpSmallDownload(SftpConnection connection, SftpPath path, long offset, int expectedBytes)
    {
        this.connection = connection;
        this.path = path;
        this.offset = offset;
        requested = expectedBytes + 1;
        buffer = ArrayPool<byte>.Shared.Rent(requested);
    }

    /// <summary>The first status that was neither Ok nor the end of the file.</summary>
    public SftpReply Failure { get; private set; }

    /// <summary>How many bytes came.</summary>
    public int Length { get; private set; }

    /// <summary>The bytes, in a buffer of the shared pool that belongs to the caller when this has run.</summary>
    public byte[] Buffer => buffer;

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using (var batch = connection.Begin())
        {
            batch.Open(this, path, SftpWire.OpenRead);
        }

        try
        {
            await completion.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // The reply may still be written into the buffer, so that it is left to the garbage collector.
            isCancelled = true;
            throw;
        }
    }

    public override void OnReply(uint id, byte type, ref SftpReader body)
    {
        switch (type)
        {
            case SftpWire.HandleReply when !isOpen:
                isOpen = true;
                OnHandle(SftpReply.ReadHandle(ref body));
                return;
            case SftpWire.DataReply when isOpen && Length == 0:
                var data = body.Bytes();
                if (data.Length > requested)
                {
                    throw new EndpointException(EndpointError.Protocol, $"The SFTP server sent {data.Length} bytes where {requested} were asked for.");
                }

                data.CopyTo(buffer);
                Length = data.Length;
                break;
            case SftpWire.StatusReply:
                var reply = SftpReply.ReadStatus(ref body);
                if (reply.IsOk && !isOpen)
                {
                    // A file that is open has a handle.
                    throw Unexpected(type);
                }

                if (!reply.IsOk && reply.Status != SftpStatus.EndOfFile && Failure.IsOk)
                {
                    Failure = reply;
                }

                break;
            default:
                throw Unexpected(type);
        }

        if (--remaining == 0)
        {
            completion.TrySetResult();
        }
    }

    public override void OnLost(EndpointException reason) => completion.TrySetException(reason);

    private void OnHandle(byte[] handle)
    {
        if (isCancelled)
        {
            connection.TryClose(handle);
            return;
        }

        try
        {
            using var batch = connection.Begin();
            remaining = 2;
            batch.Read(this, handle, offset, requested);
            batch.Close(this, handle);
        }
        catch (EndpointException reason)
        {
            OnLost(reason);
        }
    }
}
