using System.Text.Json;
using Gantry.Engine.Secrets;
using Gantry.Engine.Settings;
using Gantry.Engine.Transfers;

namespace Gantry.Engine.Plans.Triggers;

/// <summary>What starts executions of a plan by itself: one item of its 'on' block. Each kind is a record of its own.</summary>
public abstract record Trigger
{
    /// <summary>"schedule", "webhook", "files", "s3_events", "execution": the item's one name.</summary>
    public abstract string Kind { get; }

    /// <summary>
    /// What tells it from the plan's other triggers, from version to version: one that changes otherwise stays the same trigger, and knows what it has handled. The
    /// item's 'id', or what it watches.
    /// </summary>
    public string Identity => Id is { } id ? "id " + id : $"{Kind} {Watches}";

    /// <summary>Null when the item gives none.</summary>
    public string? Id { get; init; }

    /// <summary>For lists: "0 6 * * mon-fri (Europe/Berlin)", "POST news".</summary>
    public abstract string Watches { get; }

    /// <summary>What the execution is given: an object whose texts may refer to ${trigger.…} and ${now}; null when the item says nothing.</summary>
    public JsonElement? Inputs { get; init; }

    /// <summary>What must be true of ${trigger.…} for an execution to be started; null starts one always.</summary>
    public JsonElement? When { get; init; }

    /// <summary>When something has to come; null for no expectation.</summary>
    public ArrivalWindow? Expect { get; init; }

    /// <summary>The item as it stands in the plan; <see cref="TriggerReader.Read(JsonElement)"/> reads it back.</summary>
    public JsonElement Source { get; init; }
}

public enum MissedPolicy
{
    /// <summary>One execution for all that was missed.</summary>
    Once,

    /// <summary>What was missed stays missed.</summary>
    Skip,

    /// <summary>An execution for each.</summary>
    All,
}

/// <summary>At times.</summary>
public sealed record ScheduleTrigger : Trigger
{
    /// <summary>Null for an interval.</summary>
    public Cron? Cron { get; init; }

    /// <summary>Null for a cron expression.</summary>
    public TimeSpan? Every { get; init; }

    /// <summary>An IANA name.</summary>
    public string Zone { get; init; } = "UTC";

    public MissedPolicy Missed { get; init; }

    public override string Kind => "schedule";

    public override string Watches => Cron is { } cron ? $"{cron.Text.Trim()} ({Zone})" : $"every {Duration.Format(Every ?? default)}";

    /// <summary>As people say it: "Every day at 06:00 (Europe/Berlin)", "Every 15 minutes".</summary>
    public string Words => Cron is { } cron ? $"{cron.Words} ({Zone})" : $"Every {Spoken(Every ?? default)}";

    /// <summary>Null when this machine does not know the zone (any more).</summary>
    /// <param name="anchor">From when an interval counts.</param>
    public Schedule? TimesFrom(DateTimeOffset anchor) =>
        Every is { } every ? Schedule.Every(every, anchor)
        : TimeZones.Find(Zone) is { } zone ? Schedule.Of(Cron!, zone)
        : null;

    /// <summary>"hour", "15 minutes", "1 hour and 30 minutes".</summary>
    private static string Spoken(TimeSpan span)
    {
        string[] parts = [.. new[] { (span.Days, "day"), (span.Hours, "hour"), (span.Minutes, "minute"), (span.Seconds, "second") }
            .Where(part => part.Item1 > 0).Select(part => part.Item1 == 1 ? $"1 {part.Item2}" : $"{part.Item1} {part.Item2}s")];
        return parts is [['1', ' ', .. var unit]] ? unit : parts.Length < 2 ? string.Concat(parts) : $"{string.Join(", ", parts[..^1])} and {parts[^1]}";
    }
}

public enum WebhookReply
{
    /// <summary>The execution's id, as soon as it is stored.</summary>
    Accepted,

    /// <summary>The execution as it ended.</summary>
    Result,
}

