using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Net.ServerSentEvents;

namespace Gantry.Hub.Specs.Executions;

/// <summary>The hub's program in a process of its own, which can be killed.</summary>
internal sealed class HubProcess : IAsyncDisposable
{
    /// <summary>Hubs of one database share it.</summary>
    private const string MasterKey = "q0Zt3v1Xy8mJw5uC7rN2kB9sLhF4dG6aTpEoVxYzWcI=";

    private readonly Process process;

    private HubProcess(Process process) => this.process = process;

    public int Id => process.Id;

    /// <summary>The most memory that it ever held, in bytes.</summary>
    public long MemoryMax => 1024 * long.Parse(
        File.ReadLines($"/proc/{process.Id}/status").First(line => line.StartsWith("VmHWM:", StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[1],
        CultureInfo.InvariantCulture);

    /// <summary>Signed in as the administrator; null when the hub was gone before it was ready.</summary>
    public HttpClient? Client { get; private set; }

    /// <param name="keepsOwnKey">Its master key is in its data folder; nobody is signed in then.</param>
    /// <param name="heapBytesMax">What it holds besides that ends in being out of memory; as much as the machine has when not given.</param>
    public static async Task<HubProcess> StartAsync(string dataFolder, string connectionString, string? fault, bool keepsOwnKey = false, long? heapBytesMax = null)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        foreach (var argument in (string[])[BuiltHub.Program, "--data", dataFolder, "--listen", "http://127.0.0.1:0", "--log-dir", dataFolder])
            start.ArgumentList.Add(argument);
        start.Environment["GANTRY_DATABASE"] = connectionString;
        start.Environment["GANTRY_ADMIN_PASSWORD"] = HubFixture.AdminPassword;
        start.Environment["GANTRY_EGRESS_ALLOW"] = "*";
        if (!keepsOwnKey) start.Environment["GANTRY_MASTER_KEY"] = MasterKey;
        start.Environment["GANTRY_FAULT"] = fault ?? "";
        if (heapBytesMax is { } most) start.Environment["DOTNET_GCHeapHardLimit"] = most.ToString("x", CultureInfo.InvariantCulture);
        var hub = new HubProcess(Process.Start(start)!);
        _ = hub.process.StandardError.ReadToEndAsync();
        while (await hub.process.StandardOutput.ReadLineAsync() is { } line)
        {
            if (!line.StartsWith("Gantry is ready at ", StringComparison.Ordinal))
                continue;
            _ = hub.process.StandardOutput.ReadToEndAsync();
            hub.Client = new HttpClient { BaseAddress = new Uri(line["Gantry is ready at ".Length..].Split(' ')[0]), Timeout = HubFixture.Patience };
            if (!keepsOwnKey && !await hub.SignInAsync())
                hub.Client = null;
            break;
        }

        return hub;
    }

    /// <summary>Null when the hub went away before it answered.</summary>
    public async Task<HttpResponseMessage?> PostAsync(string path, object body, string key)
    {
        if (Client is null)
            return null;
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = JsonContent.Create(body) };
        request.Headers.Add("Idempotency-Key", key);
        try
        {
            return await Client.SendAsync(request);
        }
        catch (HttpRequestException)
        {
            return null;
        }
    }

    /// <summary>The data of every event of an execution, when it is at its end.</summary>
    public async Task<List<string>> EventsAsync(string id)
    {
        await using var stream = await Client!.GetStreamAsync($"/api/executions/{id}/events");
        List<string> events = [];
        await foreach (var item in SseParser.Create(stream).EnumerateAsync()) events.Add(item.Data);
        return events;
    }

    /// <summary>Returns when an event of the execution says so.</summary>
    public async Task EventAsync(string id, Func<string, bool> isIt)
    {
        await using var stream = await Client!.GetStreamAsync($"/api/executions/{id}/events");
        await foreach (var item in SseParser.Create(stream).EnumerateAsync())
        {
            if (isIt(item.Data)) return;
        }

        throw new InvalidOperationException($"Execution {id} ended without that event.");
    }

    /// <summary>Returns when the hub's log says it, or has said it.</summary>
    public async Task LoggedAsync(string text)
    {
        await using var stream = await Client!.GetStreamAsync($"/api/system-logs/events?q={Uri.EscapeDataString(text)}");
        await foreach (var _ in SseParser.Create(stream).EnumerateAsync()) return;

        throw new InvalidOperationException($"The hub ended its log without saying '{text}'.");
    }

    public void Kill() => process.Kill();

    public Task EndedAsync() => process.WaitForExitAsync();

    public async ValueTask DisposeAsync()
    {
        process.Kill();
        await process.WaitForExitAsync();
        process.Dispose();
        Client?.Dispose();
    }

    private async Task<bool> SignInAsync()
    {
        try
        {
            using var answer = await Client!.PostAsJsonAsync("/api/sign-in", new { user = "admin", password = HubFixture.AdminPassword });
            Client!.DefaultRequestHeaders.Authorization =
                new AuthenticationHeaderValue("Bearer", (await answer.ReadJsonAsync()).GetProperty("token").GetString());
            return true;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }
}
