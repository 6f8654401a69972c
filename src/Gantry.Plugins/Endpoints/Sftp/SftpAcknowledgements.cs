using Gantry.Engine.Endpoints;

namespace Gantry.Plugins.Endpoints.Sftp;

/// <summary>The replies to the many WRITEs of one large file: counted, their bytes given back to the budget, the first failure kept.</summary>
internal sealed class SftpAcknowledgements : SftpCall
{
    private readonly TaskCompletionSource completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly SftpBudget budget;
    private readonly Dictionary<uint, int> bytesById = [];
    private readonly Lock gate = new();
    private bool isSealed;
    private volatile bool hasFailed;

    public SftpAcknowledgements(SftpBudget budget) => this.budget = budget;

    /// <summary>The first status that was not Ok.</summary>
    public SftpReply Failure { get; private set; }

    public bool HasFailed => hasFailed;

    public void Send(SftpConnection connection, ReadOnlySpan<byte> handle, long offset, ReadOnlySpan<byte> content)
    {
        lock (gate)
        {
            using var batch = connection.Begin();
            bytesById.Add(batch.Write(this, handle, offset, content), content.Length);
        }
    }

    /// <summary>Waits until every WRITE is answered; none may be sent any more.</summary>
    public async ValueTask AllAsync(CancellationToken cancellationToken)
    {
        lock (gate)
        {
            isSealed = true;
            if (bytesById.Count == 0)
            {
                completion.TrySetResult();
            }
        }

        await completion.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    public override void OnReply(uint id, byte type, ref SftpReader body)
    {
        if (type != SftpWire.StatusReply)
        {
            throw Unexpected(type);
        }

        var reply = SftpReply.ReadStatus(ref body);
        if (!reply.IsOk && !hasFailed)
        {
            Failure = reply;
            hasFailed = true;
        }

        int bytes;
        lock (gate)
        {
            bytesById.Remove(id, out bytes);
            if (isSealed && bytesById.Count == 0)
            {
                completion.TrySetResult();
            }
        }

        budget.Give(bytes);
    }

    public override void OnLost(EndpointException reason)
    {
        long bytes;
        lock (gate)
        {
            bytes = bytesById.Values.Sum(value => (long)value);
            bytesById.Clear();
        }

        budget.Give(bytes);
        completion.TrySetException(reason);
    }
}
