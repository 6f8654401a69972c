using System.Globalization;
using System.Text.Json;
using Gantry.Engine.Plans;
using Gantry.Hub.Executions;

namespace Gantry.Hub.Notifications;

/// <summary>What a notification says, and what ${trigger} finds in the step that tells it.</summary>
internal static class NotificationText
{
    public static string Payload(DueNotification due) => ExecutionJson.Write(json =>
    {
        json.WriteStartObject();
        json.WriteString("kind", "notification");
        json.WriteString("occasion", due.Occasion);
        json.WriteString("plan", due.Plan);
        json.WriteString("title", Title(due));
        json.WriteString("text", Text(due));
        json.WriteNumber("suppressed", due.Suppressed);
        if (due.Status is { } status)
        {
            json.WriteStartObject("execution");
            json.WriteString("id", due.About);
            json.WriteString("plan", due.Plan);
            json.WriteString("status", status);
            if (due.PlanVersion is { } version)
                json.WriteNumber("plan_version", version);
            if (due.EndedAt is { } endedAt)
                json.WriteString("ended_at", endedAt.UtcDateTime);
            EventJson.WriteText(json, "failed_step", due.FailedStep);
            EventJson.WriteRaw(json, "error", due.Error);
            json.WriteEndObject();
        }
        else
        {
            json.WriteString("event_id", due.About);
        }

        json.WriteEndObject();
    });

    private static string Title(DueNotification due) => due.Occasion switch
    {
        NotifyRule.Failure => $"{due.Plan} failed",
        NotifyRule.Success => $"{due.Plan} succeeded",
        NotifyRule.Recovery => $"{due.Plan} works again",
        _ => $"{due.Plan}: what was expected did not come",
    };

    private static string Text(DueNotification due)
    {
        var when = due.EndedAt is { } ended ? $" at {ended.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture)} UTC" : "";
        var text = due.Occasion switch
        {
            NotifyRule.Failure => $"The execution {due.About} of '{due.Plan}' failed{(due.FailedStep is { } step ? $" at the step '{step}'" : "")}{when}: {MessageOf(due.Error)}",
            NotifyRule.Success => $"The execution {due.About} of '{due.Plan}' succeeded{when}.",
            NotifyRule.Recovery => $"The execution {due.About} of '{due.Plan}' succeeded{when}, the first one after a failure.",
            _ => due.Alert ?? "",
        };
        return due.Suppressed == 0 ? text : $"{text}\n\nSince the last message of this kind {due.Suppressed} more like it {(due.Suppressed == 1 ? "was" : "were")} kept back.";
    }

    private static string MessageOf(string? error) =>
        error is not null && JsonElement.Parse(error) is { ValueKind: JsonValueKind.Object } read && read.TryGetProperty("message", out var message) && message.ValueKind == JsonValueKind.String
            ? message.GetString()!
            : "it does not say why.";
}
