using System.Text.Json;

namespace Gantry.Hub.Planner;

/// <summary>What an AI answered, out of the form of its vendor.</summary>
internal sealed record ChatAnswer
{
    /// <summary>Whatever stands where the answer should be; empty when nothing does.</summary>
    public string Text { get; private init; } = "";

    /// <summary>The block by which the answer was handed over, where the vendor has such; null when there is none.</summary>
    public JsonElement? ToolUse { get; private init; }

    /// <summary>It reached the most tokens that it may have.</summary>
    public bool IsCutOff { get; private init; }

    /// <summary>The AI would not answer; asking again does not help.</summary>
    public bool IsRefused { get; private init; }

    public static ChatAnswer Of(ChatShape shape, JsonElement? output) => output is not { ValueKind: JsonValueKind.Object } answer ? new ChatAnswer()
        : shape == ChatShape.Anthropic ? OfAnthropic(answer)
        : OfOpenAi(answer);

    private static ChatAnswer OfOpenAi(JsonElement answer)
    {
        if (Member(answer, "choices") is not { ValueKind: JsonValueKind.Array } choices || choices.GetArrayLength() == 0) return new ChatAnswer();
        var choice = choices[0];
        var message = Member(choice, "message");
        var finish = TextOf(Member(choice, "finish_reason"));
        var refusal = TextOf(Member(message, "refusal"));
        return new ChatAnswer
        {
            Text = refusal.Length > 0 ? refusal : ContentOf(Member(message, "content")),
            IsCutOff = finish == "length",
            IsRefused = refusal.Length > 0 || finish == "content_filter",
        };
    }

    private static ChatAnswer OfAnthropic(JsonElement answer)
    {
        var stop = TextOf(Member(answer, "stop_reason"));
        var content = Member(answer, "content");
        JsonElement? use = null;
        if (content is { ValueKind: JsonValueKind.Array } blocks)
            foreach (var block in blocks.EnumerateArray())
                if (TextOf(Member(block, "type")) == "tool_use" && TextOf(Member(block, "id")).Length > 0 && Member(block, "input") is not null)
                    use ??= block;
        return new ChatAnswer
        {
            Text = use is { } found ? found.GetProperty("input").GetRawText() : ContentOf(content),
            ToolUse = use,
            IsCutOff = stop == "max_tokens",
            IsRefused = stop == "refusal",
        };
    }

    /// <summary>A text, or the texts of a list of blocks.</summary>
    private static string ContentOf(JsonElement? content) => content is { ValueKind: JsonValueKind.Array } blocks
        ? string.Concat(blocks.EnumerateArray().Select(block => TextOf(Member(block, "text"))))
        : TextOf(content);

    private static JsonElement? Member(JsonElement? value, string name) => value is { ValueKind: JsonValueKind.Object } found && found.TryGetProperty(name, out var member) ? member : null;

    private static string TextOf(JsonElement? value)
    {
        if (value is not { ValueKind: JsonValueKind.String } text) return "";
        try
        {
            return text.GetString()!;
        }
        catch (InvalidOperationException)
        {
            // Half of a surrogate pair is no character, and so no answer.
            return "";
        }
    }
}
