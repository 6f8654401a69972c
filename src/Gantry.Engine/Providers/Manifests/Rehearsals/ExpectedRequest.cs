using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Gantry.Engine.Documents;

namespace Gantry.Engine.Providers.Manifests.Rehearsals;

/// <summary>
/// What a manifest's own tree says that a request has to be. Nothing of the connector is used for it, so that both would have to be wrong in the same way. Templates are filled in where they are plain
/// references to the connection; what needs the whole language is only looked for by its name.
/// </summary>
internal sealed partial class ExpectedRequest
{
    private static readonly string[] Reads = ["GET", "HEAD", "OPTIONS", "PROPFIND", "REPORT", "LIST"];

    private readonly DocumentNode manifest;
    private readonly DocumentNode action;
    private readonly JsonObject given;
    private readonly IReadOnlyDictionary<string, string> connection;
    private readonly List<string> faults = [];

    private ExpectedRequest(DocumentNode manifest, DocumentNode action, JsonObject given, IReadOnlyDictionary<string, string> connection) =>
        (this.manifest, this.action, this.given, this.connection) = (manifest, action, given, connection);

    /// <summary>All in which the request differs; empty when it is as the manifest says.</summary>
    public static IReadOnlyList<string> Faults(DocumentNode manifest, DocumentNode action, JsonObject given, IReadOnlyDictionary<string, string> connection, DocumentNode auth, RecordedRequest request)
    {
        var expected = new ExpectedRequest(manifest, action, given, connection);
        expected.CheckAddress(request);
        expected.CheckQuery(request, auth);
        expected.CheckHeaders(request);
        expected.CheckBody(request, auth);
        expected.CheckAuth(request, auth);
        return expected.faults;
    }

    /// <summary>Null where it takes more than replacing ${connection.NAME}.</summary>
    public static string? Filled(string template, IReadOnlyDictionary<string, string> connection)
    {
        var text = ConnectionReference.Replace(template, match => connection.TryGetValue(match.Groups["name"].Value, out var value) ? value : "\0");
        return text.Contains("${", StringComparison.Ordinal) || text.Contains('\0', StringComparison.Ordinal) ? null : text;
    }

    private static IEnumerable<DocumentMember> Members(DocumentNode node, string name) => node.Find(name)?.Value.Members ?? [];

    private void CheckAddress(RecordedRequest request)
    {
        var call = SampleValues.Text(action, "call")!;
        var (method, target) = (call[..call.IndexOf(' ', StringComparison.Ordinal)], call[(call.IndexOf(' ', StringComparison.Ordinal) + 1)..]);
        Same("the method", method == "ANY" ? "POST" : method, request.Method);
        var address = target.StartsWith("https://", StringComparison.Ordinal) || target.StartsWith("${", StringComparison.Ordinal) ? target : SampleValues.Text(manifest, "base_url") + target;
        if (Filled(Parameters(address), connection) is not { } filled)
        {
            return;
        }

        var question = filled.IndexOf('?', StringComparison.Ordinal);
        var url = new Uri(question < 0 ? filled : filled[..question]);
        Same("the host", url.Authority, request.Host);
        Same("the path", Uri.UnescapeDataString(url.AbsolutePath), Uri.UnescapeDataString(request.Path));
        Same("the depth of the path", url.AbsolutePath.Count(character => character == '/').ToString(), request.Path.Count(character => character == '/').ToString());
    }

    /// <summary>{name} in a path is the parameter of this name, encoded.</summary>
    private string Parameters(string address) => PathParameter.Replace(address, match =>
    {
        var parameter = Members(action, "params").FirstOrDefault(parameter => parameter.Name == match.Groups["name"].Value || SampleValues.Text(parameter.Value, "name") == match.Groups["name"].Value);
        if (parameter is null || given[parameter.Name] is not { } value)
        {
            return "\0";
        }

        var text = Plain(value);
        return SampleValues.Text(parameter.Value, "raw_path") == "true" ? string.Join('/', text.Split('/').Select(Uri.EscapeDataString)) : Uri.EscapeDataString(text);
    });

