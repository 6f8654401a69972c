using System.Text.Json;
using Gantry.Hub.Executions;

namespace Gantry.Hub.Triggers;

/// <summary>What ${trigger} finds, as JSON: of every kind its kind, the trigger's id and the event's, and what the kind adds.</summary>
internal static class TriggerPayload
{
    public static string Of(TriggerContext trigger, Guid eventId, Action<Utf8JsonWriter> write) => ExecutionJson.Write(json =>
    {
        json.WriteStartObject();
        json.WriteString("kind", trigger.Kind);
        json.WriteString("trigger_id", trigger.Id);
        json.WriteString("event_id", eventId);
        write(json);
        json.WriteEndObject();
    });

    /// <summary>Of an occurrence of a schedule.</summary>
    public static string OfSchedule(TriggerContext trigger, Guid eventId, DateTimeOffset plannedAt, bool isMissed, bool isByHand = false) => Of(trigger, eventId, json =>
    {
        json.WriteString("planned_at", plannedAt.UtcDateTime);
        json.WriteBoolean("missed", isMissed);
        if (isByHand)
            json.WriteBoolean("by_hand", true);
    });
}
