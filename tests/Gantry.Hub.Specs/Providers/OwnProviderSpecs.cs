using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Shouldly;
using Xunit;

namespace Gantry.Hub.Specs.Providers;

/// <summary>The catalogue, and providers that administrators add to a hub.</summary>
public sealed class OwnProviderSpecs(HubFixture hub) : IClassFixture<HubFixture>
{
    private readonly string id = HubFixture.NewName("own");

    private string Path => $"/api/providers/{id}";

    [Fact]
    public async Task A_saved_provider_is_there_at_once_and_gone_at_once()
    {
        (await CheckAsync()).ShouldContain("There is no provider");

        using var created = await PutAsync(Manifest("get_item"));
        created.StatusCode.ShouldBe(HttpStatusCode.Created);
        (await CheckAsync()).ShouldContain("\"ok\":true");
        (await hub.Admin.GetStringAsync(Path + "/manifest")).ShouldBe(Manifest("get_item"));
        using var changed = await PutAsync(Manifest("other"));
        changed.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await CheckAsync()).ShouldContain("has no action");

        using var deleted = await hub.Admin.DeleteAsync(Path);
        deleted.StatusCode.ShouldBe(HttpStatusCode.NoContent);
        (await CheckAsync()).ShouldContain("There is no provider");
        using var gone = await hub.Admin.GetAsync(Path);
        gone.StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task What_is_wrong_with_a_manifest_is_told_and_nothing_is_saved()
    {
        using var wrong = await PutAsync(Manifest("get_item").Replace("category: CRM", "category: CRN", StringComparison.Ordinal));
        using var taken = await hub.Admin.PutAsync("/api/providers/github", Yaml(Manifest("get_item").Replace(id, "github", StringComparison.Ordinal)));

        wrong.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await wrong.Content.ReadAsStringAsync()).ShouldContain("4:11");
        taken.StatusCode.ShouldBe(HttpStatusCode.Conflict);
        using var none = await hub.Admin.GetAsync(Path);
        none.StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task A_document_is_imported_asked_about_and_saved()
    {
        var document = """{"openapi":"3.0.3","info":{"title":"Acme","version":"1"},"paths":{"/items":{"get":{"operationId":"listItems","responses":{}}}}}""";

        var asked = await ImportAsync(new { document, id, save = true });
        var saved = await ImportAsync(new { document, id, base_url = "https://acme.example", save = true });
        var again = await ImportAsync(new { document = document.Replace("listItems", "allItems", StringComparison.Ordinal), id, base_url = "https://acme.example" });

        asked.GetProperty("saved").GetBoolean().ShouldBeFalse();
        asked.GetProperty("question").GetString().ShouldNotBeNullOrEmpty();
        saved.GetProperty("saved").GetBoolean().ShouldBeTrue();
        again.GetProperty("manifest").GetString()!.ShouldContain("list_items:");
        (await hub.Admin.GetFromJsonAsync<JsonElement>(Path)).GetProperty("own").GetBoolean().ShouldBeTrue();
    }

    [Fact]
    public async Task What_another_hub_saved_and_deleted_is_known_here()
    {
        var manifest = Manifest("get_item").Replace("'", "''", StringComparison.Ordinal);

        await TestPostgres.ExecuteAsync(hub.ConnectionString, $"insert into gantry.provider_manifests (id, manifest) values ('{id}', '{manifest}')");
        await UntilAsync("\"ok\":true");
        await TestPostgres.ExecuteAsync(hub.ConnectionString, $"delete from gantry.provider_manifests where id = '{id}'");
        await UntilAsync("There is no provider");

        async Task UntilAsync(string part)
        {
            while (!(await CheckAsync()).Contains(part, StringComparison.Ordinal)) TestContext.Current.CancellationToken.ThrowIfCancellationRequested();
        }
    }

