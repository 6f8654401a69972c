using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text.Json;
using Gantry.Hub.Specs.Executions;
using Gantry.TestServers;
using Shouldly;
using Xunit;

namespace Gantry.Hub.Specs.Vault;

/// <summary>A workspace whose credentials rest elsewhere than in the database. The hub of this class is its own: the choice is the whole workspace's.</summary>
public sealed class StoreChoiceSpecs(HubFixture hub) : IClassFixture<HubFixture>
{
    static StoreChoiceSpecs()
    {
        Environment.SetEnvironmentVariable("GANTRY_FILE_KEY", Convert.ToBase64String(RandomNumberGenerator.GetBytes(32)).Replace('+', '-').Replace('/', '_'));
        Environment.SetEnvironmentVariable("CRED_OF_ENVIRONMENT", "value-of-the-environment");
    }

    [Fact]
    public async Task Without_a_choice_it_is_the_database()
    {
        using var stranger = await hub.CreateStrangerAsync();

        using var shown = await stranger.GetAsync("/api/credential-store");

        (await shown.ReadJsonAsync()).GetProperty("backend").GetString().ShouldBe("database");
    }

    [Theory]
    [InlineData("""{"backend":"file","backend_config":{"file":{"path":"/etc/passwd"}}}""", HttpStatusCode.Forbidden, "administrator")]
    [InlineData("""{"backend":"env","backend_config":{"env":{"prefix":"GANTRY_"}}}""", HttpStatusCode.Forbidden, "administrator")]
    [InlineData("""{"backend":"vault","backend_config":{"vault":{"url":"https://vault.example.org","token_file":"/etc/shadow"}}}""", HttpStatusCode.UnprocessableEntity, "token_file")]
    [InlineData("""{"backend":"vault","backend_config":{"vault":{"url":"https://vault.example.org","auth":"kubernetes","role":"x"}}}""", HttpStatusCode.UnprocessableEntity, "jwt_file")]
    [InlineData("""{"backend":"vault"}""", HttpStatusCode.UnprocessableEntity, "url")]
    [InlineData("""{"backend":"cloud"}""", HttpStatusCode.UnprocessableEntity, "cloud")]
    [InlineData("""{"backend":"database","backend_config":{"file":{"colour":"red"}}}""", HttpStatusCode.UnprocessableEntity, "colour")]
    [InlineData("""{"backend":"database","backend_config":{"database":{"a":"b"}}}""", HttpStatusCode.BadRequest, "no settings")]
    [InlineData("""{"backend":"database","backend_config":{"file":{"path":{}}}}""", HttpStatusCode.BadRequest, "path")]
    public async Task An_owner_cannot_choose_what_reads_the_hubs_machine_nor_what_is_not_there(string body, HttpStatusCode status, string word)
    {
        using var owner = await hub.CreateStrangerAsync();

        using var refused = await owner.PutAsync("/api/credential-store", new StringContent(body, System.Text.Encoding.UTF8, "application/json"));

        refused.StatusCode.ShouldBe(status);
        (await refused.ReadDetailAsync()).ShouldContain(word);
        using var shown = await owner.GetAsync("/api/credential-store");
        (await shown.ReadJsonAsync()).GetProperty("backend").GetString().ShouldBe("database");
    }

    [Fact]
    public async Task An_owner_may_choose_a_vault_whose_token_is_a_credential_of_the_database()
    {
        using var owner = await hub.CreateStrangerAsync();
        await using var server = await VaultServer.StartAsync();
        await using var ledger = await LedgerServer.StartAsync();
        (await owner.PostAsJsonAsync("/api/credentials", new { name = "VAULT_TOKEN", value = VaultServer.RootToken })).EnsureSuccessStatusCode();

        using var chosen = await owner.PutAsJsonAsync("/api/credential-store", new { backend = "vault", backend_config = new { vault = new { url = server.Url } } });
        using var stored = await owner.PostAsJsonAsync("/api/credentials", new { name = "IN_VAULT", value = "value-in-the-vault", scope = "workspace", allowed_hosts = new[] { "127.0.0.1" } });
        using var revealed = await owner.PostAsJsonAsync("/api/credentials/IN_VAULT/reveal", new { });

        chosen.StatusCode.ShouldBe(HttpStatusCode.OK, await chosen.Content.ReadAsStringAsync());
        stored.StatusCode.ShouldBe(HttpStatusCode.Created, await stored.Content.ReadAsStringAsync());
        (await revealed.ReadJsonAsync()).GetProperty("value").GetString().ShouldBe("value-in-the-vault");
        (await ExecuteAsync(owner, ledger.Url, "IN_VAULT")).GetProperty("status").GetString().ShouldBe("succeeded");
        server.Violations.ShouldBeEmpty();
        server.IsSealed = true;
        using var asked = await owner.GetAsync("/api/credentials/IN_VAULT");
        asked.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
    }

