using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Gantry.Engine.Documents;
using Gantry.Engine.Endpoints;
using Gantry.Engine.Providers;
using Gantry.Engine.Providers.Manifests;
using Gantry.Engine.Providers.Web;
using Gantry.TestServers;
using Microsoft.AspNetCore.Http;

namespace Gantry.Plugins.Specs.Providers.Manifests;

/// <summary>One manifest against the recorder: its tree, a connection that was made up, and its provider.</summary>
internal sealed class Rehearsal
{
    private readonly MemoryConnectionTokens tokens = new();

    public Rehearsal(string id, Recorder recorder)
    {
        Id = id;
        Tree = DocumentReader.Read(AllManifests.Text(id));
        var manifest = AllManifests.Read(id);
        Provider = new ManifestProvider(
            manifest with { Limits = manifest.Limits with { PerSecond = null, PerMinute = null, Concurrent = null } },
            HttpGate.To(recorder.Url));
        recorder.Answer = AnswerAsync;
    }

    public string Id { get; }

    public DocumentNode Tree { get; }

    public ManifestProvider Provider { get; }

    public IReadOnlyList<DocumentMember> Actions => Tree.Find("actions")!.Value.Members;

    /// <summary>What the vendor answers to all but the request of a token: by how many it has answered before.</summary>
    public Func<int, RecordedRequest, AnswerSketch?> Script { get; set; } = (_, _) => null;

    /// <summary>Instead of the script: answers itself and says so.</summary>
    public Func<int, HttpContext, Task<bool>>? Raw { get; set; }

    public DocumentNode? Acting { get; set; }

    /// <summary>Requests but those of tokens, since the last <see cref="Begin"/>.</summary>
    public List<RecordedRequest> Asked { get; } = [];

    /// <summary>What the next request of a token gets; null for the usual one.</summary>
    public string? NextToken { get; set; }

    public int TokensAsked { get; private set; }

    /// <summary>The action is itself what fetches the token.</summary>
    public bool IsOfTokens(DocumentMember action)
    {
        var address = GeneratedValues.Text(action.Value, "call")!.Split(' ')[1].Split('?')[0];
        var path = Regex.Replace(address.StartsWith('/') ? GeneratedValues.Text(Tree, "base_url") + address : address, "^(https?://[^/]*|\\$\\{[^}]*\\})", "");
        return IsToken(new RecordedRequest("POST", Regex.Match(address, "^https?://(?<host>[^/]*)").Groups["host"].Value, path, [], new Dictionary<string, string>(StringComparer.Ordinal), []), isAnyHost: true);
    }

    public DocumentNode AuthOf(DocumentNode action)
    {
        var ways = Tree.Find("auth")!.Value.Items;
        var ids = (action.Find("auth")?.Value.Items ?? []).Select(item => item.Text).ToList();
        return ways.First(way => ids.Count == 0 || ids.Contains(GeneratedValues.Text(way, "id") ?? GeneratedValues.Text(way, "kind")!));
    }

    public Dictionary<string, string> ConnectionOf(DocumentNode auth)
    {
        Dictionary<string, string> values = new(StringComparer.Ordinal);
        foreach (var field in (Tree.Find("connection")?.Value.Members ?? []).Concat(auth.Find("fields")?.Value.Members ?? []))
        {
            values[field.Name] = ValueOf(field, auth);
        }

        if (GeneratedValues.Text(auth, "kind") == "oauth2")
        {
            values.TryAdd("client_id", "gantry client");
            values.TryAdd("client_secret", "gantry:secret");
            values.TryAdd("username", "someone");
            values.TryAdd("password", "gantry password");
        }

        return values;
    }

    public void Begin()
    {
        Asked.Clear();
        TokensAsked = 0;
    }

