using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Shouldly;
using Xunit;

namespace Gantry.Hub.Specs.Accounts;

public sealed class ApiKeySpecs(HubFixture hub) : IClassFixture<HubFixture>
{
    [Fact]
    public async Task A_key_works_until_it_is_revoked_and_is_shown_once()
    {
        var key = await CreateAsync(hub.Admin, "read");
        using var program = hub.NewClient(key.GetProperty("key").GetString());

        (await program.GetAsync("/api/me")).StatusCode.ShouldBe(HttpStatusCode.OK);
        var list = await hub.Admin.GetStringAsync("/api/api-keys");
        list.ShouldContain(key.GetProperty("id").GetString()!);
        list.ShouldNotContain(key.GetProperty("key").GetString()![37..]);
        (await hub.Admin.DeleteAsync("/api/api-keys/" + key.GetProperty("id").GetString())).StatusCode.ShouldBe(HttpStatusCode.NoContent);

        (await program.GetAsync("/api/me")).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Theory]
    [InlineData("read", "viewer")]
    [InlineData("run", "operator")]
    [InlineData("write", "editor")]
    [InlineData("manage", "owner")]
    public async Task A_keys_scope_limits_what_its_owner_may(string scope, string role)
    {
        var key = await CreateAsync(hub.Admin, scope);
        using var program = hub.NewClient(key.GetProperty("key").GetString());

        var me = await (await program.GetAsync("/api/me")).ReadJsonAsync();

        me.GetProperty("role").GetString().ShouldBe(role);
        me.GetProperty("is_administrator").GetBoolean().ShouldBe(scope == "manage");
        (await program.GetAsync("/api/audit")).StatusCode.ShouldBe(scope == "manage" ? HttpStatusCode.OK : HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task A_key_cannot_make_keys_or_change_passwords()
    {
        var key = await CreateAsync(hub.Admin, "manage");
        using var program = hub.NewClient(key.GetProperty("key").GetString());

        using var made = await program.PostAsJsonAsync("/api/api-keys", new { name = "another", scopes = new[] { "read" } });
        using var changed = await program.PostAsJsonAsync("/api/me/password", new { current_password = HubFixture.AdminPassword, new_password = "something else" });

        made.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        changed.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task A_new_secret_ends_the_old_one_at_once_and_keeps_the_key()
    {
        var key = await CreateAsync(hub.Admin, "run");
        using var program = hub.NewClient(key.GetProperty("key").GetString());
        (await program.GetAsync("/api/me")).StatusCode.ShouldBe(HttpStatusCode.OK);

        using var rotated = await hub.Admin.PostAsync($"/api/api-keys/{key.GetProperty("id").GetString()}/rotate", content: null);

        var fresh = await rotated.ReadJsonAsync();
        fresh.GetProperty("id").GetString().ShouldBe(key.GetProperty("id").GetString());
        fresh.GetProperty("scopes")[0].GetString().ShouldBe("run");
        (await program.GetAsync("/api/me")).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        using var again = hub.NewClient(fresh.GetProperty("key").GetString());
        (await again.GetAsync("/api/me")).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_key_that_is_revoked_or_a_colleagues_gets_no_new_secret()
    {
        using var colleague = await hub.CreateMemberAsync("editor");
        var (revoked, theirs) = (await CreateAsync(hub.Admin, "read"), await CreateAsync(colleague, "read"));
        await hub.Admin.DeleteAsync("/api/api-keys/" + revoked.GetProperty("id").GetString());

        foreach (var key in new[] { revoked, theirs })
        {
            using var answer = await hub.Admin.PostAsync($"/api/api-keys/{key.GetProperty("id").GetString()}/rotate", content: null);
            answer.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        }
    }

    [Fact]
    public async Task A_key_that_may_only_reveal_sees_nothing_else()
    {
        var key = await CreateAsync(hub.Admin, "reveal");
        using var program = hub.NewClient(key.GetProperty("key").GetString());

        foreach (var path in new[] { "/api/me", "/api/plans", "/api/users" })
        {
            using var answer = await program.GetAsync(path);
            answer.StatusCode.ShouldBe(HttpStatusCode.Forbidden, path);
            (await answer.ReadDetailAsync()).ShouldContain("scope 'read'");
        }
    }

    [Fact]
    public async Task A_key_never_may_more_than_its_person()
    {
        using var viewer = await hub.CreateMemberAsync("viewer");
        var key = await CreateAsync(viewer, "manage");
        using var program = hub.NewClient(key.GetProperty("key").GetString());

        (await (await program.GetAsync("/api/me")).ReadJsonAsync()).GetProperty("role").GetString().ShouldBe("viewer");
        (await program.GetAsync("/api/audit")).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task A_key_is_another_workspaces_secret()
    {
        var key = await CreateAsync(hub.Admin, "read");
        using var stranger = await hub.CreateStrangerAsync();

        using var answer = await stranger.DeleteAsync("/api/api-keys/" + key.GetProperty("id").GetString());

        answer.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await stranger.GetStringAsync("/api/api-keys")).ShouldNotContain(key.GetProperty("id").GetString()!);
    }

    [Theory]
    [InlineData("""{"name":"a","scopes":[]}""", "scopes")]
    [InlineData("""{"name":"a","scopes":["everything"]}""", "scopes")]
    [InlineData("""{"name":" ","scopes":["read"]}""", "name")]
    [InlineData("""{"name":"a","scopes":["read"],"expires_at":"2001-01-01T00:00:00Z"}""", "expires_at")]
    [InlineData("""{"name":"a","scopes":["read"],"expires_at":"soon"}""", "expires_at")]
    public async Task What_makes_no_key_is_explained(string body, string named)
    {
        using var answer = await hub.Admin.PostAsync("/api/api-keys", new StringContent(body, mediaType: new("application/json")));

        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await answer.ReadDetailAsync()).ShouldContain(named);
    }

    private static async Task<JsonElement> CreateAsync(HttpClient client, string scope)
    {
        using var answer = await client.PostAsJsonAsync("/api/api-keys", new { name = "for a program", scopes = new[] { scope } });
        answer.StatusCode.ShouldBe(HttpStatusCode.Created);
        return await answer.ReadJsonAsync();
    }
}
