using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Shouldly;
using Xunit;

namespace Gantry.Hub.Specs.Accounts;

public sealed class SessionSpecs(HubFixture hub) : IClassFixture<HubFixture>
{
    [Fact]
    public async Task A_program_signs_in_for_an_access_token_and_refreshes_it()
    {
        var (name, tokens) = await SignInAsync();
        using var client = hub.NewClient(Access(tokens));

        var refreshed = await ReadAsync(await RefreshAsync(Refresh(tokens)));

        (await (await client.GetAsync("/api/me")).ReadJsonAsync()).GetProperty("name").GetString().ShouldBe(name);
        tokens.GetProperty("token_type").GetString().ShouldBe("Bearer");
        (tokens.GetProperty("expires_at").GetDateTimeOffset() - TimeProvider.System.GetUtcNow()).TotalMinutes.ShouldBeInRange(14, 15.1);
        refreshed.GetProperty("refresh_expires_at").GetDateTimeOffset().ShouldBe(tokens.GetProperty("refresh_expires_at").GetDateTimeOffset());
        Access(refreshed).ShouldNotBe(Access(tokens));
        Refresh(refreshed).ShouldNotBe(Refresh(tokens));
        using var fresh = hub.NewClient(Access(refreshed));
        (await fresh.GetAsync("/api/me")).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Signing_in_for_tokens_sets_no_cookie()
    {
        using var answer = await hub.Nobody.PostAsJsonAsync("/api/sign-in", new { user = "admin", password = HubFixture.AdminPassword, kind = "jwt" });

        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        answer.Headers.Contains("Set-Cookie").ShouldBeFalse();
        answer.Headers.CacheControl!.NoStore.ShouldBeTrue();
    }

    [Fact]
    public async Task A_refresh_token_that_is_used_twice_ends_the_session_for_both()
    {
        var (name, tokens) = await SignInAsync();
        var second = await ReadAsync(await RefreshAsync(Refresh(tokens)));
        using var client = hub.NewClient(Access(second));
        (await client.GetAsync("/api/me")).StatusCode.ShouldBe(HttpStatusCode.OK);

        using var stolen = await RefreshAsync(Refresh(tokens));

        stolen.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        (await RefreshAsync(Refresh(second))).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        (await client.GetAsync("/api/me")).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        var log = await (await hub.Admin.GetAsync("/api/audit?action=token.reused&target=" + name)).ReadJsonAsync();
        log.GetProperty("items").GetArrayLength().ShouldBe(1);
    }

    [Fact]
    public async Task Of_many_who_use_a_refresh_token_at_once_at_most_one_gets_the_next_and_then_loses_it()
    {
        var (_, tokens) = await SignInAsync();

        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => RefreshAsync(Refresh(tokens))));

        var good = answers.Where(answer => answer.StatusCode == HttpStatusCode.OK).ToList();
        good.Count.ShouldBe(1);
        (await RefreshAsync(Refresh(await ReadAsync(good[0])))).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task A_refresh_whose_answer_was_lost_is_repeated_with_its_key_only()
    {
        var (_, tokens) = await SignInAsync();
        var lost = await ReadAsync(await RefreshAsync(Refresh(tokens), "key-of-this-refresh-1"));

        var repeated = await ReadAsync(await RefreshAsync(Refresh(tokens), "key-of-this-refresh-1"));

        var next = await ReadAsync(await RefreshAsync(Refresh(repeated), "key-of-this-refresh-2"));
        using var other = await RefreshAsync(Refresh(repeated), "another-key-than-that");
        other.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        (await RefreshAsync(Refresh(next))).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        Refresh(lost).ShouldNotBe(Refresh(repeated));
    }

    [Fact]
    public async Task A_token_that_was_taken_back_by_a_repetition_ends_the_session_when_it_is_used()
    {
        var (_, tokens) = await SignInAsync();
        var lost = await ReadAsync(await RefreshAsync(Refresh(tokens), "key-of-this-refresh-1"));
        var repeated = await ReadAsync(await RefreshAsync(Refresh(tokens), "key-of-this-refresh-1"));

        (await RefreshAsync(Refresh(lost))).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);

        (await RefreshAsync(Refresh(repeated))).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task Once_the_next_token_was_used_a_refresh_cannot_be_repeated()
    {
        var (_, tokens) = await SignInAsync();
        var second = await ReadAsync(await RefreshAsync(Refresh(tokens), "key-of-this-refresh-1"));
        await RefreshAsync(Refresh(second));

        (await RefreshAsync(Refresh(tokens), "key-of-this-refresh-1")).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Theory]
    [InlineData("short")]
    [InlineData("a key with spaces in it")]
    public async Task A_key_for_repeating_that_could_be_guessed_is_refused(string key)
    {
        var (_, tokens) = await SignInAsync();

        (await RefreshAsync(Refresh(tokens), key)).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
    }

