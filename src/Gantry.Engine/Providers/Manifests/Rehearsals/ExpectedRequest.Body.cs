using System.Net;
using System.Text.Json.Nodes;
using System.Xml.Linq;
using Gantry.Engine.Documents;

namespace Gantry.Engine.Providers.Manifests.Rehearsals;

internal sealed partial class ExpectedRequest
{
    private void CheckBody(RecordedRequest request, DocumentNode auth)
    {
        var inBody = new[] { "body", "form", "variable", "body_root", "file" }.SelectMany(Placed).ToList();
        if (SampleValues.Text(action, "xml") is not null)
        {
            foreach (var parameter in Placed("template").Where(parameter => IsReferred(action.Find("xml")!.Value, parameter.Name) && given[parameter.Name] is JsonValue))
            {
                if (!WebUtility.HtmlDecode(request.Text).Contains(Plain(given[parameter.Name]!), StringComparison.Ordinal))
                {
                    faults.Add($"the document does not hold '{parameter.Name}'");
                }
            }

            XDocument.Parse(request.Text);
            return;
        }

        var type = request.Header("Content-Type") ?? "";
        if (inBody.Count > 0 && request.Body.Length == 0)
        {
            faults.Add("it has no body");
        }
        else if (inBody.Exists(IsFile))
        {
            CheckFiles(request, inBody, type);
        }
        else if (type.StartsWith("multipart/", StringComparison.Ordinal))
        {
            CheckParts(request.Text, inBody);
        }
        else if (type.StartsWith("application/x-www-form-urlencoded", StringComparison.Ordinal))
        {
            CheckForm(RecordedRequest.Pairs(request.Text), inBody, auth);
        }
        else if (SampleValues.Text(action, "encoding") is "text" or "binary")
        {
            foreach (var parameter in inBody)
            {
                Same("the body", Plain(given[parameter.Name]!), request.Text);
            }
        }
        else if (SampleValues.Text(action, "encoding") == "ndjson")
        {
            foreach (var parameter in inBody.Where(parameter => given[parameter.Name] is JsonArray))
            {
                Same("the number of lines", ((JsonArray)given[parameter.Name]!).Count.ToString(), request.Text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length.ToString());
            }
        }
        else if (request.Body.Length > 0)
        {
            CheckJson(JsonNode.Parse(request.Text), inBody, auth);
        }
    }

    private static bool IsFile(DocumentMember parameter) => SampleValues.Text(parameter.Value, "type") == "file"
        || (parameter.Value.Find("items")?.Value is { } items && SampleValues.Text(items, "type") == "file");

    private void CheckFiles(RecordedRequest request, List<DocumentMember> inBody, string type)
    {
        if (!type.StartsWith("multipart/", StringComparison.Ordinal))
        {
            Same("the file", "gantry", request.Text);
            return;
        }

        foreach (var parameter in inBody.Where(IsFile))
        {
            if (!request.Text.Contains($"name=\"{NameOf(parameter)}\"; filename=\"", StringComparison.Ordinal) || !request.Text.Contains("\r\n\r\ngantry\r\n", StringComparison.Ordinal))
            {
                faults.Add($"the file '{NameOf(parameter)}' is missing");
            }
        }

        CheckParts(request.Text, [.. inBody.Where(parameter => !IsFile(parameter))]);
    }

    private void CheckParts(string text, List<DocumentMember> inBody)
    {
        foreach (var (name, value) in inBody.SelectMany(parameter => WrittenValue.Of(NameOf(parameter), given[parameter.Name]!, SampleValues.Text(parameter.Value, "style"))))
        {
            if (!text.Contains($"name=\"{name}\"\r\n\r\n{value}\r\n", StringComparison.Ordinal))
            {
                faults.Add($"the part '{name}' is not '{value}'");
            }
        }
    }

