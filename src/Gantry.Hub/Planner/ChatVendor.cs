using System.Text.Json;
using Gantry.Engine.Providers;

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
    private const string OwnAction = "chat_completion";

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

    /// <summary>Those whose action this program has, and after them the own providers of the hub that speak as most do.</summary>
    public static IReadOnlyList<ChatVendor> In(ProviderCatalog catalog) =>
    [
        .. All.Where(vendor => catalog.FindAction(vendor.Provider, vendor.Action) is not null),
        .. catalog.Own.Select(Own).OfType<ChatVendor>().OrderBy(vendor => vendor.Provider, StringComparer.Ordinal),
    ];

    /// <summary>A service of one's own that has OpenAI's form, as a server of open models has. A model that its manifest gives is the one that is asked.</summary>
    private static ChatVendor? Own(IProvider provider) =>
        provider.Actions.FirstOrDefault(action => action.Id == OwnAction) is { } action && action.Parameters.Any(parameter => parameter.Name == "messages")
        && action.Parameters.FirstOrDefault(parameter => parameter.Name == "model") is { } model
            ? new ChatVendor(provider.Id, OwnAction, ChatShape.OpenAi, model.Default is { ValueKind: JsonValueKind.String } known ? known.GetString() : null, HasSchemas: false)
            : null;
}
