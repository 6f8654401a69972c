using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Gantry.TestServers;

/// <summary>
/// A vault by the documentation of the KV version 2 HTTP API, the token, AppRole and Kubernetes ways to sign in (developer.hashicorp.com/vault/api-docs), for machines where the real
/// one cannot be had. It is strict: whatever a real one would not understand is refused, and kept as a violation.
/// </summary>
public sealed partial class VaultServer : IAsyncDisposable
{
    public const string RootToken = "hvs.root";
    public const string RoleId = "role-1";
    public const string SecretId = "secret-1";
    public const string KubernetesRole = "gantry";
    public const string Jwt = "eyJ.jwt.x";

    private readonly WebApplication application;
    private readonly ConcurrentDictionary<string, VaultToken> tokens = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, VaultItem> items = new(StringComparer.Ordinal);
    private readonly Lock gate = new();
    private int issued;

    private VaultServer(WebApplication application, TimeProvider clock)
    {
        this.application = application;
        Clock = clock;
        tokens[RootToken] = new(Ends: null, Ttl: TimeSpan.Zero, IsRenewable: false, IsReader: false);
    }

    public TimeProvider Clock { get; }

    public string Url => application.Urls.Single();

    /// <summary>What was asked wrongly.</summary>
    public ConcurrentQueue<string> Violations { get; } = new();

    /// <summary>"GET secret/data/NAME", in their order.</summary>
    public ConcurrentQueue<string> Requests { get; } = new();

    public string Mount { get; set; } = "secret";

    public string? Namespace { get; set; }

    public bool IsSealed { get; set; }

    /// <summary>Answers nothing at all while it is not completed.</summary>
    public Task Answering { get; set; } = Task.CompletedTask;

    /// <summary>Every request is sent there, as a standby does.</summary>
    public string? ActiveNode { get; set; }

    /// <summary>What a token from a login lives.</summary>
    public TimeSpan Lease { get; set; } = TimeSpan.FromHours(1);

    /// <summary>Called before a write is done, to slip in another one.</summary>
    public Action? BeforeWrite { get; set; }

    public static async Task<VaultServer> StartAsync(TimeProvider? clock = null, X509Certificate2? certificate = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        if (certificate is null)
        {
            builder.WebHost.UseUrls("http://127.0.0.1:0");
        }
        else
        {
            builder.WebHost.UseKestrelHttpsConfiguration();
            builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(System.Net.IPAddress.Loopback, 0, listen => listen.UseHttps(certificate)));
        }

