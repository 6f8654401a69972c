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
    private readonly PeriodicTimer timer;
    private readonly Task drawing;

    public StatusLine(Func<TransferProgress> progress, bool isTerminal)
    {
        this.progress = progress;
        this.isTerminal = isTerminal;
        timer = new(isTerminal ? Interval : PlainInterval);
        drawing = DrawAsync();
    }

    public async ValueTask DisposeAsync()
    {
        // Ended so, and not by a token, the wait ends without an exception, whose stack trace would take 10 ms of each command.
        timer.Dispose();
        await drawing;
        if (isTerminal)
        {
            Console.Error.Write("\r\u001b[K");
        }
    }

    private async Task DrawAsync()
    {
        var text = new ProgressText();
        while (await timer.WaitForNextTickAsync())
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

    private static int Width()
    {
        var width = Console.WindowWidth;
        return width > 1 ? width : WidthDefault;
    }
}
