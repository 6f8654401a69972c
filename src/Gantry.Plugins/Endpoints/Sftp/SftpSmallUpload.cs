using Gantry.Engine.Endpoints;

namespace Gantry.Plugins.Endpoints.Sftp;

/// <summary>How far an upload came, and the reply that stopped it there.</summary>
internal enum SftpUploadStage
{
    Opening,
    Writing,
    Renaming,
    Removing,
    Done,
}

/// <summary>What became of an upload: Done, or the stage that failed and why. Attributes are null unless they were asked for.</summary>
internal readonly record struct SftpUploadOutcome(SftpUploadStage Stage, SftpReply Failure, SftpAttributes? Attributes, bool TakesStat);

/// <summary>
/// The happy path of a file that fits into one WRITE, in three round trips and without a thread of its own: OPEN; then WRITE, FSETSTAT and
/// CLOSE in one burst; then, only when all of these were answered well, RENAME. The connection's reader takes each next step.
/// </summary>
internal sealed class SftpSmallUpload : SftpCall
{
    private static readonly TimeSpan patience = TimeSpan.FromSeconds(1);

    // Its continuations run where it is told: see SftpCompletions.
    private readonly TaskCompletionSource<SftpUploadOutcome> completion = new();
    private readonly SftpConnection connection;
    private readonly SftpBudget handles;
    private readonly SftpPath partial;
    private readonly SftpPath target;
    private readonly WriteOptions options;
    private readonly ReadOnlyMemory<byte> content;
    private readonly bool asksStat;
    private readonly TimeProvider clock;

    private SftpUploadStage stage;
    private SftpUploadOutcome outcome;
    private SftpReply failure;
    private SftpAttributes? attributes;
    private EndpointException? lost;
    private int remaining;
    private uint setStatId;
    private bool takesStat = true;
    private bool hasHandle = true;
    private volatile bool isCancelled;

    /// <param name="connection">On which it goes.</param>
    /// <param name="handles">Of which one was taken for it; given back as soon as the file is closed, or all is over.</param>
    /// <param name="partial">The temporary path, which must not exist.</param>
    /// <param name="target">The final path.</param>
    /// <param name="options">The time and the mode to set.</param>
    /// <param name="content">All of it; not to be changed before the outcome is there.</param>
    /// <param name="asksStat">Whether the server is asked for the size, time and mode at the end.</param>
    /// <param name="clock">Measures how long a cancelled upload is waited for.</param>
    public SftpSmallUpload(
        SftpConnection connection, SftpBudget handles, SftpPath partial, SftpPath target, WriteOptions options, ReadOnlyMemory<byte> content, bool asksStat,
        TimeProvider clock)
    {
        this.clock = clock;
        this.connection = connection;
        this.handles = handles;
        this.partial = partial;
        this.target = target;
        this.options = options;
        this.content = content;
        this.asksStat = asksStat;
    }

    /// <summary>
    /// Runs it. When it is cancelled it removes what it made; a server that does not answer then is not waited for longer than a second.
    /// </summary>
    public async ValueTask<SftpUploadOutcome> RunAsync(CancellationToken cancellationToken)
    {
        stage = SftpUploadStage.Opening;
        remaining = 1;
        try
        {
            using var batch = connection.Begin();
            batch.Open(this, partial, SftpWire.OpenWrite | SftpWire.OpenCreate | SftpWire.OpenExclusive);
        }
        catch
        {
            GiveHandle();
            throw;
        }

        await using var registration = cancellationToken.UnsafeRegister(
            static (state, token) => _ = ((SftpSmallUpload)state!).CancelAsync(token), this).ConfigureAwait(false);
        try
        {
            var reached = await completion.Task.ConfigureAwait(false);
            return isCancelled && reached.Stage != SftpUploadStage.Done ? throw new OperationCanceledException(cancellationToken) : reached;
        }
        catch (EndpointException) when (isCancelled)
        {
            throw new OperationCanceledException(cancellationToken);
        }
    }

    /// <summary>Continues whoever waits, on the calling thread.</summary>
    public void Tell()
    {
        if (lost is not null)
        {
            completion.TrySetException(lost);
        }
        else
        {
            completion.TrySetResult(outcome);
        }
    }