        var application = builder.Build();
        VaultServer server = new(application, clock ?? TimeProvider.System);
        application.Run(server.HandleAsync);
        await application.StartAsync();
        return server;
    }

    /// <summary>A token with a life, or one that may only read.</summary>
    public string AddToken(TimeSpan? ttl = null, bool isRenewable = false, bool isReader = false)
    {
        var token = $"hvs.{Interlocked.Increment(ref issued)}";
        tokens[token] = new(ttl is { } life ? Clock.GetUtcNow() + life : null, ttl ?? TimeSpan.Zero, isRenewable, isReader);
        return token;
    }

    public void Revoke(string token) => tokens.TryRemove(token, out _);

    public void RevokeAll() => tokens.Clear();

    /// <summary>A secret as somebody else stores it.</summary>
    public void Put(string path, string json)
    {
        lock (gate)
        {
            ItemOf(path).Add(JsonNode.Parse(json)!.AsObject(), Clock.GetUtcNow());
        }
    }

    /// <summary>The fields of the current version.</summary>
    public JsonObject? Find(string path)
    {
        lock (gate)
        {
            return items.TryGetValue(path, out var item) ? item.Versions[^1].Data : null;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await application.StopAsync(new CancellationToken(canceled: true));
        await application.DisposeAsync();
    }

    private async Task HandleAsync(HttpContext context)
    {
        await Answering;
        var path = context.Request.Path.Value!;
        var body = await BodyAsync(context.Request);
        if (ActiveNode is { } active)
        {
            context.Response.StatusCode = 307;
            context.Response.Headers.Location = active + path + context.Request.QueryString;
            return;
        }

        Requests.Enqueue($"{context.Request.Method} {path["/v1/".Length..]}");
        var (status, answer) = IsSealed ? (503, Errors("Vault is sealed")) : Answer(context.Request, path["/v1/".Length..], body);
        context.Response.StatusCode = status;
        if (answer is not null)
        {
            context.Response.ContentType = "application/json";
            await context.Response.WriteAsync(answer.ToJsonString());
        }
    }

    private (int Status, JsonNode? Answer) Answer(HttpRequest request, string path, JsonObject? body)
    {
        if (request.Headers["X-Vault-Request"] != "true" || request.Headers["X-Vault-Namespace"].ToString() != (Namespace ?? "") || request.QueryString.HasValue)
        {
            return Violate($"headers or query of {request.Method} {path}");
        }

        if (path.StartsWith("auth/", StringComparison.Ordinal) && path.EndsWith("/login", StringComparison.Ordinal))
        {
            return request.Headers.ContainsKey("X-Vault-Token") ? Violate("a token at a login") : Login(request.Method, path, body);
        }

        if (!tokens.TryGetValue(request.Headers["X-Vault-Token"].ToString(), out var token) || token.Ends <= Clock.GetUtcNow())
        {
            return (403, Errors("permission denied"));
        }

        return path.StartsWith("auth/token/", StringComparison.Ordinal)
            ? AnswerToken(request, path, body, token)
            : AnswerSecret(request.Method, path, body, token);
    }

    private (int Status, JsonNode? Answer) Login(string method, string path, JsonObject? body) => (method, path) switch
    {
        ("POST", "auth/approle/login") when Has(body, ["role_id", "secret_id"]) =>
            (string?)body!["role_id"] == RoleId && (string?)body["secret_id"] == SecretId ? (200, Login()) : (400, Errors("invalid role or secret ID")),
        ("POST", "auth/kubernetes/login") when Has(body, ["role", "jwt"]) =>
            (string?)body!["role"] == KubernetesRole && (string?)body["jwt"] == Jwt ? (200, Login()) : (403, Errors("permission denied")),
        _ => Violate($"{method} {path}"),
    };

    private JsonObject Login()
    {
        var token = AddToken(Lease, isRenewable: true);
        return new() { ["auth"] = new JsonObject { ["client_token"] = token, ["lease_duration"] = (int)Lease.TotalSeconds, ["renewable"] = true } };
    }

    private (int Status, JsonNode? Answer) AnswerToken(HttpRequest request, string path, JsonObject? body, VaultToken token)
    {
        switch (request.Method, path)
        {
            case ("GET", "auth/token/lookup-self") when body is null:
                var ttl = token.Ends is { } ends ? (int)(ends - Clock.GetUtcNow()).TotalSeconds : 0;
                return (200, new JsonObject { ["data"] = new JsonObject { ["ttl"] = ttl, ["renewable"] = token.IsRenewable } });
            case ("POST", "auth/token/renew-self") when body is { Count: 0 }:
                if (!token.IsRenewable)
                {
                    return (400, Errors("lease is not renewable"));
                }

                tokens[request.Headers["X-Vault-Token"].ToString()] = token with { Ends = Clock.GetUtcNow() + token.Ttl };
                return (200, new JsonObject { ["auth"] = new JsonObject { ["lease_duration"] = (int)token.Ttl.TotalSeconds, ["renewable"] = true } });
            default:
                return Violate($"{request.Method} {path}");
        }
    }

    private (int Status, JsonNode? Answer) Violate(string what)
    {
        Violations.Enqueue(what);
        return (400, Errors($"unsupported: {what}"));
    }

    private static bool Has(JsonObject? body, string[] names) => body is not null && body.Select(pair => pair.Key).Order(StringComparer.Ordinal).SequenceEqual(names.Order(StringComparer.Ordinal));

    private static JsonObject Errors(params string[] errors) => new() { ["errors"] = new JsonArray([.. errors.Select(error => JsonValue.Create(error))]) };

    private static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fffffff'Z'", CultureInfo.InvariantCulture);

    private async Task<JsonObject?> BodyAsync(HttpRequest request)
    {
        using StreamReader reader = new(request.Body);
        var text = await reader.ReadToEndAsync();
        if (text.Length == 0)
        {
            return null;
        }

        if (request.ContentType != "application/json")
        {
            Violations.Enqueue($"the content type '{request.ContentType}'");
        }

        try
        {
            return JsonNode.Parse(text) as JsonObject;
        }
        catch (JsonException)
        {
            Violations.Enqueue("a body that is no JSON");
            return null;
        }
    }

    private sealed record VaultToken(DateTimeOffset? Ends, TimeSpan Ttl, bool IsRenewable, bool IsReader);
}
