using System.Text.Json;

namespace Gantry.Engine.Providers.Manifests.Answers;

/// <summary>An answer of an AI that was asked for in a form: checked, and asked for once more when it has another.</summary>
/// <param name="structured">Where the form and the answer stand.</param>
/// <param name="input">What the step asked with.</param>
internal sealed class StructuredAnswer(ManifestStructured structured, JsonElement input)
{
    private const int AnswerCharactersMax = 20_000;

    /// <summary>What is wrong with the answer; null when nothing is, or no form was asked for.</summary>
    public string? ProblemOf(VendorAnswer answer)
    {
        if (Schema() is not { } schema || answer.FindText(structured.Text) is not { Length: > 0 } text)
        {
            // A refusal, or a call of a tool, has no text.
            return null;
        }

        JsonElement value;
        try
        {
            value = JsonElement.Parse(text);
        }
        catch (JsonException)
        {
            return "It is not JSON, or breaks off.";
        }

        var problems = new AnswerSchema(schema).ProblemsOf(value);
        return problems.Count == 0 ? null : string.Join(" ", problems);
    }

    /// <summary>What is asked with once more: the conversation goes on with the answer and what is wrong with it. Null when the vendor's is none that can be gone on with.</summary>
    public JsonElement? Repaired(VendorAnswer answer, string problem)
    {
        if (structured.Repair is not { } name || !input.TryGetProperty(name, out var messages) || messages.ValueKind != JsonValueKind.Array || answer.FindText(structured.Text) is not { } text)
        {
            return null;
        }

        var given = text.Length <= AnswerCharactersMax ? text : text[..AnswerCharactersMax];
        var next = messages.EnumerateArray()
            .Append(Message("assistant", given))
            .Append(Message("user", $"Your answer does not have the form that was asked for. {problem} Answer again, with nothing but JSON of that form."));
        return JsonSerializer.SerializeToElement(input.EnumerateObject().ToDictionary(
            member => member.Name, member => member.Name == name ? JsonSerializer.SerializeToElement(next) : member.Value, StringComparer.Ordinal));
    }

    private static JsonElement Message(string role, string content) =>
        JsonSerializer.SerializeToElement(new Dictionary<string, string>(StringComparer.Ordinal) { ["role"] = role, ["content"] = content });

    private JsonElement? Schema()
    {
        var at = input;
        foreach (var name in structured.Schema.Split('.'))
        {
            if (at.ValueKind != JsonValueKind.Object || !at.TryGetProperty(name, out at))
            {
                return null;
            }
        }

        return at.ValueKind == JsonValueKind.Object ? at : null;
    }
}
