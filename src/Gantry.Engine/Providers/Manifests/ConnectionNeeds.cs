namespace Gantry.Engine.Providers.Manifests;

/// <summary>What a connection to a provider needs, for people who make one.</summary>
/// <param name="Fields">Whichever way it signs in.</param>
/// <param name="Ways">The first of which the connection has all required fields is taken.</param>
public sealed record ConnectionNeeds(IReadOnlyList<ConnectionField> Fields, IReadOnlyList<ConnectionWay> Ways)
{
    public static ConnectionNeeds Of(Manifest manifest) => new(
        manifest.Connection,
        [.. manifest.Auth.Select(auth => new ConnectionWay(auth.Id, NameOf(auth), auth.Help, auth.NeedsConsent, [.. auth.Fields.Where(field => manifest.Connection.All(known => known.Name != field.Name))]))]);

    private static string NameOf(ManifestAuth auth) => auth.Kind switch
    {
        AuthKind.None => "nothing else",
        AuthKind.Bearer => "a token",
        AuthKind.Basic => "user and password",
        AuthKind.Digest => "user and password (digest)",
        AuthKind.ApiKey => "an API key",
        AuthKind.OAuth2 when auth.NeedsConsent => "OAuth 2: a person agrees in the browser",
        AuthKind.OAuth2 => "OAuth 2 without a person",
        AuthKind.TokenExchange => "a token that is fetched",
        AuthKind.Jwt => "a signed token (JWT)",
        AuthKind.Hmac => "signed requests (HMAC)",
        AuthKind.AwsSigV4 => "signed requests (AWS)",
        _ => "OAuth 1",
    };
}

/// <param name="Id">What actions call it by.</param>
/// <param name="Name">In words: "an API key".</param>
/// <param name="Help">Null when nothing is said.</param>
/// <param name="NeedsConsent">A person has to agree in a browser.</param>
/// <param name="Fields">Besides those of every connection.</param>
public sealed record ConnectionWay(string Id, string Name, string? Help, bool NeedsConsent, IReadOnlyList<ConnectionField> Fields);
