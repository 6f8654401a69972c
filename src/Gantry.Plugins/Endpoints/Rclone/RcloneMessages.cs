using Gantry.Engine.Endpoints;

namespace Gantry.Plugins.Endpoints.Rclone;

/// <summary>What rclone says on its standard error: where it can be controlled, and its last lines.</summary>
internal sealed class RcloneMessages
{
    private const int LinesMost = 40;
    private const int LineLengthMost = 500;
    private const string ControlStart = "Serving remote control on ";

    private readonly Lock gate = new();
    private readonly List<string> lines = [];
    private readonly TaskCompletionSource<Uri?> control = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <param name="reader">Owned from here on.</param>
    public RcloneMessages(StreamReader reader) =>
        Ended = Task.Factory.StartNew(() => ReadAll(reader), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    /// <summary>Completes when there is no more to come.</summary>
    public Task Ended { get; }

    /// <summary>Where its remote control listens; null when it ended before it did.</summary>
    public Task<Uri?> Control => control.Task;

    /// <summary>The last line that is about a failure, without its time; empty when there is none.</summary>
    public string Last
    {
        get
        {
            lock (gate)
            {
                return lines.LastOrDefault(line => line.Contains("Failed", StringComparison.Ordinal) || line.Contains("Fatal", StringComparison.Ordinal)
                    || line.Contains("Error", StringComparison.OrdinalIgnoreCase)) ?? lines.LastOrDefault() ?? "";
            }
        }
    }

    private void ReadAll(StreamReader reader)
    {
        try
        {
            while (reader.ReadLine() is { } line)
            {
                Take(line.Trim());
            }
        }
        catch (Exception exception) when (exception is IOException or ObjectDisposedException)
        {
            // The process was disposed of: nobody asks any more.
        }
        finally
        {
            control.TrySetResult(null);
            reader.Dispose();
        }
    }

    private void Take(string line)
    {
        if (line.IndexOf(ControlStart, StringComparison.Ordinal) is >= 0 and var start)
        {
            var text = line[(start + ControlStart.Length)..].Trim('[', ']');
            control.TrySetResult(Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.IsLoopback ? uri : null);
            return;
        }

        lock (gate)
        {
            if (line.Length > 0)
            {
                lines.Add(EndpointPath.Printable(WithoutTime(line.Length > LineLengthMost ? line[..LineLengthMost] : line)));
                if (lines.Count > LinesMost)
                {
                    lines.RemoveAt(0);
                }
            }
        }
    }

    /// <summary>"2026/11/20 17:12:38 Failed to …" begins with digits, which nobody needs.</summary>
    private static string WithoutTime(string line) => line.TrimStart('0', '1', '2', '3', '4', '5', '6', '7', '8', '9', '/', ':', ' ');
}
