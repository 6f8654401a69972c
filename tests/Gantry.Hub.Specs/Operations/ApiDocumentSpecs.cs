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
