using System.Text.Json;
using Gantry.Engine.Plans;

namespace Gantry.Hub.Executions;

/// <summary>One attempt at a step, as it is shown.</summary>
internal sealed record StepView
{
    public Guid ExecutionId { get; init; }

    public string Path { get; init; } = "";

    public string? Id { get; init; }

    public string Use { get; init; } = "";

    public int Attempt { get; init; }

    public string Status { get; init; } = "";

    /// <summary>What it waits for; null when it does not wait, and where only its attempts are listed.</summary>
    public StepWait? Wait { get; init; }

    /// <summary>The same, as the database keeps it.</summary>
    public string? WaitText
    {
        init => Wait = value is null ? null : WaitJson.Parse(value);
    }

    /// <summary>The execution that it called; null when it called none.</summary>
    public Guid? CallId { get; init; }

    public DateTimeOffset StartedAt { get; init; }

    public DateTimeOffset? EndedAt { get; init; }

    public int? StartedSequence { get; init; }

    public int? EndedSequence { get; init; }

    /// <summary>JSON; null also when it rests in a blob.</summary>
    public string? Output { get; init; }

    public Guid? OutputBlob { get; init; }

    public int? OutputBytes { get; init; }

    public string? Message { get; init; }

    /// <summary>JSON.</summary>
    public string? Metadata { get; init; }

    /// <summary>JSON.</summary>
    public string? Error { get; init; }

    public void Write(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteString("step", Path);
        EventJson.WriteText(json, "id", Id);
        json.WriteString("use", Use);
        json.WriteNumber("attempt", Attempt);
        json.WriteString("status", Status);
        json.WriteString("started_at", StartedAt.UtcDateTime);
        if (EndedAt is { } endedAt)
            json.WriteString("ended_at", endedAt.UtcDateTime);
        OutputJson.Write(json, ExecutionId, Output, OutputBlob, OutputBytes);
        EventJson.WriteText(json, "message", Message);
        EventJson.WriteRaw(json, "metadata", Metadata);
        EventJson.WriteRaw(json, "error", Error);
        json.WriteEndObject();
    }
}

/// <summary>An output is told in place, or, when it is large, by where it is to be had.</summary>
internal static class OutputJson
{
    public static void Write(Utf8JsonWriter json, Guid executionId, string? output, Guid? blob, int? bytes)
    {
        if (blob is not { } blobId)
        {
            EventJson.WriteRaw(json, "output", output);
            return;
        }

        json.WriteString("output_url", $"/api/executions/{executionId}/outputs/{blobId}");
        json.WriteNumber("output_bytes", bytes.GetValueOrDefault());
    }
}
