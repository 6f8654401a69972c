using System.Text.Json;
using Gantry.Engine.Plans;
using Gantry.Engine.Settings;
using Gantry.Hub.Executions;

namespace Gantry.Hub.Planner;

/// <summary>An answer of the form that was asked for. It is data: nothing in it is done, and nothing is looked up by it but names.</summary>
internal sealed record DraftAnswer(string Plan, IReadOnlyList<string> Steps, IReadOnlyList<string> Missing)
{
    private const int TextsMax = 200;
    private const int TextCharactersMax = 2_000;

    private static readonly JsonDocumentOptions Strict = new() { MaxDepth = 64, AllowDuplicateProperties = false };

    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The answer, or why it is none.</summary>
    public static (DraftAnswer? Answer, string? Problem) Read(string text)
    {
        if (text.Length > PlanReader.BytesMax) return (null, $"The answer is longer than {PlanReader.BytesMax / 1024} KB.");
        JsonElement root;
        try
        {
            root = JsonElement.Parse(HalfPairs.Mend(Unfenced(text)), Strict);
        }
        catch (JsonException wrong)
        {
            return (null, $"The answer is no JSON (line {wrong.LineNumber + 1}).");
        }

        if (root.ValueKind != JsonValueKind.Object) return (null, "The answer is no JSON object.");
        if (root.EnumerateObject().Select(member => member.Name).FirstOrDefault(name => name is not ("plan" or "steps" or "missing")) is { } other)
            return (null, $"The answer has a field '{Clean(other)}'; its fields are plan, steps and missing.");
        if (!root.TryGetProperty("plan", out var plan) || plan.ValueKind is not (JsonValueKind.String or JsonValueKind.Object)) return (null, "The answer's field 'plan' is the plan as a YAML text.");
        if (TextsOf(root, "steps") is not { } steps) return (null, "The answer's field 'steps' is a list of texts.");
        if (TextsOf(root, "missing") is not { } missing) return (null, "The answer's field 'missing' is a list of texts.");

        // JSON is YAML too.
        var written = plan.ValueKind == JsonValueKind.String ? plan.GetString()! : JsonSerializer.Serialize(plan, Indented);
        return written.Trim().Length == 0 ? (null, "The answer's field 'plan' is empty.") : (new DraftAnswer(ExecutionJson.Storable(written), steps, missing), null);
    }

    /// <summary>Some put the object between ``` lines although nobody asked for it.</summary>
    private static string Unfenced(string text)
    {
        var trimmed = text.Trim();
        if (!trimmed.StartsWith("```", StringComparison.Ordinal) || !trimmed.EndsWith("```", StringComparison.Ordinal)) return trimmed;
        var begin = trimmed.IndexOf('\n', StringComparison.Ordinal);
        return begin < 0 || begin > trimmed.Length - 3 ? trimmed : trimmed[begin..^3];
    }

    private static List<string>? TextsOf(JsonElement root, string name)
    {
        if (!root.TryGetProperty(name, out var list) || list.ValueKind != JsonValueKind.Array || list.GetArrayLength() > TextsMax
            || list.EnumerateArray().Any(item => item.ValueKind != JsonValueKind.String)) return null;
        return [.. list.EnumerateArray().Select(item => Clean(item.GetString()!)).Where(item => item.Length > 0)];
    }

    /// <summary>For a person to read: one line, of a length that can be read, with nothing that turns the reading around.</summary>
    private static string Clean(string text) => Engine.Endpoints.EndpointPath.Printable(text.Length <= TextCharactersMax ? text.ReplaceLineEndings(" ") : text[..TextCharactersMax].ReplaceLineEndings(" ") + "…");
}
