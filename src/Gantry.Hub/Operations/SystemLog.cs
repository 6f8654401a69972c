using System.Text.Json;
using NLog;
using NLog.Targets;

namespace Gantry.Hub.Operations;

/// <summary>A line of the hub's own log, as it is in its file.</summary>
/// <param name="Id">Larger than that of every line before, also across restarts.</param>
/// <param name="Level">debug, info, warning or error.</param>
/// <param name="Component">Such as "Triggers": the part of the hub that tells it.</param>
/// <param name="Source">Such as "Gantry.Hub.Triggers.Scheduler".</param>
/// <param name="Execution">The execution that it belongs to.</param>
/// <param name="Exception">With its stack.</param>
internal sealed record SystemLogLine(
    long Id, DateTimeOffset Time, string Level, string Component, string Source, string Message, string? Execution, string? Exception, JsonElement? Fields);

/// <summary>Which lines are meant.</summary>
internal sealed record SystemLogFilter
{
    /// <summary>The least level; null means all.</summary>
    public string? Level { get; init; }

    public string? Component { get; init; }

    /// <summary>A part of the message or the exception, in any case.</summary>
    public string? Text { get; init; }

    public bool Includes(SystemLogLine line) =>
        (Level is null || Array.IndexOf(SystemLog.Levels, line.Level) >= Array.IndexOf(SystemLog.Levels, Level))
        && (Component is null || line.Component == Component)
        && (Text is null || Has(line.Message) || Has(line.Exception));

    private bool Has(string? text) => text?.Contains(Text!, StringComparison.OrdinalIgnoreCase) == true;
}

/// <summary>
/// The newest lines of this hub's log in memory, to be searched and followed: what was masked in the file is masked here. The file's own last lines stand before
/// those of this start.
/// </summary>
internal sealed class SystemLog
{
    private const int LinesMax = 20_000;
    private const int CharactersMax = 16_000_000;
    private const int LineMax = 16_000;
    private const int EarlierBytesMax = 2 * 1024 * 1024;

    public static readonly string[] Levels = ["debug", "info", "warning", "error"];

    private readonly Lock gate = new();
    private readonly SystemLogLine?[] ring = new SystemLogLine?[LinesMax];
    private readonly int[] lengths = new int[LinesMax];
    private long first;
    private long next;
    private long characters;
    private TaskCompletionSource added = NewSignal();

    /// <summary>The file in which all lines are.</summary>
    public required string File { get; init; }

    /// <summary>Completes when there are lines that were not there when it was asked for.</summary>
    public Task Added
    {
        get
        {
            lock (gate) return added.Task;
        }
    }

    public IReadOnlyList<string> Components => [.. Newer(0).Select(line => line.Component).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];

    /// <summary>The newest first, older than a line; null begins with the newest.</summary>
    public IReadOnlyList<SystemLogLine> Before(long? id, SystemLogFilter filter, int count) =>
        [.. Newer(0).AsEnumerable().Reverse().Where(line => (id is null || line.Id < id) && filter.Includes(line)).Take(count)];

    /// <summary>The oldest first, newer than a line.</summary>
    public IReadOnlyList<SystemLogLine> After(long id, SystemLogFilter filter) => [.. Newer(id).Where(filter.Includes)];

    /// <summary>What the file holds from before this start.</summary>
    public void AddEarlier()
    {
        try
        {
            using var file = new FileStream(File, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            var isCut = file.Length > EarlierBytesMax;
            if (isCut) file.Seek(-EarlierBytesMax, SeekOrigin.End);
            using var reader = new StreamReader(file);
            if (isCut) reader.ReadLine();
            while (reader.ReadLine() is { } text) Add(text);
        }
        catch (IOException)
        {
            // There is none yet.
        }
    }

    /// <summary>A line as it is written to the file.</summary>
    public void Add(string text)
    {
        lock (gate)
        {
            var last = next > first ? ring[(next - 1) % LinesMax]!.Id : 0;
            if (Read(text, last + 1) is not { } line) return;
            if (next - first == LinesMax) DropFirst();
            (ring[next % LinesMax], lengths[next % LinesMax]) = (line, Math.Min(text.Length, LineMax));
            characters += lengths[next % LinesMax];
            next++;
            while (characters > CharactersMax) DropFirst();
            added.TrySetResult();
            added = NewSignal();
        }
    }

    private void DropFirst()
    {
        characters -= lengths[first % LinesMax];
        ring[first % LinesMax] = null;
        first++;
    }

    /// <summary>The oldest first.</summary>
    private List<SystemLogLine> Newer(long id)
    {
        List<SystemLogLine> found = [];
        lock (gate)
        {
            for (var at = next - 1; at >= first && ring[at % LinesMax] is { } line && line.Id > id; at--) found.Add(line);
        }

        found.Reverse();
        return found;
    }

    /// <summary>Null when it is no line of this log.</summary>
    private static SystemLogLine? Read(string text, long idMin)
    {
        try
        {
            var json = JsonElement.Parse(text);
            var time = json.GetProperty("time").GetDateTimeOffset();
            var source = json.GetProperty("component").GetString()!;
            var id = Math.Max(idMin, time.ToUnixTimeMilliseconds() * 1_000);
            var fields = text.Length <= LineMax && json.TryGetProperty("fields", out var found) ? found : (JsonElement?)null;
            return new SystemLogLine(id, time, LevelOf(json.GetProperty("level").GetString()!), ComponentOf(source), source,
                Cut(json.GetProperty("message").GetString()!), TextOf(json, "execution"), TextOf(json, "exception") is { } exception ? Cut(exception) : null, fields);
        }
        catch (Exception exception) when (exception is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            return null;
        }
    }

    private static string? TextOf(JsonElement json, string name) => json.TryGetProperty(name, out var value) ? value.GetString() : null;

    private static string Cut(string text) => text.Length <= LineMax ? text : text[..LineMax] + " …";

    private static string LevelOf(string level) => level switch
    {
        "trace" => "debug",
        "warn" => "warning",
        "fatal" => "error",
        _ => level,
    };

    /// <summary>The folder of the hub that speaks; of others the first word of their name.</summary>
    private static string ComponentOf(string source) => source.Split('.') is ["Gantry", _, var folder, ..] ? folder : source.Split('.')[0];

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}

/// <summary>Tells the log in memory what is told to the file.</summary>
internal sealed class SystemLogTarget(SystemLog log) : TargetWithLayout
{
    protected override void Write(LogEventInfo logEvent) => log.Add(RenderLogEvent(Layout, logEvent));
}
