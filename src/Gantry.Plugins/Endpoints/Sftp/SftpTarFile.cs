using Gantry.Engine.Endpoints;

namespace Gantry.Plugins.Endpoints.Sftp;

/// <summary>
/// A file that travels in a tar stream, under its temporary name. It is renamed when the SFTP server tells it of the right size, and with the time that
/// tar gives a file last of all; any other is removed. Once that is seen of some, tar's status stands for the next: it tells, as the answers to
/// WRITE do elsewhere, that all was written.
/// </summary>
internal sealed class SftpTarFile : SftpTold
{
    private const int PermissionBits = 0x1FF;

    private readonly SftpTarStream stream;
    private readonly SftpPath partial;
    private readonly SftpPath target;
    private readonly IWholeWriteReceiver receiver;
    private readonly CancellationToken cancellationToken;
    private SftpConnection? connection;
    private Stage stage;
    private WholeWriteEnd end;

    public SftpTarFile(
        SftpTarStream stream, string root, string path, ReadOnlyMemory<byte> content, WriteOptions options, IWholeWriteReceiver receiver, CancellationToken cancellationToken)
    {
        this.stream = stream;
        this.receiver = receiver;
        this.cancellationToken = cancellationToken;
        Path = path;
        Content = content;
        Options = options;
        PartialPath = EndpointPath.Join(EndpointPath.ParentOf(path), options.PartialName);
        NameBytes = Engine.Endpoints.NameBytes.Count(PartialPath);
        partial = new SftpPath(root, PartialPath);
        target = new SftpPath(root, path);
    }

    private enum Stage
    {
        Looking,
        Renaming,
        Removing,
    }

    public string Path { get; }

    public string PartialPath { get; }

    public int NameBytes { get; }

    public ReadOnlyMemory<byte> Content { get; }

    public WriteOptions Options { get; }

    public uint Seconds => SftpBatch.SecondsOf(Options.ModifiedAt!.Value);

    /// <summary>What it takes of the stream.</summary>
    public int StreamBytes => TarFormat.HeaderBytes(NameBytes) + TarFormat.Whole(Content.Length);

    /// <summary>The stream was broken off, and whoever extracts it may not know yet.</summary>
    public bool MayStillArrive { get; set; }

    /// <summary>Under way no more and never sent: this goes another way, by whoever calls.</summary>
    public bool TryBeginElsewhere(IWritesWhole other) => other.TryBeginWrite(Path, Content, Options, receiver, cancellationToken);

    /// <summary>Tar ended well after it.</summary>
    public bool IsVouchedFor { get; set; }

    /// <summary>Asks what is there, or takes tar's word for it; the rest follows from the answer.</summary>
    public void Take(SftpConnection asked, SftpBatch batch)
    {
        connection = asked;
        if (IsVouchedFor && stream.TakesItsWord && !cancellationToken.IsCancellationRequested)
        {
            stage = Stage.Renaming;
            batch.Rename(this, partial, target, isPosix: true);
            return;
        }

        stage = Stage.Looking;
        batch.ForPath(this, SftpWire.LinkStat, partial);
    }

    public override void OnReply(uint id, byte type, ref SftpReader body)
    {
        switch (stage)
        {
            case Stage.Looking when type == SftpWire.AttributesReply:
                OnSeen(body.Attributes());
                break;
            case Stage.Looking when type == SftpWire.StatusReply:
                // It never came.
                Complete(WholeWriteEnd.NotWritten);
                break;
            case Stage.Renaming when type == SftpWire.StatusReply:
                if (SftpReply.ReadStatus(ref body).IsOk)
                {
                    Complete(WholeWriteEnd.Written);
                }
                else
                {
                    Remove();
                }

                break;
            case Stage.Removing when type == SftpWire.StatusReply:
                Complete(WholeWriteEnd.NotWritten);
                break;
            default:
                throw Unexpected(type);
        }
    }

    public override void OnLost(EndpointException reason) => Complete(WholeWriteEnd.Lost);

    public override void Tell() => receiver.OnEnded(end);

    /// <summary>Without having been looked at.</summary>
    public void TellElsewhere(WholeWriteEnd untried)
    {
        end = untried;
        SftpCompletions.TellElsewhere(this);
    }

    private void OnSeen(SftpAttributes seen)
    {
        var isWhole = seen.Kind == EntryKind.File
            && seen.Size == Content.Length
            && seen.ModifiedAt == Seconds
            && (Options.UnixMode is not { } mode || (seen.Mode & PermissionBits) == (mode & PermissionBits));
        if (IsVouchedFor)
        {
            stream.OnLooked(isWhole);
        }

        if (!isWhole || cancellationToken.IsCancellationRequested)
        {
            Remove();
            return;
        }

        stage = Stage.Renaming;
        Send(static (file, batch) => batch.Rename(file, file.partial, file.target, isPosix: true));
    }

    private void Remove()
    {
        stage = Stage.Removing;
        Send(static (file, batch) => batch.ForPath(file, SftpWire.Remove, file.partial));
    }

    private void Send(Action<SftpTarFile, SftpBatch> fill)
    {
        try
        {
            using var batch = connection!.Begin();
            fill(this, batch);
        }
        catch (EndpointException reason)
        {
            OnLost(reason);
        }
    }

    private void Complete(WholeWriteEnd reached)
    {
        end = reached == WholeWriteEnd.NotWritten && MayStillArrive ? WholeWriteEnd.Lost : reached;
        stream.OnSettled();
        connection!.Complete(this);
    }
}
