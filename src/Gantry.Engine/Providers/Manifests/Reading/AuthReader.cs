using Gantry.Engine.Documents;

namespace Gantry.Engine.Providers.Manifests.Reading;

/// <summary>Reads the ways to sign in.</summary>
internal static class AuthReader
{
    private static readonly ManifestPattern IdPattern = new("[a-z][a-z0-9_]*");

    private static readonly string[] HmacAlgorithms = ["sha1", "sha256", "sha384", "sha512", "md5"];

    private static readonly string[] JwtAlgorithms = ["HS256", "HS384", "HS512", "RS256", "RS384", "RS512", "ES256", "PS256"];

    public static IReadOnlyList<ManifestAuth> Read(ManifestFields manifest)
    {
        var nodes = manifest.List("auth", isRequired: true);
        if (nodes.Count == 0 && manifest.Find("auth") is { Kind: DocumentKind.List } empty)
        {
            manifest.Findings.Add(empty.Position, "'auth' has no entry: write [{kind: none}] where nothing is sent.");
        }

        List<ManifestAuth> all = [];
        foreach (var node in nodes)
        {
            var auth = ReadWay(new ManifestFields(node, manifest.Findings, "This way to sign in"));
            if (all.Exists(other => other.Id == auth.Id))
            {
                manifest.Findings.Add(node.Position, $"Two ways to sign in are called '{auth.Id}': give each an 'id' of its own.");
            }

            all.Add(auth);
        }

        return all;
    }

    public static IReadOnlyList<ConnectionField> ReadFields(ManifestFields fields, string name) =>
        [.. fields.Map(name).Select(member => ReadField(member.Name, new ManifestFields(member.Value, fields.Findings, $"The field '{member.Name}'")))];

    public static ManifestRequest ReadRequest(DocumentNode node, ManifestFindings findings, string what)
    {
        var fields = new ManifestFields(node, findings, what);
        var request = new ManifestRequest
        {
            Call = ActionReader.ReadCall(fields),
            Headers = fields.Templates("headers"),
            Query = fields.Templates("query"),
            Form = fields.Templates("form"),
            Json = fields.Value("json"),
            Xml = fields.Template("xml"),
            GraphQL = fields.Text("graphql"),
            Who = fields.Path("who"),
        };
        if (new object?[] { request.Form.Count > 0 ? request.Form : null, request.Json, request.Xml, request.GraphQL }.Count(body => body is not null) > 1)
        {
            findings.Add(node.Position, $"{what} has one body: form, json, xml or graphql.");
        }

        fields.End();
        return request;
    }

    private static ConnectionField ReadField(string name, ManifestFields fields)
    {
        if (!IdOfField.Fits(name))
        {
            fields.Findings.Add(fields.Position, $"'{name}' is no name of a field: letters, digits, '_' and '-', the first a letter or '_', at most 60.");
        }

        var field = new ConnectionField
        {
            Name = name,
            Type = fields.Choice("type", ManifestNames.FieldTypes) ?? Settings.SettingType.Text,
            Label = fields.Text("label"),
            Help = fields.Help(isRequired: true) ?? "",
            IsSecret = fields.Flag("secret") ?? false,
            IsRequired = fields.Flag("required") ?? false,
            Default = fields.Find("default")?.ToJson(),
            Choices = [.. fields.Choices("enum").Select(ManifestValue.Plain)],
            Pattern = fields.Pattern("pattern"),
        };
        if (field.Default is { } value && ConnectionCheck.Problem(field, ManifestValue.Plain(value)) is { } problem)
        {
            fields.Findings.Add(fields.Position, $"The default of '{name}' is none that it takes: {problem}");
        }

        if (field is { IsSecret: true, Default: not null })
        {
            fields.Findings.Add(fields.Position, $"'{name}' is secret, and a secret has no default.");
        }

        fields.End();
        return field;
    }

    private static readonly ManifestPattern IdOfField = new("[A-Za-z_][A-Za-z0-9_-]{0,59}");

