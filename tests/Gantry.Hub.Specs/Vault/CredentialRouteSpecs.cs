using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Npgsql;
using Shouldly;
using Xunit;

namespace Gantry.Hub.Specs.Vault;

public sealed class CredentialRouteSpecs(HubFixture hub) : IClassFixture<HubFixture>
{
    private const string Canary = "canary-Qm7x-pläin";

    [Fact]
    public async Task A_stored_credential_shows_everything_but_its_value()
    {
        var name = HubFixture.NewName("STORED");

        using var created = await hub.Admin.PostAsJsonAsync("/api/credentials", new { name, value = Canary, allowed_hosts = new[] { "WWW.Example.org", "192.0.2.7:2222" } });
        using var shown = await hub.Admin.GetAsync("/api/credentials/" + name);
        using var listed = await hub.Admin.GetAsync("/api/credentials?limit=500");

        created.StatusCode.ShouldBe(HttpStatusCode.Created);
        var view = await shown.ReadJsonAsync();
        view.GetProperty("name").GetString().ShouldBe(name);
        view.GetProperty("scope").GetString().ShouldBe("user");
        view.GetProperty("fields").EnumerateArray().Select(field => field.GetString()).ShouldBe(["value"]);
        view.GetProperty("allowed_hosts").EnumerateArray().Select(host => host.GetString()).ShouldBe(["www.example.org", "192.0.2.7:2222"]);
        view.GetProperty("version").GetString().ShouldBe("1");
        view.GetProperty("last_used_at").ValueKind.ShouldBe(JsonValueKind.Null);
        foreach (var answer in new[] { created, shown, listed }) (await answer.Content.ReadAsStringAsync()).ShouldNotContain(Canary);
        (await listed.ReadJsonAsync()).GetProperty("items").EnumerateArray().ShouldContain(item => item.GetProperty("name").GetString() == name);
    }

    [Fact]
    public async Task A_website_and_a_type_give_the_name()
    {
        using var created = await hub.Admin.PostAsJsonAsync("/api/credentials", new { website = "Sample-Website", type = "FTP_PASSWORD", value = "x" });

        (await created.ReadJsonAsync()).GetProperty("name").GetString().ShouldBe("SAMPLE_WEBSITE_FTP_PASSWORD");
    }

    [Theory]
    [InlineData("""{"name":"","value":"x"}""", "name")]
    [InlineData("""{"name":"a b","value":"x"}""", "name")]
    [InlineData("""{"name":"../a","value":"x"}""", "name")]
    [InlineData("""{"name":"A","value":"x\u0000y"}""", "NUL")]
    [InlineData("""{"name":"A","value":"\ud800"}""", "value")]
    [InlineData("""{"name":"A","value":7}""", "value")]
    [InlineData("""{"name":"A"}""", "'value' is missing")]
    [InlineData("""{"value":"x"}""", "'name'")]
    [InlineData("""{"name":"A","value":"x","colour":"red"}""", "colour")]
    [InlineData("""{"name":"A","value":"x","scope":"world"}""", "scope")]
    [InlineData("""{"name":"A","value":"x","allowed_hosts":["http://a/"]}""", "is no host")]
    [InlineData("""{"name":"A","value":"x","website":"\u0007"}""", "website")]
    [InlineData("""{"provider":"openai","value":"x"}""", "'provider' and 'fields'")]
    [InlineData("""{"provider":"openai","fields":{}}""", "fields")]
    [InlineData("""{"provider":"openai","fields":{"a.b":"x"}}""", "field's name")]
    public async Task A_body_that_is_wrong_is_refused_and_nothing_is_stored(string body, string word)
    {
        using var answer = await hub.Admin.PostAsync("/api/credentials", new StringContent(body, Encoding.UTF8, "application/json"));

        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await answer.ReadDetailAsync()).ShouldContain(word);
        using var listed = await hub.Admin.GetAsync("/api/credentials/A");
        listed.StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task A_value_of_64_KiB_is_stored_and_a_longer_one_is_refused()
    {
        var (most, tooLong) = (HubFixture.NewName("MOST"), HubFixture.NewName("LONG"));

        using var stored = await hub.Admin.PostAsJsonAsync("/api/credentials", new { name = most, value = new string('é', 32 * 1024) });
        using var refused = await hub.Admin.PostAsJsonAsync("/api/credentials", new { name = tooLong, value = new string('x', 64 * 1024 + 1) });

        stored.StatusCode.ShouldBe(HttpStatusCode.Created);
        refused.StatusCode.ShouldBe(HttpStatusCode.RequestEntityTooLarge);
        (await RevealAsync(hub.Admin, most)).ShouldBe(new string('é', 32 * 1024));
    }

