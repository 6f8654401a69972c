using System.Net;
using System.Net.Http.Json;
using System.Text;
using Gantry.Hub.Specs.Executions;
using Shouldly;
using Xunit;

namespace Gantry.Hub.Specs.Web;

/// <summary>A hub that allows little: what is too much, and how it says so.</summary>
public sealed class RequestLimitSpecs(NarrowHub narrow) : IClassFixture<NarrowHub>
{
    private readonly HubFixture hub = narrow.Hub;

    [Fact]
    public async Task A_key_that_asks_too_often_is_told_when_to_ask_again()
    {
        using var program = await ProgramAsync();
        HttpResponseMessage answer;
        for (var i = 0; (answer = await program.GetAsync("/api/me")).StatusCode == HttpStatusCode.OK; i++) i.ShouldBeLessThan(1000);

        answer.StatusCode.ShouldBe(HttpStatusCode.TooManyRequests);
        answer.Headers.RetryAfter!.Delta!.Value.TotalSeconds.ShouldBeGreaterThanOrEqualTo(1);
        (await answer.ReadDetailAsync()).ShouldContain("Try again in");
        (await hub.Admin.GetStringAsync("/api/audit?action=access.limited")).ShouldContain("access.limited");
        using var other = await ProgramAsync();
        (await other.GetAsync("/api/me")).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_user_has_so_many_event_streams_and_loses_them_with_the_right_to_them()
    {
        var name = HubFixture.NewName("watcher");
        using var watcher = await hub.CreateMemberAsync("operator", name);
        await using var target = new SilentServer();
        using var started = await watcher.PostAsJsonAsync("/api/execute",
            new { plan = new { steps = new[] { new { use = "http.request", with = new { url = target.Url, method = "POST" } } } } });
        started.StatusCode.ShouldBe(HttpStatusCode.Accepted, await started.Content.ReadAsStringAsync());
        var events = $"/api/executions/{(await started.ReadJsonAsync()).GetProperty("id").GetString()}/events";
        using var first = await watcher.GetAsync(events, HttpCompletionOption.ResponseHeadersRead);
        using var second = await watcher.GetAsync(events, HttpCompletionOption.ResponseHeadersRead);

        using var third = await watcher.GetAsync(events, HttpCompletionOption.ResponseHeadersRead);
        using var head = await watcher.SendAsync(new HttpRequestMessage(HttpMethod.Head, events));
        var me = await (await watcher.GetAsync("/api/me")).ReadJsonAsync();
        (await hub.Admin.PatchAsJsonAsync("/api/users/" + me.GetProperty("id").GetString(), new { is_disabled = true })).EnsureSuccessStatusCode();

        third.StatusCode.ShouldBe(HttpStatusCode.TooManyRequests);
        head.StatusCode.ShouldBe(HttpStatusCode.OK);
        await Should.ThrowAsync<Exception>(() => first.Content.CopyToAsync(Stream.Null).WaitAsync(TimeSpan.FromMinutes(1)));
    }

    [Fact]
    public async Task Whoever_is_nobody_yet_may_not_send_much()
    {
        using var answer = await hub.Nobody.PostAsync("/api/sign-in",
            new StringContent($$"""{"user":"{{new string('a', 100_000)}}","password":"x"}""", Encoding.UTF8, "application/json"));

        answer.StatusCode.ShouldBe(HttpStatusCode.RequestEntityTooLarge);
    }

    [Theory]
    [InlineData("/api/me", HttpStatusCode.OK)]
    [InlineData("/api/plans", HttpStatusCode.OK)]
    [InlineData("/health", HttpStatusCode.OK)]
    [InlineData("/api/openapi.json", HttpStatusCode.OK)]
    [InlineData("/api/nothing", HttpStatusCode.NotFound)]
    [InlineData("/api/sign-in", HttpStatusCode.MethodNotAllowed)]
    public async Task Head_is_answered_like_get_without_a_body(string path, HttpStatusCode expected)
    {
        using var get = await hub.Admin.GetAsync(path);
        using var request = new HttpRequestMessage(HttpMethod.Head, path);

        using var head = await hub.Admin.SendAsync(request);

        head.StatusCode.ShouldBe(expected);
        head.StatusCode.ShouldBe(get.StatusCode);
        head.Content.Headers.ContentType?.MediaType.ShouldBe(get.Content.Headers.ContentType?.MediaType);
        (await head.Content.ReadAsByteArrayAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task Head_needs_the_same_rights_as_get()
    {
        using var request = new HttpRequestMessage(HttpMethod.Head, "/api/users");

        (await hub.Nobody.SendAsync(request)).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task What_anybody_says_about_proxies_is_not_believed()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/sign-in") { Content = JsonContent.Create(new { user = "admin", password = HubFixture.AdminPassword }) };
        request.Headers.Add("X-Forwarded-Proto", "https");
        request.Headers.Add("X-Forwarded-For", "198.51.100.7");

        using var answer = await hub.Nobody.SendAsync(request);

        answer.Headers.GetValues("Set-Cookie").Single().ShouldStartWith("gantry=");
        (await hub.Admin.GetStringAsync("/api/audit?action=sign_in.accepted")).ShouldNotContain("198.51.100.7");
    }

    private async Task<HttpClient> ProgramAsync()
    {
        using var made = await hub.Admin.PostAsJsonAsync("/api/api-keys", new { name = "busy", scopes = new[] { "read" } });
        return hub.NewClient((await made.ReadJsonAsync()).GetProperty("key").GetString());
    }
}

/// <summary>A hub whose limits are soon reached.</summary>
public sealed class NarrowHub(TestPostgres postgres) : IAsyncLifetime
{
    public HubFixture Hub { get; } = new(postgres) { Variables = { ["GANTRY_REQUESTS_PER_KEY"] = "30", ["GANTRY_STREAMS_PER_USER"] = "2" } };

    public ValueTask InitializeAsync() => Hub.InitializeAsync();

    public ValueTask DisposeAsync() => Hub.DisposeAsync();
}