    private static ManifestAuth ReadWay(ManifestFields fields)
    {
        var kind = fields.Choice("kind", ManifestNames.AuthKinds, isRequired: true) ?? AuthKind.None;
        var auth = new ManifestAuth
        {
            Kind = kind,
            Id = fields.Matching("id", IdPattern, "lower-case letters, digits and '_', a letter first") ?? fields.Find("kind")?.Text ?? "none",
            Help = fields.Text("help"),
            Fields = ReadFields(fields, "fields"),
        };
        auth = kind switch
        {
            AuthKind.Bearer => auth with { Texts = Texts(fields, [], ["token"], ("token", "${connection.api_key}")) },
            AuthKind.Basic => auth with { Texts = Texts(fields, ["username"], ["password"]) },
            AuthKind.Digest => auth with { Texts = Texts(fields, ["username", "password"], []) },
            AuthKind.ApiKey => auth with { Send = ReadSend(fields, isRequired: true) },
            AuthKind.OAuth2 => ReadOAuth2(auth, fields),
            AuthKind.TokenExchange => auth with
            {
                Exchange = fields.Require("request") is { } request ? ReadRequest(request, fields.Findings, "The request of the token") : null,
                Send = ReadSend(fields, isRequired: true),
                Token = ReadToken(fields),
            },
            AuthKind.Jwt => ReadJwt(auth, fields),
            AuthKind.Hmac => auth with
            {
                Algorithm = ReadAlgorithm(fields, "algorithm", HmacAlgorithms),
                Texts = Texts(fields, ["key"], []),
                Signed = ReadSigned(fields),
                KeyEncoding = fields.Word("key_encoding", "text", "base64", "hex") ?? "text",
                SignatureEncoding = fields.Word("encoding", "hex", "base64", "base64url", "hex_upper") ?? "hex",
                Send = ReadSend(fields, isRequired: true),
            },
            AuthKind.AwsSigV4 => auth with
            {
                Texts = Texts(fields, ["service", "region"], ["access_key_id", "secret_access_key", "session_token"],
                    ("access_key_id", "${connection.access_key_id}"), ("secret_access_key", "${connection.secret_access_key}")),
            },
            AuthKind.OAuth1 => auth with
            {
                Algorithm = fields.Word("signature_method", "HMAC-SHA1", "HMAC-SHA256") ?? "HMAC-SHA1",
                Texts = Texts(fields, ["consumer_key", "consumer_secret"], ["token", "token_secret", "realm"]),
            },
            _ => auth,
        };
        fields.End();
        return auth;
    }

    private static ManifestAuth ReadOAuth2(ManifestAuth auth, ManifestFields fields)
    {
        var grant = fields.Choice("grant", ManifestNames.Grants, isRequired: true) ?? OAuth2Grant.ClientCredentials;
        var none = new ManifestText("");
        var settings = new OAuth2Settings
        {
            Grant = grant,
            AuthorizeUrl = fields.Template("authorize_url"),
            TokenUrl = fields.Template("token_url", isRequired: true) ?? none,
            DeviceUrl = fields.Template("device_url"),
            RefreshUrl = fields.Template("refresh_url"),
            RevokeUrl = fields.Template("revoke_url"),
            Scopes = fields.Texts("scopes"),
            ScopeSeparator = fields.Text("scope_separator") ?? " ",
            UsesPkce = fields.Flag("pkce") ?? true,
            ClientAuth = fields.Word("client_auth", "basic", "body", "none") ?? "body",
            IsTokenJson = fields.Word("token_encoding", "form", "json") == "json",
            AuthorizeParameters = fields.Templates("authorize_parameters"),
            TokenParameters = fields.Templates("token_parameters"),
        };
        if (grant == OAuth2Grant.AuthorizationCode && settings.AuthorizeUrl is null)
        {
            fields.Findings.Add(fields.Position, "The grant authorization_code needs 'authorize_url'.");
        }

        if (grant == OAuth2Grant.DeviceCode && settings.DeviceUrl is null)
        {
            fields.Findings.Add(fields.Position, "The grant device_code needs 'device_url'.");
        }

        return auth with
        {
            OAuth2 = settings,
            Send = ReadSend(fields),
            Token = ReadToken(fields),
            Fields = [.. auth.Fields.Concat(OAuthFields(settings)).DistinctBy(field => field.Name)],
        };
    }

    /// <summary>What every client of OAuth 2 has, unless the manifest says more of it.</summary>
    private static IEnumerable<ConnectionField> OAuthFields(OAuth2Settings settings)
    {
        yield return new ConnectionField { Name = "client_id", Help = "The id of the app that you registered with the vendor.", IsRequired = true };
        yield return new ConnectionField { Name = "client_secret", Help = "The secret of that app.", IsSecret = true, IsRequired = settings.ClientAuth != "none" && !settings.UsesPkce };
    }