    [Fact]
    public async Task What_is_not_given_with_a_change_stays()
    {
        var name = HubFixture.NewName("CHANGED");
        using var created = await hub.Admin.PutAsJsonAsync("/api/credentials/" + name, new { value = Canary, website = "shop" });

        using var changed = await hub.Admin.PutAsJsonAsync("/api/credentials/" + name, new { allowed_hosts = new[] { "*.example.org" } });
        using var stale = await hub.Admin.PutAsJsonAsync("/api/credentials/" + name, new { value = "other", version = "1" });

        created.StatusCode.ShouldBe(HttpStatusCode.Created);
        changed.StatusCode.ShouldBe(HttpStatusCode.OK);
        var view = await changed.ReadJsonAsync();
        view.GetProperty("website").GetString().ShouldBe("shop");
        view.GetProperty("version").GetString().ShouldBe("2");
        stale.StatusCode.ShouldBe(HttpStatusCode.Conflict);
        (await RevealAsync(hub.Admin, name)).ShouldBe(Canary);
    }

    [Fact]
    public async Task A_name_that_is_taken_is_a_conflict_and_one_that_is_removed_is_free()
    {
        var name = HubFixture.NewName("TAKEN");
        using var first = await hub.Admin.PostAsJsonAsync("/api/credentials", new { name, value = "x" });

        using var second = await hub.Admin.PostAsJsonAsync("/api/credentials", new { name, value = "y" });
        using var removed = await hub.Admin.DeleteAsync("/api/credentials/" + name);
        using var gone = await hub.Admin.DeleteAsync("/api/credentials/" + name);
        using var third = await hub.Admin.PostAsJsonAsync("/api/credentials", new { name, value = "z" });

        second.StatusCode.ShouldBe(HttpStatusCode.Conflict);
        removed.StatusCode.ShouldBe(HttpStatusCode.NoContent);
        gone.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        third.StatusCode.ShouldBe(HttpStatusCode.Created);
    }

    [Fact]
    public async Task A_name_with_a_slash_is_written_with_percent_2F()
    {
        using var created = await hub.Admin.PutAsJsonAsync("/api/credentials/shop%2Fftp", new { value = Canary });

        using var shown = await hub.Admin.GetAsync("/api/credentials/shop%2Fftp");

        (await shown.ReadJsonAsync()).GetProperty("name").GetString().ShouldBe("shop/ftp");
        created.Headers.Location!.ToString().ShouldBe("/api/credentials/shop%2Fftp");
    }

    [Fact]
    public async Task A_providers_fields_are_written_and_never_shown()
    {
        using var created = await hub.Admin.PutAsJsonAsync("/api/provider-credentials/openai", new { fields = new { api_key = Canary, organisation = "org" } });
        using var changed = await hub.Admin.PutAsJsonAsync("/api/provider-credentials/openai", new { fields = new { api_key = Canary + "2" } });
        using var shown = await hub.Admin.GetAsync("/api/provider-credentials/openai");
        using var listed = await hub.Admin.GetAsync("/api/provider-credentials");
        using var revealed = await hub.Admin.PostAsJsonAsync("/api/credentials/openai/reveal", new { field = "api_key" });

        created.StatusCode.ShouldBe(HttpStatusCode.Created);
        (await created.ReadJsonAsync()).GetProperty("fields").EnumerateArray().Select(field => field.GetString()).ShouldBe(["api_key", "organisation"]);
        (await shown.ReadJsonAsync()).GetProperty("fields").EnumerateArray().Select(field => field.GetString()).ShouldBe(["api_key"]);
        (await listed.Content.ReadAsStringAsync()).ShouldNotContain(Canary);
        (await revealed.ReadJsonAsync()).GetProperty("value").GetString().ShouldBe(Canary + "2");
        using var removed = await hub.Admin.DeleteAsync("/api/provider-credentials/openai");
        removed.StatusCode.ShouldBe(HttpStatusCode.NoContent);
    }

