using System.Text.Json;

namespace Gantry.Engine.Settings;

/// <summary>The type of a setting's value, as it is written in JSON or YAML.</summary>
public enum SettingType
{
    Text,
    Integer,
    Number,
    Boolean,
    List,
    Map,

    /// <summary>A span of time such as "30s", "5m", "2h" or "1d".</summary>
    Duration,

    /// <summary>The address of a place for files, such as "sftp://host/path" or "name:path".</summary>
    Address,

    /// <summary>Any JSON value.</summary>
    Any,
}

/// <summary>
/// One value that an endpoint kind or a provider's action takes, described so that forms, command-line help and checks are made from it.
/// </summary>
public sealed record Setting
{
    /// <summary>Lower-case, words joined by '_'.</summary>
    public required string Name { get; init; }

    public SettingType Type { get; init; } = SettingType.Text;

    /// <summary>Of a list: what each item is; null when nothing is said.</summary>
    public SettingType? Items { get; init; }

    public bool IsRequired { get; init; }

    /// <summary>A secret is given as ${cred:NAME}, never shown and never stored in plain.</summary>
    public bool IsSecret { get; init; }

    /// <summary>
    /// Its texts, at any depth, may hold ${cred:NAME} among other text ("Bearer ${cred:TOKEN}"). The provider gets them as templates, to be expanded
    /// by SecretText. A secret setting always does.
    /// </summary>
    public bool TakesSecrets { get; init; }

    /// <summary>The value used when none is given; null means "there is none".</summary>
    public JsonElement? Default { get; init; }

    /// <summary>The only values allowed; empty means any.</summary>
    public IReadOnlyList<string> Choices { get; init; } = [];

    /// <summary>One sentence for a person who fills in the form.</summary>
    public required string Help { get; init; }
}