    private static ManifestAuth ReadJwt(ManifestAuth auth, ManifestFields fields)
    {
        var exchange = fields.Find("exchange") is { } node ? new ManifestFields(node, fields.Findings, "The exchange of the JWT") : null;
        var token = ReadToken(fields, hasPaths: false);
        auth = auth with
        {
            Texts = Texts(fields, ["key"], []),
            KeyEncoding = fields.Word("key_encoding", "text", "base64", "hex") ?? "text",
            Send = ReadSend(fields),
            Jwt = new JwtSettings
            {
                Algorithm = ReadAlgorithm(fields, "algorithm", JwtAlgorithms),
                Header = fields.Templates("header"),
                Claims = fields.Value("claims"),
                Lifetime = token.Lifetime ?? TimeSpan.FromSeconds(300),
                TokenUrl = exchange?.Template("token_url", isRequired: true),
                Parameters = exchange?.Templates("parameters") ?? [],
            },
            Token = token with { Lifetime = null, Paths = exchange is null ? token.Paths : ReadPaths(exchange) },
        };
        exchange?.End();
        return auth;
    }

    /// <summary>One text, or a list of texts and of hashes.</summary>
    private static List<SignedPart> ReadSigned(ManifestFields fields)
    {
        if (fields.Require("text") is not { } node)
        {
            return [];
        }

        return node.Kind == DocumentKind.List ? [.. node.Items.Select(item => ReadPart(fields, item))] : [new(fields.Template("text") ?? new ManifestText(""), null, "raw")];
    }

    private static SignedPart ReadPart(ManifestFields auth, DocumentNode node)
    {
        if (node.Kind == DocumentKind.Text)
        {
            return new SignedPart(auth.TemplateOf(node, node.Text), null, "raw");
        }

        var fields = new ManifestFields(node, auth.Findings, "A part of what is signed");
        var part = new SignedPart(fields.Template("of", isRequired: true) ?? new ManifestText(""), ReadAlgorithm(fields, "hash", HmacAlgorithms), fields.Word("encoding", "hex", "hex_upper", "base64", "base64url", "raw") ?? "hex");
        fields.End();
        return part;
    }

    private static string ReadAlgorithm(ManifestFields fields, string name, string[] words)
    {
        fields.Require(name);
        return fields.Word(name, words) ?? words[0];
    }

    private static TokenSettings ReadToken(ManifestFields fields, bool hasPaths = true)
    {
        var statuses = fields.Integers("refresh_on_status");
        return new TokenSettings
        {
            Paths = hasPaths ? ReadPaths(fields) : new Dictionary<string, AnswerPath>(StringComparer.Ordinal),
            RefreshOnStatus = statuses.Count == 0 ? [401] : statuses,
            RefreshWhen = fields.Template("refresh_when"),
            Lifetime = fields.Seconds("lifetime_seconds", 1),
            Early = fields.Seconds("early_seconds") ?? TimeSpan.FromSeconds(60),
        };
    }

    private static Dictionary<string, AnswerPath> ReadPaths(ManifestFields fields)
    {
        Dictionary<string, AnswerPath> paths = new(StringComparer.Ordinal);
        foreach (var member in fields.Map("token"))
        {
            if (member.Value.Kind != DocumentKind.Text)
            {
                fields.Findings.Add(member.Value.Position, $"'token.{member.Name}' is a path into the answer.");
            }
            else if (fields.PathOf(member.Value, member.Value.Text) is { } path)
            {
                paths[member.Name] = path;
            }
        }

        return paths;
    }

    private static List<AuthPlace> ReadSend(ManifestFields fields, bool isRequired = false)
    {
        var nodes = fields.List("send", isRequired);
        if (nodes.Count == 0 && fields.Find("send") is { Kind: DocumentKind.List } empty)
        {
            fields.Findings.Add(empty.Position, "'send' has no entry.");
        }

        List<AuthPlace> places = [];
        foreach (var node in nodes)
        {
            var place = new ManifestFields(node, fields.Findings, "What is sent to sign in");
            var where = place.Choice("in", ManifestNames.SendPlaces, isRequired: true);
            var name = place.Template("name", isRequired: true);
            var value = place.Template("value", isRequired: true);
            place.End();
            if (where is { } known && name is not null && value is not null)
            {
                places.Add(new(known, name, value));
            }
        }

        return places;
    }

    private static Dictionary<string, ManifestText> Texts(ManifestFields fields, string[] required, string[] optional, params (string Name, string Text)[] defaults)
    {
        Dictionary<string, ManifestText> texts = new(StringComparer.Ordinal);
        foreach (var name in required.Concat(optional))
        {
            if (fields.Template(name, required.Contains(name, StringComparer.Ordinal)) is { } text)
            {
                texts[name] = text;
            }
        }

        foreach (var (name, text) in defaults)
        {
            texts.TryAdd(name, new ManifestText(text));
        }

        return texts;
    }
}
