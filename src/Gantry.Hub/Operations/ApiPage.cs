using System.Net;
using System.Text;
using System.Text.Json;
using Gantry.Hub.Web;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace Gantry.Hub.Operations;

/// <summary>The API's description as one page that needs no script and nothing from elsewhere.</summary>
internal static class ApiPage
{
    private const int DepthMax = 2;

    private const string Style = """
        :root { color-scheme: light dark; --line: #d0d7de; --soft: #57606a; --box: #f6f8fa; --link: #0969da; }
        body { font: 16px/1.5 system-ui, sans-serif; max-width: 62rem; margin: 2rem auto; padding: 0 1rem; color: #1b1f24; background: #fff; }
        a { color: var(--link); }
        nav { margin: 1.5rem 0; columns: 3 14rem; }
        nav a { display: block; }
        h2 { border-bottom: 1px solid var(--line); margin: 3rem 0 1rem; }
        section { border: 1px solid var(--line); border-radius: .5rem; margin: 1rem 0; padding: .8rem 1rem; overflow-wrap: anywhere; }
        h3 { margin: 0; font-size: 1rem; display: flex; gap: .6rem; align-items: baseline; flex-wrap: wrap; }
        h3 code { flex: 1; background: none; padding: 0; font-size: 1rem; }
        h4 { margin: .8rem 0 .2rem; font-size: .85rem; color: var(--soft); }
        code { font: .9em ui-monospace, monospace; background: var(--box); padding: .1em .3em; border-radius: .2em; }
        .method { min-width: 4.8em; font-weight: 700; }
        .GET { color: #0969da; } .POST { color: #1a7f37; } .PUT, .PATCH { color: #9a6700; } .DELETE { color: #cf222e; }
        .access, .type { color: var(--soft); font-size: .85em; font-weight: 400; }
        ul { margin: .2rem 0; padding-left: 1.2rem; }
        p { margin: .3rem 0; }
        summary { cursor: pointer; color: var(--soft); font-size: .85rem; margin-top: .6rem; }
        @media (prefers-color-scheme: dark) {
          :root { --line: #30363d; --soft: #9198a1; --box: #21262d; --link: #4493f8; }
          body { background: #0d1117; color: #e6edf3; }
          .GET { color: #4493f8; } .POST { color: #3fb950; } .PUT, .PATCH { color: #d29922; } .DELETE { color: #f85149; }
        }
        """;

    public static void MapApiPage(this WebApplication app, string documentName)
    {
        app.MapGet("/api/docs", async (HttpContext context, CancellationToken cancellationToken) =>
        {
            var provider = context.RequestServices.GetRequiredKeyedService<IOpenApiDocumentProvider>(documentName);
            var document = await provider.GetOpenApiDocumentAsync(cancellationToken);
            context.Response.Headers.ContentSecurityPolicy = "default-src 'none'; style-src 'self'; frame-ancestors 'none'";
            var json = await document.SerializeAsJsonAsync(OpenApiSpecVersion.OpenApi3_1, cancellationToken);
            return Results.Text(Write(JsonElement.Parse(json)), "text/html; charset=utf-8");
        }).Allow(Access.Anyone).ExcludeFromDescription();
        app.MapGet("/api/docs.css", () => Results.Text(Style, "text/css; charset=utf-8")).Allow(Access.Anyone).ExcludeFromDescription();
    }

    private static string Write(JsonElement document)
    {
        StringBuilder page = new();
        page.Append("<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>Gantry's API</title>"
            + "<meta name=\"viewport\" content=\"width=device-width\"><link rel=\"stylesheet\" href=\"/api/docs.css\"></head><body><h1>Gantry's API</h1>");
        page.Append("<p>").Append(Html(document.GetProperty("info").GetProperty("description").GetString()))
            .Append(" As data: <a href=\"/api/openapi.json\">/api/openapi.json</a>.</p>");
        var tags = Operations(document).GroupBy(operation => operation.Tag, StringComparer.Ordinal).OrderBy(tag => tag.Key, StringComparer.Ordinal).ToList();
        page.Append("<nav>");
        foreach (var tag in tags)
        {
            page.Append("<a href=\"#").Append(Anchor(tag.Key)).Append("\">").Append(Html(tag.Key)).Append("</a>");
        }

        page.Append("</nav>");
        foreach (var tag in tags)
        {
            page.Append("<h2 id=\"").Append(Anchor(tag.Key)).Append("\">").Append(Html(tag.Key)).Append("</h2>");
            foreach (var (_, method, path, operation) in tag)
            {
                WriteOperation(page, document, method, path, operation);
            }
        }

        return page.Append("</body></html>").ToString();
    }

    private static string Anchor(string tag) => Html(tag.ToLowerInvariant().Replace(' ', '-'));

    private static IEnumerable<(string Tag, string Method, string Path, JsonElement Operation)> Operations(JsonElement document) =>
        from path in document.GetProperty("paths").EnumerateObject()
        from operation in path.Value.EnumerateObject()
        where operation.Value.ValueKind == JsonValueKind.Object
        select (operation.Value.TryGetProperty("tags", out var tags) ? tags[0].GetString()! : "Gantry", operation.Name.ToUpperInvariant(), path.Name, operation.Value);