    [Fact]
    public async Task An_editor_cannot_choose_a_store_and_a_viewer_sees_which_it_is()
    {
        using var editor = await hub.CreateMemberAsync("editor");
        using var viewer = await hub.CreateMemberAsync("viewer");

        using var refused = await editor.PutAsJsonAsync("/api/credential-store", new { backend = "database" });
        using var shown = await viewer.GetAsync("/api/credential-store");

        refused.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        shown.StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_file_that_an_administrator_chose_holds_the_workspaces_and_the_database_ones_own()
    {
        using var editor = await hub.CreateMemberAsync("editor");
        await using var server = await LedgerServer.StartAsync();
        using var inDatabase = await hub.Admin.PostAsJsonAsync("/api/credentials", new { name = "BEFORE", value = "x", scope = "workspace" });
        try
        {
            (await hub.Admin.PutAsJsonAsync("/api/credential-store", new { backend = "file", backend_config = new { file = new { path = "shared.env.encrypted" } } })).EnsureSuccessStatusCode();

            using var created = await editor.PostAsJsonAsync("/api/credentials", new { name = "IN_FILE", value = "value-in-the-file", scope = "workspace" });
            using var own = await editor.PostAsJsonAsync("/api/credentials", new { name = "IN_DATABASE", value = "value-of-my-own" });
            using var twice = await editor.PostAsJsonAsync("/api/credentials", new { name = "IN_FILE", value = "other", scope = "workspace" });
            using var changed = await editor.PutAsJsonAsync("/api/credentials/IN_FILE", new { value = "value-in-the-file-2" });
            using var listed = await editor.GetAsync("/api/credentials");
            using var revealed = await editor.PostAsJsonAsync("/api/credentials/IN_FILE/reveal", new { });

            created.StatusCode.ShouldBe(HttpStatusCode.Created);
            own.StatusCode.ShouldBe(HttpStatusCode.Created);
            twice.StatusCode.ShouldBe(HttpStatusCode.Conflict);
            changed.StatusCode.ShouldBe(HttpStatusCode.OK);
            (await listed.ReadJsonAsync()).GetProperty("items").EnumerateArray()
                .Select(item => item.GetProperty("name").GetString() + " " + item.GetProperty("scope").GetString()).ShouldBe(["IN_DATABASE user", "IN_FILE workspace"]);
            (await revealed.ReadJsonAsync()).GetProperty("value").GetString().ShouldBe("value-in-the-file-2");
            (await ExecuteAsync(editor, server.Url, "IN_FILE", "IN_DATABASE")).GetProperty("status").GetString().ShouldBe("succeeded");
            (await ExecuteAsync(editor, server.Url, "BEFORE")).GetRawText().ShouldContain("no credential 'BEFORE'");
            using var removed = await editor.DeleteAsync("/api/credentials/IN_FILE");
            using var gone = await editor.GetAsync("/api/credentials/IN_FILE");
            removed.StatusCode.ShouldBe(HttpStatusCode.NoContent);
            gone.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        }
        finally
        {
            (await hub.Admin.PutAsJsonAsync("/api/credential-store", new { backend = "database" })).EnsureSuccessStatusCode();
        }
    }

    [Fact]
    public async Task The_environment_that_an_administrator_chose_is_read_only_and_never_the_hubs_own_keys()
    {
        await using var server = await LedgerServer.StartAsync();
        try
        {
            (await hub.Admin.PutAsJsonAsync("/api/credential-store", new { backend = "env", backend_config = new { env = new { prefix = "CRED_" } } })).EnsureSuccessStatusCode();
            using var stored = await hub.Admin.PostAsJsonAsync("/api/credentials", new { name = "NEW", value = "x", scope = "workspace" });
            stored.StatusCode.ShouldBe(HttpStatusCode.Conflict);
            (await ExecuteAsync(hub.Admin, server.Url, "OF_ENVIRONMENT")).GetProperty("status").GetString().ShouldBe("succeeded");

            (await hub.Admin.PutAsJsonAsync("/api/credential-store", new { backend = "env", backend_config = new { env = new { prefix = "GANTRY_" } } })).EnsureSuccessStatusCode();
            (await ExecuteAsync(hub.Admin, server.Url, "MASTER_KEY")).GetRawText().ShouldContain("no credential 'MASTER_KEY'");
        }
        finally
        {
            (await hub.Admin.PutAsJsonAsync("/api/credential-store", new { backend = "database" })).EnsureSuccessStatusCode();
        }
    }

    private static async Task<JsonElement> ExecuteAsync(HttpClient client, string url, params string[] names)
    {
        using var answer = await client.PostAsJsonAsync("/api/execute?wait=60s", new
        {
            plan = new
            {
                steps = new object[]
                {
                    new { use = "http.request", with = new { url = url + "/first", method = "POST", headers = names.ToDictionary(name => "X-" + name.Replace('_', '-'), name => $"${{cred:{name}}}") } },
                },
            },
        });
        return await answer.ReadJsonAsync();
    }
}
