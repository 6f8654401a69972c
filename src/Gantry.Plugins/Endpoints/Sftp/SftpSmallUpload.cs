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
/// The happy path of a file that fits into one WRITE, without a thread of its own: OPEN; then WRITE, FSETSTAT and CLOSE in one burst; then, only when
/// all of these were answered well, RENAME. That is three round trips, or two where the handle can be foretold (<see cref="SftpHandleForecast"/>): then
/// OPEN is part of the burst. The connection's reader takes each next step.
/// </summary>
internal abstract class SftpSmallUpload : SftpTold
{
    private readonly SftpConnection connection;
    private readonly SftpFlight flight;
    private readonly SftpPath partial;
    private readonly SftpPath? target;
    private readonly WriteOptions options;
    private readonly ReadOnlyMemory<byte> content;
    private readonly bool asksStat;

    private SftpUploadStage stage;
    private SftpReply failure;
    private SftpAttributes? attributes;
    private int remaining;
    private uint setStatId;
    private bool takesStat = true;
    private byte[] handle = [];
    private byte[]? strayHandle;
    private uint openId;
    private int handlesHeld = 1;
    private bool hasBytes;
    private bool isOwed;

    /// <param name="connection">On which it goes.</param>
    /// <param name="flight">Whose handles one was taken from for it; given back as soon as the file is closed, or all is over.</param>
    /// <param name="partial">The temporary path, which must not exist.</param>
    /// <param name="target">The final path; null when whoever waits renames it.</param>
    /// <param name="options">The time and the mode to set.</param>
    /// <param name="content">All of it; not to be changed before the outcome is there.</param>
    /// <param name="asksStat">Whether the server is asked for the size, time and mode at the end.</param>
    protected SftpSmallUpload(
        SftpConnection connection, SftpFlight flight, SftpPath partial, SftpPath? target, WriteOptions options, ReadOnlyMemory<byte> content, bool asksStat)
    {
        this.connection = connection;
        this.flight = flight;
        this.partial = partial;
        this.target = target;
        this.options = options;
        this.content = content;
        this.asksStat = asksStat;
    }

    /// <summary>How far it came; to be read when it is told.</summary>
    protected SftpUploadOutcome Outcome { get; private set; }

    /// <summary>Why the connection ended underneath; null when it did not.</summary>
    protected EndpointException? LostBy { get; private set; }

    /// <summary>What was made is to be removed instead of being finished.</summary>
    protected abstract bool IsCancelled { get; }

    /// <summary>Whether a partial file that could not be written or renamed is removed here, and not by who waits.</summary>
    protected abstract bool RemovesFailed { get; }

    /// <summary>Sends the first request. Fails when the session is over; the handle is kept then.</summary>
    protected void Begin()
    {
        stage = SftpUploadStage.Opening;
        if (IsCancelled)
        {
            Complete(stage, failure);
            return;
        }

        isOwed = true;
        connection.Owe();
        if (connection.ForetellsHandles)
        {
            flight.Bytes.Take(content.Length, OpenAhead);
            flight.Pace();
            return;
        }

        using var batch = connection.Begin();
        Open(batch);
    }

    /// <summary>Gives the handle back, if that was not done yet.</summary>
    protected void GiveHandle()
    {
        if (Interlocked.Exchange(ref handlesHeld, 0) > 0)
        {
            flight.Handles.Give(1);
        }
    }