    /// <summary>All parameters, or the required ones only, with values that the manifest takes.</summary>
    public static JsonObject Parameters(DocumentNode action, bool isAll)
    {
        var given = new JsonObject();
        foreach (var parameter in action.Find("params")?.Value.Members ?? [])
        {
            if (isAll || GeneratedValues.Text(parameter.Value, "required") == "true")
            {
                given[parameter.Name] = GeneratedValues.Of(parameter.Value, parameter.Name);
            }
            else if (parameter.Value.Find("default") is { } fallback)
            {
                given[parameter.Name] = GeneratedValues.Json(fallback.Value);
            }
        }

        return given;
    }

    public ProviderCall CallOf(string action, JsonObject given, IReadOnlyDictionary<string, string> connection)
    {
        var parameters = (JsonObject)given.DeepClone();
        var fields = Provider.Manifest.Fields.Select(field => field.Name).ToHashSet(StringComparer.Ordinal);
        if (fields.Count > 0)
        {
            parameters["connection"] = new JsonObject(connection.Where(pair => fields.Contains(pair.Key)).Select(pair => KeyValuePair.Create<string, JsonNode?>(pair.Key, pair.Value.Replace("${", "$${", StringComparison.Ordinal))));
        }

        return new ProviderCall
        {
            Action = action,
            Parameters = JsonSerializer.SerializeToElement(parameters),
            Secrets = new GivenSecrets(_ => null),
            Endpoints = new NoEndpoints(),
            IdempotencyKey = "gantry-key",
            Log = new NoLog(),
            EgressAllowed = ["*"],
            Tokens = tokens,
        };
    }

    public async Task AgreeAsync(DocumentNode auth)
    {
        if (GeneratedValues.Text(auth, "grant") is "authorization_code" or "device_code")
        {
            var key = new ConnectionKey(Id, Id, GeneratedValues.Text(auth, "id") ?? "oauth2");
            var sketch = TokenValues(Recorder.AccessToken);
            sketch["refresh_token"] = "gantry-refresh-token-1";
            var present = await tokens.FindAsync(key, CancellationToken.None);
            await tokens.PutAsync(key, new ConnectionToken { Values = JsonSerializer.SerializeToElement(sketch) }, present?.Version, CancellationToken.None);
        }
    }

    /// <summary>A template of an address begins with it.</summary>
    private bool IsAddress(string field) => Regex.IsMatch(AllManifests.Text(Id), $@"(url: *[""']?|(GET|POST|PUT|DELETE|PATCH) )\$\{{connection\.{Regex.Escape(field)}[ }}]");

    private string ValueOf(DocumentMember field, DocumentNode auth)
    {
        if (field.Value.Find("default") is { } fallback)
        {
            return fallback.Value.Text;
        }

        if (field.Value.Find("enum") is { Value.Items: [var first, ..] })
        {
            return first.Text;
        }

        var isKey = GeneratedValues.Text(auth, "kind") == "jwt" && (GeneratedValues.Text(auth, "key") ?? "").Contains($"connection.{field.Name}", StringComparison.Ordinal);
        if (isKey && field.Value.Find("pattern") is null)
        {
            return TestKeys.Of(GeneratedValues.Text(auth, "algorithm")!, GeneratedValues.Text(auth, "key_encoding"));
        }

        if ((GeneratedValues.Text(auth, "key") ?? "").Contains($"connection.{field.Name}", StringComparison.Ordinal) && field.Value.Find("pattern") is null && GeneratedValues.Text(auth, "key_encoding") is { } encoding)
        {
            return encoding == "hex" ? "00ff00ff" : "Z2FudHJ5LWtleQ==";
        }

        if (field.Value.Find("pattern")?.Value.Text is { } pattern)
        {
            return PatternSample.Of(pattern);
        }

        return GeneratedValues.Text(field.Value, "type") is "integer" or "number" ? "5" : GeneratedValues.Text(field.Value, "type") == "boolean" ? "true"
            : IsAddress(field.Name) ? "https://vendor.example.org"
            : $"gantry-{field.Name.Replace('_', '-')}";
    }

