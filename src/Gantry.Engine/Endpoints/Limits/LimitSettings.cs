using System.Globalization;
using Gantry.Engine.Settings;

namespace Gantry.Engine.Endpoints.Limits;

/// <summary>How much of an endpoint its transfers may take, as it is saved with the endpoint.</summary>
public sealed record LimitSettings
{
    private const int CountMax = 10_000;

    /// <summary>Null means no bound.</summary>
    public BandwidthTimetable? Bandwidth { get; init; }

    /// <summary>By whose clocks the timetable goes.</summary>
    public TimeZoneInfo TimeZone { get; init; } = TimeZoneInfo.Utc;

    /// <summary>Transfers at once; null means no bound.</summary>
    public int? TransfersMax { get; init; }

    /// <summary>Files under way at once, of all transfers together, which bounds their connections; null means no bound.</summary>
    public int? ConnectionsMax { get; init; }

    /// <summary>Of transfers at this endpoint that state none of their own.</summary>
    public TransferPriority Priority { get; init; } = TransferPriority.Normal;

    /// <summary>Described, so that forms, help and checks are made from it.</summary>
    public static IReadOnlyList<Setting> Settings { get; } =
    [
        new() { Name = "bandwidth", Help = $"What all transfers here share: {BandwidthTimetable.Form}." },
        new() { Name = "time_zone", Help = "By whose clocks the timetable goes, such as 'Europe/Berlin'; otherwise UTC." },
        new() { Name = "transfers", Type = SettingType.Integer, Help = "Transfers at once; others wait, the most urgent first." },
        new() { Name = "connections", Type = SettingType.Integer, Help = "Files under way at once, of all transfers together, and so their connections." },
        new()
        {
            Name = "priority",
            Choices = ["low", "normal", "high", "urgent"],
            Help = "Of transfers here that state none of their own; while an urgent one runs, the others rest.",
        },
    ];

    /// <summary>A name that is none of <see cref="Settings"/> and a value that makes no sense fail with BadSetting. An empty value is none.</summary>
    public static LimitSettings Parse(IEnumerable<KeyValuePair<string, string>> values)
    {
        var limits = new LimitSettings();
        foreach (var (name, value) in values)
        {
            limits = value.Length == 0 && Settings.Any(setting => setting.Name == name) ? limits : limits.With(name, value);
        }

        return limits;
    }

    /// <summary>An IANA name such as "Europe/Berlin", "UTC" or "local" (of this machine). Another fails with BadSetting.</summary>
    public static TimeZoneInfo ZoneOf(string name) =>
        name.Equals("local", StringComparison.OrdinalIgnoreCase) ? TimeZoneInfo.Local
        : TimeZoneInfo.TryFindSystemTimeZoneById(name, out var zone) ? zone
        : throw new EndpointException(
            EndpointError.BadSetting, $"'{EndpointPath.Printable(name)}' is no time zone that is known here. Write one such as 'Europe/Berlin', 'UTC' or 'local'.");

    public static TransferPriority PriorityOf(string name) =>
        Enum.GetValues<TransferPriority>().Cast<TransferPriority?>().FirstOrDefault(priority => priority.ToString()!.Equals(name, StringComparison.OrdinalIgnoreCase))
        ?? throw new EndpointException(EndpointError.BadSetting, $"'{EndpointPath.Printable(name)}' is no priority: low, normal, high or urgent.");

    private LimitSettings With(string name, string value) => name switch
    {
        "bandwidth" => this with { Bandwidth = BandwidthTimetable.Parse(value) },
        "time_zone" => this with { TimeZone = ZoneOf(value) },
        "transfers" => this with { TransfersMax = CountOf(name, value) },
        "connections" => this with { ConnectionsMax = CountOf(name, value) },
        "priority" => this with { Priority = PriorityOf(value) },
        _ => throw new EndpointException(
            EndpointError.BadSetting,
            $"There is no limit '{EndpointPath.Printable(name)}': {string.Join(", ", Settings.Select(setting => setting.Name))}." + NearestName.Hint(name, Settings.Select(setting => setting.Name))),
    };

    private static int CountOf(string name, string value) =>
        int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var count) && count is >= 1 and <= CountMax
            ? count
            : throw new EndpointException(EndpointError.BadSetting, $"The limit '{name}' is a number from 1 to {CountMax}, not '{EndpointPath.Printable(value)}'.");
}
