using System.Text.Json;
using Gantry.Hub.Executions;

namespace Gantry.Hub.Transfers;

/// <summary>One transfer, as it is shown.</summary>
internal sealed record TransferView : ExecutionState
{
    public string? Name { get; init; }

    public string Mode { get; init; } = "";

    /// <summary>JSON.</summary>
    public string Request { get; init; } = "";

    public Guid? TemplateId { get; init; }

    public Guid? RetryOf { get; init; }

    /// <summary>How what its trigger saw begins, since all of it may be long; null when a person started it.</summary>
    public string? TriggerStart { get; init; }

    /// <summary>Null when that trigger is gone.</summary>
    public string? TriggerWatches { get; init; }

    /// <summary>JSON: a list of <see cref="LinkStand"/>; null when no link has begun.</summary>
    public string? Stands { get; init; }

    public TransferSpec Spec => TransferSpec.Parse(Request);

    public IReadOnlyDictionary<string, LinkStand> Links() => LinkStand.ReadAll(Stands);

    /// <param name="json">Where to.</param>
    /// <param name="steps">Every attempt at its links, when one transfer is shown; null in lists.</param>
    public void Write(Utf8JsonWriter json, IReadOnlyList<StepView>? steps = null)
    {
        var spec = Spec;
        json.WriteStartObject();
        json.WriteString("id", Id);
        json.WriteString("status", Status);
        json.WriteString("name", Name);
        json.WriteString("mode", Mode);
        WriteList(json, "from", spec.From);
        WriteList(json, "to", spec.To);
        json.WriteString("user_id", UserId);
        if (TemplateId is { } template)
            json.WriteString("template_id", template);
        if (RetryOf is { } retryOf)
            json.WriteString("retry_of", retryOf);
        StartedBy.Parse(TriggerStart)?.Write(json, TriggerWatches);
        WriteCourse(json);
        WriteFailure(json);
        if (steps is not null)
            WriteRequest(json, spec);
        WriteLinks(json, spec, steps);
        json.WriteEndObject();
    }

    private static void WriteRequest(Utf8JsonWriter json, TransferSpec spec)
    {
        if (spec.Files is { } files)
            WriteList(json, "files", files);
        json.WriteStartObject("options");
        foreach (var (name, value) in spec.Options)
        {
            json.WritePropertyName(name);
            value.WriteTo(json);
        }

        json.WriteEndObject();
    }

    private void WriteLinks(Utf8JsonWriter json, TransferSpec spec, IReadOnlyList<StepView>? steps)
    {
        var stands = Links();
        json.WriteStartArray("links");
        for (var link = 0; link < spec.To.Count; link++)
        {
            var path = LinkStand.PathOf(link);
            json.WriteStartObject();
            json.WriteString("step", path);
            json.WriteString("from", TransferPlan.FromOf(spec, link));
            json.WriteString("to", TransferPlan.ToOf(spec, link));
            if (stands.GetValueOrDefault(path) is { } stand)
                stand.Write(json, isRunning: !IsFinal);
            if (steps?.Where(step => step.Path == path).ToList() is [.. var earlier, var last])
            {
                WriteEnd(json, last);
                WriteEarlier(json, earlier);
            }

            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteEnd(Utf8JsonWriter json, StepView step)
    {
        json.WriteString("status", step.Status);
        EventJson.WriteText(json, "message", step.Message);
        EventJson.WriteRaw(json, "error", step.Error);
        EventJson.WriteRaw(json, "result", step.Output);
    }

    private static void WriteEarlier(Utf8JsonWriter json, IReadOnlyList<StepView> attempts)
    {
        if (attempts.Count == 0)
            return;
        json.WriteStartArray("earlier");
        foreach (var attempt in attempts)
        {
            json.WriteStartObject();
            json.WriteNumber("attempt", attempt.Attempt);
            json.WriteString("status", attempt.Status);
            json.WriteString("started_at", attempt.StartedAt.UtcDateTime);
            if (attempt.EndedAt is { } endedAt)
                json.WriteString("ended_at", endedAt.UtcDateTime);
            EventJson.WriteText(json, "message", attempt.Message);
            EventJson.WriteRaw(json, "error", attempt.Error);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteList(Utf8JsonWriter json, string name, IEnumerable<string> values)
    {
        json.WriteStartArray(name);
        foreach (var value in values)
            json.WriteStringValue(value);
        json.WriteEndArray();
    }
}
