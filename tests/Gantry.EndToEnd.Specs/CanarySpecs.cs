using System.Diagnostics;
using System.Text.Json;
using Gantry.EndToEnd.Specs.Canaries;
using Gantry.EndToEnd.Specs.Programs;
using Gantry.TestServers;
using Shouldly;
using Xunit;

namespace Gantry.EndToEnd.Specs;

/// <summary>
/// Secrets of every shape go through every provider and every failure, against a server that gives back what it gets; then they are looked for wherever
/// something is kept, told or shown.
/// </summary>
public sealed class CanarySpecs : IAsyncLifetime
{
    private static readonly string[] ForHeaders = ["PLAIN", "QUOTED", "SPACED", "PERCENT", "PLUS", "LONG", "HTML"];

    private readonly TemporaryFolder folder = new();
    private readonly EchoServer echo = new();
    private readonly List<string> told = [];
    private HubProgram hub = null!;

    public async ValueTask InitializeAsync()
    {
        hub = new HubProgram(folder["data"]);
        hub.Set("GANTRY_EGRESS_ALLOW", "*");
        hub.Set("GANTRY_LOG_LEVEL", "debug");
        hub.Set("GANTRY_LOG_DIR", folder.Folder("data/logs"));
        await hub.StartAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await hub.DisposeAsync();
        await echo.DisposeAsync();
        folder.Dispose();
    }

