using System.Net;
using System.Text.Json;
using Gantry.EndToEnd.Specs.Programs;
using Gantry.TestServers;
using Shouldly;
using Xunit;

namespace Gantry.EndToEnd.Specs;

/// <summary>"gantry provider …" as it is typed, and own providers in plans.</summary>
public sealed class ProviderCommandSpecs : IDisposable
{
    private const string Document = """
        {"openapi": "3.0.3", "info": {"title": "Acme", "version": "1"}, "paths": {"/items/{id}": {"get": {"operationId": "getItem",
        "parameters": [{"name": "id", "in": "path", "required": true, "schema": {"type": "string"}}], "responses": {"200": {"description": "It."}}}}}}
        """;

    private readonly TemporaryFolder folder = new();

    private string Own => folder["config/gantry/providers/acme.yaml"];

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task All_are_listed_by_category_and_found_by_words()
    {
        var all = await RunAsync("provider", "list");
        var found = await RunAsync("provider", "list", "--search", "issue GITHUB", "--json");
        var unknown = await RunAsync("provider", "list", "--category", "CRN");

        all.Status.ShouldBe(0, all.ToString());
        all.Output.ShouldContain("\nCRM (");
        all.Output.ShouldContain("\n  hubspot");
        JsonElement.Parse(found.Output).EnumerateArray().Select(provider => provider.GetProperty("id").GetString()).ShouldContain("github");
        unknown.Status.ShouldBe(1);
        unknown.Errors.ShouldContain("Did you mean 'CRM'?");
    }

    [Fact]
    public async Task One_is_shown_with_what_a_connection_needs()
    {
        var shown = await RunAsync("provider", "show", "github", "create_issue");
        var json = await RunAsync("provider", "show", "github", "create_issue", "--json");

        shown.Output.ShouldContain("A connection is the credential 'github'");
        shown.Output.ShouldContain("github.create_issue: ");
        shown.Output.ShouldNotContain("github.list_issues: ");
        JsonElement.Parse(json.Output).GetProperty("actions")[0].GetProperty("use").GetString().ShouldBe("github.create_issue");
        (await RunAsync("provider", "show", "github", "create_isue")).Errors.ShouldContain("Did you mean 'create_issue'?");
    }

    [Fact]
    public async Task A_new_one_is_written_once_and_can_be_used()
    {
        var written = await RunAsync("provider", "new", "acme");
        var again = await RunAsync("provider", "new", "acme");
        var taken = await RunAsync("provider", "new", "github");

        written.Output.Trim().ShouldBe(Own);
        (await RunAsync("provider", "check", "acme")).ToString().ShouldContain("nothing is wrong; 1 action");
        again.Status.ShouldBe(1);
        again.Errors.ShouldContain("is there already");
        taken.Status.ShouldBe(1);
        taken.Errors.ShouldContain("has a provider 'github' already");
        (await RunAsync("provider", "list", "--search", "acme")).Output.ShouldContain("  acme");
    }

    [Fact]
    public async Task All_that_is_wrong_is_told_with_its_place()
    {
        folder.WriteFile("acme.yaml", "schema: provider/v1\nid: acme\nname: Acme\ncategory: CRN\nhelp: It.\ndocs: https://acme.example\nchecked: {date: 2026-11-21, against: acme.example}\nbase_url: https://acme.example\nactions: {}\ncolour: red\n");

        var ended = await RunAsync("provider", "check", folder["acme.yaml"], folder["none.yaml"]);

        ended.Status.ShouldBe(1);
        ended.Output.ShouldContain($"{folder["acme.yaml"]}:4:");
        ended.Output.ShouldContain("Did you mean 'CRM'?");
        ended.Output.ShouldContain("colour");
        ended.Output.ShouldContain("There is no file");
    }

    [Fact]
    public async Task A_document_becomes_a_provider_that_runs_and_keeps_its_ids()
    {
        var port = LocalPort.Free();
        using var server = new HttpListener();
        server.Prefixes.Add($"http://127.0.0.1:{port}/");
        server.Start();
        folder.WriteFile("api.json", Document);
        folder.WriteFile("newer.json", Document.Replace("getItem", "fetchOne", StringComparison.Ordinal).Replace("\"/items/{id}\"", "\"/new\": {\"get\": {\"responses\": {}}}, \"/items/{id}\"", StringComparison.Ordinal));
        folder.WriteFile("plan.yaml", "name: one\nsteps:\n  - use: acme.get_item\n    with: {id: a b}\n");

        var asked = await RunAsync("provider", "import", folder["api.json"]);
        var imported = await RunAsync("provider", "import", folder["api.json"], "--base-url", $"http://127.0.0.1:{port}");
        var running = RunAsync("run", folder["plan.yaml"], "--json");
        var context = await server.GetContextAsync();
        var path = context.Request.RawUrl;
        context.Response.ContentType = "application/json";
        context.Response.Close("{\"id\": 7}"u8.ToArray(), willBlock: false);
        var ran = await running;
        var again = await RunAsync("provider", "import", folder["newer.json"], "--base-url", $"http://127.0.0.1:{port}");

        asked.Status.ShouldBe(1);
        asked.Errors.ShouldContain("--base-url");
        imported.ToString().ShouldContain($"{Own}: 1 action");
        path.ShouldBe("/items/a%20b");
        ran.Status.ShouldBe(0, ran.ToString());
        again.Status.ShouldBe(0, again.ToString());
        again.Output.ShouldContain("is new: GET /new.");
        (await RunAsync("provider", "show", "acme")).Output.ShouldContain("acme.get_item: ");
    }

    [Fact]
    public async Task A_broken_own_provider_is_told_where_it_is_used_and_nowhere_else_in_the_way()
    {
        folder.WriteFile("config/gantry/providers/acme.yaml", "schema: provider/v1\nid: acme\nname: Acme\ncategory: CRM\nhelp: It.\ncolour: red\nactions:\n  get_item:\n    call: GET /\n");
        folder.WriteFile("config/gantry/providers/github.yaml", "id: github\n");
        folder.WriteFile("plan.yaml", "name: one\nsteps:\n  - use: acme.get_item\n");
        folder.WriteFile("other.yaml", "name: two\nsteps:\n  - use: logic.transform\n    with: {value: 1}\n");

        var used = await RunAsync("run", folder["plan.yaml"]);
        var other = await RunAsync("run", folder["other.yaml"]);

        used.Status.ShouldBe(1);
        used.Errors.ShouldContain($"{Own} 6:1: ");
        other.Errors.ShouldContain("github.yaml 1:1: It is not used");
        other.Errors.ShouldNotContain("acme");
    }

    private Task<Ended> RunAsync(params string[] arguments) =>
        GantryProgram.RunAsync(new Dictionary<string, string?>(StringComparer.Ordinal) { ["XDG_CONFIG_HOME"] = folder["config"] }, "", arguments);
}
