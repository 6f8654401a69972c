namespace Gantry.Plugins.Endpoints.S3;

/// <summary>Cuts a request in which nothing has moved for a while.</summary>
internal sealed class S3Watch : IDisposable
{
    private readonly CancellationTokenSource source;
    private readonly CancellationTokenRegistration registration;
    private readonly CancellationToken caller;
    private readonly TimeSpan patience;
    private volatile bool isCancelled;

    public S3Watch(TimeSpan patience, TimeProvider clock, CancellationToken caller)
    {
        this.patience = patience;
        this.caller = caller;
        source = new CancellationTokenSource(patience, clock);
        registration = caller.UnsafeRegister(static state => ((CancellationTokenSource)state!).Cancel(), source);
    }

    public CancellationToken Token => source.Token;

    /// <summary>It was cut because nothing moved, and not because the caller wished it.</summary>
    public bool HasExpired => source.IsCancellationRequested && !caller.IsCancellationRequested && !isCancelled;

    public void Progress() => source.CancelAfter(patience);

    /// <summary>Until the next <see cref="Progress"/>, waiting is nobody's fault.</summary>
    public void Pause() => source.CancelAfter(Timeout.InfiniteTimeSpan);

    /// <summary>Cuts it as the caller does.</summary>
    public void Cancel()
    {
        isCancelled = true;
        try
        {
            source.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // What was to be cut is over.
        }
    }

    public void Dispose()
    {
        registration.Dispose();
        source.Dispose();
    }
}