    private void CheckForm(IReadOnlyList<KeyValuePair<string, string>> pairs, List<DocumentMember> inBody, DocumentNode auth)
    {
        HashSet<string> allowed = [.. PagingNames("body"), .. BodyNames(auth)];
        foreach (var parameter in inBody)
        {
            var isRoot = PlaceOf(parameter) == "body_root";
            allowed.Add(NameOf(parameter));
            allowed.UnionWith((given[parameter.Name] as JsonObject ?? []).Select(member => member.Key));
            foreach (var (name, value) in WrittenValue.Of(NameOf(parameter), given[parameter.Name]!, isRoot ? "repeat" : SampleValues.Text(parameter.Value, "style")))
            {
                allowed.Add(name);
                Has("the form", pairs, name, value);
            }
        }

        foreach (var (name, _) in pairs.Where(pair => !allowed.Contains(pair.Key) && !allowed.Contains(pair.Key.Split('[', '.')[0])))
        {
            faults.Add($"the form has '{name}', which the manifest does not know");
        }
    }

    /// <summary>Names at the top of a body that stand there without a parameter.</summary>
    private IEnumerable<string> BodyNames(DocumentNode auth) =>
    [
        .. Members(manifest, "body").Concat(Members(action, "body")).Select(member => member.Name),
        .. (auth.Find("send")?.Value.Items ?? []).Where(place => SampleValues.Text(place, "in") == "body").Select(place => SampleValues.Text(place, "name")!.Split('.')[0]),
        .. action.Find("idempotency")?.Value is { } key && SampleValues.Text(key, "in") == "body" ? (string[])[SampleValues.Text(key, "name") ?? "Idempotency-Key"] : [],
    ];

    private void CheckJson(JsonNode? body, List<DocumentMember> inBody, DocumentNode auth)
    {
        if (inBody.Find(parameter => PlaceOf(parameter) == "body_root") is { } root)
        {
            var expected = given[root.Name]!;
            if (expected is not JsonObject)
            {
                var actual = SampleValues.Text(action, "rpc") is null ? body : body?["params"];
                Same("the body", expected.ToJsonString(), actual?.ToJsonString());
                return;
            }
        }

        var under = action.Find("graphql") is not null ? "variables" : action.Find("rpc") is not null ? "params" : null;
        HashSet<string> allowed = [.. BodyNames(auth), .. PagingNames("body").Select(name => name.Split('.')[0])];
        if (under is not null)
        {
            allowed = [.. under == "params" ? ["jsonrpc", "id", "method", "params"] : (string[])["query", "variables"], .. allowed];
            Same("the query or the method", SampleValues.Text(action, "graphql") ?? SampleValues.Text(action, "rpc"), (body?["query"] ?? body?["method"])?.GetValue<string>());
        }

        foreach (var parameter in inBody)
        {
            if (PlaceOf(parameter) == "body_root")
            {
                allowed.UnionWith(((JsonObject)given[parameter.Name]!).Select(member => member.Key));
                continue;
            }

            var name = NameOf(parameter);
            allowed.Add(name.Split('.')[0]);
            var at = under is null || PlaceOf(parameter) == "body" && under == "variables" ? body : body?[under];
            foreach (var part in name.Split('.'))
            {
                at = at is JsonObject map ? map[part] : null;
            }

            var expected = given[parameter.Name]!;
            var same = SampleValues.Text(parameter.Value, "style") == "comma" ? at?.ToString() == Plain(expected) : JsonNode.DeepEquals(expected, at) || Covers(expected, at);
            if (!same)
            {
                faults.Add($"the body has {at?.ToJsonString() ?? "nothing"} at '{name}', and should have {expected.ToJsonString()}");
            }
        }

        if (action.Find("body")?.Value.Kind is null or DocumentKind.Map)
        {
            faults.AddRange((body as JsonObject ?? []).Where(member => under is null && !allowed.Contains(member.Key)).Select(member => $"the body has '{member.Key}', which the manifest does not know"));
        }
    }

    /// <summary>Other parameters may stand within a map that is itself a parameter.</summary>
    private static bool Covers(JsonNode expected, JsonNode? actual) => expected is JsonObject map && actual is JsonObject other
        && map.All(member => other.ContainsKey(member.Key));
}
