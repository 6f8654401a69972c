using System.Globalization;
using Gantry.Engine.Endpoints;
using Gantry.Engine.Settings;
using Gantry.Engine.Transfers;

namespace Gantry.Cli.Files;

/// <summary>One line at the bottom of the terminal that is written over a few times a second, and gone at the end.</summary>
internal sealed class StatusLine : IAsyncDisposable
{
    private const int WidthDefault = 80;
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(200);

    private readonly Func<TransferProgress> progress;
    private readonly CancellationTokenSource ending = new();
    private readonly Task drawing;

    public StatusLine(Func<TransferProgress> progress)
    {
        this.progress = progress;
        drawing = DrawAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await ending.CancelAsync();
        await drawing;
        ending.Dispose();
        Console.Error.Write("\r\u001b[K");
    }

    /// <summary>"1,204 of 20,000 files, 4.7 of 78.1 MiB, 3.1 MiB/s, 24 s left: images/a.jpg".</summary>
    internal static string Text(TransferProgress progress)
    {
        var more = progress.IsWalkDone ? "" : "+";
        var left = progress is { IsWalkDone: true, BytesPerSecond: > 0 }
            ? string.Create(CultureInfo.InvariantCulture, $", {(progress.BytesTotal - progress.BytesDone) / progress.BytesPerSecond:0} s left")
            : "";
        var failed = progress.Failed > 0 ? $", {progress.Failed} failed" : "";
        var current = progress.CurrentFiles.Count > 0 ? ": " + EndpointPath.Printable(progress.CurrentFiles[0]) : "";
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{progress.FilesDone:N0} of {progress.FilesTotal:N0}{more} files, {ByteSize.Format(progress.BytesDone)} of {ByteSize.Format(progress.BytesTotal)}{more}, "
            + $"{ByteSize.Format(progress.BytesPerSecond)}/s{left}{failed}{current}");
    }

    private async Task DrawAsync()
    {
        using var timer = new PeriodicTimer(Interval);
        try
        {
            while (await timer.WaitForNextTickAsync(ending.Token))
            {
                var text = Text(progress());
                var width = Width() - 1;
                Console.Error.Write($"\r{(text.Length > width ? text[..width] : text)}\u001b[K");
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
