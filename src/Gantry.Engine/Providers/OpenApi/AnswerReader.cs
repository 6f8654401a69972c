using System.Text.Json.Nodes;
using Gantry.Engine.Documents;

namespace Gantry.Engine.Providers.OpenApi;

/// <summary>What an operation answers: where its list is, whether it is a file, and, guessed from names, how a list goes on.</summary>
internal sealed class AnswerReader
{
    private const int SearchDepth = 3;

    private static readonly string[] ListNames = ["data", "items", "results", "records", "values", "entries", "content", "rows", "list", "objects", "resources"];
    private static readonly string[] CursorParameters =
    [
        "cursor", "after", "page_token", "pagetoken", "next_token", "nexttoken", "next_cursor", "nextcursor", "continuation_token", "continuationtoken", "page_cursor", "pagecursor",
        "start_cursor", "page[after]", "page[cursor]", "scroll_id", "marker", "exclusivestartkey",
    ];

    private static readonly string[] NextNames =
    [
        "next_cursor", "nextcursor", "next_page_token", "nextpagetoken", "next_token", "nexttoken", "after", "next_page_cursor", "continuation_token", "continuationtoken", "cursor", "scroll_id",
        "nextmarker", "next_marker", "end_cursor",
    ];

    private static readonly string[] NextUrlNames = ["@odata.nextlink", "next_page_url", "nextlink", "next_url", "nexturl", "next_page_uri", "next"];
    private static readonly string[] SizeParameters = ["limit", "per_page", "perpage", "page_size", "pagesize", "page[size]", "page[limit]", "max_results", "maxresults", "first", "count", "size", "take", "$top"];
    private static readonly string[] OffsetParameters = ["offset", "skip", "$skip", "page[offset]", "startat", "start_index", "startindex"];
    private static readonly string[] PageParameters = ["page", "page_number", "pagenumber", "page[number]", "pageno", "page_no", "pageindex"];

    private readonly OpenApiDocument document;
    private readonly OrderedDictionary<string, JsonObject> parameters;
    private readonly SchemaView answer;
    private readonly DocumentNode response;

    private AnswerReader(OpenApiDocument document, OrderedDictionary<string, JsonObject> parameters, DocumentNode response, SchemaView answer)
    {
        this.document = document;
        this.parameters = parameters;
        this.response = response;
        this.answer = answer;
    }

    public static void Read(OpenApiDocument document, string method, DocumentNode operation, OrderedDictionary<string, JsonObject> parameters, JsonObject action)
    {
        var responses = OpenApiDocument.Map(operation, "responses");
        var success = new[] { "200", "201", "202", "203", "206", "2XX", "2xx", "default" }.Select(status => responses?.Find(status)?.Value).FirstOrDefault(found => found is not null);
        if (document.Resolve(success) is not { Kind: DocumentKind.Map } response)
        {
            return;
        }

        var content = OpenApiDocument.Map(response, "content");
        var types = document.IsSwagger
            ? [.. (OpenApiDocument.List(operation, "produces") is { Count: > 0 } own ? own : OpenApiDocument.List(document.Root, "produces")).Select(type => type.Text)]
            : content?.Members.Select(member => member.Name).ToList() ?? [];
        var schema = document.IsSwagger
            ? response.Find("schema")?.Value
            : content?.Members.OrderBy(member => member.Name.Contains("json", StringComparison.OrdinalIgnoreCase) ? 0 : 1).FirstOrDefault()?.Value.Find("schema")?.Value;
        var answer = SchemaView.Of(document, schema);
        if (answer.IsBinary || (types.Count > 0 && types.All(IsFile)))
        {
            action["response"] = new JsonObject { ["decode"] = "file" };
            return;
        }

        if (method == "get")
        {
            new AnswerReader(document, parameters, response, answer).ReadList(action);
        }
    }

    private static bool IsFile(string type) =>
        type.Split('/')[0].ToLowerInvariant() is "image" or "audio" or "video" || type.Split(';')[0].ToLowerInvariant() is "application/octet-stream" or "application/pdf" or "application/zip" or "application/gzip";

    private void ReadList(JsonObject action)
    {
        if (ListPath() is not { } items)
        {
            return;
        }

        action["response"] = new JsonObject { ["items"] = items };
        if (Paging(items) is { } paging)
        {
            action["paging"] = paging;
        }
    }

    /// <summary>The answer itself, its one list, or the one with a name that lists have.</summary>
    private string? ListPath()
    {
        if (answer.Type == "list")
        {
            return "[]";
        }

        var lists = answer.Properties.Where(property => SchemaView.Of(document, property.Value).Type == "list").Select(property => property.Key).ToList();
        return lists is [var only] ? Step(only) : ListNames.Where(lists.Contains).Select(Step).FirstOrDefault();
    }