    private void CheckQuery(RecordedRequest request, DocumentNode auth)
    {
        var call = SampleValues.Text(action, "call")!;
        HashSet<string> allowed = [.. call.Split('?').Skip(1).SelectMany(query => query.Split('&')).Select(pair => Uri.UnescapeDataString(pair.Split('=')[0]))];
        foreach (var constant in Members(manifest, "query").Concat(Members(action, "query")))
        {
            allowed.Add(constant.Name);
            if (Filled(constant.Value.Text, connection) is { } value && Members(action, "query").All(other => other == constant || other.Name != constant.Name) && !IsGiven(constant.Name))
            {
                Has("the query", request.Query, constant.Name, value);
            }
        }

        foreach (var parameter in Placed("query"))
        {
            allowed.Add(NameOf(parameter));
            allowed.UnionWith((given[parameter.Name] as JsonObject ?? []).Select(member => member.Key));
            foreach (var (name, value) in WrittenValue.Of(NameOf(parameter), given[parameter.Name]!, SampleValues.Text(parameter.Value, "style")))
            {
                allowed.Add(name);
                Has("the query", request.Query, name, value);
            }
        }

        allowed.UnionWith(PagingNames("query"));
        allowed.UnionWith((auth.Find("send")?.Value.Items ?? []).Where(place => SampleValues.Text(place, "in") == "query").Select(place => SampleValues.Text(place, "name")!));
        if (action.Find("idempotency")?.Value is { } key && SampleValues.Text(key, "in") == "query")
        {
            allowed.Add(SampleValues.Text(key, "name") ?? "Idempotency-Key");
        }

        foreach (var (name, _) in request.Query.Where(pair => !allowed.Contains(pair.Key)))
        {
            faults.Add($"the query has '{name}', which the manifest does not know");
        }
    }

    private bool IsGiven(string wireName) => Placed("query").Any(parameter => NameOf(parameter) == wireName);

    private void CheckHeaders(RecordedRequest request)
    {
        foreach (var constant in Members(manifest, "headers").Concat(Members(action, "headers")))
        {
            if (Filled(constant.Value.Text, connection) is { } value && Members(action, "headers").All(other => other == constant || !other.Name.Equals(constant.Name, StringComparison.OrdinalIgnoreCase))
                && Placed("header").All(parameter => !NameOf(parameter).Equals(constant.Name, StringComparison.OrdinalIgnoreCase)))
            {
                Same($"the header {constant.Name}", value, constant.Name == "Accept-Encoding" ? request.Header(constant.Name)?.Split(',')[0] : request.Header(constant.Name));
            }
        }

        foreach (var parameter in Placed("header"))
        {
            Same($"the header {NameOf(parameter)}", Plain(given[parameter.Name]!), request.Header(NameOf(parameter)));
        }

        if (action.Find("idempotency")?.Value is { } key && SampleValues.Text(key, "in") is null or "header" && request.Header(SampleValues.Text(action.Find("idempotency")!.Value, "name") ?? "Idempotency-Key") is null)
        {
            faults.Add("the idempotency key is missing");
        }

        if (SampleValues.Text(action, "soap_action") is { } soap && Filled(soap, connection) is { } expected)
        {
            Same("SOAPAction", $"\"{expected}\"", request.Header("SOAPAction"));
        }
    }

