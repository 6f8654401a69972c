using System.Text.Json.Nodes;
using Gantry.Engine.Documents;

namespace Gantry.Engine.Providers.OpenApi;

/// <summary>What is said besides the document itself.</summary>
public sealed record OpenApiOptions
{
    /// <summary>The provider's id; made of the title when null.</summary>
    public string? Id { get; init; }

    /// <summary>Where the API is, when the document does not say, or says what is not wanted.</summary>
    public string? BaseUrl { get; init; }

    /// <summary>Where the document was read from, by which relative addresses in it are completed; null when it was a file.</summary>
    public Uri? ReadFrom { get; init; }

    /// <summary>The manifest of an earlier import (or a later form of it): its ids of actions stay, so that saved plans go on working.</summary>
    public string? Previous { get; init; }

    public required DateOnly Today { get; init; }
}

/// <summary>An OpenAPI document as a manifest.</summary>
public sealed record ImportedProvider
{
    public required string Id { get; init; }

    /// <summary>The manifest as YAML. Null while there are questions.</summary>
    public string? Manifest { get; init; }

    public required int ActionCount { get; init; }

    /// <summary>Flaws of the document, and what was made of them.</summary>
    public required IReadOnlyList<string> Warnings { get; init; }

    /// <summary>What only a person can answer. The base URL is asked for; these are the ones to choose from, the likeliest first, empty when there are none.</summary>
    public IReadOnlyList<string> BaseUrlChoices { get; init; } = [];

    /// <summary>Why the base URL has to be said; null when it need not be.</summary>
    public string? Question { get; init; }

    /// <summary>What is another than in the earlier import.</summary>
    public IReadOnlyList<string> Changes { get; init; } = [];
}

/// <summary>
/// Makes a provider of an OpenAPI 3.0, 3.1 (https://spec.openapis.org/oas/latest.html) or Swagger 2.0 document, in JSON or YAML. Flaws that vendors publish are warnings;
/// refused (<see cref="DocumentException"/>) is only what is no such document. Nothing is fetched: references to other documents are named in a warning.
/// </summary>
public static class OpenApiImport
{
    public const int BytesMax = 64 * 1024 * 1024;
    private const int EventsMax = 12_000_000;

    /// <summary>More of the same kind are counted, not listed.</summary>
    private const int WarningsMax = 200;

    private static readonly string[] Methods = ["get", "put", "post", "delete", "options", "head", "patch"];

    public static ImportedProvider Read(ReadOnlySpan<byte> utf8, OpenApiOptions options)
    {
        if (IsMarkup(utf8))
        {
            throw new DocumentException(new(1, 1), "This is a web page or another text in XML or HTML, and no OpenAPI document. Vendors often link the document itself, as JSON or YAML, from such a page.");
        }

        List<DocumentException> tolerated = [];
        var limits = new DocumentLimits { BytesMax = BytesMax, EventsMax = EventsMax, Tolerated = tolerated };
        var document = new OpenApiDocument(DocumentReader.Read(utf8, DocumentFormat.Any, limits));
        foreach (var flaw in tolerated)
        {
            document.Warn($"{flaw.Position.Line}:{flaw.Position.Column}: {flaw.Message} The first one counts.");
        }

        var id = options.Id ?? Names.Slug(document.Title);
        var servers = ServerList.Of(document, options);
        var signIn = new SignIn(document, servers.BaseUrl);
        var actions = ReadActions(document, signIn, servers);
        if (actions.Count == 0)
        {
            throw new DocumentException(new(1, 1), "The document describes no operations under 'paths'. Is it the right one?");
        }

        IReadOnlyList<string> changes = [];
        if (options.Previous is { } previous)
        {
            changes = EarlierImport.Continue(previous, actions, options.Today);
        }

        return new ImportedProvider
        {
            Id = id,
            Manifest = servers.Question is null ? ManifestText.Write(Manifest(document, id, servers, signIn, actions, options)) : null,
            ActionCount = actions.Count,
            Warnings = Shorten(document.Warnings),
            Question = servers.Question,
            BaseUrlChoices = servers.Choices,
            Changes = changes,
        };
    }

