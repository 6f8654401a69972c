using System.Buffers;
using System.Text.Json.Nodes;
using Gantry.Engine.Documents;

namespace Gantry.Engine.Providers.OpenApi;

/// <summary>The ways of signing in: each combination of security schemes that an operation accepts is one entry of 'auth'.</summary>
internal sealed class SignIn
{
    /// <summary>What names of headers and cookies are made of (RFC 9110, 5.6.2).</summary>
    private static readonly SearchValues<char> TokenCharacters =
        SearchValues.Create("!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");

    private readonly OpenApiDocument document;
    private readonly string baseUrl;
    private readonly DocumentNode? schemes;
    private readonly OrderedDictionary<string, JsonObject> entries = new(StringComparer.Ordinal);
    private readonly IReadOnlyList<string> standard;
    private readonly HashSet<string> used = new(StringComparer.Ordinal);

    public SignIn(OpenApiDocument document, string baseUrl)
    {
        this.document = document;
        this.baseUrl = baseUrl;
        schemes = document.IsSwagger
            ? OpenApiDocument.Map(document.Root, "securityDefinitions")
            : OpenApiDocument.Map(document.Root, "components") is { } components ? OpenApiDocument.Map(components, "securitySchemes") : null;
        standard = document.Root.Find("security")?.Value is { Kind: DocumentKind.List } all ? Ids(all) : Undeclared();
    }

    /// <summary>The ids of what this operation accepts; null when it is what most accept.</summary>
    public IReadOnlyList<string>? Of(DocumentNode operation)
    {
        var ids = operation.Find("security")?.Value is { Kind: DocumentKind.List } own ? Ids(own) : standard;
        used.UnionWith(ids);
        return ids.SequenceEqual(standard, StringComparer.Ordinal) ? null : ids;
    }

    /// <summary>The manifest's 'auth', after all operations were asked for theirs.</summary>
    public JsonArray Entries()
    {
        used.UnionWith(standard);
        JsonArray auth = [];
        foreach (var (id, entry) in entries)
        {
            if (used.Contains(id))
            {
                auth.Add(entry);
            }
        }

        return auth;
    }

    /// <summary>Documents that describe their schemes and require none nowhere: each of them may be what is wanted.</summary>
    private IReadOnlyList<string> Undeclared()
    {
        if (schemes is null or { Members.Count: 0 })
        {
            document.Warn("The document does not say how one signs in; add it to 'auth' of the manifest if the API wants it.");
            return [None()];
        }

        return [.. schemes.Members.Select(scheme => Entry([(scheme.Name, [])])).OfType<string>().DefaultIfEmpty(None())];
    }

    private IReadOnlyList<string> Ids(DocumentNode alternatives)
    {
        var ids = alternatives.Items
            .Select(alternative => alternative.Members.Count == 0
                ? None()
                : Entry([.. alternative.Members.Select(member => (member.Name, member.Value.Items.Select(scope => scope.Text).ToList()))]))
            .OfType<string>()
            .Distinct(StringComparer.Ordinal)
            .ToList();
        return ids.Count == 0 ? [None()] : ids;
    }

    private string None()
    {
        entries.TryAdd("none", new JsonObject { ["id"] = "none", ["kind"] = "none" });
        return "none";
    }

    private string? Entry(IReadOnlyList<(string Name, List<string> Scopes)> combination)
    {
        var id = Names.Id(string.Join('_', combination.Select(part => part.Name)));
        id = id == "none" ? "none_2" : id;
        if (!entries.ContainsKey(id))
        {
            if (Build(combination) is not { } entry)
            {
                return null;
            }

            entry.Insert(0, "id", id);
            entries.Add(id, entry);
        }

        Widen(entries[id], combination);
        return id;
    }

    /// <summary>Consent is asked for once: for all scopes that any operation wants.</summary>
    private static void Widen(JsonObject entry, IReadOnlyList<(string Name, List<string> Scopes)> combination)
    {
        if (entry["scopes"] is JsonArray scopes)
        {
            foreach (var scope in combination.SelectMany(part => part.Scopes))
            {
                if (!scopes.Any(known => (string?)known == scope))
                {
                    scopes.Add(JsonValue.Create(scope));
                }
            }
        }
    }

