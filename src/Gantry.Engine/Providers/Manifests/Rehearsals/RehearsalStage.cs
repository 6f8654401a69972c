using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Gantry.Engine.Documents;
using Gantry.Engine.Endpoints;
using Gantry.Engine.Providers.Web;
using Gantry.Engine.Secrets;

namespace Gantry.Engine.Providers.Manifests.Rehearsals;

/// <summary>One manifest against the recorder: its tree, a connection that was made up, its provider, and a vendor that does what a trial says.</summary>
internal sealed partial class RehearsalStage
{
    private static readonly HashSet<string> HeadersOfAll = new(StringComparer.OrdinalIgnoreCase) { "Host", "User-Agent", "Accept-Encoding", "Content-Length", "Transfer-Encoding" };

    private readonly MemoryConnectionTokens tokens = new();
    private readonly TokenDesk desk;
    private readonly List<(RecordedRequest Request, bool IsForToken)> all = [];

    /// <param name="manifest">What is sent is sent by this one.</param>
    /// <param name="tree">What is expected is read from this one: the same manifest.</param>
    /// <param name="recorder">It answers for this manifest from now on.</param>
    /// <param name="given">Values of parameters (by their name, or ACTION.NAME) and of the connection (connection.NAME) that are not made up.</param>
    public RehearsalStage(Manifest manifest, DocumentNode tree, VendorRecorder recorder, IReadOnlyDictionary<string, string>? given = null)
    {
        Tree = tree;
        Given = given ?? new Dictionary<string, string>(StringComparer.Ordinal);
        desk = new TokenDesk(tree);
        // How long a vendor wants to be left alone between calls is no part of what is tried.
        Provider = new ManifestProvider(manifest with { Limits = manifest.Limits with { PerSecond = null, PerMinute = null, Concurrent = null } }, HttpGate.To(recorder.Url));
        recorder.Answer = AnswerTo;
    }

    public string Id => Provider.Id;

    public DocumentNode Tree { get; }

    public IReadOnlyDictionary<string, string> Given { get; }

    public ManifestProvider Provider { get; }

    public IReadOnlyList<DocumentMember> Actions => Tree.Find("actions")!.Value.Members;

    public IReadOnlyList<DocumentNode> Ways => Tree.Find("auth")!.Value.Items;

    /// <summary>What the vendor answers to all but the request of a token, by how many it has answered before; null for a success.</summary>
    public Func<int, RecordedRequest, RecorderAnswer?> Script { get; set; } = (_, _) => null;

    /// <summary>The action that a success is made up for; null is none.</summary>
    public DocumentNode? Acting { get; set; }

    /// <summary>Requests but those of tokens, since the last <see cref="Begin"/>.</summary>
    public IReadOnlyList<RecordedRequest> Asked => [.. all.Where(asked => !asked.IsForToken).Select(asked => asked.Request)];

    public int TokensAsked => all.Count(asked => asked.IsForToken);

    public IReadOnlyList<SentRequest> Sent => [.. all.Select(asked => Told(asked.Request, asked.IsForToken))];

    /// <summary>Ends the call that is made; null when none is.</summary>
    public CancellationTokenSource? Cut { get; set; }

    /// <summary>The call was ended because its job would never be done.</summary>
    public bool IsCut { get; private set; }

    /// <summary>What the next request of a token gets; null for the usual one.</summary>
    public string? NextToken { get; set; }

    public bool IsOfTokens(DocumentMember action) => desk.IsActionOf(action.Value);

    /// <summary>The first way to sign in that the action takes.</summary>
    public DocumentNode AuthOf(DocumentNode action) => Ways.First(way => Takes(action, way));

    public static bool Takes(DocumentNode action, DocumentNode way) =>
        action.Find("auth") is not { } auth || auth.Value.Items.Count == 0 || auth.Value.Items.Any(item => item.Text == NameOf(way));

    public static string NameOf(DocumentNode way) => SampleValues.Text(way, "id") ?? SampleValues.Text(way, "kind")!;

    public Dictionary<string, string> ConnectionOf(DocumentNode way) => SampleConnection.Of(Tree, way, Given);

