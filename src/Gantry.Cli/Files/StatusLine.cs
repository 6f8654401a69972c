using Gantry.Engine.Transfers;

namespace Gantry.Cli.Files;

/// <summary>
/// On a terminal one line at the bottom that is written over a few times a second, and gone at the end. Elsewhere, such as in a log, a plain line now and then.
/// </summary>
internal sealed class StatusLine : IAsyncDisposable
{
    private const int WidthDefault = 80;
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan PlainInterval = TimeSpan.FromSeconds(10);

    private readonly Func<TransferProgress> progress;
    private readonly bool isTerminal;
    private readonly CancellationTokenSource ending = new();
    private readonly Task drawing;

    public StatusLine(Func<TransferProgress> progress, bool isTerminal)
    {
        this.progress = progress;
        this.isTerminal = isTerminal;
        drawing = DrawAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await ending.CancelAsync();
        await drawing;
        ending.Dispose();
        if (isTerminal)
        {
            Console.Error.Write("\r\u001b[K");
        }
    }

    private async Task DrawAsync()
    {
        var text = new ProgressText();
        using var timer = new PeriodicTimer(isTerminal ? Interval : PlainInterval);
        try
        {
            while (await timer.WaitForNextTickAsync(ending.Token))
            {
                if (isTerminal)
                {
                    Console.Error.Write($"\r{ProgressText.Cut(text.Line(progress()), Width() - 1)}\u001b[K");
                }
                else
                {
                    Console.Error.WriteLine("gantry: " + text.Plain(progress()));
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The end of the transfer is the end of the line.
        }
    }

    private static int Width()
    {
        var width = Console.WindowWidth;
        return width > 1 ? width : WidthDefault;
    }
}