    private static void WriteOperation(StringBuilder page, JsonElement document, string method, string path, JsonElement operation)
    {
        page.Append("<section><h3><span class=\"method ").Append(Html(method)).Append("\">").Append(Html(method)).Append("</span> <code>").Append(Html(path))
            .Append("</code><span class=\"access\">").Append(Html(Text(operation, "x-gantry-access"))).Append("</span></h3>");
        if (Text(operation, "summary") is { } summary) page.Append("<p>").Append(Html(summary)).Append("</p>");
        if (operation.TryGetProperty("parameters", out var parameters)) WriteParameters(page, parameters);
        if (operation.TryGetProperty("requestBody", out var body)) WriteSchema(page, "Takes", document, body);
        List<JsonProperty> problems = [];
        foreach (var response in operation.GetProperty("responses").EnumerateObject().Where(response => response.Name != "default"))
        {
            if (response.Name[0] is '4' or '5' && response.Value.GetProperty("content").TryGetProperty("application/problem+json", out _))
            {
                problems.Add(response);
            }
            else
            {
                WriteSchema(page, "Answers " + response.Name, document, response.Value);
            }
        }

        page.Append("<details><summary>Problems: ").Append(Html(string.Join(", ", problems.Select(problem => problem.Name).DefaultIfEmpty("none of its own"))))
            .Append("</summary><ul>");
        foreach (var problem in problems)
        {
            page.Append("<li><code>").Append(Html(problem.Name)).Append("</code> ").Append(Html(Text(problem.Value, "description"))).Append("</li>");
        }

        page.Append("</ul></details></section>");
    }

    private static void WriteParameters(StringBuilder page, JsonElement parameters)
    {
        page.Append("<h4>Parameters</h4><ul>");
        foreach (var parameter in parameters.EnumerateArray())
        {
            page.Append("<li><code>").Append(Html(Text(parameter, "name"))).Append("</code> <span class=\"type\">").Append(Html(Text(parameter, "in")))
                .Append("</span>").Append(Text(parameter, "description") is { } help ? " " + Html(help) : "").Append("</li>");
        }

        page.Append("</ul>");
    }

    private static void WriteSchema(StringBuilder page, string title, JsonElement document, JsonElement holder)
    {
        page.Append("<h4>").Append(Html(title));
        if (!holder.TryGetProperty("content", out var content))
        {
            page.Append("</h4>");
            return;
        }

        page.Append(" <span class=\"type\">").Append(Html(string.Join(" or ", content.EnumerateObject().Select(media => media.Name)))).Append("</span></h4>");
        foreach (var media in content.EnumerateObject())
        {
            if (!media.Value.TryGetProperty("schema", out var schema)) continue;
            schema = Resolve(document, schema);
            if (Text(schema, "description") is { } about) page.Append("<p>").Append(Html(about)).Append("</p>");
            if (schema.TryGetProperty("properties", out var properties)) WriteProperties(page, document, properties, depth: 0);
        }
    }

    private static void WriteProperties(StringBuilder page, JsonElement document, JsonElement properties, int depth)
    {
        page.Append("<ul>");
        foreach (var property in properties.EnumerateObject())
        {
            page.Append("<li><code>").Append(Html(property.Name)).Append("</code> <span class=\"type\">").Append(Html(TypeOf(document, property.Value)))
                .Append("</span>").Append(Text(property.Value, "description") is { } help ? " " + Html(help) : "");
            if (depth < DepthMax && Inner(document, property.Value) is { } inner) WriteProperties(page, document, inner, depth + 1);
            page.Append("</li>");
        }

        page.Append("</ul>");
    }

    /// <summary>The members of an object, or of the objects in a list; null when it is neither.</summary>
    private static JsonElement? Inner(JsonElement document, JsonElement schema)
    {
        var inner = schema.TryGetProperty("items", out var items) ? items : schema;
        inner = inner.TryGetProperty("oneOf", out var choices) ? choices.EnumerateArray().LastOrDefault() : inner;
        inner = inner.ValueKind == JsonValueKind.Object ? Resolve(document, inner) : inner;
        return inner.ValueKind == JsonValueKind.Object && inner.TryGetProperty("properties", out var properties) ? properties : null;
    }

    private static JsonElement Resolve(JsonElement document, JsonElement schema) => Text(schema, "$ref") is { } reference
        ? reference.Split('/').Skip(1).Aggregate(document, (place, name) => place.GetProperty(name.Replace("~1", "/", StringComparison.Ordinal)))
        : schema;

    private static string TypeOf(JsonElement document, JsonElement schema)
    {
        if (Text(schema, "$ref") is { } reference) return reference[(reference.LastIndexOf('/') + 1)..];
        if (schema.TryGetProperty("oneOf", out var choices))
        {
            return string.Join(" or ", choices.EnumerateArray().Select(choice => TypeOf(document, choice)).Distinct(StringComparer.Ordinal).OrderBy(name => name == "null"));
        }

        if (schema.TryGetProperty("enum", out var values)) return string.Join(" | ", values.EnumerateArray().Select(value => value.ToString()));
        if (!schema.TryGetProperty("type", out var type)) return "any";
        var names = type.ValueKind == JsonValueKind.Array
            ? string.Join(" or ", type.EnumerateArray().Select(name => name.GetString()).OrderBy(name => name == "null"))
            : type.GetString()!;
        names = Text(schema, "format") is "date-time" or "uuid" ? names.Replace("string", Text(schema, "format") == "uuid" ? "id" : "time", StringComparison.Ordinal) : names;
        return schema.TryGetProperty("items", out var items) ? $"{names} of {TypeOf(document, items)}" : names;
    }

    private static string? Text(JsonElement value, string name) =>
        value.ValueKind == JsonValueKind.Object && value.TryGetProperty(name, out var found) && found.ValueKind == JsonValueKind.String ? found.GetString() : null;

    private static string Html(string? text) => WebUtility.HtmlEncode(text ?? "");
}
