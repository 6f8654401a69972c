using Gantry.Engine.Settings;

namespace Gantry.Engine.Providers.Manifests;

/// <summary>A provider as a YAML file describes it (providers/README.md), read and checked. It is never changed, and used by many threads.</summary>
public sealed record Manifest
{
    public required string Id { get; init; }

    public required string Name { get; init; }

    public required string Category { get; init; }

    public required string Help { get; init; }

    /// <summary>Where the vendor describes the API.</summary>
    public required string Docs { get; init; }

    /// <summary>When it was last checked, yyyy-MM-dd.</summary>
    public required string CheckedOn { get; init; }

    public required string CheckedAgainst { get; init; }

    /// <summary>Why it is not to be used any more; null when it is.</summary>
    public string? Deprecated { get; init; }

    public required ManifestText BaseUrl { get; init; }

    /// <summary>Further hosts that requests may go to; "*.example.org" is what stands below it.</summary>
    public IReadOnlyList<ManifestText> Hosts { get; init; } = [];

    /// <summary>What every connection holds, whichever way it signs in.</summary>
    public IReadOnlyList<ConnectionField> Connection { get; init; } = [];

    /// <summary>The ways to sign in, at least one: the first whose required fields the connection has.</summary>
    public required IReadOnlyList<ManifestAuth> Auth { get; init; }

    public ManifestConstants Constants { get; init; } = ManifestConstants.None;

    /// <summary>A cheap read that says whose connection it is; null where the vendor has none.</summary>
    public ManifestRequest? Verify { get; init; }

    public ManifestLimits Limits { get; init; } = new();

    public ManifestErrors Errors { get; init; } = new();

    /// <summary>Of whatever asks an AI here; null leaves it to the usual names, for providers of the category AI.</summary>
    public ManifestUsage? Usage { get; init; }

    public required IReadOnlyList<ManifestAction> Actions { get; init; }

    /// <summary>Every field that a connection may hold, each once.</summary>
    public IReadOnlyList<ConnectionField> Fields =>
        field ??= [.. Connection.Concat(Auth.SelectMany(auth => auth.Fields)).DistinctBy(known => known.Name)];

    /// <summary>Whether an action uses an AI, whose use is counted: one that says where its use stands, and whatever changes something at a provider of AIs.</summary>
    public bool AsksAi(ManifestAction action) => action.Response.Usage is not null || (action.Call.Method != "GET" && (Usage is not null || Category == Answers.TokenUse.Category));

    public ManifestAction? FindAction(string id) => actions.GetValueOrDefault(id);

    private readonly Dictionary<string, ManifestAction> actions = new(StringComparer.Ordinal);

    /// <summary>Made when it is read.</summary>
    internal Manifest Indexed()
    {
        foreach (var action in Actions)
        {
            actions[action.Id] = action;
        }

        return this;
    }
}

/// <summary>A value that a connection holds.</summary>
public sealed record ConnectionField
{
    public required string Name { get; init; }

    /// <summary>Text, Integer, Number or Boolean.</summary>
    public SettingType Type { get; init; } = SettingType.Text;

    /// <summary>What forms call it; null when it is made of the name.</summary>
    public string? Label { get; init; }

    public required string Help { get; init; }

    public bool IsSecret { get; init; }

    public bool IsRequired { get; init; }

    public System.Text.Json.JsonElement? Default { get; init; }

    public IReadOnlyList<string> Choices { get; init; } = [];

    public ManifestPattern? Pattern { get; init; }
}

/// <summary>Values that stand in every request of a provider, or of an action.</summary>
public sealed record ManifestConstants(
    IReadOnlyList<KeyValuePair<string, ManifestText>> Headers, IReadOnlyList<KeyValuePair<string, ManifestText>> Query, ManifestValue? Body)
{
    public static ManifestConstants None { get; } = new([], [], null);
}

/// <summary>How often may be asked. All steps with the same connection share it.</summary>
public sealed record ManifestLimits
{
    public double? PerSecond { get; init; }

    public double? PerMinute { get; init; }

    public int? Concurrent { get; init; }

    /// <summary>Statuses after which to wait, besides 429 and 503.</summary>
    public IReadOnlyList<int> RetryStatus { get; init; } = [];

    /// <summary>Headers with seconds or a date to wait, besides Retry-After.</summary>
    public IReadOnlyList<string> RetryAfter { get; init; } = [];

    /// <summary>Headers with the epoch, in seconds or milliseconds, when it goes on.</summary>
    public IReadOnlyList<string> ResetAt { get; init; } = [];

    /// <summary>The header with how many calls are left.</summary>
    public string? Remaining { get; init; }

    /// <summary>The seconds to wait, in the answer.</summary>
    public AnswerPath? BodyAfter { get; init; }

    /// <summary>What is longer is left to the step's own retries.</summary>
    public TimeSpan WaitMax { get; init; } = TimeSpan.FromSeconds(60);
}

/// <summary>What is a failure, and how it is told.</summary>
public sealed record ManifestErrors
{
    /// <summary>On an answer of 2xx: it is a failure all the same.</summary>
    public ManifestText? When { get; init; }

    /// <summary>Statuses outside 2xx that are none.</summary>
    public IReadOnlyList<int> OkStatus { get; init; } = [];

    /// <summary>The first that has a text.</summary>
    public IReadOnlyList<AnswerPath> Message { get; init; } = [];

    public IReadOnlyList<AnswerPath> Code { get; init; } = [];

    /// <summary>Messages by field.</summary>
    public AnswerPath? Fields { get; init; }

    /// <summary>By the vendor's code, or the status.</summary>
    public IReadOnlyDictionary<string, ProviderErrorKind> Kinds { get; init; } = new Dictionary<string, ProviderErrorKind>(StringComparer.Ordinal);

    /// <summary>An action's own before the provider's.</summary>
    public ManifestErrors Over(ManifestErrors other) => new()
    {
        When = When ?? other.When,
        OkStatus = OkStatus.Count > 0 ? OkStatus : other.OkStatus,
        Message = Message.Count > 0 ? Message : other.Message,
        Code = Code.Count > 0 ? Code : other.Code,
        Fields = Fields ?? other.Fields,
        Kinds = Kinds.Count == 0 ? other.Kinds : Kinds.Concat(other.Kinds).DistinctBy(pair => pair.Key).ToDictionary(StringComparer.Ordinal),
    };
}
