using System.Buffers;
using Gantry.Engine.Endpoints;

namespace Gantry.Plugins.Endpoints.Sftp;

/// <summary>One READ on its way, with the buffer its data goes into. Left alone, it gives the buffer back when the reply has come.</summary>
internal sealed class SftpChunk : SftpCall
{
    private readonly TaskCompletionSource completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly byte[] buffer;
    private int isReturned;
    private int holders = 2; // The reader of the connection and the reader of the file.

    public SftpChunk(long offset, int length)
    {
        Offset = offset;
        Requested = length;
        buffer = ArrayPool<byte>.Shared.Rent(length);
    }

    public long Offset { get; }

    public int Requested { get; }

    /// <summary>How many bytes came; at the end of the file none.</summary>
    public int Length { get; private set; }

    /// <summary>A status that is neither Ok nor the end of the file.</summary>
    public SftpReply Failure { get; private set; }

    public bool IsEnd { get; private set; }

    public bool IsAnswered => completion.Task.IsCompleted;

    public ReadOnlyMemory<byte> Data => buffer.AsMemory(0, Length);

    public Task AnsweredAsync(CancellationToken cancellationToken) => completion.Task.WaitAsync(cancellationToken);

    public override void OnReply(uint id, byte type, ref SftpReader body)
    {
        switch (type)
        {
            case SftpWire.DataReply:
                var data = body.Bytes();
                if (data.Length > Requested || data.Length == 0)
                {
                    throw new EndpointException(
                        EndpointError.Protocol, $"The SFTP server sent {data.Length} bytes where 1 to {Requested} were asked for.");
                }

                data.CopyTo(buffer);
                Length = data.Length;
                break;
            case SftpWire.StatusReply:
                var reply = SftpReply.ReadStatus(ref body);
                IsEnd = reply.Status == SftpStatus.EndOfFile;
                Failure = IsEnd ? default : reply.IsOk ? throw Unexpected(type) : reply;
                break;
            default:
                throw Unexpected(type);
        }

        Settle(null);
    }

    public override void OnLost(EndpointException reason) => Settle(reason);

    /// <summary>The reader of the file is done with it.</summary>
    public void Release()
    {
        if (Interlocked.Exchange(ref isReturned, 1) == 0)
        {
            LetGo();
        }
    }

    private void Settle(EndpointException? reason)
    {
        var isFirst = reason is null ? completion.TrySetResult() : completion.TrySetException(reason);
        if (isFirst)
        {
            LetGo();
        }
    }

    private void LetGo()
    {
        if (Interlocked.Decrement(ref holders) == 0)
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
