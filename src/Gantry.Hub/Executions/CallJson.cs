using System.Text.Json;
using Gantry.Engine.Plans;
using Gantry.Hub.Executions.Journal;

namespace Gantry.Hub.Executions;

/// <summary>What a caller's step is told of the end of the execution that it called, as the database keeps it.</summary>
internal static class CallJson
{
    /// <summary>A large output is told by where it rests: the caller gets a row of its own.</summary>
    public static string Of(ParentLink parent, Guid executionId, PlanOutcome outcome, Payload output, DateTimeOffset endedAt) => ExecutionJson.Storable(ExecutionJson.Write(json =>
    {
        json.WriteStartObject();
        foreach (var member in Signal.CallEnded(parent.StepPath, executionId, outcome.Status, null, outcome.Error, endedAt).Payload.EnumerateObject())
            member.WriteTo(json);
        EventJson.WriteRaw(json, "output", output.Inline);
        if (output.BlobId is { } blob)
        {
            json.WriteString("output_blob", blob);
            json.WriteNumber("output_bytes", output.Bytes);
        }

        json.WriteEndObject();
    }));

    /// <summary>Null when the called plan gave nothing.</summary>
    public static StepOutput? OutputOf(JsonElement payload, Func<Guid, OutputPlace> place)
    {
        if (payload.TryGetProperty("output_blob", out var blob))
            return new StepOutput(place(blob.GetGuid()), payload.GetProperty("output_bytes").GetInt32());
        return payload.TryGetProperty("output", out var output) && output.ValueKind != JsonValueKind.Null ? new StepOutput(output) : null;
    }
}
