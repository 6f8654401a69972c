using Gantry.Engine.Endpoints;

namespace Gantry.Plugins.Endpoints.Sftp;

/// <summary>A small upload that somebody waits for, who answers for what goes wrong.</summary>
internal sealed class SftpAwaitedUpload : SftpSmallUpload
{
    private static readonly TimeSpan patience = TimeSpan.FromSeconds(1);

    // Its continuations run where it is told: see SftpCompletions.
    private readonly TaskCompletionSource<SftpUploadOutcome> completion = new();
    private readonly TimeProvider clock;
    private volatile bool isCancelled;

    /// <inheritdoc cref="SftpSmallUpload(SftpConnection, SftpFlight, SftpPath, SftpPath?, WriteOptions, ReadOnlyMemory{byte}, bool)"/>
    public SftpAwaitedUpload(
        SftpConnection connection, SftpFlight flight, SftpPath partial, SftpPath? target, WriteOptions options, ReadOnlyMemory<byte> content, bool asksStat,
        TimeProvider clock)
        : base(connection, flight, partial, target, options, content, asksStat) => this.clock = clock;

    protected override bool IsCancelled => isCancelled;

    protected override bool RemovesFailed => false;

    /// <summary>
    /// Runs it. When it is cancelled it removes what it made; a server that does not answer then is not waited for longer than a second.
    /// </summary>
    public async ValueTask<SftpUploadOutcome> RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            Begin();
        }
        catch
        {
            GiveHandle();
            throw;
        }

        await using var registration = cancellationToken.UnsafeRegister(
            static (state, token) => _ = ((SftpAwaitedUpload)state!).CancelAsync(token), this).ConfigureAwait(false);
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

    public override void Tell()
    {
        if (LostBy is not null)
        {
            completion.TrySetException(LostBy);
        }
        else
        {
            completion.TrySetResult(Outcome);
        }
    }

    /// <summary>It goes on cleaning up by itself, and is waited for a while.</summary>
    private async Task CancelAsync(CancellationToken cancellationToken)
    {
        isCancelled = true;
        await Task.WhenAny(completion.Task, Task.Delay(patience, clock, CancellationToken.None)).ConfigureAwait(false);
        completion.TrySetCanceled(cancellationToken);
    }
}
