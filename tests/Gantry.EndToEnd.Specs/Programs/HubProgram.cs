using System.Diagnostics;
using System.Net.Http.Headers;
using System.Text;

namespace Gantry.EndToEnd.Specs.Programs;

/// <summary>A real hub on a data folder of its own, started as people start it. It can be killed and started again.</summary>
public sealed class HubProgram : IAsyncDisposable
{
    public const string AdminPassword = "correct horse battery";

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private readonly Dictionary<string, string?> variables = new(StringComparer.Ordinal) { ["GANTRY_ADMIN_PASSWORD"] = AdminPassword };
    private readonly StringBuilder said = new();
    private Process? process;
    private Task reading = Task.CompletedTask;
    private HttpClient? http;

    public HubProgram(string dataFolder) => DataFolder = dataFolder;

    public string DataFolder { get; }

    /// <summary>A hub's own program to start, in this folder; null starts it by the command line, as it was built beside these tests.</summary>
    public (string Program, string Folder)? Published { get; init; }

    public Uri Address { get; private set; } = null!;

    public int ProcessId => process!.Id;

    /// <summary>Signed in as the administrator.</summary>
    public HttpClient Http => http!;

    /// <summary>For the next start.</summary>
    public void Set(string variable, string? value) => variables[variable] = value;

    /// <summary>Everything it said so far, for messages.</summary>
    public string Said
    {
        get
        {
            lock (said)
            {
                return said.ToString();
            }
        }
    }

    public async Task StartAsync()
    {
        // The port stays the same from the first start on, so that clients find the hub again.
        var listen = Address is null ? "http://127.0.0.1:0" : Address.GetLeftPart(UriPartial.Authority);
        process = Published is var (program, folder)
            ? GantryProgram.StartPublished(program, new Dictionary<string, string?>(variables, StringComparer.Ordinal) { ["GANTRY_DATA"] = DataFolder, ["GANTRY_LISTEN"] = listen }, folder)
            : GantryProgram.Start(variables, "up", "--data", DataFolder, "--listen", listen);
        TaskCompletionSource<Uri> ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
        reading = Task.WhenAll(ReadAsync(process.StandardOutput, ready), ReadAsync(process.StandardError, null));
        var ended = process.WaitForExitAsync(CancellationToken.None);
        if (await Task.WhenAny(ready.Task, ended).WaitAsync(Patience) == ended)
        {
            await reading;
            throw new InvalidOperationException($"The hub ended with status {process.ExitCode}:\n{Said}");
        }

        Address = await ready.Task;
        http?.Dispose();
        http = await SignInAsync("admin", AdminPassword);
    }

    /// <summary>A client that is signed in.</summary>
    public async Task<HttpClient> SignInAsync(string user, string password)
    {
        HttpClient client = new() { BaseAddress = Address, Timeout = TimeSpan.FromMinutes(5) };
        var answer = await client.PostJsonAsync("/api/sign-in", new { user, password });
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", answer.GetProperty("token").GetString());
        return client;
    }

    /// <summary>kill -9: nothing in it runs any more, its PostgreSQL goes on.</summary>
    public async Task KillAsync()
    {
        process!.Kill(entireProcessTree: false);
        await process.WaitForExitAsync(CancellationToken.None);
        await reading;
    }

    /// <summary>Completes when it has ended by itself.</summary>
    public async Task EndedAsync()
    {
        await process!.WaitForExitAsync(CancellationToken.None);
        await reading;
    }

    /// <summary>As Ctrl-C does; answers the status.</summary>
    public async Task<int> StopAsync()
    {
        using (var kill = GantryProgram.Start("/bin/kill", variables, ["-TERM", $"{ProcessId}"]))
        {
            await kill.WaitForExitAsync(CancellationToken.None);
        }

        await process!.WaitForExitAsync(CancellationToken.None).WaitAsync(Patience);
        await reading;
        return process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        http?.Dispose();
        if (process is null)
        {
            return;
        }

        // A killed hub leaves its PostgreSQL to the next one, which is the one that stops it.
        if (process.HasExited)
        {
            await StartAsync();
        }

        await StopAsync();
        process.Dispose();
    }

    private async Task ReadAsync(StreamReader reader, TaskCompletionSource<Uri>? ready)
    {
        while (await reader.ReadLineAsync() is { } line)
        {
            lock (said)
            {
                said.AppendLine(line);
            }

            const string Ready = "Gantry is ready at ";
            if (line.StartsWith(Ready, StringComparison.Ordinal))
            {
                ready?.TrySetResult(new Uri(line[Ready.Length..].Trim()));
            }
        }
    }
}