    [Fact]
    public async Task A_secret_is_nowhere_but_where_it_is_sealed_and_where_it_was_sent()
    {
        await StoreAsync();
        await using var watch = new ProcessWatch();

        foreach (var plan in Plans()) await RunAsync(plan);
        await RunTransfersAsync();
        await SendWhatIsRefusedAsync();
        await ReadEverythingAsync();

        var sent = string.Join('\n', echo.Seen);
        foreach (var name in Canary.All.Keys) sent.ShouldContain(JsonSerializer.Serialize(Canary.All[name])[1..^1], customMessage: $"{name} never arrived, so nothing is proven");
        told.ShouldContain(text => text.Contains("***", StringComparison.Ordinal));
        watch.Programs.ShouldContain(program => program.EndsWith("/ssh", StringComparison.Ordinal));
        List<string> found = [.. watch.Found.Distinct(), .. told.SelectMany(text => Canary.FindIn(text[..Math.Min(100, text.Length)], text)), .. Canary.FindIn("the hub's output", hub.Said)];
        found.AddRange(Canary.FindIn("the database", await DumpAsync()));
        (await hub.StopAsync()).ShouldBe(0);
        found.AddRange(InFiles(folder["data"]));
        await hub.StartAsync();
        found.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("file")]
    [InlineData("env")]
    public async Task A_secret_of_another_store_is_nowhere_else_either(string store)
    {
        (await hub.StopAsync()).ShouldBe(0);
        hub.Set("GANTRY_FILE_KEY", Convert.ToBase64String(System.Security.Cryptography.RandomNumberGenerator.GetBytes(32)).Replace('+', '-').Replace('/', '_'));
        foreach (var (name, value) in store == "env" ? Canary.All : new Dictionary<string, string>(StringComparer.Ordinal)) hub.Set("CRED_" + name, value);
        await hub.StartAsync();
        var config = new Dictionary<string, object>(StringComparer.Ordinal) { ["file"] = new { path = folder["data/credentials.encrypted"] } };
        await TellAsync(HttpMethod.Put, "/api/credential-store", new { backend = store, backend_config = config });
        if (store == "file") await StoreAsync();
        List<string> found;
        await using (var watch = new ProcessWatch(store == "env" ? hub.ProcessId : null))
        {
            foreach (var (status, form) in ((string, string)[])[("200", "plain"), ("200", "base64 behind one"), ("403", "problem")]) await RunAsync(Call(status, form));
            await RunTransfersAsync();
            await SendWhatIsRefusedAsync();
            await ReadEverythingAsync();

            // Whoever keeps secrets in the environment has them in that of the hub, and of nothing that it starts.
            found = [.. watch.Found.Distinct()];
        }

        string.Join('\n', echo.Seen).ShouldContain(Canary.All["PLAIN"]);
        found.AddRange(told.SelectMany(text => Canary.FindIn(text[..Math.Min(100, text.Length)], text)));
        found.AddRange(Canary.FindIn("the hub's output", hub.Said));
        found.AddRange(Canary.FindIn("the database", await DumpAsync()));
        found.AddRange(InFiles(folder["data"]));
        found.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_plan_run_in_a_terminal_shows_none_of_its_secrets()
    {
        var variables = Canary.All.ToDictionary(canary => "CRED_" + canary.Key, canary => (string?)canary.Value, StringComparer.Ordinal);
        foreach (var (status, form) in ((string, string)[])[("200", "plain"), ("401", "problem"), ("200", "base64 behind two"), ("200", "hex"), ("200", "json in json")])
        {
            var file = folder.WriteFile("plan.json", JsonSerializer.Serialize(Call(status, form)));
            foreach (var more in (string[][])[[], ["--json"]])
            {
                var ended = await GantryProgram.RunAsync(variables, null, ["run", file, .. more]);

                ended.Status.ShouldBe(status == "200" ? 0 : 1, ended.ToString());
                Canary.FindIn("the output", ended.Output).ShouldBeEmpty();
                Canary.FindIn("the errors", ended.Errors).ShouldBeEmpty();
            }
        }
    }

    [Fact]
    public void What_is_looked_for_would_be_found_in_every_form()
    {
        foreach (var (name, value) in Canary.All)
        {
            // Two-byte characters within Base64 are beyond this search, and beyond what programs of this kind send.
            foreach (var (form, write) in SecretForms.All.Where(form => form.Key != "base64 of utf-16" && form.Key != "base64 of json" && form.Key != "base64 in an address"))
                Canary.FindIn("there", $"before {write(value)} behind").ShouldNotBeEmpty($"{name} as {form}");
        }
    }

    private async Task StoreAsync()
    {
        foreach (var (name, value) in Canary.All) await TellAsync(HttpMethod.Post, "/api/credentials", new { name, value, scope = "workspace" });
        await TellAsync(HttpMethod.Put, "/api/provider-credentials/openai", new { fields = new { api_key = Canary.All["PLAIN"], other = Canary.All["UNICODE"] }, scope = "workspace" });
    }

    /// <summary>Every provider that sends something, with every answer that gives it back.</summary>
    private IEnumerable<object> Plans()
    {
        foreach (var form in SecretForms.All.Keys) yield return Call("200", form);
        foreach (var status in (string[])["400", "401", "403", "404", "409", "500", "503"]) yield return Call(status, "problem");
        yield return Call("422", "html");
        foreach (var name in ForHeaders)
        {
            var secret = $"${{cred:{name}}}";
            yield return Plan("http.request", new { method = "GET", url = $"{echo.Address}/echo/401/problem", bearer = secret, query = new { key = secret }, headers = new Dictionary<string, string> { ["X-Api-Key"] = secret } });
            yield return Plan("http.request", new { method = "POST", url = $"{echo.Address}/echo/200/object", basic = new { user = "somebody", password = secret }, form = new { key = secret, more = $"a {secret} b" } });
            yield return Plan("custom_api.call", new { base_url = $"{echo.Address}/echo", path = "/403/problem", auth = new { type = "query", name = "key", value = secret } });
            yield return Plan("custom_api.call", new { base_url = $"{echo.Address}/echo", path = "/200/base64", auth = new { type = "basic", user = "somebody", password = secret } });
        }

        yield return Plan("http.request", new { method = "GET", url = "http://127.0.0.1:1/nobody/listens", bearer = "${cred:PLAIN}" });
        yield return Plan("http.request", new { method = "GET", url = $"{echo.Address}/echo/200/plain", headers = new Dictionary<string, string> { ["X-Broken"] = "${cred:LINES}" } });
        yield return Plan("http.request", new { method = "GET", url = "${cred:PLAIN}", bearer = "${cred:QUOTED}" });
        yield return new { steps = new object[] { Step("a", "http.request", new { url = $"{echo.Address}/echo/200/object", bearer = "${cred:PLAIN}" }), Step("b", "logic.transform", new { value = "${a.body.nothing.like.this}" }) } };
        yield return new { steps = new object[] { Step("a", "http.request", new { url = $"{echo.Address}/echo/200/object", bearer = "${cred:PLAIN}" }), Step("b", "webhook.post", new { url = $"{echo.Address}/echo/500/problem", payload = new { again = "${a.body}" } }) } };
    }

    /// <summary>All canaries in one body.</summary>
    private object Call(string status, string form) =>
        Plan("webhook.post", new { url = $"{echo.Address}/echo/{status}/{Uri.EscapeDataString(form)}", payload = Canary.All.Keys.ToDictionary(name => name, name => $"${{cred:{name}}}", StringComparer.Ordinal) });

    private static object Plan(string use, object with) => new { steps = new[] { Step("only", use, with) } };

    private static object Step(string id, string use, object with) => new { id, use, with, retry = new { attempts = 1 } };

    private async Task RunTransfersAsync()
    {
        await using var server = await SshServer.StartAsync();
        folder.WriteFile("source/a.txt", "a");
        foreach (var (name, setting) in ((string, string)[])[("PLAIN", "password"), ("QUOTED", "password"), ("UNICODE", "password"), ("LINES", "key")])
        {
            var settings = new Dictionary<string, string>(StringComparer.Ordinal)
            {
                ["host"] = "127.0.0.1",
                ["port"] = $"{server.Port}",
                ["user"] = "nobody-here",
                ["host_key"] = server.HostKey,
                [setting] = $"${{cred:{name}}}",
            };
            var endpoint = "sftp-" + name.ToLowerInvariant();
            await TellAsync(HttpMethod.Put, $"/api/endpoints/{endpoint}", new { kind = "sftp", settings });
            await TellAsync(HttpMethod.Post, $"/api/endpoints/{endpoint}/test", new { });
            await RunAsync(Plan("transfer.copy", new { from = folder["source"], to = $"{endpoint}:in", retries = 0 }));
        }

        await TellAsync(HttpMethod.Put, "/api/endpoints/refused", new { kind = "sftp", settings = new { host = "127.0.0.1", port = "1", user = "x", password = "${cred:PLAIN}" } });
        await TellAsync(HttpMethod.Post, "/api/endpoints/refused/test", new { });
    }

    /// <summary>Requests that are wrong and have a secret in them: the answer does not repeat it.</summary>
    private async Task SendWhatIsRefusedAsync()
    {
        foreach (var value in Canary.All.Values)
        {
            await TellAsync(HttpMethod.Post, "/api/credentials", new { name = "not a name!", value });
            await TellAsync(HttpMethod.Post, "/api/credentials", new { name = "PLAIN", value, scope = "workspace" });
            await TellAsync(HttpMethod.Post, "/api/credentials", new { name = "NUL", value = value + "\0" });
            await TellAsync(HttpMethod.Post, "/api/credentials", new { name = "X", value = new[] { value } });
            await TellAsync(HttpMethod.Put, "/api/provider-credentials/openai", new { fields = new Dictionary<string, string> { ["not a field!"] = value } });
            await TellAsync(HttpMethod.Post, "/api/sign-in", new { user = "admin", password = value });
        }
    }

    /// <summary>What a hub shows, page by page; values are read back by nobody here.</summary>
    private async Task ReadEverythingAsync()
    {
        foreach (var path in (string[])["/api/executions?limit=100", "/api/execution-logs?limit=100", "/api/audit?limit=100", "/api/credentials", "/api/provider-credentials", "/api/endpoints", "/api/plans",
            "/api/vault", "/api/audit/export", "/health/ready", "/api/openapi.json"])
            told.Add(path + "\n" + await hub.Http.GetStringAsync(path));
    }

    private async Task RunAsync(object plan)
    {
        using var answer = await hub.Http.PostAsync("/api/execute", HubRequests.Json(new { plan }));
        var accepted = await answer.Content.ReadAsStringAsync();
        told.Add(accepted);
        if (!answer.IsSuccessStatusCode) return;
        var id = JsonElement.Parse(accepted).GetProperty("id").GetString()!;
        await foreach (var (type, data) in ExecutionWatch.EventsAsync(hub.Http, id)) told.Add($"{type} {data.GetRawText()}");
        var execution = await ExecutionWatch.EndAsync(hub.Http, id);
        told.Add(execution.GetRawText());
    }

    private async Task TellAsync(HttpMethod method, string path, object body)
    {
        using var request = new HttpRequestMessage(method, path) { Content = HubRequests.Json(body) };
        using var answer = await hub.Http.SendAsync(request);
        told.Add($"{method} {path} {(int)answer.StatusCode} {answer.Headers}\n{await answer.Content.ReadAsStringAsync()}");
    }

    /// <summary>All tables, past row security.</summary>
    private async Task<string> DumpAsync()
    {
        var start = new ProcessStartInfo("/usr/bin/pg_dump") { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var word in (string[])["-h", Directory.GetDirectories(Path.Combine(hub.DataFolder, "postgres"), "socket").Single(), "-U", "gantry_admin", "--inserts", "gantry"]) start.ArgumentList.Add(word);
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        var dump = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        process.ExitCode.ShouldBe(0, await errors);
        dump.ShouldContain("provider_credentials");
        return dump;
    }

    private static IEnumerable<string> InFiles(string folder)
    {
        foreach (var file in Directory.EnumerateFiles(folder, "*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.None }))
        {
            // The hub holds this one locked. It has the data folder's path in it.
            if (Path.GetFileName(file) != ".gantry.log.lock" && new FileInfo(file).Length is > 0 and < int.MaxValue / 4)
                foreach (var found in Canary.FindIn(file, File.ReadAllBytes(file))) yield return found;
        }
    }
}
