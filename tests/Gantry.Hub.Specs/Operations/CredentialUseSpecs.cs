using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Npgsql;
using Shouldly;
using Xunit;

namespace Gantry.Hub.Specs.Operations;

/// <summary>What names a credential is known before it goes.</summary>
public sealed class CredentialUseSpecs(HubFixture hub) : IClassFixture<HubFixture>
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Plans_endpoints_and_the_notifications_that_name_it_are_told()
    {
        var name = await AddAsync("USED");
        await AddPlanAsync("sends", $$$"""{"name":"sends","steps":[{"id":"go","use":"http.get","with":{"url":"https://example.org","bearer":"${cred:{{{name}}}}"}}]}""");
        await AddPlanAsync("deep", $$$"""{"name":"deep","steps":[{"if":"${true}","then":[{"use":"http.get","with":{"url":"https://example.org","bearer":"${cred:{{{name}}}}"}}]}]}""");
        await PostAsync("/api/endpoints", $$$"""{"name":"hosting","kind":"ftp","settings":{"host":"127.0.0.1","user":"a","password":"${cred:{{{name}}}}"}}""");
        await PutAsync("/api/notification-default", $$$"""{"notify":[{"on":["failure"],"use":"http.post","with":{"url":"https://example.org","bearer":"${cred:{{{name}}}}"}}]}""");

        (await UsesAsync(name)).ShouldBe([("endpoint", "hosting"), ("notifications", null), ("plan", "deep"), ("plan", "sends")], ignoreOrder: true);
    }

    [Fact]
    public async Task What_only_looks_like_it_is_not_told()
    {
        var name = await AddAsync("LIKE");
        await AddPlanAsync("text", $$$"""{"name":"text","steps":[{"use":"logic.transform","with":{"value":"{{{name}}} and $${cred:{{{name}}}}"}},{"use":"http.get","with":{"url":"https://example.org","bearer":"${cred:{{{name}}}_2}"}},{"use":"http.get","with":{"url":"https://example.org","bearer":"${cred:OTHER_{{{name}}}}"}}]}""");
        await AddPlanAsync("comment", $"name: comment\n# ${{cred:{name}}}\nsteps: [ {{ use: logic.transform, with: {{ value: 1 }} }} ]\n", isYaml: true);
        await AddPlanAsync("changed", $$$"""{"name":"changed","steps":[{"use":"http.get","with":{"url":"https://example.org","bearer":"${cred:{{{name}}}}"}}]}""");
        await AddPlanAsync("changed", """{"name":"changed","steps":[{"use":"logic.transform","with":{"value":2}}]}""");
        await AddPlanAsync("gone", $$$"""{"name":"gone","steps":[{"use":"http.get","with":{"url":"https://example.org","bearer":"${cred:{{{name}}}}"}}]}""");
        (await hub.Admin.DeleteAsync("/api/plans/gone", Token)).EnsureSuccessStatusCode();

        (await UsesAsync(name)).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_providers_credential_is_used_by_whoever_signs_in_with_it()
    {
        await PutAsync("/api/provider-credentials/openai", """{"fields":{"api_key":"a key"},"scope":"workspace"}""");
        await AddPlanAsync("asks", """{"name":"asks","steps":[{"use":"openai.chat_completion","with":{"model":"m","messages":[]}}]}""");
        await AddPlanAsync("asks-as-another", """{"name":"asks-as-another","steps":[{"use":"openai.chat_completion","with":{"model":"m","messages":[],"connection":"openai-2"}}]}""");
        await AddPlanAsync("takes-a-field", """{"name":"takes-a-field","steps":[{"use":"http.get","with":{"url":"https://example.org","bearer":"${cred:openai.api_key}"}}]}""");
        await AddPlanAsync("takes-no-field", """{"name":"takes-no-field","steps":[{"use":"http.get","with":{"url":"https://example.org","bearer":"${cred:openai.nothing}"}}]}""");
        await PutAsync("/api/ai-planner/settings", """{"provider":"openai","model":"m"}""");
        await KnowConnectionAsync("openai", "openai");

        (await UsesAsync("openai")).ShouldBe([("plan", "asks"), ("plan", "takes-a-field"), ("connection", "openai"), ("planner", null)]);
    }

    [Fact]
    public async Task One_that_is_named_like_a_connections_field_is_used_by_the_connection()
    {
        await PutAsync("/api/credentials/team.ai.api_key", """{"value":"a key","scope":"workspace"}""");
        await AddPlanAsync("asks-by-name", """{"name":"asks-by-name","steps":[{"use":"openai.chat_completion","with":{"model":"m","messages":[],"connection":"team.ai"}}]}""");

        (await UsesAsync("team.ai.api_key")).ShouldBe([("plan", "asks-by-name")]);
    }

    [Fact]
    public async Task Nobody_hears_of_other_workspaces()
    {
        var name = await AddAsync("THEIRS");
        await AddPlanAsync("ours", $$$"""{"name":"ours","steps":[{"use":"http.get","with":{"url":"https://example.org","bearer":"${cred:{{{name}}}}"}}]}""");
        using var stranger = await hub.CreateStrangerAsync();
        using var before = await stranger.GetAsync($"/api/credentials/{name}/uses", Token);
        using var own = await stranger.PutAsJsonAsync($"/api/credentials/{name}", new { value = "mine" }, Token);

        before.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        own.EnsureSuccessStatusCode();
        (await UsesAsync(name, stranger)).ShouldBeEmpty();
    }

    private async Task<string> AddAsync(string prefix)
    {
        var name = HubFixture.NewName(prefix).Replace('-', '_');
        await PutAsync($"/api/credentials/{name}", """{"value":"a value","scope":"workspace"}""");
        return name;
    }

    private async Task<List<(string?, string?)>> UsesAsync(string name, HttpClient? caller = null)
    {
        using var answer = await (caller ?? hub.Admin).GetAsync($"/api/credentials/{name}/uses", Token);
        var uses = await answer.ReadJsonAsync();
        uses.GetProperty("more").GetBoolean().ShouldBeFalse();
        return [.. uses.GetProperty("items").EnumerateArray().Select(use => (use.GetProperty("kind").GetString(), use.GetProperty("name").GetString()))];
    }

    /// <summary>A new version when there is such a plan.</summary>
    private async Task AddPlanAsync(string name, string plan, bool isYaml = false)
    {
        using var content = new StringContent(JsonSerializer.Serialize(new { plan = isYaml ? (object)plan : JsonElement.Parse(plan) }), null, "application/json");
        using var there = await hub.Admin.GetAsync($"/api/plans/{name}", Token);
        using var answer = there.IsSuccessStatusCode ? await hub.Admin.PutAsync($"/api/plans/{name}", content, Token) : await hub.Admin.PostAsync("/api/plans", content, Token);
        await RequireAsync(answer);
    }

    private async Task KnowConnectionAsync(string provider, string name)
    {
        var me = await (await hub.Admin.GetAsync("/api/me", Token)).ReadJsonAsync();
        await using var source = NpgsqlDataSource.Create(hub.ConnectionString);
        await using var insert = source.CreateCommand("insert into gantry.connections (workspace_id, name, provider, checked_by) select m.workspace_id, $1, $2, m.user_id from gantry.memberships m where m.user_id = $3 limit 1");
        insert.Parameters.AddWithValue(name);
        insert.Parameters.AddWithValue(provider);
        insert.Parameters.AddWithValue(Guid.Parse(me.GetProperty("id").GetString()!));
        (await insert.ExecuteNonQueryAsync(Token)).ShouldBe(1);
    }

    private async Task PostAsync(string path, string body)
    {
        using var content = new StringContent(body, null, "application/json");
        using var answer = await hub.Admin.PostAsync(path, content, Token);
        await RequireAsync(answer);
    }

    private async Task PutAsync(string path, string body)
    {
        using var content = new StringContent(body, null, "application/json");
        using var answer = await hub.Admin.PutAsync(path, content, Token);
        await RequireAsync(answer);
    }

    private static async Task RequireAsync(HttpResponseMessage answer) =>
        answer.IsSuccessStatusCode.ShouldBeTrue(await answer.Content.ReadAsStringAsync(Token));
}
