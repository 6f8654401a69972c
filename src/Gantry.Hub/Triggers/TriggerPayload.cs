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
}