    private static bool IsMarkup(ReadOnlySpan<byte> utf8)
    {
        if (utf8.StartsWith("\uFEFF"u8))
        {
            utf8 = utf8[3..];
        }

        return utf8.TrimStart(" \t\r\n"u8).StartsWith("<"u8);
    }

    private static OrderedDictionary<string, JsonObject> ReadActions(OpenApiDocument document, SignIn signIn, ServerList servers)
    {
        OrderedDictionary<string, JsonObject> actions = new(StringComparer.Ordinal);
        var names = new UniqueNames(actions.ContainsKey);
        foreach (var (path, _, written) in document.Root.Find("paths")?.Value.Members ?? [])
        {
            var item = document.Resolve(written);
            if (!path.StartsWith('/') || item is null)
            {
                if (!path.StartsWith("x-", StringComparison.Ordinal))
                {
                    document.Warn($"The path '{path}' does not begin with '/', or nothing stands below it; it is left out.");
                }

                continue;
            }

            foreach (var method in Methods)
            {
                if (item.Find(method)?.Value is { Kind: DocumentKind.Map } operation)
                {
                    var reader = new OperationReader(document, signIn, servers, path, method, item, operation);
                    actions.Add(names.Next(reader.Id), reader.Read());
                }
            }
        }

        return actions;
    }

    private static JsonObject Manifest(
        OpenApiDocument document, string id, ServerList servers, SignIn signIn, OrderedDictionary<string, JsonObject> actions, OpenApiOptions options)
    {
        var manifest = new JsonObject
        {
            ["schema"] = "provider/v1",
            ["id"] = id,
            ["name"] = document.Title,
            ["category"] = "Generic & protocol",
            ["help"] = Names.Line(document.Description ?? document.Title),
            ["docs"] = document.DocsUrl ?? options.ReadFrom?.AbsoluteUri ?? servers.BaseUrl,
            ["checked"] = new JsonObject
            {
                ["date"] = options.Today.ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture),
                ["against"] = $"its OpenAPI document, version {document.Version}",
            },
            ["base_url"] = servers.BaseUrl,
        };
        if (servers.Hosts.Count > 0)
        {
            manifest["hosts"] = new JsonArray([.. servers.Hosts.Select(host => JsonValue.Create(host))]);
        }

        if (servers.Fields.Count > 0)
        {
            manifest["connection"] = servers.Fields;
        }

        manifest["auth"] = signIn.Entries();
        if (Verification(actions) is { } verify)
        {
            manifest["verify"] = verify;
        }

        manifest["errors"] = new JsonObject
        {
            ["message"] = new JsonArray("error.message", "message", "error_description", "detail", "errors[*].message", "error", "title"),
            ["code"] = new JsonArray("error.code", "code", "error.type"),
        };
        manifest["actions"] = new JsonObject([.. actions.Select(action => KeyValuePair.Create<string, JsonNode?>(action.Key, action.Value))]);
        return manifest;
    }

    /// <summary>A read that needs nothing and, by its path, says who one is.</summary>
    private static JsonObject? Verification(OrderedDictionary<string, JsonObject> actions)
    {
        foreach (var end in (string[])["/me", "/users/me", "/user", "/account", "/whoami", "/profile"])
        {
            foreach (var action in actions.Values)
            {
                var call = (string)action["call"]!;
                var needsNothing = action["params"]?.AsObject().All(parameter => parameter.Value!["required"] is null) ?? true;
                if (needsNothing && call.StartsWith("GET ", StringComparison.Ordinal) && call.EndsWith(end, StringComparison.OrdinalIgnoreCase))
                {
                    return new JsonObject { ["call"] = call };
                }
            }
        }

        return null;
    }

    private static IReadOnlyList<string> Shorten(IReadOnlyList<string> warnings) => warnings.Count <= WarningsMax
        ? warnings
        : [.. warnings.Take(WarningsMax), $"There are {warnings.Count - WarningsMax:N0} further ones."];
}
