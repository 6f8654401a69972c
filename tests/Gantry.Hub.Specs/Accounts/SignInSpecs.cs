using System.Net;
using System.Net.Http.Json;
using Shouldly;
using Xunit;

namespace Gantry.Hub.Specs.Accounts;

public sealed class SignInSpecs(HubFixture hub) : IClassFixture<HubFixture>
{
    [Fact]
    public async Task Signing_in_answers_a_token_and_sets_a_cookie_that_scripts_cannot_read()
    {
        using var answer = await hub.Nobody.PostAsJsonAsync("/api/sign-in", new { user = "admin", password = HubFixture.AdminPassword });

        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        var body = await answer.ReadJsonAsync();
        body.GetProperty("token").GetString()!.ShouldStartWith("gts_");
        body.GetProperty("expires_at").GetString()!.ShouldEndWith("Z");
        var cookie = answer.Headers.GetValues("Set-Cookie").ShouldHaveSingleItem();
        cookie.ShouldStartWith("gantry=");
        cookie.ShouldContain("httponly");
        cookie.ShouldContain("samesite=strict");
    }

    [Theory]
    [InlineData("admin", "not the password")]
    [InlineData("nobody-of-this-name", "not the password")]
    [InlineData("", "")]
    public async Task A_wrong_user_and_a_wrong_password_get_the_same_answer(string user, string password)
    {
        using var answer = await hub.Nobody.PostAsJsonAsync("/api/sign-in", new { user, password });

        answer.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        (await answer.ReadDetailAsync()).ShouldBe("The user or the password is wrong.");
        answer.Headers.Contains("Set-Cookie").ShouldBeFalse();
    }

    [Fact]
    public async Task Signing_out_ends_the_token_at_once()
    {
        using var client = await hub.SignInAsync("admin", HubFixture.AdminPassword);
        (await client.GetAsync("/api/me")).StatusCode.ShouldBe(HttpStatusCode.OK);

        (await client.PostAsync("/api/sign-out", content: null)).StatusCode.ShouldBe(HttpStatusCode.NoContent);

        (await client.GetAsync("/api/me")).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task Without_a_token_the_answer_says_how_to_sign_in()
    {
        using var answer = await hub.Nobody.GetAsync("/api/me");

        answer.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        answer.Content.Headers.ContentType!.MediaType.ShouldBe("application/problem+json");
        (await answer.ReadDetailAsync()).ShouldContain("Authorization: Bearer");
    }

    [Theory]
    [InlineData("Bearer gts_nonsense")]
    [InlineData("Bearer gty_00000000000000000000000000000000_x")]
    [InlineData("Bearer ")]
    [InlineData("Basic YTpi")]
    public async Task A_token_that_is_none_is_refused(string header)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/me");
        request.Headers.TryAddWithoutValidation("Authorization", header);

        using var answer = await hub.Nobody.SendAsync(request);

        answer.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task A_cookie_reads_by_itself_but_changes_only_with_the_header_that_other_sites_cannot_send()
    {
        using var signIn = await hub.Nobody.PostAsJsonAsync("/api/sign-in", new { user = "admin", password = HubFixture.AdminPassword });
        var cookie = signIn.Headers.GetValues("Set-Cookie").Single().Split(';')[0];
        async Task<HttpStatusCode> SendAsync(HttpMethod method, string path, bool withHeader)
        {
            using var request = new HttpRequestMessage(method, path);
            request.Headers.Add("Cookie", cookie);
            if (withHeader) request.Headers.Add("Gantry-Csrf", "1");
            using var answer = await hub.Nobody.SendAsync(request);
            return answer.StatusCode;
        }

        (await SendAsync(HttpMethod.Get, "/api/me", withHeader: false)).ShouldBe(HttpStatusCode.OK);
        (await SendAsync(HttpMethod.Post, "/api/sign-out", withHeader: false)).ShouldBe(HttpStatusCode.Forbidden);
        (await SendAsync(HttpMethod.Post, "/api/sign-out", withHeader: true)).ShouldBe(HttpStatusCode.NoContent);
    }

    [Fact]
    public async Task A_new_password_ends_every_other_session()
    {
        var name = HubFixture.NewName("user");
        using var first = await hub.CreateMemberAsync("viewer", name);
        using var second = await hub.SignInAsync(name, "password of " + name);
        (await (await second.GetAsync("/api/me")).ReadJsonAsync()).GetProperty("must_change_password").GetBoolean().ShouldBeTrue();

        using var answer = await second.PostAsJsonAsync("/api/me/password", new { current_password = "password of " + name, new_password = "quite another one" });

        answer.StatusCode.ShouldBe(HttpStatusCode.NoContent);
        (await first.GetAsync("/api/me")).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        var me = await (await second.GetAsync("/api/me")).ReadJsonAsync();
        me.GetProperty("must_change_password").GetBoolean().ShouldBeFalse();
        using var again = await hub.SignInAsync(name, "quite another one");
    }
}
