using System.Text.Json;
using Gantry.Engine.Work;
using Gantry.Hub.Executions.Journal;

namespace Gantry.Hub.Executions;

/// <summary>How events look to those who watch: the same, live or read again from the database.</summary>
internal static class EventJson
{
    public static ExecutionEvent Step(StepRecord record)
    {
        var attempt = record.Attempt;
        return Step(new StepView
        {
            ExecutionId = record.ExecutionId,
            Path = attempt.StepPath,
            Id = attempt.StepId,
            Use = attempt.Use,
            Attempt = attempt.Attempt,
            Status = StatusNames.Of(attempt.Status),
            StartedAt = attempt.StartedAt,
            EndedAt = attempt.EndedAt,
            Message = record.Message,
            Error = record.Error,
            Wait = attempt.Wait,
            CallId = attempt.Use == "call" && attempt.Metadata?.GetValueOrDefault("execution") is { } called ? Guid.Parse(called) : null,
        }, record.EndedSequence ?? record.StartedSequence!.Value);
    }

    /// <summary>A step's state without its output, which is asked for with the execution.</summary>
    public static ExecutionEvent Step(StepView step, int sequence) => new(step.ExecutionId, sequence, "step", ExecutionJson.Write(json =>
    {
        json.WriteStartObject();
        json.WriteString("execution", step.ExecutionId);
        json.WriteString("step", step.Path);
        WriteText(json, "id", step.Id);
        json.WriteString("use", step.Use);
        json.WriteNumber("attempt", step.Attempt);
        json.WriteString("status", step.Status);
        json.WriteString("started_at", step.StartedAt.UtcDateTime);
        if (step.EndedAt is { } endedAt)
            json.WriteString("ended_at", endedAt.UtcDateTime);
        WriteText(json, "waiting_for", step.Wait?.Describe());
        if (step.Wait is { } wait)
        {
            json.WritePropertyName("wait");
            WaitView.Of(wait).Write(json);
        }

        if (step.CallId is { } call)
            json.WriteString("call", call);
        WriteText(json, "message", step.Message);
        WriteRaw(json, "error", step.Error);
        json.WriteEndObject();
    }));

    /// <summary>How it stands before its end: told as it is now, and not kept, so that it has no number.</summary>
    public static ExecutionEvent Now(Guid executionId, string status, string? waitingFor) =>
        new(executionId, null, "execution", ExecutionJson.Write(json =>
        {
            json.WriteStartObject();
            json.WriteString("execution", executionId);
            json.WriteString("status", status);
            WriteText(json, "waiting_for", waitingFor);
            json.WriteEndObject();
        }));

    /// <summary>How one stands that the execution called: told as it is now, and not kept, so that it has no number.</summary>
    public static ExecutionEvent Child(Guid executionId, ChildView child) =>
        new(executionId, null, "child", ExecutionJson.Write(json => child.Write(json)));

    public static ExecutionEvent Line(LogRecord record, Guid userId) => Line(new LogView
    {
        UserId = userId,
        ExecutionId = record.ExecutionId,
        Sequence = record.Sequence,
        Time = record.Line.Time,
        Level = StatusNames.Of(record.Line.Level),
        StepPath = record.Line.StepPath,
        Attempt = record.Line.Attempt,
        Message = record.Message,
        Fields = record.Fields,
    });

    public static ExecutionEvent Line(LogView line) =>
        new(line.ExecutionId, line.Sequence, "log", ExecutionJson.Write(json => line.Write(json)));

    public static string Progress(string stepPath, JsonElement progress) => ExecutionJson.Write(json =>
    {
        json.WriteStartObject();
        json.WriteString("step", stepPath);
        json.WritePropertyName("progress");
        progress.WriteTo(json);
        json.WriteEndObject();
    });

    public static ExecutionEvent Ended(FinalRecord final) =>
        State(final.ExecutionId, final.Sequence, StatusNames.Of(final.Status), final.EndedAt, final.Error, final.FailedStep);

    public static ExecutionEvent State(
        Guid executionId, int sequence, string status, DateTimeOffset time, string? error = null, string? failedStep = null) =>
        new(executionId, sequence, "execution", ExecutionJson.Write(json =>
        {
            json.WriteStartObject();
            json.WriteString("execution", executionId);
            json.WriteString("status", status);
            json.WriteString("time", time.UtcDateTime);
            WriteRaw(json, "error", error);
            WriteText(json, "failed_step", failedStep);
            json.WriteEndObject();
        }), StatusNames.IsFinal(status));

    public static void WriteText(Utf8JsonWriter json, string name, string? value)
    {
        if (value is not null)
            json.WriteString(name, value);
    }

    /// <summary>Writes JSON that is kept as text, as it is.</summary>
    public static void WriteRaw(Utf8JsonWriter json, string name, string? value)
    {
        if (value is null)
            return;
        json.WritePropertyName(name);
        json.WriteRawValue(value, skipInputValidation: true);
    }
}