    private void CheckAuth(RecordedRequest request, DocumentNode auth)
    {
        switch (SampleValues.Text(auth, "kind"))
        {
            case "bearer" when Filled(SampleValues.Text(auth, "token") ?? "${connection.api_key}", connection) is { } token:
                Same("the token", $"Bearer {token}", request.Header("Authorization"));
                break;
            case "basic" when Filled(SampleValues.Text(auth, "username")!, connection) is { } user && Filled(SampleValues.Text(auth, "password") ?? "", connection) is { } password:
                Same("the login", $"Basic {Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:{password}"))}", request.Header("Authorization"));
                break;
            case "oauth2" when auth.Find("send") is null:
                Same("the token", $"Bearer {TokenDesk.AccessToken}", request.Header("Authorization"));
                break;
            case "aws_sigv4" when request.Header("Authorization")?.StartsWith("AWS4-HMAC-SHA256 Credential=", StringComparison.Ordinal) != true:
                faults.Add("it is not signed for AWS");
                break;
            case "oauth1" when request.Header("Authorization")?.StartsWith("OAuth ", StringComparison.Ordinal) != true:
                faults.Add("it is not signed by OAuth 1");
                break;
        }

        foreach (var place in auth.Find("send")?.Value.Items ?? [])
        {
            CheckSent(request, SampleValues.Text(place, "in")!, Filled(SampleValues.Text(place, "name")!, connection)!, Filled(SampleValues.Text(place, "value")!, connection));
        }
    }

    private void CheckSent(RecordedRequest request, string place, string name, string? expected)
    {
        var actual = place switch
        {
            "header" => request.Header(name),
            "query" => request.Query.FirstOrDefault(pair => pair.Key == name).Value,
            "cookie" => request.Header("Cookie"),
            _ => name,
        };
        if (expected is not null && place is "header" or "query")
        {
            Same($"what signs in ({name})", expected, actual);
        }
    }

    private IEnumerable<string> PagingNames(string place)
    {
        if (action.Find("paging")?.Value is not { } paging)
        {
            yield break;
        }

        var page = paging.Kind == DocumentKind.Text ? manifest.Find("paging")!.Value.Find(paging.Text)!.Value : paging;
        if (SampleValues.Text(page, "name") is { } name && (SampleValues.Text(page, "in") ?? "query") == place)
        {
            yield return name;
        }

        if (page.Find("size")?.Value is { } size && (SampleValues.Text(size, "in") ?? SampleValues.Text(page, "in") ?? "query") is var at && (at == place || (at == "header" && place == "query")))
        {
            yield return SampleValues.Text(size, "name")!;
        }
    }

    /// <summary>The given parameters that go there.</summary>
    private IEnumerable<DocumentMember> Placed(string place) => Members(action, "params").Where(parameter => given[parameter.Name] is not null && PlaceOf(parameter) == place);

    private string PlaceOf(DocumentMember parameter)
    {
        if (SampleValues.Text(parameter.Value, "in") is { } said)
        {
            return said;
        }

        var call = SampleValues.Text(action, "call")!;
        if (call.Contains($"{{{parameter.Name}}}", StringComparison.Ordinal) || call.Contains($"{{{NameOf(parameter)}}}", StringComparison.Ordinal))
        {
            return "path";
        }

        var referred = new[] { "body", "xml", "headers", "query", "soap_action", "call" }.Select(name => action.Find(name)?.Value).OfType<DocumentNode>().Any(node => IsReferred(node, parameter.Name));
        return referred ? "template" : action.Find("graphql") is not null ? "variable" : Reads.Take(2).Append("DELETE").Contains(call.Split(' ')[0]) ? "query" : "body";
    }

    private static bool IsReferred(DocumentNode node, string name) => node.Kind switch
    {
        DocumentKind.Text => Regex.IsMatch(node.Text, $@"\$\{{[^}}]*\binput\.{Regex.Escape(name)}(?![A-Za-z0-9_-])", RegexOptions.None, TimeSpan.FromSeconds(1)),
        DocumentKind.Map => node.Members.Any(member => IsReferred(member.Value, name)),
        DocumentKind.List => node.Items.Any(item => IsReferred(item, name)),
        _ => false,
    };

    private static string NameOf(DocumentMember parameter) => SampleValues.Text(parameter.Value, "name") ?? parameter.Name;

    private static string Plain(JsonNode value) => WrittenValue.Plain(value);

    private void Same(string what, string? expected, string? actual)
    {
        if (expected != actual)
        {
            faults.Add($"{what} is '{actual}', and should be '{expected}'");
        }
    }

    private void Has(string what, IEnumerable<KeyValuePair<string, string>> pairs, string name, string value)
    {
        if (!pairs.Any(pair => pair.Key == name && pair.Value == value))
        {
            faults.Add($"{what} has no {name}={value}");
        }
    }

    [GeneratedRegex(@"\$\{connection\.(?<name>[A-Za-z0-9_-]+)\}", RegexOptions.None, 1000)]
    private static partial Regex ConnectionReference { get; }

    [GeneratedRegex(@"(?<!\$)\{(?<name>[^{}]+)\}", RegexOptions.None, 1000)]
    private static partial Regex PathParameter { get; }
}
