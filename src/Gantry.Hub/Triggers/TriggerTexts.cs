using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Gantry.Engine.Plans.Triggers;

namespace Gantry.Hub.Triggers;

/// <summary>Triggers as they rest in the database, read once and kept at hand; and the short forms of what is too long for an index.</summary>
internal static class TriggerTexts
{
    public const string MayNotStart = "Whoever saved this trigger may not start executions in this workspace any more. Save the plan (or set its schedule) anew, as somebody who may.";

    private const int KeptMax = 20_000;
    private const int KeyMax = 200;
    private const int SummaryMax = 500;

    private static readonly ConcurrentDictionary<string, Trigger> Known = new(StringComparer.Ordinal);

    /// <exception cref="PlanFormatException">This program cannot read it, or not any more: a zone of it may be gone.</exception>
    public static Trigger Read(string settings)
    {
        if (Known.TryGetValue(settings, out var known))
            return known;
        var trigger = TriggerReader.Read(JsonElement.Parse(settings));
        if (Known.Count >= KeptMax)
            Known.Clear();
        return Known[settings] = trigger;
    }

    /// <summary>A schedule as people say it; null for others, and for one that cannot be read any more.</summary>
    public static string? InWords(TriggerRow row)
    {
        try
        {
            return row.Kind == "schedule" ? (Read(row.Settings) as ScheduleTrigger)?.Words : null;
        }
        catch (PlanFormatException)
        {
            // It is told as broken.
            return null;
        }
    }

    /// <summary>A key of any length, such that different ones stay different.</summary>
    public static string Key(string text)
    {
        var storable = Executions.ExecutionJson.Storable(text);
        return storable.Length <= KeyMax && storable == text ? text : $"sha256:{Convert.ToHexStringLower(SHA256.HashData(Encoding.Unicode.GetBytes(text)))}";
    }

    public static string Summary(string text)
    {
        var storable = Executions.ExecutionJson.Storable(text);
        return storable.Length <= SummaryMax ? storable : Executions.ExecutionJson.Storable(storable[..SummaryMax]) + "…";
    }
}
