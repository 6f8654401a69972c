using System.Text.Json;
using Gantry.Engine.Plans;

namespace Gantry.Hub.Executions;

/// <summary>What one step waits for, as it is shown.</summary>
internal sealed record WaitView
{
    public Guid ExecutionId { get; init; }

    /// <summary>Null where only one execution is shown.</summary>
    public string? Plan { get; init; }

    public string Path { get; init; } = "";

    public string? Id { get; init; }

    public string Kind { get; init; } = "";

    public DateTimeOffset Since { get; init; }

    public DateTimeOffset? Until { get; init; }

    public string? Event { get; init; }

    public string? Ask { get; init; }

    public string[] Answerers { get; init; } = [];

    public Guid? CallId { get; init; }

    /// <summary>The answer is kept; the step has not gone on yet.</summary>
    public bool IsAnswered { get; init; }

    /// <summary>As the execution says what it waits for.</summary>
    public string Describe() => new StepWait
    {
        StepPath = Path,
        StepId = Id,
        Kind = WaitJson.KindOf(Kind),
        Since = Since,
        Until = Until,
        Event = Event,
        Ask = Ask,
        By = Answerers,
    }.Describe();

    public static WaitView Of(StepWait wait) => new()
    {
        Path = wait.StepPath,
        Id = wait.StepId,
        Kind = WaitJson.NameOf(wait.Kind),
        Since = wait.Since,
        Until = wait.ClosesAt,
        Event = wait.Event,
        Ask = wait.Ask,
        Answerers = [.. wait.By],
        CallId = wait.Call?.ExecutionId,
        Plan = wait.Call?.Plan,
    };

    public void Write(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        WriteMembers(json);
        json.WriteString("kind", Kind);
        EventJson.WriteText(json, "event", Event);
        if (CallId is { } call)
            json.WriteString("call", call);
        if (IsAnswered)
            json.WriteBoolean("answered", true);
        json.WriteEndObject();
    }

    public void WriteApproval(Utf8JsonWriter json, bool mayAnswer)
    {
        json.WriteStartObject();
        json.WriteString("execution", ExecutionId);
        json.WriteString("plan", Plan);
        WriteMembers(json);
        json.WriteBoolean("may_answer", mayAnswer);
        json.WriteEndObject();
    }

    private void WriteMembers(Utf8JsonWriter json)
    {
        json.WriteString("step", Path);
        EventJson.WriteText(json, "id", Id);
        json.WriteString("since", Since.UtcDateTime);
        if (Until is { } until)
            json.WriteString("until", until.UtcDateTime);
        EventJson.WriteText(json, "ask", Ask);
        if (Answerers.Length == 0)
            return;
        json.WriteStartArray("by");
        foreach (var answerer in Answerers)
            json.WriteStringValue(answerer);
        json.WriteEndArray();
    }
}

/// <summary>An execution that was called, as it is shown with its caller.</summary>
internal sealed record ChildView
{
    public Guid Id { get; init; }

    public string Step { get; init; } = "";

    public string? Plan { get; init; }

    public string Status { get; init; } = "";

    public DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset? StartedAt { get; init; }

    public DateTimeOffset? EndedAt { get; init; }

    public void Write(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteString("id", Id);
        json.WriteString("step", Step);
        EventJson.WriteText(json, "plan", Plan);
        json.WriteString("status", Status);
        json.WriteString("created_at", CreatedAt.UtcDateTime);
        if (StartedAt is { } startedAt)
            json.WriteString("started_at", startedAt.UtcDateTime);
        if (EndedAt is { } endedAt)
            json.WriteString("ended_at", endedAt.UtcDateTime);
        json.WriteEndObject();
    }
}
