using System.Text.Json;
using Gantry.Engine.Settings;

namespace Gantry.Engine.Providers.Manifests;

/// <summary>What an action does to the vendor's data.</summary>
public enum ActionKind
{
    Read,
    Write,
    Delete,
}

/// <summary>How a body is written.</summary>
public enum BodyEncoding
{
    None,
    Json,
    Form,
    Multipart,
    Text,
    Binary,
    Ndjson,
}

/// <summary>One action of a manifest.</summary>
public sealed record ManifestAction
{
    public required string Id { get; init; }

    public required string Help { get; init; }

    public required ManifestCall Call { get; init; }

    public ActionKind Kind { get; init; }

    public bool IsRepeatable { get; init; }

    public IReadOnlyList<ManifestParameter> Parameters { get; init; } = [];

    public ManifestConstants Constants { get; init; } = ManifestConstants.None;

    /// <summary>Null when it is not said, which means JSON.</summary>
    public BodyEncoding? Encoding { get; init; }

    public string? ContentType { get; init; }

    /// <summary>The query; null when it is none of GraphQL's.</summary>
    public string? GraphQL { get; init; }

    /// <summary>The document, whose values are escaped.</summary>
    public ManifestText? Xml { get; init; }

    public ManifestText? SoapAction { get; init; }

    /// <summary>The method of JSON-RPC 2.0.</summary>
    public string? Rpc { get; init; }

    /// <summary>The ids of the ways to sign in that it takes; all when empty.</summary>
    public IReadOnlyList<string> Auth { get; init; } = [];

    /// <summary>What OAuth has to allow for it.</summary>
    public IReadOnlyList<string> Scopes { get; init; } = [];

    public ManifestIdempotency? Idempotency { get; init; }

    public ManifestPaging? Paging { get; init; }

    public ManifestResponse Response { get; init; } = new();

    /// <summary>Over the provider's.</summary>
    public ManifestErrors Errors { get; init; } = new();

    public TimeSpan? Timeout { get; init; }

    public ManifestPoll? Poll { get; init; }

    public string? Deprecated { get; init; }

    /// <summary>Whether a body is part of what it sends.</summary>
    internal bool HasBody => Encoding != BodyEncoding.None && (GraphQL is not null || Xml is not null || Rpc is not null || Encoding is not null || Constants.Body is not null
        || Parameters.Any(parameter => parameter.Place is ParameterPlace.Body or ParameterPlace.BodyRoot or ParameterPlace.Form or ParameterPlace.File or ParameterPlace.Variable));
}

/// <summary>Where a parameter is sent.</summary>
public enum ParameterPlace
{
    /// <summary>Nowhere by itself: a template of the action refers to it.</summary>
    Template,
    Path,
    Query,
    Header,
    Cookie,
    Body,
    BodyRoot,
    Form,
    File,
    Variable,
}

/// <summary>How a list or a map is written in a query or a form.</summary>
public enum ParameterStyle
{
    Repeat,
    Comma,
    Pipe,
    Space,
    Brackets,
    Indices,
    Numbered,
    DeepObject,
    Dots,
    Json,
}

/// <summary>What a value is.</summary>
public enum ManifestType
{
    Text,
    Integer,
    Number,
    Boolean,
    List,
    Map,
    File,
    Time,
    Any,
}

/// <summary>What an item of a list or a value of a map is.</summary>
public record ManifestShape
{
    public ManifestType Type { get; init; } = ManifestType.Any;

    public string? Help { get; init; }

    public bool IsRequired { get; init; }

    public IReadOnlyList<JsonElement> Choices { get; init; } = [];

    /// <summary>Of a list; null when nothing is said.</summary>
    public ManifestShape? Items { get; init; }

    /// <summary>Of a map.</summary>
    public IReadOnlyList<KeyValuePair<string, ManifestShape>> Properties { get; init; } = [];
}

/// <summary>A parameter of an action.</summary>
public sealed record ManifestParameter : ManifestShape
{
    public required string Id { get; init; }

    public ParameterPlace Place { get; init; }

    /// <summary>Its name where it is sent. Dots nest in JSON.</summary>
    public required string Name { get; init; }

    public JsonElement? Default { get; init; }

    public ManifestPattern? Pattern { get; init; }

    public string? Format { get; init; }

    /// <summary>Of a number its value, of a text its characters, of a list its items.</summary>
    public double? Min { get; init; }

    public double? Max { get; init; }

    public ParameterStyle? Style { get; init; }

    /// <summary>'/' stays in a value of the path.</summary>
    public bool IsRawPath { get; init; }

    public bool IsSecret { get; init; }

