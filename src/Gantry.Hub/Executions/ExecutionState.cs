using System.Text.Json;

namespace Gantry.Hub.Executions;

/// <summary>How an execution stands: what every way of showing one tells.</summary>
internal abstract record ExecutionState
{
    public Guid Id { get; init; }

    public Guid UserId { get; init; }

    public string Status { get; init; } = "";

    public string? WaitingFor { get; init; }

    public bool CancelRequested { get; init; }

    public DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset? StartedAt { get; init; }

    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>JSON.</summary>
    public string? Error { get; init; }

    public string? FailedStep { get; init; }

    public bool IsFinal => StatusNames.IsFinal(Status);

    /// <summary>What it waits for, and its times.</summary>
    protected void WriteCourse(Utf8JsonWriter json)
    {
        EventJson.WriteText(json, "waiting_for", WaitingFor);
        if (CancelRequested)
            json.WriteBoolean("cancel_requested", true);
        json.WriteString("created_at", CreatedAt.UtcDateTime);
        if (StartedAt is { } startedAt)
            json.WriteString("started_at", startedAt.UtcDateTime);
        if (EndedAt is { } endedAt)
            json.WriteString("ended_at", endedAt.UtcDateTime);
    }

    /// <summary>Why it failed, and where.</summary>
    protected void WriteFailure(Utf8JsonWriter json)
    {
        EventJson.WriteRaw(json, "error", Error);
        EventJson.WriteText(json, "failed_step", FailedStep);
    }
}