    [Fact]
    public async Task The_schema_of_plans_has_the_parameters_of_named_providers_and_shows_own_ones_to_who_is_signed_in()
    {
        using var created = await PutAsync(Manifest("get_item"));
        using var stranger = hub.NewClient();

        var plain = await stranger.GetStringAsync("/api/plan.schema.json");
        var named = await stranger.GetStringAsync("/api/plan.schema.json?provider=github,stripe");
        var signedIn = await hub.Admin.GetStringAsync($"/api/plan.schema.json?provider={id}");
        using var hidden = await stranger.GetAsync($"/api/plan.schema.json?provider={id}");

        plain.ShouldContain("github.create_issue");
        plain.ShouldNotContain(id);
        named.Length.ShouldBeGreaterThan(plain.Length);
        signedIn.ShouldContain($"{id}.get_item");
        hidden.StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Whoever_removes_a_provider_knows_which_plans_fail_without_it()
    {
        using var saved = await PutAsync(Manifest("get_item"));
        using var stranger = await hub.CreateStrangerAsync();
        var (plan, deep, other, gone, elsewhere) = (HubFixture.NewName("plan"), HubFixture.NewName("deep"), HubFixture.NewName("other"), HubFixture.NewName("gone"), HubFixture.NewName("elsewhere"));
        await SaveAsync(hub.Admin, plan, $"[{{ use: {id}.get_item }}]");
        await SaveAsync(hub.Admin, deep, $"[{{ if: '${{true}}', then: [{{ each: [1], steps: [{{ provider: {id}, action: get_item }}] }}] }}]");
        await SaveAsync(hub.Admin, other, $"[{{ use: logic.transform, with: {{ value: '{id}.get_item' }} }}]  # {id}.get_item");
        await SaveAsync(hub.Admin, gone, $"[{{ use: {id}.get_item }}]");
        await SaveAsync(stranger, elsewhere, $"[{{ use: {id}.get_item }}]");
        using var deleted = await hub.Admin.DeleteAsync($"/api/plans/{gone}");
        deleted.EnsureSuccessStatusCode();

        var uses = await hub.Admin.GetFromJsonAsync<JsonElement>(Path + "/uses");

        uses.GetProperty("plans").EnumerateArray().Select(name => name.GetString()).ShouldBe([deep, plan], ignoreOrder: true);
        uses.GetProperty("plans_elsewhere").GetInt32().ShouldBe(1);
    }

    [Fact]
    public async Task The_catalogue_is_searched_and_read_in_pages()
    {
        var found = await hub.Admin.GetFromJsonAsync<JsonElement>("/api/providers?search=ISSUE%20github");
        var first = await hub.Admin.GetFromJsonAsync<JsonElement>("/api/providers?category=CRM&limit=2");
        var second = await hub.Admin.GetFromJsonAsync<JsonElement>($"/api/providers?category=CRM&limit=2&after={first.GetProperty("next").GetString()}");
        var shown = await hub.Admin.GetFromJsonAsync<JsonElement>("/api/providers/github");

        IdsOf(found).ShouldContain("github");
        IdsOf(first).Concat(IdsOf(second)).Distinct().Count().ShouldBe(4);
        first.GetProperty("items")[0].GetProperty("category").GetString().ShouldBe("CRM");
        shown.GetProperty("connection").GetProperty("ways").GetArrayLength().ShouldBeGreaterThan(0);
    }

    private static IEnumerable<string?> IdsOf(JsonElement page) => page.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("id").GetString());

    private static StringContent Yaml(string text) => new(text, Encoding.UTF8, "application/yaml");

    private string Manifest(string action) => $$"""
        schema: provider/v1
        id: {{id}}
        name: Own
        category: CRM
        help: It.
        docs: https://acme.example
        checked: {date: 2026-11-21, against: acme.example}
        base_url: https://acme.example
        auth: [{kind: none}]
        actions:
          {{action}}:
            help: Gets it.
            call: GET /item

        """;

    private static async Task SaveAsync(HttpClient caller, string name, string steps)
    {
        using var saved = await caller.PostAsJsonAsync("/api/plans", new { plan = $"name: {name}\nsteps: {steps}\n" });
        saved.StatusCode.ShouldBe(HttpStatusCode.Created, await saved.Content.ReadAsStringAsync());
    }

    private Task<HttpResponseMessage> PutAsync(string manifest) => hub.Admin.PutAsync(Path, Yaml(manifest));

    private async Task<string> CheckAsync()
    {
        using var answer = await hub.Admin.PostAsJsonAsync("/api/plans/check", new { name = "own", steps = new[] { new { use = $"{id}.get_item" } } });
        return await answer.Content.ReadAsStringAsync();
    }

    private async Task<JsonElement> ImportAsync(object body)
    {
        using var answer = await hub.Admin.PostAsJsonAsync("/api/providers/import", body);
        var text = await answer.Content.ReadAsStringAsync();
        answer.StatusCode.ShouldBe(HttpStatusCode.OK, text);
        return JsonElement.Parse(text);
    }
}
