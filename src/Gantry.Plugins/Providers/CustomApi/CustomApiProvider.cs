using System.Text.Json;
using Gantry.Engine.Providers;
using Gantry.Engine.Providers.Web;
using Gantry.Engine.Settings;

namespace Gantry.Plugins.Providers.CustomApi;

/// <summary>One call of an API that has no provider of its own: its base URL, how it wants to be signed in to, and a path.</summary>
public sealed class CustomApiProvider : IProvider
{
    private static readonly Setting BaseUrl = new() { Name = "base_url", IsRequired = true, Help = "Where the API begins: https://api.example.org/v1." };

    private static readonly Setting Path = new() { Name = "path", Default = Scalars.Text(""), Help = "What to call, below the base URL: /users/5." };

    private static readonly Setting Auth = new()
    {
        Name = "auth",
        Type = SettingType.Map,
        TakesSecrets = true,
        Help = "{type: bearer, token: ${cred:NAME}}, {type: basic, user, password}, {type: header, name, value} or {type: query, name, value}.",
    };

    private static readonly Setting Body = new() { Name = "body", Type = SettingType.Any, TakesSecrets = true, Help = "A text is sent as it is, anything else as JSON." };

    public string Id => "custom_api";

    public string Title => "Custom API";

    public string Help => "Calls any API by its base URL.";

    public IReadOnlyList<ProviderAction> Actions { get; } =
    [
        new()
        {
            Id = "call",
            Help = "Calls a path of the API.",
            Parameters = [BaseUrl, Auth, HttpParameters.Method, Path, HttpParameters.Query, HttpParameters.Headers, Body, HttpParameters.Timeout,
                HttpParameters.ExpectedStatus, HttpParameters.FollowRedirects, HttpParameters.MaxBytes],
            IsRepeatableWith = HttpCall.IsRepeatable,
        },
    ];

    public async Task<ProviderResult> RunAsync(ProviderCall call, CancellationToken cancellationToken)
    {
        var http = new HttpCall(call);
        if (http.Find("body") is { ValueKind: not JsonValueKind.String } value)
        {
            await http.SetJsonAsync(value, cancellationToken);
        }

        if (http.Find("auth") is { } auth)
        {
            await AddAuthAsync(http, auth, cancellationToken);
        }

        return await http.SendAsync(
            HttpCall.MethodOf(http.FindText("method") ?? "GET"),
            Join(http.FindText("base_url") ?? "", http.FindText("path") ?? ""),
            cancellationToken);
    }

    /// <summary>The path cannot leave the base URL, whatever an input puts into it.</summary>
    private static string Join(string baseUrl, string path)
    {
        if (baseUrl.AsSpan().IndexOfAny('?', '#') >= 0)
        {
            throw HttpCall.Bad("'base_url' is an address without '?' and '#'. Put what follows them into 'query'.");
        }

        if (path.Contains('#', StringComparison.Ordinal) || path.Contains('\\', StringComparison.Ordinal)
            || path.Split('?')[0].Split('/').Any(segment => Uri.UnescapeDataString(segment) is "." or ".."))
        {
            throw HttpCall.Bad("'path' holds '#', '\\' or a '..', and could lead out of the base URL.");
        }

        return path.Length == 0 ? baseUrl : $"{baseUrl.TrimEnd('/')}/{path.TrimStart('/')}";
    }

    private static async Task AddAuthAsync(HttpCall http, JsonElement auth, CancellationToken cancellationToken)
    {
        switch (auth.TryGetProperty("type", out var type) && type.ValueKind == JsonValueKind.String ? type.GetString() : null)
        {
            case "none":
                break;
            case "bearer":
                http.AddHeader("Authorization", $"Bearer {await RevealAsync("token")}");
                break;
            case "basic":
                http.AddHeader("Authorization", await http.BasicAsync("auth", auth, cancellationToken));
                break;
            case "header":
                http.AddHeader(await RevealAsync("name"), await RevealAsync("value"));
                break;
            case "query":
                http.AddQuery(await RevealAsync("name"), await RevealAsync("value"));
                break;
            default:
                throw HttpCall.Bad("'auth.type' must be none, bearer, basic, header or query.");
        }

        ValueTask<string> RevealAsync(string name) => auth.TryGetProperty(name, out var value)
            ? http.RevealAsync($"auth.{name}", value, cancellationToken)
            : throw HttpCall.Bad($"'auth' needs '{name}' for its type.");
    }
}
