using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Extensions;

namespace Gantry.TestServers;

/// <summary>
/// A strict authorization server (RFC 6749, 7636, 7009, 8628) and an API behind it: codes and refresh tokens are good once, a refresh token that is used twice takes all of its family
/// with it, and PKCE, the redirect and the client's login are checked.
/// </summary>
public sealed class AuthorizationServer : IAsyncDisposable
{
    public const string ClientId = "gantry-client";
    public const string ClientSecret = "client-secret-0123456789";

    private readonly WebApplication app;
    private readonly ConcurrentDictionary<string, (string Redirect, string Challenge, string Who)> codes = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, (int Family, string Who)> refreshTokens = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, int> used = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, (int Family, string Who)> accessTokens = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<int, bool> revoked = new();
    private readonly ConcurrentDictionary<string, string?> devices = new(StringComparer.Ordinal);
    private int families;
    private int refreshes;
    private int reuses;

    private AuthorizationServer(WebApplication app) => this.app = app;

    public string Url { get; private set; } = "";

    /// <summary>Seconds that an access token is good, as the server says.</summary>
    public int LifetimeSeconds { get; set; } = 3600;

    public int Refreshes => refreshes;

    /// <summary>Who is in front of the browser that comes to the page of consent.</summary>
    public string Person { get; set; } = "Ada";

    /// <summary>How often a refresh token came a second time.</summary>
    public int Reuses => reuses;

    /// <summary>As it is read by <see cref="Gantry.Engine.Providers.Manifests.ManifestReader"/>.</summary>
    public string Manifest => $$"""
        schema: provider/v1
        id: strict
        name: Strict
        category: Generic & protocol
        help: A strict server.
        docs: https://strict.example/docs
        checked: {date: 2026-11-21, against: this test}
        base_url: {{Url}}
        auth:
          - {id: browser, kind: oauth2, grant: authorization_code, authorize_url: "{{Url}}/authorize", token_url: "{{Url}}/token", revoke_url: "{{Url}}/revoke", scopes: [read, write], client_auth: basic}
          - {id: screen, kind: oauth2, grant: device_code, device_url: "{{Url}}/device", token_url: "{{Url}}/token", scopes: [read], client_auth: body}
        verify: {call: GET /me, who: name}
        errors: {message: [error]}
        actions:
          get_me: {help: Tells who one is., call: GET /me}
        """;

    public static async Task<AuthorizationServer> StartAsync()
    {
        var app = LoopbackApp.Create();
        var server = new AuthorizationServer(app);
        app.MapGet("/authorize", server.Authorize);
        app.MapGet("/me", server.Me);
        app.MapPost("/token", server.TokenAsync);
        app.MapPost("/revoke", server.RevokeAsync);
        app.MapPost("/device", server.DeviceAsync);
        await app.StartAsync();
        server.Url = app.Urls.First();
        return server;
    }

    public ValueTask DisposeAsync() => app.DisposeAsync();

    /// <summary>What a person's browser does there: answers the code and the state that they are sent back with.</summary>
    public (Uri Redirect, string Code, string State) Agree(Uri authorize, string who)
    {
        if (authorize.GetLeftPart(UriPartial.Path) != $"{Url}/authorize") throw new InvalidOperationException($"{authorize} is another page.");
        var query = authorize.Query.TrimStart('?').Split('&').Select(pair => pair.Split('=')).ToDictionary(pair => pair[0], pair => Uri.UnescapeDataString(pair[1]), StringComparer.Ordinal);
        if (query["response_type"] != "code" || query["client_id"] != ClientId || query["scope"] != "read write" || query["code_challenge_method"] != "S256" || query["code_challenge"].Length != 43)
            throw new InvalidOperationException($"{authorize} is no request for a code.");
        var code = Secret();
        codes[code] = (query["redirect_uri"], query["code_challenge"], who);
        return (new Uri(query["redirect_uri"]), code, query["state"]);
    }

    public void AgreeAtScreen(string userCode, string who) => devices[userCode] = who;

    /// <summary>All tokens of everybody end, as when a person takes their consent back.</summary>
    public void RevokeAll()
    {
        foreach (var family in accessTokens.Values.Concat(refreshTokens.Values).Select(token => token.Family)) revoked[family] = true;
    }

    /// <summary>Access tokens end; refresh tokens stay.</summary>
    public void ExpireAll() => accessTokens.Clear();

