namespace Gantry.Engine.Transfers;

/// <summary>
/// Performs one transfer: walks both sides at once in constant memory and moves what differs, many files in flight.
/// </summary>
/// <remarks>
/// A failure of one file stops nothing else. What ends a transfer early (an endpoint that is lost, a target that cannot be made) is
/// told once, in <see cref="TransferResult.EndedBy"/>.
/// </remarks>
public sealed class TransferRunner
{
    private readonly TransferRun run;
    private int isStarted;

    /// <summary>A request that contradicts itself fails with BadSetting.</summary>
    public TransferRunner(TransferRequest request, TimeProvider? clock = null)
    {
        RequestCheck.Check(request);
        run = new TransferRun(request, clock ?? TimeProvider.System);
    }

    /// <summary>How it stands, at any time: before, meanwhile and after.</summary>
    public TransferProgress Progress => run.Tally.Progress();

    /// <summary>
    /// Runs it, once. When it is cancelled, everything in flight is broken off and cleaned up, then <see cref="OperationCanceledException"/>
    /// is thrown; <see cref="Progress"/> still tells the counts.
    /// </summary>
    public Task<TransferResult> RunAsync(CancellationToken cancellationToken) =>
        Interlocked.Exchange(ref isStarted, 1) == 0
            ? run.RunAsync(cancellationToken)
            : throw new InvalidOperationException("A transfer runner runs once.");
}
