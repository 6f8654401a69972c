using Gantry.Engine.Providers;
using Gantry.Engine.Transfers;

namespace Gantry.Plugins.Providers.Transfer;

/// <summary>Tells a transfer's progress to the step's log, at most a few times a second, and once at its end.</summary>
internal sealed class ProgressReport : IAsyncDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(500);

    private readonly IStepLog log;
    private readonly Func<TransferProgress> progress;
    private readonly PeriodicTimer timer;
    private readonly Task telling;

    public ProgressReport(IStepLog log, TimeProvider clock, Func<TransferProgress> progress)
    {
        this.log = log;
        this.progress = progress;
        timer = new PeriodicTimer(Interval, clock);
        telling = TellAsync();
    }

    public async ValueTask DisposeAsync()
    {
        timer.Dispose();
        await telling;
        log.Report(TransferReport.ToJson(progress()));
    }

    private async Task TellAsync()
    {
        while (await timer.WaitForNextTickAsync(CancellationToken.None))
        {
            log.Report(TransferReport.ToJson(progress()));
        }
    }
}
