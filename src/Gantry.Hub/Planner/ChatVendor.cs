namespace Gantry.Hub.Planner;

/// <summary>How a vendor takes a conversation and where its answer's text is.</summary>
internal enum ChatShape
{
    /// <summary>https://platform.openai.com/docs/api-reference/chat, which most vendors took over.</summary>
    OpenAi,

    /// <summary>https://docs.anthropic.com/en/api/messages.</summary>
    Anthropic,
}

/// <summary>An action of a provider that answers conversations.</summary>
/// <param name="Provider">The provider's id.</param>
/// <param name="Action">The action's id.</param>
/// <param name="Shape">Its form.</param>
/// <param name="Model">What is asked when nobody says which; null when that must be said.</param>
/// <param name="HasSchemas">Whether all its models hold to a JSON schema; else JSON of any form is asked for.</param>
internal sealed record ChatVendor(string Provider, string Action, ChatShape Shape, string? Model, bool HasSchemas)
{
    /// <summary>In the order in which one is chosen when nobody says which.</summary>
    public static IReadOnlyList<ChatVendor> All { get; } =
    [
        new("anthropic", "create_message", ChatShape.Anthropic, "claude-sonnet-4-5", HasSchemas: true),
        new("openai", "chat_completion", ChatShape.OpenAi, "gpt-4.1", HasSchemas: true),
        new("mistral", "chat_completion", ChatShape.OpenAi, "mistral-large-latest", HasSchemas: true),
        new("openrouter", "chat_completion", ChatShape.OpenAi, "openrouter/auto", HasSchemas: false),
        new("groq", "chat_completion", ChatShape.OpenAi, "llama-3.3-70b-versatile", HasSchemas: false),
        new("deepseek", "chat_completion", ChatShape.OpenAi, "deepseek-chat", HasSchemas: false),
        new("xai", "chat_completion", ChatShape.OpenAi, "grok-4", HasSchemas: true),
        new("cerebras", "chat_completion", ChatShape.OpenAi, null, HasSchemas: false),
        new("fireworks-ai", "chat_completion", ChatShape.OpenAi, null, HasSchemas: true),
        new("together-ai", "chat_completion", ChatShape.OpenAi, null, HasSchemas: false),
    ];

    public static ChatVendor? Find(string provider) => All.FirstOrDefault(vendor => vendor.Provider == provider);
}