    /// <summary>The page of consent: both answers lead back.</summary>
    private IResult Authorize(HttpRequest request)
    {
        var (redirect, code, state) = Agree(new Uri(request.GetEncodedUrl()), Person);
        state = Uri.EscapeDataString(state);
        return Results.Content($"""
            <!doctype html><html lang="en"><title>Strict</title><main><h1>Strict</h1><p>Gantry wants to read and write.</p>
            <a href="{redirect}?code={code}&amp;state={state}">Agree</a> <a href="{redirect}?error=access_denied&amp;state={state}">Refuse</a></main></html>
            """, "text/html; charset=utf-8");
    }

    private IResult Me(HttpRequest request) =>
        request.Headers.Authorization.ToString() is { } header && header.StartsWith("Bearer ", StringComparison.Ordinal) && accessTokens.TryGetValue(header[7..], out var token) && !revoked.ContainsKey(token.Family)
            ? Results.Json(new { name = token.Who })
            : Results.Json(new { error = "the token is not good" }, statusCode: 401);

    private async Task<IResult> TokenAsync(HttpRequest request)
    {
        var form = await request.ReadFormAsync();
        return form["grant_type"].ToString() switch
        {
            "authorization_code" when IsClientByHeader(request) => ByCode(form),
            "refresh_token" when IsClientByHeader(request) => ByRefresh(form),
            "urn:ietf:params:oauth:grant-type:device_code" when form["client_id"] == ClientId && form["client_secret"] == ClientSecret => ByDevice(form),
            _ => Results.Json(new { error = "invalid_client" }, statusCode: 401),
        };
    }

    private static bool IsClientByHeader(HttpRequest request) =>
        request.Headers.Authorization.ToString() == $"Basic {Convert.ToBase64String(Encoding.ASCII.GetBytes($"{ClientId}:{ClientSecret}"))}";

    private IResult ByCode(IFormCollection form) =>
        codes.TryRemove(form["code"].ToString(), out var code) && code.Redirect == form["redirect_uri"]
        && Convert.ToBase64String(SHA256.HashData(Encoding.ASCII.GetBytes(form["code_verifier"].ToString()))).TrimEnd('=').Replace('+', '-').Replace('/', '_') == code.Challenge
            ? Issue(Interlocked.Increment(ref families), code.Who)
            : Results.Json(new { error = "invalid_grant", error_description = "The code is not good." }, statusCode: 400);

    private IResult ByRefresh(IFormCollection form)
    {
        Interlocked.Increment(ref refreshes);
        var token = form["refresh_token"].ToString();
        if (used.TryGetValue(token, out var family))
        {
            Interlocked.Increment(ref reuses);
            revoked[family] = true;
        }

        return refreshTokens.TryRemove(token, out var known) && !revoked.ContainsKey(known.Family) && used.TryAdd(token, known.Family)
            ? Issue(known.Family, known.Who)
            : Results.Json(new { error = "invalid_grant", error_description = "The refresh token is not good." }, statusCode: 400);
    }

    private IResult ByDevice(IFormCollection form) => devices.TryGetValue(form["device_code"].ToString()["device-".Length..], out var who)
        ? who is null ? Results.Json(new { error = "authorization_pending" }, statusCode: 400) : Issue(Interlocked.Increment(ref families), who)
        : Results.Json(new { error = "expired_token" }, statusCode: 400);

    private async Task<IResult> DeviceAsync(HttpRequest request)
    {
        var form = await request.ReadFormAsync();
        var user = RandomNumberGenerator.GetString("BCDFGHJKLMNPQRSTVWXZ", 8);
        if (form["client_id"] != ClientId || form["scope"] != "read") return Results.Json(new { error = "invalid_client" }, statusCode: 401);
        devices[user] = null;
        return Results.Json(new { device_code = $"device-{user}", user_code = user, verification_uri = $"{Url}/screen", expires_in = 600, interval = 5 });
    }

    private async Task<IResult> RevokeAsync(HttpRequest request)
    {
        var form = await request.ReadFormAsync();
        if (!IsClientByHeader(request)) return Results.Json(new { error = "invalid_client" }, statusCode: 401);
        if (refreshTokens.TryGetValue(form["token"].ToString(), out var token)) revoked[token.Family] = true;
        return Results.Ok();
    }

    private IResult Issue(int family, string who)
    {
        var (access, refresh) = (Secret(), Secret());
        accessTokens[access] = (family, who);
        refreshTokens[refresh] = (family, who);
        return Results.Json(new { access_token = access, token_type = "Bearer", expires_in = LifetimeSeconds, refresh_token = refresh, scope = "read write" });
    }

    private static string Secret() => RandomNumberGenerator.GetHexString(40, lowercase: true);
}
