using System.Collections.Concurrent;
using System.Text;
using System.Text.Json;
using Gantry.TestServers;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Gantry.Hub.Specs.Planner;

/// <summary>
/// Plays two vendors of AI, as their documents say: https://platform.openai.com/docs/api-reference/chat/create and https://docs.anthropic.com/en/api/messages. What is
/// not of their form is answered with 400 and noted.
/// </summary>
internal sealed class ChatServer : IAsyncDisposable
{
    public const string Key = "sk-the-key-of-the-test";

    private static readonly string[] OpenAiFields = ["model", "messages", "max_completion_tokens", "response_format"];
    private static readonly string[] OwnFields = ["model", "messages"];
    private static readonly string[] AnthropicFields = ["model", "messages", "max_tokens", "system", "tools", "tool_choice"];

    private readonly WebApplication app;

    private ChatServer(WebApplication app) => this.app = app;

    public Uri Url { get; private set; } = null!;

    /// <summary>What each question is answered with, in turn.</summary>
    public ConcurrentQueue<Reply> Replies { get; } = [];

    public ConcurrentQueue<JsonElement> Asked { get; } = [];

    public ConcurrentQueue<string> Faults { get; } = [];

    public static async Task<ChatServer> StartAsync()
    {
        var app = LoopbackApp.Create();
        var server = new ChatServer(app);
        app.MapPost("/v1/chat/completions", context => server.AnswerAsync(context, OpenAiProblem, OpenAiAnswer));
        app.MapPost("/own/chat/completions", context => server.AnswerAsync(context, OwnProblem, OpenAiAnswer));
        app.MapPost("/v1/messages", context => server.AnswerAsync(context, AnthropicProblem, AnthropicAnswer));
        await app.StartAsync();
        server.Url = new Uri(app.Urls.First());
        return server;
    }

    public void Reset()
    {
        Replies.Clear();
        Asked.Clear();
        Faults.Clear();
    }

    public ValueTask DisposeAsync() => app.DisposeAsync();

    private async Task AnswerAsync(HttpContext context, Func<HttpRequest, JsonElement, string?> problemOf, Func<Reply, object> answer)
    {
        var asked = (await JsonDocument.ParseAsync(context.Request.Body)).RootElement;
        Asked.Enqueue(asked);
        if (problemOf(context.Request, asked) is { } problem)
        {
            Faults.Enqueue(problem);
            context.Response.StatusCode = 400;
            await context.Response.WriteAsJsonAsync(new { error = new { message = problem, type = "invalid_request_error" } });
            return;
        }

        var reply = Replies.TryDequeue(out var next) ? next : new Reply("");
        context.Response.StatusCode = reply.Status;
        if (reply.Status != 200)
        {
            context.Response.Headers.RetryAfter = "7";
            await context.Response.WriteAsJsonAsync(new { error = new { message = $"No more for {Key}.", type = "rate_limit_error" } });
            return;
        }

        var body = JsonSerializer.Serialize(answer(reply));
        context.Response.ContentType = "application/json";
        await context.Response.WriteAsync(reply.IsBroken ? body[..(body.Length / 2)] : body);
    }

    private static object OpenAiAnswer(Reply reply) => new
    {
        id = "chatcmpl-1",
        @object = "chat.completion",
        choices = new[] { new { index = 0, message = new { role = "assistant", content = reply.Refusal is null ? reply.Text : null, refusal = reply.Refusal }, finish_reason = reply.IsCutOff ? "length" : "stop" } },
        usage = new { prompt_tokens = 1_000, completion_tokens = 200, total_tokens = 1_200 },
    };

    private static object AnthropicAnswer(Reply reply) => new
    {
        id = "msg_1",
        type = "message",
        role = "assistant",
        content = new object[] { new { type = "tool_use", id = "toolu_1", name = "draft_plan", input = JsonElement.Parse(reply.Text) } },
        stop_reason = reply.IsCutOff ? "max_tokens" : "tool_use",
        usage = new { input_tokens = 900, cache_read_input_tokens = 100, output_tokens = 200 },
    };

