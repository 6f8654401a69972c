using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Gantry.Engine.Expressions;
using Gantry.Engine.Providers.Manifests.Connections;
using Gantry.Engine.Providers.Manifests.Requests;
using Gantry.Engine.Providers.Web;
using Gantry.Engine.Settings;

namespace Gantry.Engine.Providers.Manifests.Auth;

/// <summary>What a person types in at another screen, and where (RFC 8628).</summary>
public sealed record DeviceGrant
{
    /// <summary>A secret between us and the vendor, by which it is asked whether the person has agreed.</summary>
    public required string DeviceCode { get; init; }

    public required string UserCode { get; init; }

    public required Uri VerificationUri { get; init; }

    /// <summary>The same with the code in it; null when the vendor has none.</summary>
    public Uri? VerificationUriComplete { get; init; }

    /// <summary>No sooner may be asked again.</summary>
    public required TimeSpan Interval { get; init; }

    public required DateTimeOffset ExpiresAt { get; init; }
}

/// <summary>
/// A person's agreement: by the browser (RFC 6749, 4.1, with PKCE as of RFC 7636) or at another screen (RFC 8628). What the vendor gives for it is stored in the call's
/// tokens before it is used.
/// </summary>
public sealed class Consent
{
    private readonly Manifest manifest;
    private readonly ManifestAuth auth;
    private readonly ProviderCall call;
    private readonly TokenSource source;
    private readonly ManifestScope scope;

    private Consent(Manifest manifest, ManifestAuth auth, Connection connection, ProviderCall call, HttpGate gate)
    {
        this.manifest = manifest;
        this.auth = auth;
        this.call = call;
        source = new TokenSource(manifest, auth, connection, ConnectionSession.Of(manifest, connection, call.Clock), call, gate);
        scope = new ManifestScope(connection);
        Key = new ConnectionKey(manifest.Id, connection.Name, auth.Id);
    }

    public ConnectionKey Key { get; }

    /// <summary>It is agreed to at another screen, not by coming back to us.</summary>
    public bool IsForDevice => auth.OAuth2!.Grant == OAuth2Grant.DeviceCode;

    /// <summary>Of the connection that the call's parameters name. Null when no way to sign in that it has the fields for takes a consent.</summary>
    /// <param name="provider">Whose manifest says how.</param>
    /// <param name="call">Its parameters name the connection.</param>
    /// <param name="authId">Which way to sign in; null for the first that takes a consent.</param>
    /// <param name="cancellationToken">Ends the look-up of the connection.</param>
    public static async Task<Consent?> FindAsync(ManifestProvider provider, ProviderCall call, string? authId, CancellationToken cancellationToken)
    {
        var manifest = provider.Manifest;
        var connection = await Connection.ReadAsync(manifest, call, cancellationToken);
        var ways = manifest.Auth.Where(way => way.NeedsConsent && (authId is null || way.Id == authId)).ToList();
        return ways.Find(way => connection.Missing(null).Count == 0 && connection.Missing(way).Count == 0) is { } auth
            ? new Consent(manifest, auth, connection, call, provider.Gate)
            : null;
    }

    /// <summary>Something that nobody can guess: a state, a verifier of PKCE.</summary>
    public static string NewSecret() => Base64Url(RandomNumberGenerator.GetBytes(32));

    /// <summary>Where the person agrees.</summary>
    /// <param name="redirect">Where the vendor sends them back to, with a code and the state.</param>
    /// <param name="state">Comes back as it is.</param>
    /// <param name="verifier">Is kept here until the code comes.</param>
    public Uri AuthorizeUrl(Uri redirect, string state, string verifier)
    {
        var settings = auth.OAuth2!;
        try
        {
            var address = BaseAddress.Address(settings.AuthorizeUrl!, scope);
            List<KeyValuePair<string, string>> parameters =
            [
                new("response_type", "code"), new("client_id", Field("client_id")), new("redirect_uri", redirect.OriginalString), new("state", state),
            ];
            if (settings.Scopes.Count > 0)
            {
                parameters.Add(new("scope", string.Join(settings.ScopeSeparator, settings.Scopes)));
            }

            if (settings.UsesPkce)
            {
                parameters.Add(new("code_challenge", Base64Url(SHA256.HashData(Encoding.ASCII.GetBytes(verifier)))));
                parameters.Add(new("code_challenge_method", "S256"));
            }

            foreach (var (name, text) in settings.AuthorizeParameters)
            {
                parameters.RemoveAll(pair => pair.Key == name);
                if (text.FindText(scope) is { } value)
                {
                    parameters.Add(new(name, value));
                }
            }

            var query = string.Join('&', parameters.Select(pair => $"{Uri.EscapeDataString(pair.Key)}={Uri.EscapeDataString(pair.Value)}"));
            return new Uri($"{address}{(address.Contains('?', StringComparison.Ordinal) ? '&' : '?')}{query}");
        }
        catch (ExpressionException exception)
        {
            throw Unauthorized($"The connection '{Key.Connection}' cannot be agreed to: {exception.Message}.");
        }
    }

