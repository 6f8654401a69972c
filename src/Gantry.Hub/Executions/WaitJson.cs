using System.Text.Json;
using System.Text.Json.Serialization;
using Gantry.Engine.Plans;

namespace Gantry.Hub.Executions;

/// <summary>What a step waits for, as the database keeps it.</summary>
internal static class WaitJson
{
    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.General)
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        MaxDepth = 512,
        IgnoreReadOnlyProperties = true,
        Converters = { new JsonStringEnumConverter<WaitKind>(JsonNamingPolicy.SnakeCaseLower) },
    };

    public static string Of(StepWait wait) => ExecutionJson.Storable(JsonSerializer.Serialize(wait, Options));

    public static StepWait Parse(string text) => JsonSerializer.Deserialize<StepWait>(text, Options)!;

    public static string NameOf(WaitKind kind) => JsonNamingPolicy.SnakeCaseLower.ConvertName(kind.ToString());

    public static WaitKind KindOf(string name) => name switch
    {
        "time" => WaitKind.Time,
        "event" => WaitKind.Event,
        "approval" => WaitKind.Approval,
        "call" => WaitKind.Call,
        "retry" => WaitKind.Retry,
        _ => throw new ArgumentOutOfRangeException(nameof(name), name, "No kind of wait."),
    };
}