    private static string? OpenAiProblem(HttpRequest request, JsonElement asked)
    {
        if (request.Headers.Authorization != "Bearer " + Key) return "the key is not right";
        if (Unknown(asked, OpenAiFields) is { } unknown) return $"unknown parameter: {unknown}";
        var format = asked.GetProperty("response_format");
        if (format.GetProperty("type").GetString() != "json_schema" || !format.GetProperty("json_schema").GetProperty("strict").GetBoolean()) return "the format is no strict schema";
        if (SchemaProblem(format.GetProperty("json_schema").GetProperty("schema")) is { } wrong) return wrong;
        return asked.GetProperty("messages").EnumerateArray().All(message =>
            message.GetProperty("role").GetString() is "system" or "user" or "assistant" && message.GetProperty("content").GetString()!.Length > 0) ? null : "a message is not right";
    }

    /// <summary>A server of open models: it has no keys, and knows less.</summary>
    private static string? OwnProblem(HttpRequest request, JsonElement asked) =>
        request.Headers.Authorization.Count > 0 ? "there are no keys" : Unknown(asked, OwnFields) is { } unknown ? $"unknown parameter: {unknown}" : null;

    private static string? AnthropicProblem(HttpRequest request, JsonElement asked)
    {
        if (request.Headers["x-api-key"] != Key || request.Headers["anthropic-version"] != "2023-06-01") return "the headers are not right";
        if (Unknown(asked, AnthropicFields) is { } unknown) return $"unknown parameter: {unknown}";
        var tool = asked.GetProperty("tools")[0];
        var choice = asked.GetProperty("tool_choice");
        if (choice.GetProperty("type").GetString() != "tool" || choice.GetProperty("name").GetString() != tool.GetProperty("name").GetString()) return "the choice names no tool";
        if (SchemaProblem(tool.GetProperty("input_schema")) is { } wrong) return wrong;

        // Roles take turns, and what answers a tool_use names it: "tool_use ids were found without tool_result blocks" is said otherwise.
        string? open = null;
        var isUser = true;
        foreach (var message in asked.GetProperty("messages").EnumerateArray())
        {
            if (message.GetProperty("role").GetString() != (isUser ? "user" : "assistant")) return "the roles do not take turns";
            var content = message.GetProperty("content");
            var block = content.ValueKind == JsonValueKind.Array ? content[0] : default;
            if (isUser && open is not null && (block.ValueKind != JsonValueKind.Object || block.GetProperty("tool_use_id").GetString() != open)) return "a tool_use has no tool_result";
            open = !isUser && block.ValueKind == JsonValueKind.Object ? block.GetProperty("id").GetString() : null;
            isUser = !isUser;
        }

        return isUser ? "the last message is the assistant's" : null;
    }

    private static string? SchemaProblem(JsonElement schema) =>
        schema.GetProperty("additionalProperties").GetBoolean() ? "additionalProperties must be false"
        : schema.GetProperty("required").GetArrayLength() != schema.GetProperty("properties").EnumerateObject().Count() ? "all properties must be required" : null;

    private static string? Unknown(JsonElement asked, string[] known) => asked.EnumerateObject().Select(member => member.Name).FirstOrDefault(name => !known.Contains(name));
}

/// <param name="Text">What the AI says.</param>
/// <param name="Status">200, or a refusal of the vendor.</param>
internal sealed record Reply(string Text, int Status = 200)
{
    public bool IsCutOff { get; init; }

    /// <summary>The connection's answer ends in the middle.</summary>
    public bool IsBroken { get; init; }

    public string? Refusal { get; init; }

    /// <summary>An answer of the form that is asked for.</summary>
    public static Reply Of(string plan, params string[] missing) => new(JsonSerializer.Serialize(new { plan, steps = new[] { "It does something." }, missing }));

    public static Reply Endless() => new(new StringBuilder().Insert(0, "and so on ", 200_000).ToString());
}