    private JsonObject? Build(IReadOnlyList<(string Name, List<string> Scopes)> combination)
    {
        var parts = combination.Select(part => Part(part.Name)).ToList();
        if (parts.Contains(null))
        {
            return null;
        }

        if (parts is [var only])
        {
            return only;
        }

        JsonArray send = [];
        JsonObject fields = [];
        // Two flows of OAuth in one combination are what converters make of alternatives: one of them is gone.
        var token = parts.FirstOrDefault(part => (string?)part!["kind"] == "oauth2");
        if (token is not null)
        {
            send.Add(new JsonObject { ["in"] = "header", ["name"] = "Authorization", ["value"] = "Bearer ${token.access_token}" });
            parts.RemoveAll(part => (string?)part!["kind"] is "oauth2" or "bearer");
        }

        foreach (var part in parts.OfType<JsonObject>())
        {
            foreach (var (name, field) in part["fields"]?.AsObject() ?? [])
            {
                fields[name] = field!.DeepClone();
            }

            switch ((string?)part["kind"])
            {
                case "api_key":
                    foreach (var place in part["send"]!.AsArray())
                    {
                        send.Add(place!.DeepClone());
                    }

                    break;
                case "bearer":
                    send.Add(new JsonObject { ["in"] = "header", ["name"] = "Authorization", ["value"] = $"Bearer {(string?)part["token"]}" });
                    break;
                case "basic" when token is null:
                    send.Add(new JsonObject { ["in"] = "header", ["name"] = "Authorization", ["value"] = "Basic ${(connection.username + ':' + connection.password) | base64}" });
                    break;
                default:
                    document.Warn($"Signing in by {string.Join(" and ", combination.Select(other => Names.Line(other.Name)))} at once is not understood; this way is left out.");
                    return null;
            }
        }

        if (token is null)
        {
            return new JsonObject { ["kind"] = "api_key", ["fields"] = fields, ["send"] = send };
        }

        if (fields.Count > 0)
        {
            token["fields"] = fields;
            token["send"] = send;
        }

        return token;
    }

    private JsonObject? Part(string name)
    {
        if (document.Resolve(schemes is null ? null : document.Member(schemes, name)) is not { } scheme)
        {
            document.Warn($"The security scheme '{Names.Line(name)}' is required and nowhere described; this way of signing in is left out.");
            return null;
        }

        var help = OpenApiDocument.Text(scheme, "description") is { Length: > 0 } said ? Names.Line(said) : null;
        switch (OpenApiDocument.Text(scheme, "type"))
        {
            case "basic":
                return Basic("basic", help);
            case "http":
                return Http(scheme, name, help);
            case "apiKey":
                return ApiKey(scheme, name, help);
            case "oauth2":
                return OAuth(scheme, name, help);
            case "openIdConnect":
                document.Warn($"'{Names.Line(name)}' signs in by OpenID Connect, whose addresses are elsewhere; a token is asked for instead.");
                return Bearer(name, help);
            default:
                document.Warn($"The security scheme '{Names.Line(name)}' is of a type that is not understood; this way of signing in is left out.");
                return null;
        }
    }

    private JsonObject? Http(DocumentNode scheme, string name, string? help)
    {
        var kind = OpenApiDocument.Text(scheme, "scheme")?.ToLowerInvariant();
        switch (kind)
        {
            case "basic" or "digest":
                return Basic(kind, help);
            case "bearer" or null:
                return Bearer(name, help);
            default:
                document.Warn($"'{Names.Line(name)}' signs in by HTTP's '{Names.Line(kind)}', which is asked for as the whole value of the header.");
                return Key(Field(name), help ?? "The whole value of the header Authorization.", "header", "Authorization");
        }
    }

    private static JsonObject Bearer(string name, string? help)
    {
        var field = Field(name);
        return new JsonObject { ["kind"] = "bearer", ["token"] = $"${{connection.{field}}}", ["fields"] = new JsonObject { [field] = Secret(help ?? "The token.") } };
    }