    /// <summary>All parameters, or the required ones only, with values that the manifest takes.</summary>
    public JsonObject Parameters(DocumentMember action, bool isAll)
    {
        var given = new JsonObject();
        foreach (var parameter in action.Value.Find("params")?.Value.Members ?? [])
        {
            var isGiven = Given.TryGetValue($"{action.Name}.{parameter.Name}", out var value) || Given.TryGetValue(parameter.Name, out value);
            if (isAll || SampleValues.Text(parameter.Value, "required") == "true")
            {
                given[parameter.Name] = isGiven ? SampleValues.Given(parameter.Value, value!) : Checked(action.Name, parameter);
            }
            else if (parameter.Value.Find("default") is { } fallback)
            {
                given[parameter.Name] = SampleValues.Json(fallback.Value);
            }
        }

        return given;
    }

    public void Begin(DocumentNode? acting, Func<int, RecordedRequest, RecorderAnswer?>? script = null)
    {
        all.Clear();
        IsCut = false;
        Acting = acting;
        Script = script ?? ((_, _) => null);
    }

    public ProviderCall CallOf(string action, JsonObject given, IReadOnlyDictionary<string, string> connection)
    {
        var parameters = (JsonObject)given.DeepClone();
        var fields = Provider.Manifest.Fields.Select(field => field.Name).ToHashSet(StringComparer.Ordinal);
        if (fields.Count > 0)
        {
            parameters[ManifestProvider.ConnectionName] =
                new JsonObject(connection.Where(pair => fields.Contains(pair.Key)).Select(pair => KeyValuePair.Create<string, JsonNode?>(pair.Key, pair.Value.Replace("${", "$${", StringComparison.Ordinal))));
        }

        return new ProviderCall
        {
            Action = action,
            Parameters = JsonSerializer.SerializeToElement(parameters),
            Secrets = new NoSecrets(),
            Endpoints = new NoEndpoints(),
            Files = new PassingFiles(),
            IdempotencyKey = "gantry-key",
            Log = new NoLog(),
            EgressAllowed = ["*"],
            Tokens = tokens,
        };
    }

    /// <summary>As if a person had agreed, where the way to sign in wants that.</summary>
    public async Task AgreeAsync(DocumentNode way)
    {
        if (SampleValues.Text(way, "grant") is "authorization_code" or "device_code")
        {
            var key = new ConnectionKey(Id, Id, SampleValues.Text(way, "id") ?? "oauth2");
            var values = desk.Values(TokenDesk.AccessToken);
            values["refresh_token"] = "gantry-refresh-token-1";
            var present = await tokens.FindAsync(key, CancellationToken.None);
            await tokens.PutAsync(key, new ConnectionToken { Values = JsonSerializer.SerializeToElement(values) }, present?.Version, CancellationToken.None);
        }
    }

