using System.Text.Json;

namespace Gantry.Hub.Executions;

/// <summary>One line of an execution's log, as it is shown.</summary>
internal sealed record LogView
{
    public Guid ExecutionId { get; init; }

    public int Sequence { get; init; }

    public DateTimeOffset Time { get; init; }

    public string Level { get; init; } = "";

    /// <summary>As whom the execution runs.</summary>
    public Guid UserId { get; init; }

    public string? StepPath { get; init; }

    public int? Attempt { get; init; }

    public string Message { get; init; } = "";

    /// <summary>JSON.</summary>
    public string? Fields { get; init; }

    public void Write(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteString("execution", ExecutionId);
        json.WriteNumber("id", Sequence);
        json.WriteString("time", Time.UtcDateTime);
        json.WriteString("level", Level);
        json.WriteString("user_id", UserId);
        EventJson.WriteText(json, "step", StepPath);
        if (Attempt is { } attempt)
            json.WriteNumber("attempt", attempt);
        json.WriteString("message", Message);
        EventJson.WriteRaw(json, "fields", Fields);
        json.WriteEndObject();
    }
}