    private async Task AnswerAsync(RecordedRequest request, HttpContext context)
    {
        if (IsToken(request))
        {
            TokensAsked++;
            var values = TokenValues(NextToken ?? Recorder.AccessToken);
            var answer = new AnswerSketch();
            foreach (var (name, value) in values)
            {
                answer.Set(TokenPath(name) ?? name, value?.DeepClone());
            }

            await WriteAsync(context, answer, "application/json", answer.Json());
            return;
        }

        var count = Asked.Count;
        Asked.Add(request);
        if (Raw is not null && await Raw(count, context))
        {
            return;
        }

        var sketch = Script(count, request) ?? Success(Acting, count);
        var form = Acting?.Find("response")?.Value is { } response ? GeneratedValues.Text(response, "decode") : null;
        var (type, body) = form switch
        {
            "xml" => ("application/xml", sketch.Xml()),
            "csv" => ("text/csv", "a,b\n1,2\n"),
            "ndjson" => ("application/x-ndjson", "{\"a\":1}\n"),
            "text" => ("text/plain", "text"),
            "file" => ("application/octet-stream", "gantry"),
            _ => ("application/json", sketch.Json()),
        };
        await WriteAsync(context, sketch, type, body);
    }

    private static Task WriteAsync(HttpContext context, AnswerSketch sketch, string type, string body)
    {
        foreach (var (name, value) in sketch.Headers)
        {
            context.Response.Headers[name] = value;
        }

        context.Response.ContentType = type;
        return context.Response.WriteAsync(body);
    }

    /// <summary>Where the lists and outputs of the action are; further pages are empty.</summary>
    public AnswerSketch Success(DocumentNode? action, int count)
    {
        var sketch = new AnswerSketch();
        if (action?.Find("response")?.Value is { } response)
        {
            sketch.Set(GeneratedValues.Text(response, "output"), new JsonObject { ["id"] = 1 });
            sketch.Set(GeneratedValues.Text(response, "items"), count == 0 ? new JsonArray(new JsonObject { ["id"] = 1 }, new JsonObject { ["id"] = 2 }) : new JsonArray());
        }

        if (action?.Find("poll")?.Value is { } poll)
        {
            sketch.Set(GeneratedValues.Text(poll, "id"), GeneratedValues.Text(poll, "call")!.Contains(" ${job}", StringComparison.Ordinal) ? "/gantry-job" : "job-1");
            sketch.Set(GeneratedValues.Text(poll, "output"), new JsonObject { ["id"] = 1 });
            Satisfy(sketch, GeneratedValues.Text(poll, "until")!);
        }

        return sketch;
    }

    /// <summary>Sets what makes a condition true, where it is a comparison with a constant; false when it is another.</summary>
    public static bool Satisfy(AnswerSketch sketch, string condition)
    {
        var match = Regex.Match(condition, @"answer(?<path>(?:\.[\w@$-]+|\['[^']+'\]|\[\d+\])+)\s*(?<operator>==|!=)\s*(?<literal>'[^']*'|""[^""]*""|true|false|null|-?\d+)");
        if (!match.Success)
        {
            return false;
        }

        var literal = match.Groups["literal"].Value;
        var value = literal[0] is '\'' or '"' ? JsonValue.Create(literal[1..^1]) : JsonNode.Parse(literal);
        if (match.Groups["operator"].Value == "!=")
        {
            value = literal switch { "true" => JsonValue.Create(false), "false" => JsonValue.Create(true), "null" => JsonValue.Create("gantry"), _ => literal[0] is '\'' or '"' ? JsonValue.Create("gantry") : JsonValue.Create(987) };
        }

        sketch.Set(match.Groups["path"].Value.TrimStart('.'), value);
        return true;
    }

