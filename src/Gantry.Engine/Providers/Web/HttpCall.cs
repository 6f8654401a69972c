using System.Globalization;
using System.Text;
using System.Text.Json;
using Gantry.Engine.Secrets;
using Gantry.Engine.Settings;

namespace Gantry.Engine.Providers.Web;

/// <summary>
/// One action over HTTP: reads the parameters of <see cref="HttpParameters"/>, puts secrets in their places, sends, and makes the result. Whatever is wrong with a
/// parameter is a <see cref="ProviderException"/> that names it.
/// </summary>
public sealed class HttpCall(ProviderCall call)
{
    private const long BytesMax = 15 * 1024 * 1024;

    private readonly List<KeyValuePair<string, string>> headers = [];
    private readonly List<KeyValuePair<string, string>> query = [];
    private readonly SentSecrets secrets = new(call.Secrets);
    private ReadOnlyMemory<byte>? body;

    public void AddHeader(string name, string value) => headers.Add(new(name, value));

    public void AddQuery(string name, string value) => query.Add(new(name, value));

    /// <summary>The value of a parameter; null when it is not given.</summary>
    public JsonElement? Find(string name) =>
        call.Parameters.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;

    public string? FindText(string name) => Find(name) is { } value ? Text(name, value) : null;

    /// <summary>The value with its secrets in their places.</summary>
    public ValueTask<string> RevealAsync(string name, JsonElement value, CancellationToken cancellationToken) =>
        SecretText.ExpandAsync(Text(name, value), secrets, cancellationToken);

    public async Task<ProviderResult> SendAsync(HttpMethod method, string url, CancellationToken cancellationToken)
    {
        await ReadHeadersAsync(cancellationToken);
        await ReadQueryAsync(cancellationToken);
        await ReadBodyAsync(cancellationToken);
        AddUnlessGiven("User-Agent", "Gantry");
        AddUnlessGiven("Idempotency-Key", call.IdempotencyKey);
        var request = new WebRequest
        {
            Method = method,
            Url = UrlWithQuery(url),
            Headers = headers,
            Body = body,
            Timeout = FindText("timeout") is { } text && Duration.TryParse(text, out var timeout) && timeout > TimeSpan.Zero ? timeout : TimeSpan.FromSeconds(100),
            BytesMax = ReadBytesMax(),
            Memory = call.Memory,
            FollowsRedirects = Find("follow_redirects") is not { ValueKind: JsonValueKind.False },
            EgressAllowed = call.EgressAllowed,
        };
        secrets.RequireAllowed(request.Url.IdnHost, request.Url.Port);
        var answer = await HttpGate.Shared.SendAsync(request, call.Clock, cancellationToken);
        return HttpAnswer.ToResult(request, answer, Expected(), call.Secrets is RedactingSecrets redacting ? redacting.Text : text => text);
    }

    /// <summary>The method's name is as people write it, in any case.</summary>
    public static HttpMethod MethodOf(string name) => name.ToUpperInvariant() switch
    {
        "GET" => HttpMethod.Get,
        "HEAD" => HttpMethod.Head,
        "POST" => HttpMethod.Post,
        "PUT" => HttpMethod.Put,
        "PATCH" => HttpMethod.Patch,
        "DELETE" => HttpMethod.Delete,
        "OPTIONS" => HttpMethod.Options,
        _ => throw Bad("'method' must be GET, HEAD, POST, PUT, PATCH, DELETE or OPTIONS."),
    };

    /// <summary>Whether HTTP itself says that sending it twice does no more than sending it once.</summary>
    public static bool IsRepeatable(JsonElement parameters) =>
        !parameters.TryGetProperty("method", out var method)
        || (method.ValueKind == JsonValueKind.String && Scalars.TextOf(method)?.ToUpperInvariant() is "GET" or "HEAD" or "PUT" or "DELETE" or "OPTIONS");

    public static ProviderException Bad(string message) => HttpGate.Fail(ProviderErrorKind.BadRequest, message);

    /// <summary>A body of bytes, and its type unless a header says another.</summary>
    public void SetBody(byte[] bytes, string contentType)
    {
        body = bytes;
        AddUnlessGiven("Content-Type", contentType);
    }

    /// <summary>Any value as JSON, with its secrets in their places.</summary>
    public async ValueTask SetJsonAsync(JsonElement value, CancellationToken cancellationToken)
    {
        SetBody(await SecretJson.ExpandAsync(value, secrets, cancellationToken), "application/json");
    }

    private static string Text(string name, JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => Scalars.TextOf(value) ?? throw Bad($"'{name}' holds half of a surrogate pair, which is no character."),
        JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False => value.GetRawText(),
        _ => throw Bad($"'{name}' must be a text, a number, true or false, not {SettingCheck.Describe(value)}."),
    };

    private async ValueTask ReadHeadersAsync(CancellationToken cancellationToken)
    {
        foreach (var header in Find("headers")?.EnumerateObject() ?? [])
        {
            if (header.Value.ValueKind != JsonValueKind.Null)
            {
                AddHeader(header.Name, await RevealAsync($"headers.{header.Name}", header.Value, cancellationToken));
            }
        }

        if (Find("bearer") is { } bearer)
        {
            AddAuthorization("bearer", $"Bearer {await RevealAsync("bearer", bearer, cancellationToken)}");
        }

        if (Find("basic") is { } basic)
        {
            AddAuthorization("basic", await BasicAsync("basic", basic, cancellationToken));
        }
    }