    /// <summary>The list action that has the choices.</summary>
    public string? OptionsFrom { get; init; }

    internal Setting ToSetting() => new()
    {
        Name = Id,
        Type = Type switch
        {
            ManifestType.Integer => SettingType.Integer,
            ManifestType.Number => SettingType.Number,
            ManifestType.Boolean => SettingType.Boolean,
            ManifestType.List => SettingType.List,
            ManifestType.Map => SettingType.Map,
            ManifestType.File => SettingType.Address,
            ManifestType.Any => SettingType.Any,
            _ => SettingType.Text,
        },
        Items = Items?.Type switch
        {
            ManifestType.Text or ManifestType.Time => SettingType.Text,
            ManifestType.Integer => SettingType.Integer,
            ManifestType.Number => SettingType.Number,
            ManifestType.Boolean => SettingType.Boolean,
            ManifestType.List => SettingType.List,
            ManifestType.Map => SettingType.Map,
            ManifestType.File => SettingType.Address,
            _ => null,
        },
        IsRequired = IsRequired,
        IsSecret = IsSecret,
        Default = Default,
        Choices = Type is ManifestType.List or ManifestType.Map ? [] : [.. Choices.Select(ManifestValue.Plain)],
        Help = Help ?? "",
    };
}

/// <summary>Where the step's own key goes.</summary>
public sealed record ManifestIdempotency(ParameterPlace Place, string Name);

/// <summary>What becomes of the answer.</summary>
public sealed record ManifestResponse
{
    /// <summary>Null leaves it to the content type.</summary>
    public AnswerForm? Form { get; init; }

    public AnswerPath? Items { get; init; }

    public AnswerPath? Output { get; init; }

    /// <summary>Of a file: the path or the header that names it.</summary>
    public AnswerPath? FileName { get; init; }

    /// <summary>Of an AI that may be asked for a form; null when it may not.</summary>
    public ManifestStructured? Structured { get; init; }

    /// <summary>Over the provider's; null when it says nothing of it.</summary>
    public ManifestUsage? Usage { get; init; }
}

/// <summary>Where an AI says what its answer used; what is named here counts against budgets.</summary>
/// <param name="Input">Numbers of tokens, which are added up.</param>
/// <param name="Output">Those of the answer.</param>
/// <param name="Cost">What it cost, in the vendor's currency; null where the vendor does not say.</param>
public sealed record ManifestUsage(IReadOnlyList<AnswerPath> Input, IReadOnlyList<AnswerPath> Output, AnswerPath? Cost);

/// <summary>An answer in a form that the step asks for.</summary>
/// <param name="Schema">Where the step's parameters have the JSON Schema: names joined by dots.</param>
/// <param name="Text">Where the answer has its JSON, as a text.</param>
/// <param name="Repair">The parameter with the conversation, {role, content} each, by which a wrong answer is asked for once more; null when it is not.</param>
public sealed record ManifestStructured(string Schema, AnswerPath Text, string? Repair);

public enum AnswerForm
{
    Json,
    Xml,
    Text,
    File,
    Csv,
    Ndjson,
    None,
}

/// <summary>A job that is done later.</summary>
public sealed record ManifestPoll
{
    public required ManifestCall Call { get; init; }

    public IReadOnlyList<KeyValuePair<string, ManifestText>> Query { get; init; } = [];

    /// <summary>In the first answer: what ${job} is.</summary>
    public AnswerPath? Id { get; init; }

    public required ManifestText Until { get; init; }

    public ManifestText? FailedWhen { get; init; }

    public TimeSpan Every { get; init; } = TimeSpan.FromSeconds(2);

    public TimeSpan Timeout { get; init; } = TimeSpan.FromMinutes(10);

    public AnswerPath? Output { get; init; }
}

public enum PagingKind
{
    Cursor,
    Offset,
    Page,
    Link,
    NextUrl,
    LastId,
}

/// <summary>How a list goes on.</summary>
public sealed record ManifestPaging
{
    public required PagingKind Kind { get; init; }

    public string? Name { get; init; }

    public ParameterPlace Place { get; init; } = ParameterPlace.Query;

    public AnswerPath? Next { get; init; }

    /// <summary>Of the id in an item.</summary>
    public AnswerPath? Id { get; init; }

    public AnswerPath? More { get; init; }

    public AnswerPath? Total { get; init; }

    public int? Start { get; init; }

    public string? SizeName { get; init; }

    public ParameterPlace SizePlace { get; init; } = ParameterPlace.Query;

    public int SizeDefault { get; init; }

    public int? SizeMax { get; init; }
}
