using System.Text.Json;
using Gantry.Engine.Endpoints;

namespace Gantry.Engine.Transfers;

/// <summary>A manifest's line as JSON, the same wherever manifests are shown.</summary>
public static class ManifestJson
{
    public static void Write(Utf8JsonWriter json, in ManifestEntry entry)
    {
        json.WriteStartObject();
        WriteMembers(json, entry);
        json.WriteEndObject();
    }

    /// <summary>The same within an object that has more to say.</summary>
    public static void WriteMembers(Utf8JsonWriter json, in ManifestEntry entry)
    {
        json.WriteString("path", EndpointPath.AsText(entry.Path));
        json.WriteString("result", entry.Outcome switch
        {
            FileOutcome.Copied => "copied",
            FileOutcome.Skipped => "skipped",
            FileOutcome.Deleted => "deleted",
            _ => "failed",
        });
        if (entry.TargetPath is { } target)
        {
            json.WriteString("target_path", EndpointPath.AsText(target));
        }

        if (entry.Size is { } size)
        {
            json.WriteNumber("size", size);
        }

        if (entry.ModifiedAt is { } time)
        {
            json.WriteString("modified_at", time.UtcDateTime);
        }

        if (entry.Hash is { } hash)
        {
            json.WriteString("hash", hash);
        }

        if (entry.ResumedBytes > 0)
        {
            json.WriteNumber("resumed_bytes", entry.ResumedBytes);
        }

        json.WriteNumber("duration_seconds", Math.Round(entry.Duration.TotalSeconds, 6));
        if (entry.Reason is { } reason)
        {
            json.WriteString("reason", reason);
            json.WriteBoolean("transient", entry.IsTransient);
        }
    }
}
