using System.Globalization;
using System.Text.Json;

namespace Gantry.Hub.Transfers;

/// <summary>How one link of a transfer stands, or stood at its end.</summary>
internal sealed record LinkStand
{
    /// <summary>The step in the execution.</summary>
    public required string Step { get; init; }

    public required int Attempt { get; init; }

    /// <summary>It came to its end, so that each of its files is in the manifest.</summary>
    public required bool IsComplete { get; init; }

    /// <summary>An object, as transfers report themselves.</summary>
    public required JsonElement Progress { get; init; }

    public static string PathOf(int link) => link.ToString(CultureInfo.InvariantCulture);

    /// <summary>By their steps.</summary>
    public static IReadOnlyDictionary<string, LinkStand> ReadAll(string? json) => json is null
        ? new Dictionary<string, LinkStand>(StringComparer.Ordinal)
        : JsonElement.Parse(json).EnumerateArray().Select(Read).ToDictionary(stand => stand.Step, StringComparer.Ordinal);

    /// <summary>As members of an object that is begun.</summary>
    public void Write(Utf8JsonWriter json, bool isRunning)
    {
        json.WriteNumber("attempt", Attempt);
        json.WriteBoolean("complete", IsComplete);
        json.WriteStartObject("progress");
        foreach (var member in Progress.EnumerateObject())
            member.WriteTo(json);
        if (isRunning && !IsComplete && Remaining() is { } seconds && !Progress.TryGetProperty("remaining_seconds", out _))
            json.WriteNumber("remaining_seconds", seconds);
        json.WriteEndObject();
    }

    /// <summary>Null while nobody can tell.</summary>
    private long? Remaining() =>
        Progress.TryGetProperty("total_is_final", out var isFinal) && isFinal.ValueKind == JsonValueKind.True
        && Progress.TryGetProperty("bytes_per_second", out var rate) && rate.GetDouble() is > 0 and var bytesPerSecond
            ? (long)Math.Ceiling((Progress.GetProperty("bytes_total").GetInt64() - Progress.GetProperty("bytes_done").GetInt64()) / bytesPerSecond)
            : null;

    private static LinkStand Read(JsonElement stand) => new()
    {
        Step = stand.GetProperty("step").GetString()!,
        Attempt = stand.GetProperty("attempt").GetInt32(),
        IsComplete = stand.GetProperty("complete").GetBoolean(),
        Progress = stand.GetProperty("progress"),
    };
}
