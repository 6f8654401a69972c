using System.Text.Json;
using System.Text.Json.Nodes;
using Gantry.Engine.Providers;
using Gantry.Engine.Providers.Manifests;

namespace Gantry.Hub.Planner;

/// <summary>What is said to an AI and what it answers, in the form of its vendor.</summary>
internal sealed class Conversation(ChatVendor vendor, ProviderAction action, string model, string? connection, string system, string prompt)
{
    /// <summary>The most tokens of one answer.</summary>
    public const int AnswerTokensMax = 8_000;

    private const string ToolName = "draft_plan";
    private const int EchoCharactersMax = 20_000;

    private readonly JsonArray messages = vendor.Shape == ChatShape.OpenAi ? [Message("system", system), Message("user", prompt)] : [Message("user", prompt)];
    private int characters = system.Length + prompt.Length;

    /// <summary>What the next question may use at most, as nearly as can be told without the vendor's own way of counting: a token has about four characters.</summary>
    public long TokensMax => (characters / 4) + AnswerTokensMax;

    /// <summary>The parameters of the action.</summary>
    public JsonElement Parameters()
    {
        var parameters = new JsonObject
        {
            ["model"] = model,
            ["messages"] = messages.DeepClone(),
        };
        if (connection is not null) parameters[ManifestProvider.ConnectionName] = connection;
        if (vendor.Shape == ChatShape.Anthropic)
        {
            parameters["max_tokens"] = AnswerTokensMax;
            parameters["system"] = system;
            parameters["tools"] = new JsonArray(new JsonObject { ["name"] = ToolName, ["description"] = "Hands over the drafted plan.", ["input_schema"] = Schema() });
            parameters["tool_choice"] = new JsonObject { ["type"] = "tool", ["name"] = ToolName };
        }
        else
        {
            if (((string[])["max_completion_tokens", "max_tokens"]).FirstOrDefault(Takes) is { } most) parameters[most] = AnswerTokensMax;
            if (Takes("response_format"))
            {
                parameters["response_format"] = vendor.HasSchemas
                    ? new JsonObject
                    {
                        ["type"] = "json_schema",
                        ["json_schema"] = new JsonObject { ["name"] = ToolName, ["strict"] = true, ["schema"] = Schema() },
                    }
                    : new JsonObject { ["type"] = "json_object" };
            }
        }

        return JsonSerializer.SerializeToElement(parameters);
    }

    /// <summary>Says what is wrong with the answer, so that the next one is better.</summary>
    public void Complain(ChatAnswer answer, string complaint)
    {
        var said = answer.Text.Length == 0 ? "(no answer)" : answer.Text.Length <= EchoCharactersMax ? answer.Text : answer.Text[..EchoCharactersMax];
        characters += said.Length + complaint.Length;
        if (answer.ToolUse is { } use)
        {
            messages.Add(new JsonObject { ["role"] = "assistant", ["content"] = new JsonArray(JsonNode.Parse(use.GetRawText())) });
            messages.Add(new JsonObject
            {
                ["role"] = "user",
                ["content"] = new JsonArray(new JsonObject
                {
                    ["type"] = "tool_result",
                    ["tool_use_id"] = use.GetProperty("id").GetString(),
                    ["is_error"] = true,
                    ["content"] = complaint,
                }),
            });
            return;
        }

        messages.Add(Message("assistant", said));
        messages.Add(Message("user", complaint));
    }

    private bool Takes(string name) => action.Parameters.Any(parameter => parameter.Name == name);

    private static JsonObject Message(string role, string content) => new() { ["role"] = role, ["content"] = content };

    private static JsonObject Schema() => new()
    {
        ["type"] = "object",
        ["properties"] = new JsonObject
        {
            ["plan"] = new JsonObject { ["type"] = "string", ["description"] = "The plan as YAML." },
            ["steps"] = Texts("What each step does, in plain English, one sentence each."),
            ["missing"] = Texts("What the person must still say or set up, one sentence each; empty when nothing is."),
        },
        ["required"] = new JsonArray("plan", "steps", "missing"),
        ["additionalProperties"] = false,
    };

    private static JsonObject Texts(string description) =>
        new() { ["type"] = "array", ["description"] = description, ["items"] = new JsonObject { ["type"] = "string" } };
}