    private bool IsToken(RecordedRequest request, bool isAnyHost = false) => (Tree.Find("auth")?.Value.Items ?? []).Any(auth =>
    {
        string?[] addresses =
        [
            GeneratedValues.Text(auth, "token_url"), GeneratedValues.Text(auth, "refresh_url"),
            auth.Find("exchange")?.Value is { } exchange ? GeneratedValues.Text(exchange, "token_url") : null,
            auth.Find("request")?.Value is { } asked ? GeneratedValues.Text(asked, "call")!.Split(' ')[1] : null,
        ];
        return addresses.OfType<string>().Any(address =>
        {
            var pattern = Regex.Escape(Regex.Replace(address.Split('?')[0], @"^https?://[^/]*", "")).Replace("\\{", "{", StringComparison.Ordinal);
            pattern = Regex.Replace(pattern, @"\\\$\{[^}]*\}", ".*");
            return pattern.Length > 0 && Regex.IsMatch(request.Path, $"{pattern}$") && (isAnyHost || address.StartsWith('/') || address.StartsWith('$') || HostFits(address, request.Host));
        });
    });

    private static bool HostFits(string address, string host)
    {
        var pattern = Regex.Escape(Regex.Match(address, @"^https?://(?<host>[^/]*)").Groups["host"].Value).Replace("\\{", "{", StringComparison.Ordinal);
        return Regex.IsMatch(host, $"^{Regex.Replace(pattern, @"\\\$\{[^}]*\}", ".*")}$");
    }

    private JsonObject TokenValues(string access)
    {
        var values = new JsonObject { ["access_token"] = access, ["token_type"] = "bearer" };
        foreach (Match match in Regex.Matches(AllManifests.Text(Id), @"\btoken\.(?<name>\w+)"))
        {
            var name = match.Groups["name"].Value;
            if (name is not ("access_token" or "jwt") && values[name] is null)
            {
                values[name] = name.Contains("url", StringComparison.OrdinalIgnoreCase) || name.Contains("domain", StringComparison.OrdinalIgnoreCase) || name.Contains("endpoint", StringComparison.OrdinalIgnoreCase)
                    ? "https://vendor.example.org" : $"gantry-{name.Replace('_', '-')}";
            }
        }

        foreach (var member in (Tree.Find("auth")?.Value.Items ?? []).SelectMany(auth => auth.Find("token")?.Value.Members ?? []))
        {
            if (values[member.Name] is null && member.Name is not ("expires_in" or "expires_at" or "scope" or "refresh_token"))
            {
                values[member.Name] = $"gantry-{member.Name.Replace('_', '-')}";
            }
        }

        return values;
    }

    private string? TokenPath(string name) => (Tree.Find("auth")?.Value.Items ?? []).SelectMany(auth => (auth.Find("token")?.Value.Members ?? []).Concat(auth.Find("exchange")?.Value.Find("token")?.Value.Members ?? []))
        .FirstOrDefault(member => member.Name == name)?.Value.Text;

    private sealed class NoLog : IStepLog
    {
        public void Write(StepLogLevel level, string message, JsonElement? fields = null)
        {
        }

        public void Report(JsonElement progress)
        {
        }
    }

    private sealed class NoEndpoints : IEndpointOpener
    {
        public ValueTask<IEndpoint> OpenAsync(string address, CancellationToken cancellationToken) =>
            throw new EndpointException(EndpointError.NotFound, $"There is no endpoint at '{address}'.");
    }
}

/// <summary>Private keys for JWTs, made once.</summary>
internal static class TestKeys
{
    private static readonly Lazy<string> Rsa = new(() =>
    {
        using var key = System.Security.Cryptography.RSA.Create(2048);
        return key.ExportPkcs8PrivateKeyPem();
    });

    private static readonly Lazy<string> Curve = new(() =>
    {
        using var key = System.Security.Cryptography.ECDsa.Create(System.Security.Cryptography.ECCurve.NamedCurves.nistP256);
        return key.ExportPkcs8PrivateKeyPem();
    });

    public static string Of(string algorithm, string? encoding)
    {
        var key = algorithm[..2] switch { "HS" => encoding == "hex" ? "00ff00ff" : encoding == "base64" ? "Z2FudHJ5LWtleQ==" : "gantry-key", "ES" => Curve.Value, _ => Rsa.Value };
        return algorithm.StartsWith("HS", StringComparison.Ordinal) || encoding is null or "text" ? key : Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes(key));
    }
}
