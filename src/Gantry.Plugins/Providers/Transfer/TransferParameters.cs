using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Gantry.Engine.Endpoints;
using Gantry.Engine.Endpoints.Limits;
using Gantry.Engine.Providers;
using Gantry.Engine.Settings;
using Gantry.Engine.Transfers;

namespace Gantry.Plugins.Providers.Transfer;

/// <summary>The parameters of a call as a transfer's options.</summary>
internal sealed class TransferParameters(ProviderCall call)
{
    private const int TransferIdLength = 20;

    public string From => Text("from") ?? throw Missing("from");

    public string To => Text("to") ?? throw Missing("to");

    /// <summary>Where from, where to, and what has to be known to open that.</summary>
    public TransferAddresses Addresses => new()
    {
        Sources =
        [
            .. new[] { From }.Concat(List("more_from")).Select(address => new SourceAddress(address, Is("keep_name"))),
            .. List("kept_from").Select(address => new SourceAddress(address, KeepName: true)),
        ],
        Target = To,

        // The same for every attempt, so that an attempt goes on where the one before was.
        Values = new TemplateValues(call.AcceptedAt, Zone, call.ExecutionId == Guid.Empty ? null : call.ExecutionId.ToString()),
        Backup = Text("backup_dir"),
        Priority = Text("priority") is { } priority ? LimitSettings.PriorityOf(priority) : null,
        OnWaiting = () => call.Log.Write(StepLogLevel.Info, "Waiting for a place at an endpoint whose transfers are limited."),
    };

    public int? ParallelSource => Integer("parallel_source");

    public int? ParallelTarget => Integer("parallel_target");

    /// <summary>The step's own; null when it has none.</summary>
    public EndpointLimits? Bandwidth
    {
        get
        {
            if (Text("bandwidth") is not { } text)
            {
                return null;
            }

            var timetable = BandwidthTimetable.Parse(text);
            return timetable.HasDirections
                ? throw new EndpointException(EndpointError.BadSetting, "'bandwidth' of a step is one rate for what is moved: up and down are told apart in the limits of an endpoint.")
                : new EndpointLimits(new LimitSettings { Bandwidth = timetable, TimeZone = Zone }, call.Clock);
        }
    }

    private TimeZoneInfo Zone => LimitSettings.ZoneOf(Text("time_zone") ?? "UTC");

    /// <summary>Null when none are named.</summary>
    public IReadOnlyList<string>? Files => Find("files") is null ? null : List("files");

    public IReadOnlyList<string> ArrivedIn => List("arrived_in");

    public IReadOnlyList<string> FailedIn => List("failed_in");

    public IReadOnlyList<string> NotArrivedIn => List("not_arrived_in");

    public bool Is(string name) => Find(name) is { ValueKind: JsonValueKind.True };

    public int? Integer(string name) => Find(name) is { ValueKind: JsonValueKind.Number } value && value.TryGetInt32(out var number) ? number : null;

    /// <summary>The request without its places.</summary>
    public TransferRequest Request(TransferMode mode) => new()
    {
        Sources = [],
        Target = null!,
        Mode = mode,
        Selection = Selection(),
        ChangeRule = Text("change") switch
        {
            "checksum" => ChangeRule.Checksum,
            "always" => ChangeRule.Always,
            "never-overwrite" => ChangeRule.NeverOverwrite,
            _ => ChangeRule.SizeAndTime,
        },
        Verification = Text("verify") == "checksum" ? Verification.Checksum : Verification.Size,
        SymbolicLinks = Text("links") switch
        {
            "follow" => SymbolicLinkPolicy.Follow,
            "keep" => SymbolicLinkPolicy.Keep,
            _ => SymbolicLinkPolicy.Skip,
        },
        Metadata = Map("metadata"),
        Purges = Is("purge"),
        NoMatch = Text("no_match") == "fail" ? NoMatchPolicy.Fail : NoMatchPolicy.Succeed,
        ConcurrentFiles = Integer("parallel"),
        Retries = Integer("retries") ?? 5,
        IsBatched = Is("batch"),
        IsDryRun = Is("dry_run"),
        DeletesMax = Integer("max_delete"),
        TransferId = TransferId(),
    };

    public FileSelection Selection() => new FileSelection
    {
        AgeMin = Age("min_age"),
        AgeMax = Age("max_age"),
        SizeMin = Size("min_size"),
        SizeMax = Size("max_size"),
        IgnoresCase = Is("ignore_case"),
        Metadata = MetadataSelection.Of(List("metadata_include"), List("metadata_exclude")),
    }.With(List("include"), List("exclude"), List("filter"));

    /// <summary>The same for every attempt at this step of this execution, so that an attempt cleans up after the one before.</summary>
    private string TransferId() => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(call.IdempotencyKey)))[..TransferIdLength];

    private JsonElement? Find(string name) =>
        call.Parameters.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;

    private string? Text(string name) => Find(name) switch
    {
        { ValueKind: JsonValueKind.String } value => value.GetString(),
        { } value => value.GetRawText(),
        null => null,
    };

    private IReadOnlyList<string> List(string name) => Find(name) is not { ValueKind: JsonValueKind.Array } list
        ? []
        : [.. list.EnumerateArray().Select(item => item.ValueKind == JsonValueKind.String
            ? item.GetString()!
            : throw new EndpointException(EndpointError.BadSetting, $"'{name}' is a list of texts."))];

    private Dictionary<string, string>? Map(string name) => Find(name) is not { ValueKind: JsonValueKind.Object } map
        ? null
        : map.EnumerateObject().ToDictionary(
            member => member.Name,
            member => member.Value.ValueKind == JsonValueKind.String
                ? member.Value.GetString()!
                : throw new EndpointException(EndpointError.BadSetting, $"'{name}' holds texts only."),
            StringComparer.Ordinal);

    private TimeSpan? Age(string name) => Text(name) is not { } text ? null
        : FileAge.TryParse(text, call.Clock.GetUtcNow(), out var age) ? age
        : throw new EndpointException(EndpointError.BadSetting, $"'{name}' must be {FileAge.Form}.");

    private long? Size(string name) => Text(name) is not { } text ? null
        : ByteSize.TryParse(text, out var size) ? size
        : throw new EndpointException(EndpointError.BadSetting, $"'{name}' must be {ByteSize.Form}.");

    private static EndpointException Missing(string name) => new(EndpointError.BadSetting, $"The parameter '{name}' is missing.");
}
