using System.Text;
using System.Text.Json;

namespace Gantry.Hub.Transfers;

/// <summary>What started a transfer by itself.</summary>
internal sealed record StartedBy(string Kind, Guid TriggerId, Guid EventId)
{
    /// <summary>From how what a trigger saw begins: these three come first, whatever it was. Null for a person.</summary>
    public static StartedBy? Parse(string? start)
    {
        if (start is null)
            return null;
        string? kind = null;
        Guid? trigger = null, seen = null;
        var json = new Utf8JsonReader(Encoding.UTF8.GetBytes(start), isFinalBlock: false, default);
        while ((kind is null || trigger is null || seen is null) && json.Read())
        {
            if (json.TokenType != JsonTokenType.PropertyName)
                continue;
            var name = json.GetString();
            if (!json.Read() || json.TokenType != JsonTokenType.String)
                break;
            if (name == "kind")
                kind = json.GetString();
            else if (name == "trigger_id" && json.TryGetGuid(out var id))
                trigger = id;
            else if (name == "event_id" && json.TryGetGuid(out id))
                seen = id;
        }

        return kind is null || trigger is null || seen is null ? null : new StartedBy(kind, trigger.Value, seen.Value);
    }

    public void Write(Utf8JsonWriter json, string? watches)
    {
        json.WriteStartObject("trigger");
        json.WriteString("kind", Kind);
        json.WriteString("trigger_id", TriggerId);
        json.WriteString("event_id", EventId);
        if (watches is not null)
            json.WriteString("watches", watches);
        json.WriteEndObject();
    }
}
