namespace Gantry.Engine.Providers.Manifests;

public enum AuthKind
{
    None,
    Bearer,
    Basic,
    Digest,
    ApiKey,
    OAuth2,
    TokenExchange,
    Jwt,
    Hmac,
    AwsSigV4,
    OAuth1,
}

/// <summary>A way to sign in.</summary>
public sealed record ManifestAuth
{
    public required AuthKind Kind { get; init; }

    /// <summary>What actions call it by: as the manifest says, else the name of its kind.</summary>
    public required string Id { get; init; }

    public string? Help { get; init; }

    /// <summary>What a connection holds for it, besides what every connection holds. Of OAuth 2 the client's id and secret are among them.</summary>
    public IReadOnlyList<ConnectionField> Fields { get; init; } = [];

    /// <summary>Where its parts go; empty means as the kind has it.</summary>
    public IReadOnlyList<AuthPlace> Send { get; init; } = [];

    /// <summary>By their names in the manifest: token, username, password, key, text, service, region and the like.</summary>
    public IReadOnlyDictionary<string, ManifestText> Texts { get; init; } = new Dictionary<string, ManifestText>(StringComparer.Ordinal);

    public OAuth2Settings? OAuth2 { get; init; }

    public TokenSettings Token { get; init; } = new();

    public JwtSettings? Jwt { get; init; }

    /// <summary>What hmac signs, in its order.</summary>
    public IReadOnlyList<SignedPart> Signed { get; init; } = [];

    /// <summary>Of hmac and oauth1.</summary>
    public string Algorithm { get; init; } = "";

    /// <summary>text, base64 or hex.</summary>
    public string KeyEncoding { get; init; } = "text";

    /// <summary>hex, hex_upper, base64 or base64url.</summary>
    public string SignatureEncoding { get; init; } = "hex";

    /// <summary>The request that fetches a token; of token_exchange.</summary>
    public ManifestRequest? Exchange { get; init; }

    /// <summary>It has a token that is fetched, kept and renewed.</summary>
    public bool HasToken => Kind is AuthKind.OAuth2 or AuthKind.TokenExchange or AuthKind.Jwt;

    /// <summary>A person has to agree to it in a browser.</summary>
    public bool NeedsConsent => OAuth2?.Grant is OAuth2Grant.AuthorizationCode or OAuth2Grant.DeviceCode;
}

/// <summary>A part of what is signed: a text, or the hash of one. The hash of nothing is left out.</summary>
/// <param name="Text">The text.</param>
/// <param name="Hash">sha1, sha256, sha384, sha512 or md5; null for the text itself.</param>
/// <param name="Encoding">How the hash is written: raw (its bytes), hex, hex_upper, base64 or base64url.</param>
public sealed record SignedPart(ManifestText Text, string? Hash, string Encoding);

/// <summary>Where a part of the authentication goes.</summary>
public sealed record AuthPlace(ParameterPlace Place, ManifestText Name, ManifestText Value);

public enum OAuth2Grant
{
    AuthorizationCode,
    ClientCredentials,
    DeviceCode,
    Password,
}

/// <summary>RFC 6749, and what vendors make of it.</summary>
public sealed record OAuth2Settings
{
    public required OAuth2Grant Grant { get; init; }

    public ManifestText? AuthorizeUrl { get; init; }

    public required ManifestText TokenUrl { get; init; }

    public ManifestText? DeviceUrl { get; init; }

    /// <summary>The token's URL when left out.</summary>
    public ManifestText? RefreshUrl { get; init; }

    public ManifestText? RevokeUrl { get; init; }

    public IReadOnlyList<string> Scopes { get; init; } = [];

    public string ScopeSeparator { get; init; } = " ";

    public bool UsesPkce { get; init; } = true;

    /// <summary>basic, body or none.</summary>
    public string ClientAuth { get; init; } = "body";

    public bool IsTokenJson { get; init; }

    public IReadOnlyList<KeyValuePair<string, ManifestText>> AuthorizeParameters { get; init; } = [];

    public IReadOnlyList<KeyValuePair<string, ManifestText>> TokenParameters { get; init; } = [];
}

/// <summary>What is in the answer with a token, and how long it is good.</summary>
public sealed record TokenSettings
{
    /// <summary>Names and where they are in the answer.</summary>
    public IReadOnlyDictionary<string, AnswerPath> Paths { get; init; } = new Dictionary<string, AnswerPath>(StringComparer.Ordinal);

    /// <summary>Statuses that mean that the token is dead.</summary>
    public IReadOnlyList<int> RefreshOnStatus { get; init; } = [401];

    public ManifestText? RefreshWhen { get; init; }

    /// <summary>When the vendor does not say it.</summary>
    public TimeSpan? Lifetime { get; init; }

    /// <summary>How long before its end it is renewed.</summary>
    public TimeSpan Early { get; init; } = TimeSpan.FromSeconds(60);
}

/// <summary>RFC 7519.</summary>
public sealed record JwtSettings
{
    public required string Algorithm { get; init; }

    public IReadOnlyList<KeyValuePair<string, ManifestText>> Header { get; init; } = [];

    public ManifestValue? Claims { get; init; }

    public TimeSpan Lifetime { get; init; } = TimeSpan.FromSeconds(300);

    /// <summary>Where it is exchanged for a token; null when it is itself the token.</summary>
    public ManifestText? TokenUrl { get; init; }

    public IReadOnlyList<KeyValuePair<string, ManifestText>> Parameters { get; init; } = [];
}

/// <summary>A request of its own: to verify, to fetch a token.</summary>
public sealed record ManifestRequest
{
    public required ManifestCall Call { get; init; }

    public IReadOnlyList<KeyValuePair<string, ManifestText>> Headers { get; init; } = [];

    public IReadOnlyList<KeyValuePair<string, ManifestText>> Query { get; init; } = [];

    public IReadOnlyList<KeyValuePair<string, ManifestText>> Form { get; init; } = [];

    public ManifestValue? Json { get; init; }

    public ManifestText? Xml { get; init; }

    public string? GraphQL { get; init; }

    /// <summary>Where the answer says who it belongs to.</summary>
    public AnswerPath? Who { get; init; }
}
