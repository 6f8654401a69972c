using System.Text.Json;
using Gantry.Engine.Providers;

namespace Gantry.Engine.Plans;

/// <summary>
/// An answer to one waiting step: it is kept with the execution, and comes at most once for each step's path. One whose <see cref="At"/> is later than the wait's
/// deadline counts as not come.
/// </summary>
public sealed record Signal
{
    public required string StepPath { get; init; }

    /// <summary>Event, Approval or Call.</summary>
    public required WaitKind Kind { get; init; }

    public required DateTimeOffset At { get; init; }

    /// <summary>The person who answered, as others know them; null when nobody did.</summary>
    public string? By { get; init; }

    /// <summary>
    /// Event: what came with it, any value. Approval: {"approved": true or false, "comment": a text or null}. Call: {"execution": its id, "status": "succeeded",
    /// "failed" or "cancelled", "error": {"kind", "message"} or null}.
    /// </summary>
    public JsonElement Payload { get; init; }

    /// <summary>Of a call: what the plan gave; null when it gave nothing.</summary>
    public StepOutput? Output { get; init; }

    public static Signal Event(string stepPath, JsonElement payload, DateTimeOffset at, string? by = null) =>
        new() { StepPath = stepPath, Kind = WaitKind.Event, At = at, By = by, Payload = payload };

    public static Signal Approval(string stepPath, bool isApproved, string? comment, string by, DateTimeOffset at) => new()
    {
        StepPath = stepPath,
        Kind = WaitKind.Approval,
        At = at,
        By = by,
        Payload = Object(writer =>
        {
            writer.WriteBoolean("approved", isApproved);
            writer.WriteString("comment", comment);
        }),
    };

    public static Signal CallEnded(string stepPath, Guid executionId, ExecutionStatus status, StepOutput? output, ProviderError? error, DateTimeOffset at) => new()
    {
        StepPath = stepPath,
        Kind = WaitKind.Call,
        At = at,
        Output = output,
        Payload = Object(writer =>
        {
            writer.WriteString("execution", executionId);
            writer.WriteString("status", JsonNamingPolicy.SnakeCaseLower.ConvertName(status.ToString()));
            writer.WritePropertyName("error");
            ErrorJson.Write(writer, error);
        }),
    };

    private static JsonElement Object(Action<Utf8JsonWriter> write) => JsonBuilder.Object(write);
}