    /// <summary>Sets what makes a condition true, where it is a comparison with a constant; false when it is another.</summary>
    public static bool Satisfy(AnswerSketch sketch, string condition)
    {
        var match = Comparison.Match(condition);
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

    /// <summary>The condition is one comparison and nothing besides.</summary>
    public static bool IsOne(string condition) => !condition.Contains("&&", StringComparison.Ordinal) && !condition.Contains('(', StringComparison.Ordinal);

    /// <summary>In the form that the action's answers have.</summary>
    public static RecorderAnswer Written(DocumentNode? action, AnswerSketch sketch)
    {
        var form = action?.Find("response")?.Value is { } response ? SampleValues.Text(response, "decode") : null;
        var (type, body) = form switch
        {
            "xml" => ("application/xml", sketch.Xml()),
            "csv" => ("text/csv", "a,b\n1,2\n"),
            "ndjson" => ("application/x-ndjson", "{\"a\":1}\n"),
            "text" => ("text/plain", "text"),
            "file" => ("application/octet-stream", "gantry"),
            _ => ("application/json", sketch.Json()),
        };
        return new RecorderAnswer(200, type, body) { Headers = sketch.Headers };
    }

    private JsonNode? Checked(string action, DocumentMember parameter)
    {
        var value = SampleValues.Of(parameter.Value, parameter.Name);
        return Provider.Manifest.FindAction(action)?.Parameters.FirstOrDefault(known => known.Id == parameter.Name) is { } known
            && ParameterCheck.Problem(known, JsonSerializer.SerializeToElement(value)) is { } problem
            ? throw new NoSampleException($"no value was found that '{parameter.Name}' takes ({problem}): give one by --value {parameter.Name}=…")
            : value;
    }

    private RecorderAnswer AnswerTo(RecordedRequest request)
    {
        if (desk.IsAsked(request))
        {
            all.Add((request, true));
            return Written(null, desk.Answer(NextToken ?? TokenDesk.AccessToken));
        }

        var count = Asked.Count;
        all.Add((request, false));
        if (count > 0 && Acting?.Find("poll")?.Value is { } poll && SampleValues.Text(poll, "until")! is var until && (!Satisfy(new AnswerSketch(), until) || (count > 1 && !IsOne(until))))
        {
            IsCut = true;
            Cut?.Cancel();
        }

        return Script(count, request) ?? Written(Acting, Success(Acting, count));
    }

    /// <summary>Where the lists and outputs of the action are; further pages are empty.</summary>
    private static AnswerSketch Success(DocumentNode? action, int count)
    {
        var sketch = new AnswerSketch();
        if (action?.Find("response")?.Value is { } response)
        {
            sketch.Set(SampleValues.Text(response, "output"), new JsonObject { ["id"] = 1 });
            sketch.Set(SampleValues.Text(response, "items"), count == 0 ? new JsonArray(new JsonObject { ["id"] = 1 }, new JsonObject { ["id"] = 2 }) : new JsonArray());
        }

        if (action?.Find("poll")?.Value is { } poll)
        {
            sketch.Set(SampleValues.Text(poll, "id"), SampleValues.Text(poll, "call")!.Contains(" ${job}", StringComparison.Ordinal) ? "/gantry-job" : "job-1");
            sketch.Set(SampleValues.Text(poll, "output"), new JsonObject { ["id"] = 1 });
            Satisfy(sketch, SampleValues.Text(poll, "until")!);
        }

        return sketch;
    }

    private static SentRequest Told(RecordedRequest request, bool isForToken) => new(
        request.Method,
        request.Host,
        request.Target,
        request.Headers.Where(header => !HeadersOfAll.Contains(header.Key)).ToDictionary(StringComparer.OrdinalIgnoreCase),
        request.Body.Length == 0 ? null : request.Text,
        isForToken);

    [GeneratedRegex(@"answer(?<path>(?:\.[\w@$-]+|\['[^']+'\]|\[\d+\])+)\s*(?<operator>==|!=)\s*(?<literal>'[^']*'|""[^""]*""|true|false|null|-?\d+)", RegexOptions.None, 1000)]
    private static partial Regex Comparison { get; }

    private sealed class NoSecrets : ISecretResolver
    {
        public string Places => "the rehearsal";

        public ValueTask<Secret?> FindAsync(string name, CancellationToken cancellationToken) => ValueTask.FromResult<Secret?>(null);
    }

    private sealed class NoEndpoints : IEndpointOpener
    {
        public ValueTask<IEndpoint> OpenAsync(string address, CancellationToken cancellationToken) =>
            throw new EndpointException(EndpointError.NotFound, $"There is no endpoint at '{address}'.");
    }

    /// <summary>A file is read to its end and not kept.</summary>
    private sealed class PassingFiles : IStepFiles
    {
        public async Task<StepFile> KeepAsync(string stepPath, int attempt, StepFileHead head, Stream content, CancellationToken cancellationToken)
        {
            using var whole = new MemoryStream();
            await content.CopyToAsync(whole, cancellationToken);
            return new StepFile("gantry:rehearsal", null, head.Name, whole.Length, Convert.ToHexStringLower(SHA256.HashData(whole.ToArray())));
        }
    }

    private sealed class NoLog : IStepLog
    {
        public void Write(StepLogLevel level, string message, JsonElement? fields = null)
        {
        }

        public void Report(JsonElement progress)
        {
        }
    }
}
