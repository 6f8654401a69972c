namespace Gantry.Engine.Providers.Manifests.Reading;

/// <summary>The words of the format, and what they stand for. providers/provider.schema.json has the same.</summary>
internal static class ManifestNames
{
    public static readonly IReadOnlyList<string> Categories =
    [
        "AI", "Analytics & BI", "CMS & content", "CRM", "Calendar, meetings & events", "Cloud, hosting & DNS", "Communication", "Databases & search", "Dev tools & CI",
        "E-commerce", "Email", "Forms, surveys & e-signature", "Generic & protocol", "HR & recruiting", "IoT, maps, weather & public data", "Marketing",
        "Monitoring & incidents", "Payments & accounting", "Project management & productivity", "SEO & web data", "Security & identity", "Social & media",
        "Storage & files", "Support",
    ];

    public static readonly IReadOnlyList<string> Methods =
        ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "PROPFIND", "MKCOL", "MOVE", "COPY", "REPORT", "LIST", "ANY"];

    public static readonly IReadOnlyList<string> Formats = ["email", "uri", "date", "uuid", "hostname", "ipv4", "json"];

    public static readonly IReadOnlyDictionary<string, ManifestType> Types = new Dictionary<string, ManifestType>(StringComparer.Ordinal)
    {
        ["string"] = ManifestType.Text,
        ["integer"] = ManifestType.Integer,
        ["number"] = ManifestType.Number,
        ["boolean"] = ManifestType.Boolean,
        ["list"] = ManifestType.List,
        ["map"] = ManifestType.Map,
        ["file"] = ManifestType.File,
        ["datetime"] = ManifestType.Time,
        ["any"] = ManifestType.Any,
    };

    public static readonly IReadOnlyDictionary<string, Settings.SettingType> FieldTypes = new Dictionary<string, Settings.SettingType>(StringComparer.Ordinal)
    {
        ["string"] = Settings.SettingType.Text,
        ["integer"] = Settings.SettingType.Integer,
        ["number"] = Settings.SettingType.Number,
        ["boolean"] = Settings.SettingType.Boolean,
    };

    public static readonly IReadOnlyDictionary<string, ParameterPlace> Places = new Dictionary<string, ParameterPlace>(StringComparer.Ordinal)
    {
        ["path"] = ParameterPlace.Path,
        ["query"] = ParameterPlace.Query,
        ["header"] = ParameterPlace.Header,
        ["body"] = ParameterPlace.Body,
        ["body_root"] = ParameterPlace.BodyRoot,
        ["form"] = ParameterPlace.Form,
        ["file"] = ParameterPlace.File,
        ["variable"] = ParameterPlace.Variable,
        ["cookie"] = ParameterPlace.Cookie,
    };

    public static readonly IReadOnlyDictionary<string, ParameterPlace> SendPlaces = Only("header", "query", "body", "cookie");

    public static readonly IReadOnlyDictionary<string, ParameterPlace> PagingPlaces = Only("query", "body", "variable", "header");

    public static readonly IReadOnlyDictionary<string, ParameterPlace> KeyPlaces = Only("header", "body", "query");

    public static readonly IReadOnlyDictionary<string, ParameterStyle> Styles = new Dictionary<string, ParameterStyle>(StringComparer.Ordinal)
    {
        ["repeat"] = ParameterStyle.Repeat,
        ["comma"] = ParameterStyle.Comma,
        ["pipe"] = ParameterStyle.Pipe,
        ["space"] = ParameterStyle.Space,
        ["brackets"] = ParameterStyle.Brackets,
        ["indices"] = ParameterStyle.Indices,
        ["numbered"] = ParameterStyle.Numbered,
        ["deep_object"] = ParameterStyle.DeepObject,
        ["dots"] = ParameterStyle.Dots,
        ["json"] = ParameterStyle.Json,
    };

    public static readonly IReadOnlyDictionary<string, BodyEncoding> Encodings = new Dictionary<string, BodyEncoding>(StringComparer.Ordinal)
    {
        ["none"] = BodyEncoding.None,
        ["json"] = BodyEncoding.Json,
        ["form"] = BodyEncoding.Form,
        ["multipart"] = BodyEncoding.Multipart,
        ["text"] = BodyEncoding.Text,
        ["binary"] = BodyEncoding.Binary,
        ["ndjson"] = BodyEncoding.Ndjson,
    };

    public static readonly IReadOnlyDictionary<string, ActionKind> Kinds = new Dictionary<string, ActionKind>(StringComparer.Ordinal)
    {
        ["read"] = ActionKind.Read,
        ["write"] = ActionKind.Write,
        ["delete"] = ActionKind.Delete,
    };

    public static readonly IReadOnlyDictionary<string, AnswerForm> Forms = new Dictionary<string, AnswerForm>(StringComparer.Ordinal)
    {
        ["json"] = AnswerForm.Json,
        ["xml"] = AnswerForm.Xml,
        ["text"] = AnswerForm.Text,
        ["file"] = AnswerForm.File,
        ["csv"] = AnswerForm.Csv,
        ["ndjson"] = AnswerForm.Ndjson,
        ["none"] = AnswerForm.None,
    };

    public static readonly IReadOnlyDictionary<string, PagingKind> PagingKinds = new Dictionary<string, PagingKind>(StringComparer.Ordinal)
    {
        ["cursor"] = PagingKind.Cursor,
        ["offset"] = PagingKind.Offset,
        ["page"] = PagingKind.Page,
        ["link"] = PagingKind.Link,
        ["next_url"] = PagingKind.NextUrl,
        ["last_id"] = PagingKind.LastId,
    };

    public static readonly IReadOnlyDictionary<string, ProviderErrorKind> ErrorKinds = new Dictionary<string, ProviderErrorKind>(StringComparer.Ordinal)
    {
        ["bad_request"] = ProviderErrorKind.BadRequest,
        ["not_found"] = ProviderErrorKind.NotFound,
        ["conflict"] = ProviderErrorKind.Conflict,
        ["unauthorized"] = ProviderErrorKind.Unauthorized,
        ["rate_limited"] = ProviderErrorKind.RateLimited,
        ["timed_out"] = ProviderErrorKind.TimedOut,
        ["unavailable"] = ProviderErrorKind.Unavailable,
        ["upstream"] = ProviderErrorKind.Upstream,
    };

    public static readonly IReadOnlyDictionary<string, AuthKind> AuthKinds = new Dictionary<string, AuthKind>(StringComparer.Ordinal)
    {
        ["none"] = AuthKind.None,
        ["bearer"] = AuthKind.Bearer,
        ["basic"] = AuthKind.Basic,
        ["digest"] = AuthKind.Digest,
        ["api_key"] = AuthKind.ApiKey,
        ["oauth2"] = AuthKind.OAuth2,
        ["token_exchange"] = AuthKind.TokenExchange,
        ["jwt"] = AuthKind.Jwt,
        ["hmac"] = AuthKind.Hmac,
        ["aws_sigv4"] = AuthKind.AwsSigV4,
        ["oauth1"] = AuthKind.OAuth1,
    };

    public static readonly IReadOnlyDictionary<string, OAuth2Grant> Grants = new Dictionary<string, OAuth2Grant>(StringComparer.Ordinal)
    {
        ["authorization_code"] = OAuth2Grant.AuthorizationCode,
        ["client_credentials"] = OAuth2Grant.ClientCredentials,
        ["device_code"] = OAuth2Grant.DeviceCode,
        ["password"] = OAuth2Grant.Password,
    };

    /// <summary>A choice among words that stand for themselves.</summary>
    public static string? Word(this ManifestFields fields, string name, params string[] words)
    {
        var text = fields.Text(name);
        if (text is null || words.Contains(text, StringComparer.Ordinal))
        {
            return text;
        }

        fields.Findings.Add(fields.Find(name)!.Position, $"'{name}' is one of {string.Join(", ", words)}.");
        return null;
    }

    private static Dictionary<string, ParameterPlace> Only(params string[] names) => names.ToDictionary(name => name, name => Places[name], StringComparer.Ordinal);
}
