using System.Net;
using System.Text.Encodings.Web;
using System.Text.Json;
using Shouldly;
using Xunit;

namespace Gantry.Hub.Specs.Operations;

/// <summary>docs/openapi.json is what the hub says of itself, so that a changed route is seen in review.</summary>
public sealed class ApiDocumentSpecs(HubFixture hub) : IClassFixture<HubFixture>
{
    private const string Renew = "GANTRY_TEST_RENEW_SNAPSHOTS";

    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static string Snapshot => Path.Combine(Repository(), "docs", "openapi.json");

    [Fact]
    public async Task The_api_is_described_as_the_snapshot_says()
    {
        var described = JsonSerializer.Serialize(JsonElement.Parse(await hub.Nobody.GetStringAsync("/api/openapi.json")), Indented) + "\n";
        if (Environment.GetEnvironmentVariable(Renew) == "1")
        {
            await File.WriteAllTextAsync(Snapshot, described);
        }

        (await File.ReadAllTextAsync(Snapshot)).ShouldBe(described, $"The API changed. Renew docs/openapi.json with {Renew}=1 ./test --filter ApiDocument, and look at the difference.");
    }

    [Fact]
    public async Task Every_route_says_who_may_use_it()
    {
        var document = JsonElement.Parse(await hub.Nobody.GetStringAsync("/api/openapi.json"));

        foreach (var path in document.GetProperty("paths").EnumerateObject())
        {
            foreach (var operation in path.Value.EnumerateObject().Where(operation => operation.Value.ValueKind == JsonValueKind.Object))
            {
                var name = $"{operation.Name.ToUpperInvariant()} {path.Name}";
                operation.Value.TryGetProperty("tags", out _).ShouldBeTrue(name + " has no tag.");
                operation.Value.GetProperty("x-gantry-access").GetString().ShouldNotBeNullOrEmpty();
                operation.Value.GetProperty("responses").TryGetProperty("default", out _).ShouldBeTrue();
            }
        }
    }

    [Fact]
    public async Task Every_route_says_what_it_does_what_it_takes_and_what_it_answers()
    {
        var document = JsonElement.Parse(await hub.Nobody.GetStringAsync("/api/openapi.json"));

        foreach (var path in document.GetProperty("paths").EnumerateObject())
        {
            foreach (var operation in path.Value.EnumerateObject().Where(operation => operation.Value.ValueKind == JsonValueKind.Object))
            {
                var name = $"{operation.Name.ToUpperInvariant()} {path.Name}";
                operation.Value.TryGetProperty("summary", out _).ShouldBeTrue(name + " has no summary.");
                var responses = operation.Value.GetProperty("responses").EnumerateObject().ToList();
                var good = responses.Where(response => response.Name.StartsWith('2')).ToList();
                good.ShouldNotBeEmpty(name);
                good.Where(response => response.Name != "204").ShouldAllBe(response => HasSchema(response.Value), name + " answers something that is not described.");
                responses.Select(response => response.Name).Contains("401").ShouldBe(
                    operation.Value.GetProperty("x-gantry-access").GetString() != "anyone" || path.Name is "/api/sign-in" or "/api/token/refresh", name);
                responses.Select(response => response.Name).Contains("404").ShouldBe(path.Name.Contains('{') || responses.Exists(response => response.Name == "404"), name);
            }
        }
    }

    [Fact]
    public async Task An_execution_looks_as_it_is_described()
    {
        var schemas = JsonElement.Parse(await hub.Nobody.GetStringAsync("/api/openapi.json")).GetProperty("components").GetProperty("schemas");

        using var started = await hub.Admin.PostAsync("/api/execute?wait=30s", new StringContent(
            """{"plan": {"steps": [{"id": "one", "use": "transfer.list", "with": {"from": "/nowhere-at-all"}}]}}""", System.Text.Encoding.UTF8, "application/json"));
        var ended = await started.ReadJsonAsync();
        var shown = await hub.Admin.GetStringAsync($"/api/executions/{ended.GetProperty("id").GetString()}");
        var logs = await hub.Admin.GetStringAsync($"/api/execution-logs?execution={ended.GetProperty("id").GetString()}");

        started.StatusCode.ShouldBe(HttpStatusCode.OK, ended.ToString());
        var execution = JsonElement.Parse(shown);
        Differences(execution, schemas.GetProperty("Execution")).ShouldBeEmpty();
        Differences(execution.GetProperty("steps")[0], schemas.GetProperty("Step")).ShouldBeEmpty();
        Differences(execution.GetProperty("error"), schemas.GetProperty("Error")).ShouldBeEmpty();
        Differences(JsonElement.Parse(logs).GetProperty("items")[0], schemas.GetProperty("Log")).ShouldBeEmpty();
    }

    [Fact]
    public async Task The_page_for_people_needs_nothing_from_elsewhere()
    {
        using var page = await hub.Nobody.GetAsync("/api/docs");
        using var style = await hub.Nobody.GetAsync("/api/docs.css");

        var html = await page.Content.ReadAsStringAsync();
        page.StatusCode.ShouldBe(HttpStatusCode.OK);
        page.Headers.GetValues("Content-Security-Policy").ShouldHaveSingleItem().ShouldStartWith("default-src 'none'; style-src 'self'");
        html.ShouldContain("/api/endpoints/{name}/test");
        html.ShouldNotContain("<script");
        html.ShouldNotContain("http://");
        style.StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    private static bool HasSchema(JsonElement response) =>
        response.TryGetProperty("content", out var content) && content.EnumerateObject().All(media => media.Value.TryGetProperty("schema", out _));

    /// <summary>Members that the description does not know, and those that it promises and that are not there.</summary>
    private static IEnumerable<string> Differences(JsonElement answer, JsonElement schema)
    {
        var members = answer.EnumerateObject().Select(member => member.Name).ToList();
        return members.Except(schema.GetProperty("properties").EnumerateObject().Select(property => property.Name))
            .Concat(schema.GetProperty("required").EnumerateArray().Select(name => name.GetString()!).Except(members));
    }

    private static string Repository()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "Gantry.slnx")))
        {
            folder = Path.GetDirectoryName(folder) ?? throw new InvalidOperationException("The tests do not run inside the repository.");
        }

        return folder;
    }
}