/// <summary>When somebody calls.</summary>
public sealed record WebhookTrigger : Trigger
{
    public static readonly TimeSpan WaitMax = TimeSpan.FromMinutes(10);

    /// <summary>Segments joined by '/'; the first does not begin with '~'.</summary>
    public required string Path { get; init; }

    /// <summary>In capitals.</summary>
    public string Verb { get; init; } = "POST";

    /// <summary>By what a caller is known; null when the owner says that everybody may call.</summary>
    public SecretRef? Secret { get; init; }

    public required WebhookScheme Scheme { get; init; }

    /// <summary>How far the time that is signed may be from now.</summary>
    public TimeSpan Tolerance { get; init; } = TimeSpan.FromMinutes(5);

    public WebhookReply Reply { get; init; }

    /// <summary>How long a caller who wants the result is kept waiting before it is given the execution's id instead.</summary>
    public TimeSpan Wait { get; init; } = TimeSpan.FromSeconds(30);

    public override string Kind => "webhook";

    public override string Watches => $"{Verb} {Path}";
}

/// <summary>When files arrive at an endpoint.</summary>
public sealed record FilesTrigger : Trigger
{
    /// <summary>"incoming" or "incoming:sub" of a saved endpoint, or an address.</summary>
    public required string Endpoint { get; init; }

    /// <summary>Patterns as transfers have them; one has to fit. Empty takes every file.</summary>
    public IReadOnlyList<string> Match { get; init; } = [];

    /// <summary>Patterns of what is left alone.</summary>
    public IReadOnlyList<string> Exclude { get; init; } = [];

    /// <summary>How long a file has to stay as it is before it counts.</summary>
    public TimeSpan Settle { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How often the endpoint is listed; one that tells of changes is listed when it does, and at this interval besides.</summary>
    public TimeSpan Interval { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>One execution for all that arrived together, instead of one for each file.</summary>
    public bool IsBatch { get; init; }

    /// <summary>Folders deep; 1 is the endpoint's root alone.</summary>
    public int Depth { get; init; } = 20;

    /// <summary>How many files one listing may tell of; what is behind them waits, and the trigger says so.</summary>
    public int FilesMax { get; init; } = 100_000;

    /// <summary>Whether what is there when the trigger is made counts as handled.</summary>
    public bool SkipsExisting { get; init; }

    public override string Kind => "files";

    /// <summary>What 'match' and 'exclude' say together.</summary>
    public FileSelection Selection => SelectionOf(Match, Exclude);

    public override string Watches => Match.Count == 0 ? Endpoint : $"{Endpoint} {string.Join(" ", Match)}";

    /// <exception cref="Endpoints.EndpointException">A pattern makes no sense.</exception>
    internal static FileSelection SelectionOf(IReadOnlyList<string> match, IReadOnlyList<string> exclude) => FileSelection.All.With(
        [], [], [.. exclude.Select(pattern => "- " + pattern), .. match.Select(pattern => "+ " + pattern), .. match.Count > 0 ? (string[])["- /**"] : []]);
}

/// <summary>When an object store tells of new objects through a queue.</summary>
public sealed record StoreEventsTrigger : Trigger
{
    public required string Endpoint { get; init; }

    /// <summary>The queue's URL.</summary>
    public required string Queue { get; init; }

    /// <summary>As for files.</summary>
    public IReadOnlyList<string> Match { get; init; } = [];

    public FileSelection Selection => FilesTrigger.SelectionOf(Match, []);

    public override string Kind => "s3_events";

    public override string Watches => $"{Endpoint} {Queue}";
}

/// <summary>When an execution of another plan ends.</summary>
public sealed record ExecutionTrigger : Trigger
{
    /// <summary>The name of the plan that is watched.</summary>
    public required string Plan { get; init; }

    /// <summary>Of succeeded, failed, cancelled.</summary>
    public IReadOnlyList<string> Statuses { get; init; } = ["succeeded"];

    public override string Kind => "execution";

    public override string Watches => $"{Plan} {string.Join("|", Statuses)}";
}