    /// <summary>The value of the Authorization header for {user, password}.</summary>
    public async ValueTask<string> BasicAsync(string name, JsonElement basic, CancellationToken cancellationToken)
    {
        if (!basic.TryGetProperty("user", out var user) && !basic.TryGetProperty("username", out user))
        {
            throw Bad($"'{name}' needs 'user'.");
        }

        var userName = await RevealAsync($"{name}.user", user, cancellationToken);
        if (userName.Contains(':', StringComparison.Ordinal))
        {
            throw Bad($"'{name}.user' holds a ':', which HTTP cannot carry in a user name.");
        }

        var password = basic.TryGetProperty("password", out var given) ? await RevealAsync($"{name}.password", given, cancellationToken) : "";
        var encoded = Convert.ToBase64String(Encoding.UTF8.GetBytes($"{userName}:{password}"));
        (call.Secrets as RedactingSecrets)?.Mask(new Secret(encoded));
        return $"Basic {encoded}";
    }

    private void AddAuthorization(string name, string value)
    {
        if (headers.Exists(header => header.Key.Equals("Authorization", StringComparison.OrdinalIgnoreCase)))
        {
            throw Bad($"'{name}' and another parameter both set the Authorization header. Leave one of them out.");
        }

        AddHeader("Authorization", value);
    }

    private async ValueTask ReadQueryAsync(CancellationToken cancellationToken)
    {
        foreach (var property in Find("query")?.EnumerateObject() ?? [])
        {
            var values = property.Value.ValueKind switch
            {
                JsonValueKind.Array => property.Value.EnumerateArray().ToList(),
                JsonValueKind.Null => [],
                _ => [property.Value],
            };
            foreach (var value in values)
            {
                AddQuery(property.Name, await RevealAsync($"query.{property.Name}", value, cancellationToken));
            }
        }
    }

    private async ValueTask ReadBodyAsync(CancellationToken cancellationToken)
    {
        var given = HttpParameters.Bodies.Select(setting => setting.Name).Where(name => call.Parameters.TryGetProperty(name, out _)).ToList();
        if (given.Count > 1)
        {
            throw Bad($"A request has one body, and {string.Join(" and ", given.Select(name => $"'{name}'"))} are given.");
        }

        switch (given.FirstOrDefault())
        {
            case "json":
                await SetJsonAsync(call.Parameters.GetProperty("json"), cancellationToken);
                break;
            case "body" when Find("body") is { ValueKind: JsonValueKind.String } text:
                SetBody(Encoding.UTF8.GetBytes(await RevealAsync("body", text, cancellationToken)), "text/plain; charset=utf-8");
                break;
            case "form" when Find("form") is { } form:
                await SetFormAsync(form, cancellationToken);
                break;
        }
    }

    private async ValueTask SetFormAsync(JsonElement form, CancellationToken cancellationToken)
    {
        var fields = new List<string>();
        foreach (var field in form.EnumerateObject().Where(field => field.Value.ValueKind != JsonValueKind.Null))
        {
            var value = await RevealAsync($"form.{field.Name}", field.Value, cancellationToken);
            fields.Add($"{Uri.EscapeDataString(field.Name)}={Uri.EscapeDataString(value)}");
        }

        SetBody(Encoding.ASCII.GetBytes(string.Join('&', fields)), "application/x-www-form-urlencoded");
    }

    private Uri UrlWithQuery(string url)
    {
        if (!Uri.TryCreate(url, UriKind.Absolute, out var absolute) || (absolute.Scheme != Uri.UriSchemeHttp && absolute.Scheme != Uri.UriSchemeHttps))
        {
            throw Bad("The URL must be absolute, and begin with http:// or https://.");
        }

        if (query.Count == 0)
        {
            return absolute;
        }

        var added = string.Join('&', query.Select(pair => $"{Uri.EscapeDataString(pair.Key)}={Uri.EscapeDataString(pair.Value)}"));
        var builder = new UriBuilder(absolute);
        builder.Query = builder.Query.Length > 1 ? $"{builder.Query[1..]}&{added}" : added;
        return builder.Uri;
    }

    private int ReadBytesMax()
    {
        if (Find("max_bytes") is not { } given)
        {
            return 10 * 1024 * 1024;
        }

        return given.TryGetInt64(out var bytes) && bytes is > 0 and <= BytesMax
            ? (int)bytes
            : throw Bad($"'max_bytes' must be from 1 to {BytesMax}: what is larger is moved as a file.");
    }

    private Func<int, bool> Expected()
    {
        if (Find("expected_status") is not { } list)
        {
            return status => status is >= 200 and < 300;
        }

        var statuses = list.EnumerateArray()
            .Select(item => int.TryParse(Text("expected_status", item), NumberStyles.None, CultureInfo.InvariantCulture, out var status) && status is >= 100 and < 600
                ? status
                : throw Bad("'expected_status' is a list of statuses from 100 to 599."))
            .ToHashSet();
        return statuses.Contains;
    }

    private void AddUnlessGiven(string name, string value)
    {
        if (!headers.Exists(header => header.Key.Equals(name, StringComparison.OrdinalIgnoreCase)))
        {
            AddHeader(name, value);
        }
    }
}
