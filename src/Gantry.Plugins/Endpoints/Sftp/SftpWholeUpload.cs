using Gantry.Engine.Endpoints;

namespace Gantry.Plugins.Endpoints.Sftp;

/// <summary>A small upload that nobody waits for: whoever began it is told the end.</summary>
internal sealed class SftpWholeUpload : SftpSmallUpload
{
    private readonly IWholeWriteReceiver receiver;
    private readonly Action onStatRefused;
    private readonly CancellationToken cancellationToken;

    /// <inheritdoc cref="SftpSmallUpload(SftpConnection, SftpFlight, SftpPath, SftpPath?, WriteOptions, ReadOnlyMemory{byte}, bool)"/>
    public SftpWholeUpload(
        SftpConnection connection, SftpFlight flight, SftpPath partial, SftpPath target, WriteOptions options, ReadOnlyMemory<byte> content,
        IWholeWriteReceiver receiver, Action onStatRefused, CancellationToken cancellationToken)
        : base(connection, flight, partial, target, options, content, asksStat: false)
    {
        this.receiver = receiver;
        this.onStatRefused = onStatRefused;
        this.cancellationToken = cancellationToken;
    }

    protected override bool IsCancelled => cancellationToken.IsCancellationRequested;

    protected override bool RemovesFailed => true;

    /// <summary>For who holds a handle for it. When the session is over meanwhile, that is told as the end.</summary>
    public void Start()
    {
        try
        {
            Begin();
        }
        catch (EndpointException reason)
        {
            OnLost(reason);
        }
    }

    public override void Tell()
    {
        if (!Outcome.TakesStat && Outcome.Stage == SftpUploadStage.Done)
        {
            onStatRefused();
        }

        receiver.OnEnded(
            LostBy is not null ? WholeWriteEnd.Lost
            : Outcome.Stage == SftpUploadStage.Done ? WholeWriteEnd.Written
            : WholeWriteEnd.NotWritten);
    }
}
