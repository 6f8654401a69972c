using System.Collections.Concurrent;
using System.Text.Json;
using Gantry.TestServers;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Gantry.EndToEnd.Specs.Pages;

/// <summary>A service that has no provider yet: an API with a key and a document of its own, and an AI that answers what it was told to.</summary>
internal sealed class PlayedService : IAsyncDisposable
{
    public const string Key = "key-0123456789abcdef";

    private readonly WebApplication app;

    private PlayedService(WebApplication app) => this.app = app;

    public Uri Url { get; private set; } = null!;

    /// <summary>Where hosts of the rules for requests out are named: "127.0.0.1:40123".</summary>
    public string Authority => Url.Authority;

    /// <summary>What stands at /openapi.json.</summary>
    public string Document { get; set; } = "";

    /// <summary>What the AI answers, in turn.</summary>
    public ConcurrentQueue<string> Answers { get; } = [];

    public static async Task<PlayedService> StartAsync()
    {
        var app = LoopbackApp.Create();
        var service = new PlayedService(app);
        app.MapGet("/openapi.json", () => Results.Content(service.Document, "application/json"));
        app.MapGet("/v1/me", (HttpRequest request) => IsSignedIn(request) ? Results.Json(new { name = "Grace" }) : Refused());
        app.MapGet("/v1/contacts/{id}", (HttpRequest request, string id) => IsSignedIn(request) ? Results.Json(new { id, name = "Linus of the played service" }) : Refused());
        app.MapPost("/ai/chat/completions", () => Results.Json(new
        {
            choices = new[] { new { message = new { content = service.Answers.TryDequeue(out var answer) ? answer : "" }, finish_reason = "stop" } },
            usage = new { prompt_tokens = 1_000, completion_tokens = 200 },
        }));
        await app.StartAsync();
        service.Url = new Uri(app.Urls.First());
        return service;
    }

    /// <summary>An answer as a planner asks for it.</summary>
    public void Answer(string plan, string[] steps, params string[] missing) => Answers.Enqueue(JsonSerializer.Serialize(new { plan, steps, missing }));

    public ValueTask DisposeAsync() => app.DisposeAsync();

    private static bool IsSignedIn(HttpRequest request) => request.Headers["X-Acme-Key"] == Key;

    private static IResult Refused() => Results.Json(new { error = "the key is not good" }, statusCode: 401);
}
