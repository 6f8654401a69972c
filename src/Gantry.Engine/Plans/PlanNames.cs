using Gantry.Engine.Settings;

namespace Gantry.Engine.Plans;

/// <summary>What may stand in a plan where a name, a type or a time is expected.</summary>
internal static class PlanNames
{
    public const int LengthMax = 64;

    /// <summary>Timers go no further than this.</summary>
    public static readonly TimeSpan DurationMax = TimeSpan.FromDays(30);

    public static readonly IReadOnlyDictionary<string, SettingType> InputTypes = new Dictionary<string, SettingType>(StringComparer.Ordinal)
    {
        ["string"] = SettingType.Text,
        ["text"] = SettingType.Text,
        ["integer"] = SettingType.Integer,
        ["number"] = SettingType.Number,
        ["boolean"] = SettingType.Boolean,
        ["list"] = SettingType.List,
        ["array"] = SettingType.List,
        ["map"] = SettingType.Map,
        ["object"] = SettingType.Map,
        ["duration"] = SettingType.Duration,
        ["address"] = SettingType.Address,
        ["any"] = SettingType.Any,
    };

    /// <summary>Ids of steps and names of inputs: never a bare number, which counts steps.</summary>
    public static bool IsName(string name) =>
        name.Length is > 0 and <= LengthMax
        && (char.IsAsciiLetter(name[0]) || name[0] == '_')
        && name.All(character => char.IsAsciiLetterOrDigit(character) || character is '_' or '-');
}