    private static JsonObject Basic(string kind, string? help) => new()
    {
        ["kind"] = kind,
        ["username"] = "${connection.username}",
        ["password"] = "${connection.password}",
        ["fields"] = new JsonObject
        {
            ["username"] = new JsonObject { ["help"] = help ?? "The name of the user.", ["required"] = true },
            ["password"] = new JsonObject { ["help"] = "The password; some APIs leave it empty.", ["secret"] = true },
        },
    };

    private JsonObject? ApiKey(DocumentNode scheme, string name, string? help)
    {
        var place = OpenApiDocument.Text(scheme, "in")?.ToLowerInvariant();
        if (OpenApiDocument.Text(scheme, "name") is not { Length: > 0 } wire || place is not ("header" or "query" or "cookie"))
        {
            document.Warn($"The security scheme '{Names.Line(name)}' does not say where its key goes; this way of signing in is left out.");
            return null;
        }

        if (wire.Contains("${", StringComparison.Ordinal) || (place == "query" ? wire.Any(char.IsControl) : wire.AsSpan().ContainsAnyExcept(TokenCharacters)))
        {
            document.Warn($"The security scheme '{Names.Line(name)}' sends its key as '{Names.Line(wire)}', which can be no name of a {place}; this way of signing in is left out.");
            return null;
        }

        var isAuthorization = place == "header" && string.Equals(wire, "Authorization", StringComparison.OrdinalIgnoreCase);
        return Key(Field(name), isAuthorization ? $"The whole value of the header Authorization, such as 'Bearer …'. {help}".TrimEnd() : help ?? "The key.", place, wire);
    }

    private static JsonObject Key(string field, string help, string place, string wire) => new()
    {
        ["kind"] = "api_key",
        ["fields"] = new JsonObject { [field] = Secret(help) },
        ["send"] = new JsonArray(new JsonObject { ["in"] = place, ["name"] = wire, ["value"] = $"${{connection.{field}}}" }),
    };

    private JsonObject? OAuth(DocumentNode scheme, string name, string? help)
    {
        var flows = document.IsSwagger ? scheme : OpenApiDocument.Map(scheme, "flows");
        foreach (var (flow, grant) in ((string, string)[])[
            ("authorizationCode", "authorization_code"), ("accessCode", "authorization_code"), ("clientCredentials", "client_credentials"), ("application", "client_credentials"), ("password", "password")])
        {
            var described = flows is null ? null : document.IsSwagger ? (OpenApiDocument.Text(flows, "flow") == flow ? flows : null) : OpenApiDocument.Map(flows, flow);
            if (described is null || Address(described, "tokenUrl") is not { } token)
            {
                continue;
            }

            var entry = new JsonObject { ["kind"] = "oauth2", ["grant"] = grant };
            if (grant == "authorization_code")
            {
                if (Address(described, "authorizationUrl") is not { } authorize)
                {
                    continue;
                }

                entry["authorize_url"] = authorize;
            }

            entry["token_url"] = token;
            if (Address(described, "refreshUrl") is { } refresh)
            {
                entry["refresh_url"] = refresh;
            }

            entry["scopes"] = new JsonArray();
            return entry;
        }

        document.Warn($"'{Names.Line(name)}' has no flow of OAuth that a server can go; a token is asked for instead.");
        return Bearer(name, help);
    }

    private string? Address(DocumentNode flow, string name)
    {
        if (OpenApiDocument.Text(flow, name) is not { Length: > 0 } url)
        {
            return null;
        }

        return Uri.TryCreate(url, UriKind.Absolute, out var whole) && whole.Scheme is "http" or "https" ? url
            : Uri.TryCreate(baseUrl, UriKind.Absolute, out var root) && Uri.TryCreate(root, url, out var completed) ? completed.AbsoluteUri
            : null;
    }

    private static string Field(string name) => Names.Id(name) is var field && field is "none" ? "key" : field;

    private static JsonObject Secret(string help) => new() { ["help"] = help, ["secret"] = true, ["required"] = true };
}