    [Theory]
    [InlineData("gtr_made-up")]
    [InlineData("")]
    public async Task A_refresh_token_that_is_none_is_refused(string token) =>
        (await RefreshAsync(token)).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);

    [Fact]
    public async Task An_access_token_is_no_refresh_token_and_a_refresh_token_no_access_token()
    {
        var (_, tokens) = await SignInAsync();
        using var client = hub.NewClient(Refresh(tokens));

        (await client.GetAsync("/api/me")).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        (await RefreshAsync(Access(tokens))).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Theory]
    [InlineData("disable")]
    [InlineData("password")]
    [InlineData("delete")]
    [InlineData("sign-out")]
    [InlineData("everywhere")]
    [InlineData("session")]
    [InlineData("own-password")]
    public async Task What_ends_a_session_ends_its_access_tokens_at_once(string how)
    {
        var (name, tokens) = await SignInAsync();
        using var client = hub.NewClient(Access(tokens));
        var me = await (await client.GetAsync("/api/me")).ReadJsonAsync();
        var user = "/api/users/" + me.GetProperty("id").GetString();
        var sessions = await (await client.GetAsync("/api/sessions")).ReadJsonAsync();
        var own = sessions.GetProperty("items").EnumerateArray().Single(session => session.GetProperty("is_current").GetBoolean());
        using var other = await hub.SignInAsync(name, "password of " + name);

        using var answer = how switch
        {
            "disable" => await hub.Admin.PatchAsJsonAsync(user, new { is_disabled = true }),
            "password" => await hub.Admin.PatchAsJsonAsync(user, new { password = "something quite else" }),
            "delete" => await hub.Admin.DeleteAsync(user),
            "sign-out" => await client.PostAsync("/api/sign-out", content: null),
            "everywhere" => await other.DeleteAsync("/api/sessions"),
            "session" => await other.DeleteAsync("/api/sessions/" + own.GetProperty("id").GetString()),
            _ => await other.PostAsJsonAsync("/api/me/password", new { current_password = "password of " + name, new_password = "something quite else" }),
        };

        answer.StatusCode.ShouldBe(HttpStatusCode.NoContent);
        (await client.GetAsync("/api/me")).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        (await RefreshAsync(Refresh(tokens))).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task Ones_sessions_are_listed_with_where_they_came_from_and_nobody_elses()
    {
        var (name, tokens) = await SignInAsync();
        using var client = hub.NewClient(Access(tokens));
        using var signIn = new HttpRequestMessage(HttpMethod.Post, "/api/sign-in") { Content = JsonContent.Create(new { user = name, password = "password of " + name }) };
        signIn.Headers.UserAgent.ParseAdd("Browser/1.0");
        using var browser = await hub.Nobody.SendAsync(signIn);

        var items = (await (await client.GetAsync("/api/sessions")).ReadJsonAsync()).GetProperty("items").EnumerateArray().ToList();

        items.Select(session => session.GetProperty("kind").GetString()).Order().ShouldBe(["jwt", "session", "session"]);
        items.Count(session => session.GetProperty("is_current").GetBoolean()).ShouldBe(1);
        items.ShouldContain(session => session.GetProperty("program").GetString() == "Browser/1.0");
        items.ShouldAllBe(session => session.GetProperty("address").GetString() == "127.0.0.1");
        using var stranger = await hub.CreateStrangerAsync();
        (await stranger.DeleteAsync("/api/sessions/" + items[0].GetProperty("id").GetString())).StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    private async Task<(string Name, JsonElement Tokens)> SignInAsync()
    {
        var name = HubFixture.NewName("program");
        using var member = await hub.CreateMemberAsync("viewer", name);
        using var answer = await hub.Nobody.PostAsJsonAsync("/api/sign-in", new { user = name, password = "password of " + name, kind = "jwt" });
        return (name, await ReadAsync(answer));
    }

    private async Task<HttpResponseMessage> RefreshAsync(string token, string? key = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/token/refresh") { Content = JsonContent.Create(new { refresh_token = token }) };
        if (key is not null) request.Headers.Add("Idempotency-Key", key);
        return await hub.Nobody.SendAsync(request);
    }

    private static async Task<JsonElement> ReadAsync(HttpResponseMessage answer)
    {
        answer.StatusCode.ShouldBe(HttpStatusCode.OK, await answer.Content.ReadAsStringAsync());
        return await answer.ReadJsonAsync();
    }

    private static string Access(JsonElement tokens) => tokens.GetProperty("access_token").GetString()!;

    private static string Refresh(JsonElement tokens) => tokens.GetProperty("refresh_token").GetString()!;
}
