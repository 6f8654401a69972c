using System.Diagnostics;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Gantry.Bench.Engine;

/// <summary>A hub of its own with a private PostgreSQL (fsync on) in a temporary folder, or at a given one; spoken to by its API only.</summary>
internal sealed class BenchHub : IAsyncDisposable
{
    public const string Password = "bench-password-of-the-hub";

    /// <summary>Hubs of one database share a master key.</summary>
    private static readonly string SharedKey = Convert.ToBase64String(RandomNumberGenerator.GetBytes(32));

    private readonly string folder = Directory.CreateTempSubdirectory("gantry-bench-").FullName;
    private readonly string program;
    private readonly string? database;
    private Process? process;

    private BenchHub(string program, string? database) => (this.program, this.database) = (program, database);

    public HttpClient Client { get; private set; } = null!;

    /// <param name="database">A connection string; null for a private one.</param>
    public static async Task<BenchHub> StartAsync(string program, string? database = null)
    {
        var hub = new BenchHub(program, database);
        await hub.RunAsync("http://127.0.0.1:0");
        return hub;
    }

    /// <summary>kill -9.</summary>
    public async Task KillAsync()
    {
        process!.Kill();
        await process.WaitForExitAsync();
        process.Dispose();
        process = null;
    }

    /// <summary>Starts again what was killed, at the same address.</summary>
    public Task RestartAsync()
    {
        var address = Client.BaseAddress!.ToString();
        return RunAsync(address);
    }

    public async Task<string> SavePlanAsync(string name, int steps)
    {
        var plan = $$"""{"name":"{{name}}","steps":[{{string.Join(',', Enumerable.Repeat("""{"use":"logic.transform","with":{"value":{"n":1}}}""", steps))}}]}""";
        using var answer = await PostAsync("/api/plans", plan);
        answer.EnsureSuccessStatusCode();
        return name;
    }

    public async Task<string> SavePlanAsync(string name, string text)
    {
        using var answer = await PostAsync("/api/plans", text);
        answer.EnsureSuccessStatusCode();
        return name;
    }

    public Task<HttpResponseMessage> PostAsync(string path, string json) =>
        Client.PostAsync(path, new StringContent(json, Encoding.UTF8, "application/json"));

    public async Task<JsonElement> GetAsync(string path)
    {
        await using var stream = await Client.GetStreamAsync(path);
        return (await JsonDocument.ParseAsync(stream)).RootElement;
    }

    /// <summary>Every execution of a plan, or of all, the newest first.</summary>
    public async Task<List<JsonElement>> ExecutionsAsync(string? plan)
    {
        var all = new List<JsonElement>();
        for (string? after = null; ;)
        {
            var page = await GetAsync("/api/executions?limit=500" + (plan is null ? "" : "&plan=" + plan) + (after is null ? "" : "&after=" + after));
            all.AddRange(page.GetProperty("items").EnumerateArray());
            after = page.GetProperty("next").GetString();
            if (after is null)
                return all;
        }
    }

    /// <summary>Returns when nothing is queued or running any more.</summary>
    public async Task DrainedAsync()
    {
        foreach (var status in (string[])["queued", "running"])
        {
            while ((await GetAsync($"/api/executions?status={status}&limit=1")).GetProperty("items").GetArrayLength() > 0)
                await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System);
        }
    }

    /// <summary>Fails unless every execution of the plan succeeded and has each of its steps on record as succeeded.</summary>
    public async Task VerifyAsync(string plan, int executions, int steps)
    {
        var all = await ExecutionsAsync(plan);
        if (all.Count != executions)
            throw new InvalidOperationException($"{executions} executions were started and {all.Count} are on record.");
        await Parallel.ForEachAsync(all, new ParallelOptions { MaxDegreeOfParallelism = 8 }, async (execution, _) =>
        {
            var shown = await GetAsync("/api/executions/" + execution.GetProperty("id").GetString());
            var recorded = shown.GetProperty("steps").EnumerateArray().Count(step => step.GetProperty("status").GetString() == "succeeded");
            if (shown.GetProperty("status").GetString() != "succeeded" || recorded != steps)
                throw new InvalidOperationException($"Execution {shown.GetProperty("id")} has {recorded} of {steps} steps and is {shown.GetProperty("status")}.");
        });
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        if (process is not null)
        {
            using var kill = Process.Start(new ProcessStartInfo("/bin/kill") { ArgumentList = { "-TERM", process.Id.ToString() } })!;
            await kill.WaitForExitAsync();
            await process.WaitForExitAsync();
            process.Dispose();
        }

        Directory.Delete(folder, recursive: true);
    }

    private async Task RunAsync(string listen)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        foreach (var argument in (string[])[program, "--data", folder, "--listen", listen, "--log-level", "warning", "--log-dir", folder])
            start.ArgumentList.Add(argument);
        start.Environment["GANTRY_ADMIN_PASSWORD"] = Password;
        start.Environment["GANTRY_EGRESS_ALLOW"] = "*";
        start.Environment["GANTRY_REQUESTS_PER_USER"] = "100000000";
        if (database is not null)
        {
            start.Environment["GANTRY_DATABASE"] = database;
            start.Environment["GANTRY_MASTER_KEY"] = SharedKey;
        }

        process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        string? address = null;
        while (address is null && await process.StandardOutput.ReadLineAsync() is { } line)
        {
            if (line.StartsWith("Gantry is ready at ", StringComparison.Ordinal))
                address = line["Gantry is ready at ".Length..].Split(' ')[0];
        }

        if (address is null)
            throw new InvalidOperationException("The hub did not start: " + await errors);
        _ = process.StandardOutput.ReadToEndAsync();
        var client = new HttpClient(new SocketsHttpHandler { UseProxy = false, MaxConnectionsPerServer = 2_000 })
        {
            BaseAddress = new Uri(address),
            Timeout = TimeSpan.FromMinutes(5),
        };
        using var answer = await client.PostAsJsonAsync("/api/sign-in", new { user = "admin", password = Password });
        var token = (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("token").GetString();
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        Client = client;
    }
}
