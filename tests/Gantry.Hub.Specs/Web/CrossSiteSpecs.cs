using System.Net;
using System.Net.Http.Json;
using Shouldly;
using Xunit;

namespace Gantry.Hub.Specs.Web;

/// <summary>What pages of other sites can make a browser send, and proxies and origins that the settings name.</summary>
public sealed class CrossSiteSpecs(ProxiedHub proxied) : IClassFixture<ProxiedHub>
{
    private readonly HubFixture hub = proxied.Hub;

    [Theory]
    [InlineData(null, null, HttpStatusCode.NoContent)]
    [InlineData("own", "same-origin", HttpStatusCode.NoContent)]
    [InlineData("own", null, HttpStatusCode.NoContent)]
    [InlineData(null, "none", HttpStatusCode.NoContent)]
    [InlineData("https://evil.example", "cross-site", HttpStatusCode.Forbidden)]
    [InlineData("https://evil.example", null, HttpStatusCode.Forbidden)]
    [InlineData("null", null, HttpStatusCode.Forbidden)]
    [InlineData(null, "cross-site", HttpStatusCode.Forbidden)]
    [InlineData(null, "same-site", HttpStatusCode.Forbidden)]
    [InlineData(ProxiedHub.Origin, "cross-site", HttpStatusCode.Forbidden)]
    public async Task A_change_by_cookie_comes_from_the_hubs_own_pages_only(string? origin, string? site, HttpStatusCode expected)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/sign-out");
        request.Headers.Add("Cookie", await CookieAsync());
        request.Headers.Add("Gantry-Csrf", "1");
        if (origin is not null) request.Headers.Add("Origin", origin == "own" ? hub.Server.Address.TrimEnd('/') : origin);
        if (site is not null) request.Headers.Add("Sec-Fetch-Site", site);

        using var answer = await hub.Nobody.SendAsync(request);

        answer.StatusCode.ShouldBe(expected, await answer.Content.ReadAsStringAsync());
    }

    [Theory]
    [InlineData("https://evil.example", HttpStatusCode.Forbidden)]
    [InlineData("null", HttpStatusCode.Forbidden)]
    [InlineData(ProxiedHub.Origin, HttpStatusCode.OK)]
    [InlineData(null, HttpStatusCode.OK)]
    public async Task No_page_of_another_site_signs_a_browser_in(string? origin, HttpStatusCode expected)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/sign-in") { Content = SignIn() };
        if (origin is not null) request.Headers.Add("Origin", origin);

        using var answer = await hub.Nobody.SendAsync(request);

        answer.StatusCode.ShouldBe(expected);
        answer.Headers.Contains("Set-Cookie").ShouldBe(expected == HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_key_in_a_cookie_is_none()
    {
        using var made = await hub.Admin.PostAsJsonAsync("/api/api-keys", new { name = "cookie", scopes = new[] { "read" } });
        var key = (await made.ReadJsonAsync()).GetProperty("key").GetString();
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/me");
        request.Headers.Add("Cookie", "gantry=" + key);

        (await hub.Nobody.SendAsync(request)).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Theory]
    [InlineData(ProxiedHub.Origin, true)]
    [InlineData("https://evil.example", false)]
    [InlineData("https://app.example.org.evil.example", false)]
    [InlineData("http://app.example.org", false)]
    public async Task Only_the_origins_of_the_settings_may_read_and_never_with_the_cookie(string origin, bool isAllowed)
    {
        using var preflight = new HttpRequestMessage(HttpMethod.Options, "/api/plans");
        preflight.Headers.Add("Origin", origin);
        preflight.Headers.Add("Access-Control-Request-Method", "POST");
        preflight.Headers.Add("Access-Control-Request-Headers", "authorization,content-type");
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/me");
        request.Headers.Add("Origin", origin);

        using var asked = await hub.Nobody.SendAsync(preflight);
        using var answer = await hub.Admin.SendAsync(request);

        asked.Headers.Contains("Access-Control-Allow-Origin").ShouldBe(isAllowed);
        answer.Headers.Contains("Access-Control-Allow-Origin").ShouldBe(isAllowed);
        if (isAllowed) answer.Headers.GetValues("Access-Control-Allow-Origin").ShouldBe([origin]);
        asked.Headers.Contains("Access-Control-Allow-Credentials").ShouldBeFalse();
        answer.Headers.Contains("Access-Control-Allow-Credentials").ShouldBeFalse();
    }

    [Fact]
    public async Task Behind_a_trusted_proxy_that_speaks_https_the_cookie_is_bound_to_the_host()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/sign-in") { Content = SignIn() };
        request.Headers.Add("X-Forwarded-Proto", "https");
        request.Headers.Add("X-Forwarded-Host", "gantry.example.org");
        request.Headers.Add("X-Forwarded-For", "198.51.100.99, 198.51.100.7");
        request.Headers.Add("Origin", "https://gantry.example.org");

        using var answer = await hub.Nobody.SendAsync(request);

        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        var cookie = answer.Headers.GetValues("Set-Cookie").Single();
        cookie.ShouldStartWith("__Host-gantry=gts_");
        foreach (var part in new[] { "secure", "httponly", "samesite=strict", "path=/" }) cookie.ShouldContain(part, Case.Insensitive);
        cookie.ShouldNotContain("domain", Case.Insensitive);
        answer.Headers.GetValues("Strict-Transport-Security").Single().ShouldContain("max-age=");
        (await hub.Admin.GetStringAsync("/api/audit?action=sign_in.accepted&limit=1")).ShouldContain("198.51.100.7\"");
    }

    [Fact]
    public async Task A_request_over_plain_http_gets_no_promise_of_https()
    {
        using var answer = await hub.Nobody.GetAsync("/health");

        answer.Headers.Contains("Strict-Transport-Security").ShouldBeFalse();
        answer.Headers.GetValues("Referrer-Policy").ShouldBe(["no-referrer"]);
        answer.Headers.GetValues("X-Frame-Options").ShouldBe(["DENY"]);
    }

    private async Task<string> CookieAsync()
    {
        using var answer = await hub.Nobody.PostAsync("/api/sign-in", SignIn());
        return answer.Headers.GetValues("Set-Cookie").Single().Split(';')[0];
    }

    private static JsonContent SignIn() => JsonContent.Create(new { user = "admin", password = HubFixture.AdminPassword });
}

/// <summary>A hub behind a proxy on this machine, with one page elsewhere that may use it.</summary>
public sealed class ProxiedHub(TestPostgres postgres) : IAsyncLifetime
{
    public const string Origin = "https://app.example.org";

    public HubFixture Hub { get; } = new(postgres) { Variables = { ["GANTRY_TRUSTED_PROXIES"] = "127.0.0.1", ["GANTRY_CORS_ORIGINS"] = Origin } };

    public ValueTask InitializeAsync() => Hub.InitializeAsync();

    public ValueTask DisposeAsync() => Hub.DisposeAsync();
}
