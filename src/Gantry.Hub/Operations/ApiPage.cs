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
    private const string Style = """
        body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; color: #1b1f24; background: #fff; }
        h2 { border-bottom: 1px solid #d0d7de; margin-top: 2.5rem; }
        section { margin: 1.2rem 0; }
        h3 { margin: 0; font-size: 1rem; }
        code { font: .9em ui-monospace, monospace; background: #f2f4f6; padding: .1em .3em; border-radius: .2em; }
        .method { display: inline-block; min-width: 4.2em; font-weight: 700; }
        .access { color: #57606a; font-size: .85em; float: right; }
        ul { margin: .3rem 0; }
        p { margin: .2rem 0; }
        @media (prefers-color-scheme: dark) { body { background: #0d1117; color: #e6edf3; } code { background: #21262d; } h2 { border-color: #30363d; } .access { color: #9198a1; } }
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
        foreach (var tag in Operations(document).GroupBy(operation => operation.Tag, StringComparer.Ordinal).OrderBy(tag => tag.Key, StringComparer.Ordinal))
        {
            page.Append("<h2>").Append(Html(tag.Key)).Append("</h2>");
            foreach (var (_, method, path, operation) in tag)
            {
                WriteOperation(page, document, method, path, operation);
            }
        }

        return page.Append("</body></html>").ToString();
    }

    private static IEnumerable<(string Tag, string Method, string Path, JsonElement Operation)> Operations(JsonElement document) =>
        from path in document.GetProperty("paths").EnumerateObject()
        from operation in path.Value.EnumerateObject()
        where operation.Value.ValueKind == JsonValueKind.Object
        select (operation.Value.TryGetProperty("tags", out var tags) ? tags[0].GetString()! : "Gantry", operation.Name.ToUpperInvariant(), path.Name, operation.Value);

    private static void WriteOperation(StringBuilder page, JsonElement document, string method, string path, JsonElement operation)
    {
        page.Append("<section><h3><span class=\"access\">").Append(Html(Text(operation, "x-gantry-access"))).Append("</span><span class=\"method\">")
            .Append(Html(method)).Append("</span> <code>").Append(Html(path)).Append("</code></h3>");
        if (Text(operation, "summary") is { } summary) page.Append("<p>").Append(Html(summary)).Append("</p>");
        if (operation.TryGetProperty("parameters", out var parameters))
        {
            page.Append("<p>Parameters: ").AppendJoin(", ", parameters.EnumerateArray().Select(parameter =>
                $"<code>{Html(Text(parameter, "name"))}</code> ({Html(Text(parameter, "in"))})")).Append("</p>");
        }

        if (operation.TryGetProperty("requestBody", out var body)) WriteSchema(page, "Body", document, body);
        foreach (var response in operation.GetProperty("responses").EnumerateObject().Where(response => response.Name != "default"))
        {
            WriteSchema(page, "Answers " + response.Name, document, response.Value);
        }

        page.Append("</section>");
    }

    private static void WriteSchema(StringBuilder page, string title, JsonElement document, JsonElement holder)
    {
        page.Append("<p>").Append(Html(title)).Append("</p>");
        if (!holder.TryGetProperty("content", out var content)) return;
        foreach (var media in content.EnumerateObject())
        {
            if (!media.Value.TryGetProperty("schema", out var schema)) continue;
            schema = Resolve(document, schema);
            if (!schema.TryGetProperty("properties", out var properties)) continue;
            page.Append("<ul>");
            foreach (var property in properties.EnumerateObject())
            {
                page.Append("<li><code>").Append(Html(property.Name)).Append("</code> ").Append(Html(TypeOf(document, property.Value)))
                    .Append(Text(property.Value, "description") is { } help ? ": " + Html(help) : "").Append("</li>");
            }

            page.Append("</ul>");
        }
    }

    private static JsonElement Resolve(JsonElement document, JsonElement schema) => Text(schema, "$ref") is { } reference
        ? reference.Split('/').Skip(1).Aggregate(document, (place, name) => place.GetProperty(name.Replace("~1", "/", StringComparison.Ordinal)))
        : schema;

    private static string TypeOf(JsonElement document, JsonElement schema)
    {
        if (Text(schema, "$ref") is { } reference) return reference[(reference.LastIndexOf('/') + 1)..];
        if (!schema.TryGetProperty("type", out var type)) return "any";
        var names = type.ValueKind == JsonValueKind.Array ? string.Join(" or ", type.EnumerateArray().Select(name => name.GetString())) : type.GetString()!;
        return schema.TryGetProperty("items", out var items) ? $"{names} of {TypeOf(document, items)}" : names;
    }

    private static string? Text(JsonElement value, string name) =>
        value.ValueKind == JsonValueKind.Object && value.TryGetProperty(name, out var found) && found.ValueKind == JsonValueKind.String ? found.GetString() : null;

    private static string Html(string? text) => WebUtility.HtmlEncode(text ?? "");
}