    /// <summary>Exchanges the code for a token and stores it, in the place of the one that was there.</summary>
    public async Task FinishAsync(string code, Uri redirect, string verifier, CancellationToken cancellationToken)
    {
        var settings = auth.OAuth2!;
        List<KeyValuePair<string, string>> parameters = [new("grant_type", "authorization_code"), new("code", code), new("redirect_uri", redirect.OriginalString)];
        if (settings.UsesPkce)
        {
            parameters.Add(new("code_verifier", verifier));
        }

        await StoreAsync(await OAuth2Request.SendAsync(source, settings.TokenUrl, parameters), cancellationToken);
    }

    /// <summary>Asks the vendor for a code that the person types in elsewhere.</summary>
    public async Task<DeviceGrant> BeginDeviceAsync()
    {
        var settings = auth.OAuth2!;
        List<KeyValuePair<string, string>> parameters = settings.Scopes.Count > 0 ? [new("scope", string.Join(settings.ScopeSeparator, settings.Scopes))] : [];
        var given = (await OAuth2Request.SendAsync(source, settings.DeviceUrl!, parameters)).Values;
        var complete = TextOf(given, "verification_uri_complete");
        if (TextOf(given, "device_code") is not { } device || TextOf(given, "user_code") is not { } user
            || !Uri.TryCreate(TextOf(given, "verification_uri") ?? TextOf(given, "verification_url"), UriKind.Absolute, out var page) || page.Scheme is not ("https" or "http"))
        {
            throw Unauthorized($"{manifest.Name} gave no code for another screen.");
        }

        return new DeviceGrant
        {
            DeviceCode = device,
            UserCode = user,
            VerificationUri = page,
            VerificationUriComplete = Uri.TryCreate(complete, UriKind.Absolute, out var whole) && whole.Scheme is "https" or "http" ? whole : null,
            Interval = TimeSpan.FromSeconds(Math.Clamp(NumberOf(given, "interval") ?? 5, 1, 600)),
            ExpiresAt = call.Clock.GetUtcNow() + TimeSpan.FromSeconds(Math.Clamp(NumberOf(given, "expires_in") ?? 600, 1, 86_400)),
        };
    }

    /// <summary>Whether the person has agreed: then the token is stored. False means to ask again after the interval, which a vendor may ask to be 5 s longer.</summary>
    /// <exception cref="ProviderException">They refused, or the code has ended.</exception>
    public async Task<(bool IsDone, bool IsTooSoon)> PollDeviceAsync(string deviceCode, CancellationToken cancellationToken)
    {
        try
        {
            var token = await OAuth2Request.SendAsync(source, auth.OAuth2!.TokenUrl, [new("grant_type", "urn:ietf:params:oauth:grant-type:device_code"), new("device_code", deviceCode)]);
            await StoreAsync(token, cancellationToken);
            return (true, false);
        }
        catch (TokenRefusedException refused) when (refused.Code is "authorization_pending" or "slow_down")
        {
            return (false, refused.Code == "slow_down");
        }
    }

    /// <summary>Tells the vendor that the token is not wanted any more (RFC 7009), where it wants to be told. What it says to that is no failure: the token is forgotten here all the same.</summary>
    public async Task<bool> RevokeAsync(CancellationToken cancellationToken)
    {
        if (auth.OAuth2!.RevokeUrl is not { } url || await call.Tokens.FindAsync(Key, cancellationToken) is not { } token)
        {
            return false;
        }

        var (value, hint) = TextOf(token.Values, "refresh_token") is { } refresh ? (refresh, "refresh_token") : (TextOf(token.Values, "access_token") ?? "", "access_token");
        try
        {
            await OAuth2Request.SendAsync(source, url, [new("token", value), new("token_type_hint", hint)]);
            return true;
        }
        catch (ProviderException exception)
        {
            call.Log.Write(StepLogLevel.Warning, exception.Error.Message);
            return false;
        }
    }

    private async Task StoreAsync(ConnectionToken token, CancellationToken cancellationToken)
    {
        if (TextOf(token.Values, "access_token") is null)
        {
            throw Unauthorized($"{manifest.Name} answered without a token.");
        }

        // A renewal that goes on at the same moment is of what was agreed to before.
        const int TriesMax = 5;
        for (var tries = 1; ; tries++)
        {
            var present = await call.Tokens.FindAsync(Key, cancellationToken);
            if (await call.Tokens.PutAsync(Key, token, present?.Version, cancellationToken) is not null)
            {
                return;
            }

            if (tries == TriesMax)
            {
                throw Unauthorized($"The token of the connection '{Key.Connection}' is being changed by others. Agree to it once more.");
            }
        }
    }

    private string Field(string name) => scope.Connection.Find(name) is { } value ? ManifestValue.Plain(value) : "";

    private static ProviderException Unauthorized(string message) => new(new ProviderError { Kind = ProviderErrorKind.Unauthorized, Message = message });

    private static string? TextOf(JsonElement values, string name) => values.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? Scalars.TextOf(value) : null;

    private static double? NumberOf(JsonElement values, string name) =>
        values.TryGetProperty(name, out var value) && double.TryParse(ManifestValue.Plain(value), CultureInfo.InvariantCulture, out var number) ? number : null;

    private static string Base64Url(byte[] bytes) => Convert.ToBase64String(bytes).TrimEnd('=').Replace('+', '-').Replace('/', '_');
}