    [Fact]
    public async Task Pages_follow_each_other_and_hold_ones_own_beside_the_workspaces()
    {
        using var member = await hub.CreateMemberAsync("editor");
        var website = HubFixture.NewName("pages");
        foreach (var name in new[] { "P1", "P2", "P3" })
        {
            foreach (var scope in new[] { "user", "workspace" })
                (await member.PostAsJsonAsync("/api/credentials", new { name = website + name, value = "x", website, scope })).EnsureSuccessStatusCode();
        }

        List<string> seen = [];
        for (string? after = ""; after is not null;)
        {
            using var answer = await member.GetAsync($"/api/credentials?website={website}&limit=2{(after.Length == 0 ? "" : "&after=" + Uri.EscapeDataString(after))}");
            var page = await answer.ReadJsonAsync();
            seen.AddRange(page.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("name").GetString()![website.Length..] + item.GetProperty("scope").GetString()));
            after = page.GetProperty("next").GetString();
        }

        seen.ShouldBe(["P1user", "P1workspace", "P2user", "P2workspace", "P3user", "P3workspace"]);
    }

    [Fact]
    public async Task Reading_a_value_back_is_on_record_and_the_record_holds_no_value()
    {
        var name = HubFixture.NewName("REVEALED");
        using var created = await hub.Admin.PostAsJsonAsync("/api/credentials", new { name, value = Canary });

        (await RevealAsync(hub.Admin, name)).ShouldBe(Canary);

        using var audit = await hub.Admin.GetAsync("/api/audit?action=credential.revealed");
        var text = await audit.Content.ReadAsStringAsync();
        text.ShouldContain(name);
        text.ShouldNotContain(Canary);
        (await CountAsync($"select count(*) from gantry.audit_log where target = '{name}'")).ShouldBe(2);
        (await CountAsync("select count(*) from gantry.audit_log where details::text like '%canary-%'")).ShouldBe(0);
        (await CountAsync("select count(*) from gantry.provider_credentials c where c::text like '%canary-%'")).ShouldBe(0);
    }

    [Fact]
    public async Task Somebody_elses_own_credential_is_nowhere_for_anybody()
    {
        using var member = await hub.CreateMemberAsync("operator");
        var name = HubFixture.NewName("PRIVATE");
        using var created = await member.PostAsJsonAsync("/api/credentials", new { name, value = Canary });
        created.EnsureSuccessStatusCode();
        using var viewer = await hub.CreateMemberAsync("viewer");
        using var editor = await hub.CreateMemberAsync("editor");
        using var stranger = await hub.CreateStrangerAsync();

        foreach (var other in new[] { hub.Admin, viewer, editor, stranger })
        {
            foreach (var (method, path) in new[] { ("GET", ""), ("DELETE", ""), ("POST", "/reveal") })
            {
                using var request = new HttpRequestMessage(new HttpMethod(method), $"/api/credentials/{name}{path}");
                if (path.Length > 0) request.Content = JsonContent.Create(new { });
                using var answer = await other.SendAsync(request);
                answer.StatusCode.ShouldBeOneOf(HttpStatusCode.NotFound, HttpStatusCode.Forbidden);
            }

            using var listed = await other.GetAsync("/api/credentials?limit=500");
            (await listed.Content.ReadAsStringAsync()).ShouldNotContain(name);
        }

        using var stillThere = await member.GetAsync("/api/credentials/" + name);
        stillThere.StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task The_workspaces_credentials_are_seen_by_members_and_changed_by_editors()
    {
        var name = HubFixture.NewName("SHARED");
        using var editor = await hub.CreateMemberAsync("editor");
        using var @operator = await hub.CreateMemberAsync("operator");
        using var viewer = await hub.CreateMemberAsync("viewer");
        using var stranger = await hub.CreateStrangerAsync();
        using var created = await editor.PostAsJsonAsync("/api/credentials", new { name, value = Canary, scope = "workspace" });

        using var seen = await viewer.GetAsync("/api/credentials/" + name);
        using var storedByOperator = await @operator.PostAsJsonAsync("/api/credentials", new { name = name + "2", value = "x", scope = "workspace" });
        using var changedByOperator = await @operator.PutAsJsonAsync("/api/credentials/" + name, new { value = "x" });
        using var removedByOperator = await @operator.DeleteAsync("/api/credentials/" + name);
        using var revealedByOperator = await @operator.PostAsJsonAsync($"/api/credentials/{name}/reveal", new { });
        using var storedByViewer = await viewer.PostAsJsonAsync("/api/credentials", new { name = name + "3", value = "x" });
        using var seenByStranger = await stranger.GetAsync("/api/credentials/" + name);
        using var seenByNobody = await hub.Nobody.GetAsync("/api/credentials/" + name);

        created.StatusCode.ShouldBe(HttpStatusCode.Created);
        seen.StatusCode.ShouldBe(HttpStatusCode.OK);
        foreach (var refused in new[] { storedByOperator, changedByOperator, removedByOperator, revealedByOperator, storedByViewer })
            refused.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        seenByStranger.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        seenByNobody.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        (await RevealAsync(editor, name)).ShouldBe(Canary);
    }

    [Theory]
    [InlineData("GET", "/api/vault")]
    [InlineData("POST", "/api/vault/rotate")]
    public async Task The_key_ring_is_the_administrators_alone(string method, string path)
    {
        using var owner = await hub.CreateStrangerAsync();

        using var byOwner = await owner.SendAsync(new HttpRequestMessage(new HttpMethod(method), path));
        using var byNobody = await hub.Nobody.SendAsync(new HttpRequestMessage(new HttpMethod(method), path));

        byOwner.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        byNobody.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task A_secret_of_a_plan_is_the_starters_own()
    {
        using var member = await hub.CreateMemberAsync("operator");
        var name = HubFixture.NewName("USED");
        using var theirs = await member.PostAsJsonAsync("/api/credentials", new { name, value = "of-the-member" });
        await using var server = await Executions.LedgerServer.StartAsync();

        var asMember = await ExecuteAsync(member, server.Url, name);
        var asAdmin = await ExecuteAsync(hub.Admin, server.Url, name);

        asMember.GetProperty("status").GetString().ShouldBe("succeeded");
        asAdmin.GetProperty("status").GetString().ShouldBe("failed");
        asAdmin.GetRawText().ShouldContain(name);
        asAdmin.GetRawText().ShouldNotContain("of-the-member");
    }

    private static async Task<JsonElement> ExecuteAsync(HttpClient client, string url, string name)
    {
        using var answer = await client.PostAsJsonAsync("/api/execute?wait=60s", new
        {
            plan = new { steps = new object[] { new { use = "http.request", with = new { url = url + "/first", method = "POST", headers = new Dictionary<string, string> { ["X-Key"] = $"${{cred:{name}}}" } } } } },
        });
        return await answer.ReadJsonAsync();
    }

    private static async Task<string?> RevealAsync(HttpClient client, string name)
    {
        using var answer = await client.PostAsJsonAsync($"/api/credentials/{name}/reveal", new { });
        return (await answer.ReadJsonAsync()).GetProperty("value").GetString();
    }

    private async Task<long> CountAsync(string sql)
    {
        await using var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(hub.ConnectionString) { Pooling = false }.ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        return (long)(await command.ExecuteScalarAsync())!;
    }
}