    private JsonObject? Paging(string items)
    {
        var size = Take(SizeParameters);
        var paging = Cursor(items) ?? Url() ?? Counted(size is not null);
        if (paging is null)
        {
            return null;
        }

        if (size is { } found)
        {
            var name = (string?)found.Value["name"] ?? found.Key;
            var most = found.Value["max"] is JsonValue max && max.TryGetValue<decimal>(out var number) && number is >= 1 and <= 10_000 ? (int)number : (int?)null;
            var value = new JsonObject { ["name"] = name, ["default"] = most is null ? 100 : Math.Min(most.Value, 100) };
            if (most is not null)
            {
                value["max"] = most.Value;
            }
            else
            {
                // Nothing says how many a page may have: the other side's own number is the safe one.
                value = null;
            }

            if (value is not null)
            {
                paging["size"] = value;
                parameters.Remove(found.Key);
            }
        }

        return paging;
    }

    private JsonObject? Cursor(string items)
    {
        if (Find("starting_after") is { } after && answer.Properties.Keys.FirstOrDefault(name => name is "has_more" or "hasMore") is { } more && ItemHasId(items))
        {
            parameters.Remove(after.Key);
            return new JsonObject { ["kind"] = "last_id", ["name"] = Wire(after), ["id"] = "id", ["more"] = more };
        }

        if (Take(CursorParameters) is not { } cursor || Search(answer, NextNames, SearchDepth, view => view.Type is "string" or "any") is not { } next)
        {
            return null;
        }

        parameters.Remove(cursor.Key);
        return new JsonObject { ["kind"] = "cursor", ["name"] = Wire(cursor), ["next"] = next };
    }

    private JsonObject? Url()
    {
        var headers = OpenApiDocument.Map(response, "headers");
        if (headers?.Members.Any(header => string.Equals(header.Name, "Link", StringComparison.OrdinalIgnoreCase)) == true)
        {
            return new JsonObject { ["kind"] = "link" };
        }

        return Search(answer, NextUrlNames, 2, view => view.Type == "string" && (view.Format is "uri" or "url" || view.Help?.Contains("URL", StringComparison.OrdinalIgnoreCase) == true)) is { } next
            ? new JsonObject { ["kind"] = "next_url", ["next"] = next }
            : null;
    }

    private JsonObject? Counted(bool hasSize)
    {
        if (!hasSize)
        {
            return null;
        }

        if (Take(PageParameters) is { } page && (string?)page.Value["type"] is "integer" or "number")
        {
            parameters.Remove(page.Key);
            var paging = new JsonObject { ["kind"] = "page", ["name"] = Wire(page) };
            if (page.Value["min"] is JsonValue least && least.TryGetValue<decimal>(out var number) && number == 0)
            {
                paging["start"] = 0;
            }

            return paging;
        }

        if (Take(OffsetParameters) is { } offset)
        {
            parameters.Remove(offset.Key);
            return new JsonObject { ["kind"] = "offset", ["name"] = Wire(offset) };
        }

        return null;
    }

    private bool ItemHasId(string items)
    {
        var list = items == "[]" ? answer : SchemaView.Of(document, answer.Properties.GetValueOrDefault(items));
        return SchemaView.Of(document, list.Items).Properties.ContainsKey("id");
    }

    /// <summary>Where the answer has a member of one of these names.</summary>
    private string? Search(SchemaView view, string[] names, int depth, Func<SchemaView, bool> isIt)
    {
        foreach (var name in names)
        {
            foreach (var (property, schema) in view.Properties)
            {
                if (string.Equals(property, name, StringComparison.OrdinalIgnoreCase) && isIt(SchemaView.Of(document, schema)))
                {
                    return Step(property);
                }
            }
        }

        foreach (var (property, schema) in depth == 1 ? [] : view.Properties.Take(40))
        {
            if (SchemaView.Of(document, schema) is { Type: "map" } inner && Search(inner, names, depth - 1, isIt) is { } found)
            {
                return found.StartsWith('[') ? $"{Step(property)}{found}" : $"{Step(property)}.{found}";
            }
        }

        return null;
    }

    private KeyValuePair<string, JsonObject>? Find(string wire) => Take([wire]);

    private KeyValuePair<string, JsonObject>? Take(string[] wires)
    {
        foreach (var wire in wires)
        {
            foreach (var parameter in parameters)
            {
                if (string.Equals(Wire(parameter), wire, StringComparison.OrdinalIgnoreCase) && (string?)parameter.Value["in"] is null && parameter.Value["required"] is null)
                {
                    return parameter;
                }
            }
        }

        return null;
    }

    private static string Wire(KeyValuePair<string, JsonObject>? parameter) => (string?)parameter!.Value.Value["name"] ?? parameter.Value.Key;

    private static string Step(string name) =>
        name.All(character => char.IsAsciiLetterOrDigit(character) || character is '_' or '-') ? name : $"['{name}']";
}
