namespace Gantry.Plugins.Endpoints.Sftp;

/// <summary>A program whose standard streams are the way to an SFTP server.</summary>
internal abstract class ProcessPipe : SftpPipe
{
    private const int Terminate = 15;
    private const int Kill = 9;
    private static readonly TimeSpan exitPatience = TimeSpan.FromSeconds(2);

    private readonly ChildProcess process;
    private readonly TimeProvider clock;
    private readonly Lazy<Task> ending;

    /// <param name="process">Owned from here on, but for what it prints on its standard error.</param>
    /// <param name="clock">Limits how long its end is waited for.</param>
    protected ProcessPipe(ChildProcess process, TimeProvider clock)
        : base(process.Output, process.Input)
    {
        this.process = process;
        this.clock = clock;
        ending = new(EndAsync);
    }

    /// <summary>A thread that is blocked in a stream is free when the program has ended: one that does not want to, or is stopped, is killed after a while.</summary>
    public override void Abort()
    {
        process.Signal(Terminate);
        base.Abort();
        _ = ending.Value;
    }

    public override async ValueTask DisposeAsync()
    {
        Abort();
        await ending.Value.ConfigureAwait(false);
        GC.SuppressFinalize(this);
    }

    private async Task EndAsync()
    {
        using var patience = new CancellationTokenSource(exitPatience, clock);
        try
        {
            await process.Ended.WaitAsync(patience.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            process.Signal(Kill);
            await process.Ended.ConfigureAwait(false);
        }
    }

    /// <summary>Waits a little until it has ended and said all it had to say.</summary>
    protected async ValueTask WaitForLastWordsAsync(Task words)
    {
        using var patience = new CancellationTokenSource(exitPatience, clock);
        try
        {
            await process.Ended.WaitAsync(patience.Token).ConfigureAwait(false);
            await words.WaitAsync(patience.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // What it said so far must do.
        }
    }
}
