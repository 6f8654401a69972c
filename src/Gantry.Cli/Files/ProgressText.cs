using System.Globalization;
using System.Text;
using Gantry.Engine.Endpoints;
using Gantry.Engine.Settings;
using Gantry.Engine.Transfers;

namespace Gantry.Cli.Files;

/// <summary>A transfer's progress in a line, with the rate of the last seconds and the time that is left by it.</summary>
internal sealed class ProgressText
{
    private const int BarCells = 20;
    private static readonly TimeSpan Window = TimeSpan.FromSeconds(8);

    private readonly Queue<(TimeSpan At, long Bytes)> samples = new();

    /// <summary>"[########------------]  41 %  1,204 of 20,000 files, 4.7 MiB of 78.1 MiB, 3.1 MiB/s, 24s left: images/a.jpg".</summary>
    public string Line(TransferProgress progress) => Bar(progress) + Plain(progress);

    /// <summary>The same without the bar.</summary>
    public string Plain(TransferProgress progress)
    {
        var rate = Rate(progress);
        var more = progress.IsWalkDone ? "" : "+";
        var bytesLeft = progress.BytesTotal - progress.BytesDone;
        var left = progress.IsWalkDone && rate > 0 && bytesLeft > 0 ? $", {Duration.Format(TimeSpan.FromSeconds(Math.Ceiling(bytesLeft / rate)))} left" : "";
        var failed = progress.Failed > 0 ? string.Create(CultureInfo.InvariantCulture, $", {progress.Failed:N0} failed") : "";
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{progress.FilesDone:N0} of {progress.FilesTotal:N0}{more} files, {ByteSize.Format(progress.BytesDone)} of {ByteSize.Format(progress.BytesTotal)}{more}, "
            + $"{ByteSize.Format(rate)}/s{left}{failed}{Current(progress)}");
    }

    /// <summary>Cut so that it takes so many columns at most; signs of East Asian scripts and emoji take two.</summary>
    public static string Cut(string text, int columns)
    {
        var taken = 0;
        var position = 0;
        foreach (var rune in text.EnumerateRunes())
        {
            taken += IsWide(rune) ? 2 : 1;
            if (taken > columns)
            {
                return text[..position];
            }

            position += rune.Utf16SequenceLength;
        }

        return text;
    }

    private static string Bar(TransferProgress progress)
    {
        var (done, total) = progress.BytesTotal > 0 ? (progress.BytesDone, progress.BytesTotal) : (progress.FilesDone, progress.FilesTotal);
        var share = total > 0 ? Math.Clamp((double)done / total, 0, 1) : 0;
        var cells = (int)(share * BarCells);
        return string.Create(CultureInfo.InvariantCulture, $"[{new string('#', cells)}{new string('-', BarCells - cells)}] {(int)(share * 100),3} %  ");
    }

    private static string Current(TransferProgress progress) => progress.CurrentFiles switch
    {
        [] => "",
        [var only] => ": " + EndpointPath.Printable(only),
        [var first, ..] => $": {EndpointPath.Printable(first)} and {progress.CurrentFiles.Count - 1} more",
    };

    private static bool IsWide(Rune rune) => rune.Value is (>= 0x1100 and <= 0x115F) or (>= 0x2E80 and <= 0xA4CF) or (>= 0xAC00 and <= 0xD7A3)
        or (>= 0xF900 and <= 0xFAFF) or (>= 0xFE30 and <= 0xFE6F) or (>= 0xFF00 and <= 0xFF60) or (>= 0xFFE0 and <= 0xFFE6) or (>= 0x1F300 and <= 0x1FAFF) or (>= 0x20000 and <= 0x3FFFD);

    private double Rate(TransferProgress progress)
    {
        samples.Enqueue((progress.Elapsed, progress.BytesDone));
        while (samples.Count > 2 && progress.Elapsed - samples.Peek().At > Window)
        {
            samples.Dequeue();
        }

        var (at, bytes) = samples.Peek();
        var seconds = (progress.Elapsed - at).TotalSeconds;
        return samples.Count < 2 || seconds < 0.5 ? progress.BytesPerSecond : Math.Max(0, (progress.BytesDone - bytes) / seconds);
    }
}