    public override void OnReply(uint id, byte type, ref SftpReader body)
    {
        switch (type)
        {
            case SftpWire.StatusReply when id == openId:
                OnOpenedAhead(SftpReply.ReadStatus(ref body));
                break;
            case SftpWire.StatusReply:
                OnStatus(id, SftpReply.ReadStatus(ref body));
                break;
            case SftpWire.HandleReply when id == openId:
                OnOpenedAhead(SftpReply.ReadHandle(ref body));
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
        if (LostBy is null)
        {
            LostBy = reason;
            End();
        }
    }

    private void OnStatus(uint id, SftpReply reply)
    {
        if (reply.IsOk && failure.IsOk && stage == SftpUploadStage.Opening)
        {
            // A file that is open has a handle.
            throw Unexpected(SftpWire.StatusReply);
        }

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

    private void OnOpenedAhead(SftpReply refusal)
    {
        if (refusal.IsOk)
        {
            throw Unexpected(SftpWire.StatusReply);
        }

        // What followed in the burst was refused for want of a handle, and says nothing.
        stage = SftpUploadStage.Opening;
        failure = refusal;
        OnAnswered();
    }

    private void OnOpenedAhead(ReadOnlySpan<byte> given)
    {
        if (!given.SequenceEqual(handle))
        {
            strayHandle = given.ToArray();
            connection.OnHandleMissed();
        }

        OnAnswered();
    }

    private void OnAnswered()
    {
        if (--remaining > 0)
        {
            return;
        }

        if (strayHandle is not null)
        {
            connection.TryClose(strayHandle);
        }

        switch (stage)
        {
            case SftpUploadStage.Opening:
                Complete(stage, failure);
                break;
            case SftpUploadStage.Writing when IsCancelled:
                Remove();
                break;
            case SftpUploadStage.Writing when !failure.IsOk || IsOfAnotherSize || strayHandle is not null:
                Fail();
                break;
            case SftpUploadStage.Writing when target is null:
                Complete(SftpUploadStage.Renaming, failure);
                break;
            case SftpUploadStage.Writing:
                Rename();
                break;
            case SftpUploadStage.Renaming when failure.IsOk:
                Complete(SftpUploadStage.Done, failure);
                break;
            case SftpUploadStage.Renaming when IsCancelled:
                Remove();
                break;
            case SftpUploadStage.Renaming:
                Fail();
                break;
            default:
                Complete(stage, failure);
                break;
        }
    }

    private bool IsOfAnotherSize => attributes?.Size is { } size && size != content.Length;

    private void OnHandle(byte[] given)
    {
        handle = given;
        if (IsCancelled)
        {
            CloseAndRemove();
            return;
        }

        stage = SftpUploadStage.Writing;
        flight.Bytes.Take(content.Length, SendContent);
        flight.Pace();
    }

    private void Open(SftpBatch batch)
    {
        remaining = 1;
        batch.Open(this, partial, SftpWire.OpenWrite | SftpWire.OpenCreate | SftpWire.OpenExclusive);
    }

    /// <summary>There is room for the content.</summary>
    private void OpenAhead()
    {
        hasBytes = true;
        if (IsCancelled)
        {
            Complete(stage, failure);
            return;
        }

        Send(static (upload, batch) =>
        {
            upload.handle = new byte[SftpHandleForecast.HandleBytes];
            if (batch.TryOpenAhead(upload, upload.partial, SftpWire.OpenWrite | SftpWire.OpenCreate | SftpWire.OpenExclusive, upload.handle, out upload.openId))
            {
                upload.stage = SftpUploadStage.Writing;
                upload.remaining = 1;
                upload.Burst(batch, isAhead: true);
            }
        });
        if (openId != 0)
        {
            // What is opened from here on is opened after this one is closed.
            GiveHandle();
            return;
        }

        // Something else was opened meanwhile, and what handle that gets has to be awaited.
        GiveBytes();
        if (LostBy is null)
        {
            Send(static (upload, batch) => upload.Open(batch));
        }
    }

    private void SendContent()
    {
        hasBytes = true;
        if (IsCancelled)
        {
            CloseAndRemove();
            return;
        }

        Send(static (upload, batch) => upload.Burst(batch, isAhead: false));
        if (connection.Server.KeepsOrder)
        {
            // What is opened from here on is opened after this one is closed.
            GiveHandle();
        }
    }

    private void Burst(SftpBatch batch, bool isAhead)
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

        var asksClosed = asksStat && connection.Server.StoresAtClose;
        if (asksStat && !asksClosed)
        {
            remaining++;
            batch.ForHandle(this, SftpWire.FileStat, handle);
        }

        remaining++;
        if (isAhead)
        {
            batch.CloseAhead(this, handle);
        }
        else
        {
            batch.Close(this, handle);
        }

        if (asksClosed)
        {
            remaining++;
            batch.ForPath(this, SftpWire.LinkStat, partial);
        }
    }

    private void Rename()
    {
        stage = SftpUploadStage.Renaming;
        GiveHandle();
        GiveBytes();
        Send(static (upload, batch) =>
        {
            upload.remaining = 1;
            batch.Rename(upload, upload.partial, upload.target!.Value, upload.connection.Server.HasPosixRename);
        });
    }

    private void CloseAndRemove()
    {
        stage = SftpUploadStage.Removing;
        Send(static (upload, batch) =>
        {
            upload.remaining = 2;
            batch.Close(upload, upload.handle);
            batch.ForPath(upload, SftpWire.Remove, upload.partial);
        });
    }

    private void Remove()
    {
        stage = SftpUploadStage.Removing;
        Send(static (upload, batch) =>
        {
            upload.remaining = 1;
            batch.ForPath(upload, SftpWire.Remove, upload.partial);
        });
    }

    private void Send(Action<SftpSmallUpload, SftpBatch> fill)
    {
        try
        {
            using var batch = connection.Begin();
            fill(this, batch);
        }
        catch (EndpointException reason)
        {
            OnLost(reason);
        }
    }

    private void Fail()
    {
        if (RemovesFailed)
        {
            Remove();
        }
        else
        {
            Complete(stage, failure);
        }
    }

    private void Complete(SftpUploadStage reached, SftpReply reason)
    {
        Outcome = new SftpUploadOutcome(reached, reason, attributes, takesStat);
        End();
    }

    private void End()
    {
        GiveHandle();
        GiveBytes();
        if (isOwed)
        {
            isOwed = false;
            connection.Settle();
        }

        connection.Complete(this);
    }

    private void GiveBytes()
    {
        if (hasBytes)
        {
            hasBytes = false;
            flight.Bytes.Give(content.Length);
        }
    }
}
