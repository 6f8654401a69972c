using System.Text.Json;

namespace Gantry.Hub.Executions;

/// <summary>One execution, as it is shown.</summary>
internal sealed record ExecutionView : ExecutionState
{
    public Guid? PlanId { get; init; }

    public int? PlanVersion { get; init; }

    public string? PlanName { get; init; }

    /// <summary>The plan that was given with the start; only read where it is needed.</summary>
    public string? PlanText { get; init; }

    /// <summary>JSON.</summary>
    public string Inputs { get; init; } = "{}";

    /// <summary>JSON: what its trigger saw; null when a person started it, and in lists.</summary>
    public string? Trigger { get; init; }

    public Guid? RerunOf { get; init; }

    /// <summary>The step that it began with, when it took over the results of those before.</summary>
    public string? RerunFrom { get; init; }

    public int? EndedSeq { get; init; }

    /// <summary>The execution that called it, and from which step.</summary>
    public Guid? ParentId { get; init; }

    public string? ParentStep { get; init; }

    public string? ConcurrencyKey { get; init; }

    public bool IsBehind { get; init; }

    /// <summary>The hub that runs it.</summary>
    public Guid? HubId { get; init; }

    public DateTimeOffset? WakeAt { get; init; }

    /// <summary>It is a transfer of the same id.</summary>
    public bool IsTransfer { get; init; }

    /// <summary>JSON; null also when it rests in a blob.</summary>
    public string? Output { get; init; }

    public Guid? OutputBlob { get; init; }

    public int? OutputBytes { get; init; }

    public void Write(Utf8JsonWriter json, IReadOnlyList<StepView>? steps = null, IReadOnlyList<WaitView>? waits = null, IReadOnlyList<ChildView>? children = null)
    {
        json.WriteStartObject();
        json.WriteString("id", Id);
        json.WriteString("status", Status);
        json.WriteString("plan", PlanName);
        if (PlanId is { } planId)
            json.WriteString("plan_id", planId);
        if (PlanVersion is { } version)
            json.WriteNumber("plan_version", version);
        json.WriteString("user_id", UserId);
        if (IsTransfer)
            json.WriteBoolean("is_transfer", true);
        EventJson.WriteRaw(json, "inputs", Inputs);
        EventJson.WriteRaw(json, "trigger", Trigger);
        if (RerunOf is { } rerunOf)
            json.WriteString("rerun_of", rerunOf);
        EventJson.WriteText(json, "rerun_from", RerunFrom);
        if (ParentId is { } parentId)
        {
            json.WriteStartObject("parent");
            json.WriteString("execution", parentId);
            json.WriteString("step", ParentStep);
            json.WriteEndObject();
        }

        if (ConcurrencyKey is { } key)
            json.WriteString("concurrency_key", Journal.JournalTurns.NameOf(key));
        WriteCourse(json);
        if (WakeAt is { } wakeAt)
            json.WriteString("wake_at", wakeAt.UtcDateTime);
        OutputJson.Write(json, Id, Output, OutputBlob, OutputBytes);
        WriteFailure(json);
        if (steps is not null)
        {
            json.WriteStartArray("steps");
            foreach (var step in steps)
                step.Write(json);
            json.WriteEndArray();
        }

        WriteList(json, "waits", waits, wait => wait.Write(json));
        WriteList(json, "children", children, child => child.Write(json));
        json.WriteEndObject();
    }

    private static void WriteList<T>(Utf8JsonWriter json, string name, IReadOnlyList<T>? items, Action<T> write)
    {
        if (items is not { Count: > 0 })
            return;
        json.WriteStartArray(name);
        foreach (var item in items)
            write(item);
        json.WriteEndArray();
    }

    /// <summary>The execution as this process saw it end.</summary>
    public ExecutionView EndedAs(ExecutionEnd end) => this with
    {
        Status = end.Status,
        WaitingFor = null,
        StartedAt = end.StartedAt,
        EndedAt = end.EndedAt,
        Output = end.Output,
        OutputBlob = end.OutputBlob,
        OutputBytes = end.OutputBytes,
        Error = end.Error,
        FailedStep = end.FailedStep,
    };
}