    public override void OnReply(uint id, byte type, ref SftpReader body)
    {
        switch (type)
        {
            case SftpWire.StatusReply:
                OnStatus(id, SftpReply.ReadStatus(ref body));
                break;
            case SftpWire.HandleReply when stage == SftpUploadStage.Opening:
                remaining = 0;
                OnHandle(SftpReply.ReadHandle(ref body));
                break;
            case SftpWire.AttributesReply when stage == SftpUploadStage.Writing && asksStat:
                attributes = body.Attributes();
                OnAnswered();
                break;
            default:
                throw Unexpected(type);
        }
    }

    public override void OnLost(EndpointException reason)
    {
        if (lost is null)
        {
            lost = reason;
            GiveHandle();
            connection.Complete(this);
        }
    }

    /// <summary>It goes on cleaning up by itself, and is waited for a while.</summary>
    private async Task CancelAsync(CancellationToken cancellationToken)
    {
        isCancelled = true;
        await Task.WhenAny(completion.Task, Task.Delay(patience, clock, CancellationToken.None)).ConfigureAwait(false);
        completion.TrySetCanceled(cancellationToken);
    }

    private void OnStatus(uint id, SftpReply reply)
    {
        if (!reply.IsOk && id == setStatId)
        {
            takesStat = false;
        }
        else if (!reply.IsOk && failure.IsOk)
        {
            failure = reply;
        }

        OnAnswered();
    }

    private void OnAnswered()
    {
        if (--remaining > 0)
        {
            return;
        }

        switch (stage)
        {
            case SftpUploadStage.Opening:
                Complete(stage, failure);
                break;
            case SftpUploadStage.Writing when isCancelled:
                Remove();
                break;
            case SftpUploadStage.Writing when !failure.IsOk || IsOfAnotherSize:
                Complete(stage, failure);
                break;
            case SftpUploadStage.Writing:
                Rename();
                break;
            case SftpUploadStage.Renaming when isCancelled && !failure.IsOk:
                Remove();
                break;
            case SftpUploadStage.Renaming:
                Complete(failure.IsOk ? SftpUploadStage.Done : stage, failure);
                break;
            default:
                Complete(stage, failure);
                break;
        }
    }

    private bool IsOfAnotherSize => attributes?.Size is { } size && size != content.Length;

    private void OnHandle(byte[] handle)
    {
        if (isCancelled)
        {
            stage = SftpUploadStage.Removing;
            Send(handle, static (upload, handle, batch) =>
            {
                upload.remaining = 2;
                batch.ForHandle(upload, SftpWire.Close, handle);
                batch.ForPath(upload, SftpWire.Remove, upload.partial);
            });
            return;
        }

        stage = SftpUploadStage.Writing;
        Send(handle, static (upload, handle, batch) => upload.Burst(handle, batch));
    }

    private void Burst(byte[] handle, SftpBatch batch)
    {
        if (!content.IsEmpty)
        {
            remaining++;
            batch.Write(this, handle, 0, content.Span);
        }

        if (options.ModifiedAt is not null || options.UnixMode is not null)
        {
            remaining++;
            setStatId = batch.SetStat(this, handle, options.ModifiedAt, options.UnixMode);
        }

        if (asksStat)
        {
            remaining++;
            batch.ForHandle(this, SftpWire.FileStat, handle);
        }

        remaining++;
        batch.ForHandle(this, SftpWire.Close, handle);
    }

    private void Rename()
    {
        stage = SftpUploadStage.Renaming;
        GiveHandle();
        Send([], static (upload, _, batch) =>
        {
            upload.remaining = 1;
            batch.Rename(upload, upload.partial, upload.target, upload.connection.Server.HasPosixRename);
        });
    }

    private void Remove()
    {
        stage = SftpUploadStage.Removing;
        Send([], static (upload, _, batch) =>
        {
            upload.remaining = 1;
            batch.ForPath(upload, SftpWire.Remove, upload.partial);
        });
    }

    private void Send(byte[] handle, Action<SftpSmallUpload, byte[], SftpBatch> fill)
    {
        try
        {
            using var batch = connection.Begin();
            fill(this, handle, batch);
        }
        catch (EndpointException reason)
        {
            OnLost(reason);
        }
    }

    private void Complete(SftpUploadStage reached, SftpReply reason)
    {
        outcome = new SftpUploadOutcome(reached, reason, attributes, takesStat);
        GiveHandle();
        connection.Complete(this);
    }

    private void GiveHandle()
    {
        if (hasHandle)
        {
            hasHandle = false;
            handles.Give(1);
        }
    }
}
