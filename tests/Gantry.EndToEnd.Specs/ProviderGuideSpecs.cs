using System.Collections.Concurrent;
using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Gantry.EndToEnd.Specs.Programs;
using Gantry.TestServers;
using Shouldly;
using Xunit;

namespace Gantry.EndToEnd.Specs;

/// <summary>The ten minutes of providers/README.md, step by step, with the manifest that stands there and a vendor on this machine.</summary>
public sealed class ProviderGuideSpecs : IAsyncLifetime
{
    private const string Key = "k3y-of-ada-12345";

    private readonly TemporaryFolder folder = new();
    private readonly ConcurrentQueue<string> asked = new();
    private readonly HttpListener vendor = new();
    private readonly int port = LocalPort.Free();
    private Task answering = Task.CompletedTask;

    private string File => folder["config/gantry/providers/acme.yaml"];

    public ValueTask InitializeAsync()
    {
        vendor.Prefixes.Add($"http://127.0.0.1:{port}/");
        vendor.Start();
        answering = AnswerAsync();

        // Without it they would rest in the folder that all programs of these tests run in.
        folder.WriteFile("config/gantry/gantry.yaml", "credential_manager: { backend: file, backend_config: { file: { path: own.env.encrypted } } }");
        return ValueTask.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        vendor.Close();
        await answering;
        folder.Dispose();
    }

    [Fact]
    public async Task A_newcomer_adds_a_provider_by_what_the_guide_says()
    {
        var created = await RunAsync("provider", "new", "acme");
        (await RunAsync("provider", "test", "acme")).Status.ShouldBe(0, "what 'new' writes passes as it is");
        await System.IO.File.WriteAllTextAsync(File, Example());
        var @checked = await RunAsync("provider", "check", "acme");
        var tested = await RunAsync("provider", "test", "acme");
        var json = await RunAsync("provider", "test", "acme", "--json");
        var askedByTests = asked.Count;
        var connected = await RunAsync("provider", "connect", "acme", "--field", $"api_key={Key}", "--field", "subdomain=ada");
        folder.WriteFile("plan.yaml", """
            name: contacts
            steps:
              - {id: made, use: acme.create_contact, with: {email: ada@example.org, tags: [a, b]}}
              - {id: all, use: acme.list_contacts, with: {limit: 5}}
              - {use: acme.upload_photo, with: {contact_id: "${steps.made.output.id}", file: "data:image/png;name=a.png;base64,iVBORw0KGgo="}}
            """);
        var ran = await RunAsync("run", folder["plan.yaml"], "--json");

        created.Status.ShouldBe(0, created.ToString());
        @checked.ToString().ShouldContain("nothing is wrong; 3 actions");
        tested.Status.ShouldBe(0, tested.ToString());
        tested.Output.ShouldContain($"PUT 127.0.0.1:{port}/v2/contacts/");
        tested.Output.ShouldContain("acme: 3 actions, ");
        var told = JsonElement.Parse(json.Output);
        (told.GetProperty("passed").GetBoolean(), told.GetProperty("actions").GetArrayLength()).ShouldBe((true, 3));
        askedByTests.ShouldBe(0, "a test asks nothing of the vendor");
        connected.ToString().ShouldContain("belongs to ada@example.org");
        ran.Status.ShouldBe(0, ran.ToString());
        asked.ShouldBe(["GET /v2/me", "POST /v2/contacts", "GET /v2/contacts?limit=5", "GET /v2/contacts?after=p2&limit=4", "PUT /v2/contacts/c1/photo"]);
        ran.ToString().ShouldNotContain(Key);
    }

    [Fact]
    public async Task What_cannot_be_tested_is_told_apart_from_what_fails()
    {
        folder.WriteFile("wrong.yaml", "id: wrong\n");
        folder.WriteFile("config/gantry/providers/acme.yaml", Example().Replace("format: email", "pattern: '(?<a>[0-9]{3})-\\k<a>'", StringComparison.Ordinal));

        var (none, code, wrong, failed) = (await RunAsync("provider", "test", "acmee"), await RunAsync("provider", "test", "http"), await RunAsync("provider", "test", folder["wrong.yaml"], "--json"), await RunAsync("provider", "test", "acme"));
        var one = await RunAsync("provider", "test", "acme", "--action", "create_contact", "--value", "email=123-123");
        var shipped = await RunAsync("provider", "test", "hubspot", "--action", "nothing");

        (none.Status, code.Status, wrong.Status, failed.Status, one.Status, shipped.Status).ShouldBe((2, 2, 1, 1, 0, 2));
        none.Errors.ShouldContain("Did you mean 'acme'?");
        code.Errors.ShouldContain("in code");
        JsonElement.Parse(wrong.Output).GetProperty("findings")[0].GetProperty("line").GetInt32().ShouldBe(1);
        failed.Output.ShouldContain("--value email=");
        one.Output.ShouldContain("acme: 1 action, ");
        shipped.Errors.ShouldContain("has no action 'nothing'");
    }

    /// <summary>The manifest of the guide, whose vendor is here.</summary>
    private string Example()
    {
        var guide = System.IO.File.ReadAllText(Path.Combine(GantryProgram.Repository, "providers", "README.md"));
        var example = Regex.Match(guide, "```yaml\n(?<text>schema:.*?)```", RegexOptions.Singleline).Groups["text"].Value;
        var here = Regex.Replace(example, "(?m)^base_url:.*$", $"base_url: http://127.0.0.1:{port}/v2");
        here.ShouldNotBe(example);
        return here;
    }

    private Task<Ended> RunAsync(params string[] arguments) => GantryProgram.RunAsync(
        new Dictionary<string, string?>(StringComparer.Ordinal) { ["XDG_CONFIG_HOME"] = folder["config"], ["HOME"] = folder.Path, ["XDG_DATA_HOME"] = folder["data"] }, "", arguments);

    private async Task AnswerAsync()
    {
        while (vendor.IsListening)
        {
            try
            {
                var context = await vendor.GetContextAsync();
                var (status, body) = Answer(context.Request);
                (context.Response.StatusCode, context.Response.ContentType) = (status, "application/json");
                context.Response.Close(JsonSerializer.SerializeToUtf8Bytes(body), willBlock: false);
            }
            catch (Exception exception) when (exception is HttpListenerException or ObjectDisposedException)
            {
                return;
            }
        }
    }

    private (int Status, JsonNode Body) Answer(HttpListenerRequest request)
    {
        asked.Enqueue($"{request.HttpMethod} {request.RawUrl}");
        if (request.Headers["Authorization"] != $"Bearer {Key}")
        {
            return (401, new JsonObject { ["error"] = new JsonObject { ["message"] = "Unknown token." } });
        }

        return (request.HttpMethod, request.Url!.AbsolutePath) switch
        {
            ("GET", "/v2/me") => (200, JsonNode.Parse("""{"user": {"email": "ada@example.org"}}""")!),
            ("GET", "/v2/contacts") when request.QueryString["after"] == "p2" => (200, JsonNode.Parse("""{"contacts": [{"id": "c2"}]}""")!),
            ("GET", "/v2/contacts") => (200, JsonNode.Parse("""{"contacts": [{"id": "c1"}], "meta": {"next": "p2"}}""")!),
            ("POST", "/v2/contacts") => (201, JsonNode.Parse("""{"id": "c1"}""")!),
            ("PUT", "/v2/contacts/c1/photo") => (200, new JsonObject()),
            _ => (404, new JsonObject()),
        };
    }
}
