using System.Text.Json;
using Gantry.EndToEnd.Specs.Programs;
using Gantry.TestServers;
using Shouldly;
using Xunit;

namespace Gantry.EndToEnd.Specs;

/// <summary>A hub moves a folder to a real SSH server and from there to an archive; people see how it goes, what failed, and take up only that.</summary>
public sealed class HubTransferSpecs(StartedHub started) : IClassFixture<StartedHub>, IAsyncLifetime
{
    private const int Files = 200;
    private static readonly TimeSpan patience = TimeSpan.FromMinutes(2);

    private readonly TemporaryFolder folder = new();
    private readonly HubProgram hub = started.Program;
    private SshServer server = null!;
    private string remote = "";

    private Dictionary<string, string?> Variables => new(StringComparer.Ordinal)
    {
        ["XDG_CONFIG_HOME"] = folder["config"],
        ["GANTRY_HUB"] = hub.Address.ToString(),
    };

    public async ValueTask InitializeAsync()
    {
        server = await SshServer.StartAsync();
        remote = server.NewFolder();
        FileTree.Make(folder["source"], Files);
        await GantryProgram.RunAsync(Variables, HubProgram.AdminPassword + "\n", "login", "--user", "admin", "--password-stdin");
        await SaveAsync("primary", new { kind = "sftp", settings = server.Settings(remote).With("host_key", server.HostKey).Values });
        await SaveAsync("source", new { address = folder["source"] });
        await SaveAsync("archive", new { address = folder["archive"] });
    }

    public async ValueTask DisposeAsync()
    {
        await server.DisposeAsync();
        folder.Dispose();
    }

    [Fact]
    public async Task A_chain_with_a_failing_file_brings_all_others_through_and_a_retry_brings_the_rest()
    {
        var bad = Path.GetRelativePath(folder["source"], Directory.EnumerateFiles(folder["source"], "*", SearchOption.AllDirectories).First());
        Directory.CreateDirectory(Path.Combine(remote, bad));

        var chained = await RunAsync("transfer", "start", "source:", "primary:", "--then", "archive:", "--name", "Delivery", "--follow");
        var failed = JsonElement.Parse((await RunAsync("transfer", "list", "--status", "failed", "--search", "deliv", "--json")).Output)[0];
        var id = failed.GetProperty("id").GetString()!;
        var manifest = await RunAsync("transfer", "manifest", id, "--result", "failed");
        await RunAsync("transfer", "manifest", id, "--output", folder["manifest.jsonl"]);
        Directory.Delete(Path.Combine(remote, bad));
        var retried = await RunAsync("transfer", "retry", id, "--follow");

        chained.Status.ShouldBe(1, chained.ToString());
        chained.Output.ShouldContain($"{Files - 1} copied");
        chained.Output.ShouldContain(bad + ": ");
        manifest.Output.ShouldContain(bad);
        (await File.ReadAllLinesAsync(folder["manifest.jsonl"])).Length.ShouldBe((2 * Files) - 1);
        retried.Status.ShouldBe(0, retried.ToString());
        retried.Output.ShouldContain("1 copied");
        FileTree.Differences(folder["source"], remote).ShouldBeEmpty();
        FileTree.Differences(folder["source"], folder["archive"]).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_template_is_run_and_its_events_tell_each_file()
    {
        var saved = await RunAsync("transfer", "template", "save", "pages", "source:", "primary:pages", "--description", "To the server");
        var ran = await RunAsync("transfer", "template", "run", "pages", "--json");
        var id = JsonElement.Parse(ran.Output).GetProperty("id").GetString()!;

        var events = await hub.Http.GetStringAsync($"/api/transfers/{id}/events");
        var shown = await hub.Http.GetJsonAsync($"/api/transfers/{id}");

        saved.Output.ShouldContain("version 1");
        shown.GetProperty("status").GetString().ShouldBe("succeeded", shown.ToString());
        events.Split("event: file\n").Length.ShouldBe(Files + 1);
        events.ShouldContain("\"files_total\":" + Files);
        FileTree.Differences(folder["source"], Path.Combine(remote, "pages")).ShouldBeEmpty();
    }

    [Fact]
    public async Task What_a_killed_hub_was_moving_arrives_and_its_manifest_is_whole()
    {
        await SaveAsync("single", new { kind = "sftp", settings = server.Settings(remote).With("host_key", server.HostKey).Values, limits = new { connections = 1 } });
        var transfer = await hub.Http.PostJsonAsync("/api/transfers", new { from = "source:", to = new[] { "single:", "archive:" } });
        var id = transfer.GetProperty("id").GetString();
        using (var events = await hub.Http.GetStreamAsync($"/api/transfers/{id}/events"))
        using (var reader = new StreamReader(events))
        {
            for (var line = ""; line?.StartsWith("event: file", StringComparison.Ordinal) == false;) line = await reader.ReadLineAsync();
        }

        await hub.KillAsync();
        await hub.StartAsync();
        await hub.Http.GetStringAsync($"/api/transfers/{id}/events?files=none");
        var shown = await hub.Http.GetJsonAsync($"/api/transfers/{id}");
        var lines = (await hub.Http.GetStringAsync($"/api/transfers/{id}/manifest.jsonl")).TrimEnd().Split('\n').Select(line => JsonElement.Parse(line)).ToList();

        shown.GetProperty("status").GetString().ShouldBe("succeeded", shown.ToString());
        foreach (var step in (string[])["0", "1"])
            lines.Where(line => line.GetProperty("step").GetString() == step).Select(line => line.GetProperty("path").GetString()).Distinct().Count().ShouldBe(Files);
        FileTree.Differences(folder["source"], folder["archive"]).ShouldBeEmpty();
    }

    [Theory]
    [InlineData(1, 96)]
    [InlineData(3000, 0)]
    public async Task A_transfer_that_is_cancelled_over_the_API_stops_and_leaves_only_whole_files(int files, int mebibytes)
    {
        var source = folder.Folder("much");
        if (mebibytes > 0)
            await File.WriteAllBytesAsync(Path.Combine(source, "large"), new byte[mebibytes << 20]);
        else
            FileTree.Make(source, files);
        var bytes = Directory.EnumerateFiles(source, "*", SearchOption.AllDirectories).Sum(path => new FileInfo(path).Length);
        await using GatedPort gate = new(server.Port, bytes / 2);
        await SaveAsync("much", new { address = source });
        await SaveAsync("gated", new { kind = "sftp", settings = server.Settings(remote).With("host_key", server.HostKey).With("port", $"{gate.Port}").Values });
        var id = (await hub.Http.PostJsonAsync("/api/transfers", new { from = "much:", to = new[] { "gated:" } })).GetProperty("id").GetString();
        await gate.Reached.WaitAsync(patience);

        using (var answer = await hub.Http.PostAsync($"/api/executions/{id}/cancel", HubRequests.Json(new { })))
            answer.IsSuccessStatusCode.ShouldBeTrue(await answer.Content.ReadAsStringAsync());
        gate.Open();
        await hub.Http.GetStringAsync($"/api/transfers/{id}/events?files=none").WaitAsync(patience);

        (await hub.Http.GetJsonAsync($"/api/transfers/{id}")).GetProperty("status").GetString().ShouldBe("cancelled");
        await UntilCleanAsync(remote);
        var differences = FileTree.Differences(source, remote);
        differences.ShouldNotBeEmpty();
        differences.ShouldAllBe(difference => difference.StartsWith("missing: ", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("slow-archive")]
    [InlineData("slow-primary")]
    public async Task What_is_cancelled_over_the_API_moves_nothing_more_and_says_what_it_has_moved(string name)
    {
        const int Many = 4000;
        FileTree.Make(folder.Folder("much"), Many);
        var target = name == "slow-archive" ? folder.Folder("archive") : remote;
        await SaveAsync("much", new { address = folder["much"] });
        await SaveAsync("slow-archive", new { address = folder["archive"], limits = new { bandwidth = "100K" } });
        await SaveAsync("slow-primary", new { kind = "sftp", settings = server.Settings(remote).With("host_key", server.HostKey).Values, limits = new { bandwidth = "100K" } });
        var begun = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using FileSystemWatcher watcher = new(target) { EnableRaisingEvents = true };
        watcher.Created += (_, _) => begun.TrySetResult();
        var id = (await hub.Http.PostJsonAsync("/api/transfers", new { from = "much:", to = new[] { name + ":" } })).GetProperty("id").GetString();
        await begun.Task.WaitAsync(patience);

        using (var answer = await hub.Http.PostAsync($"/api/executions/{id}/cancel", HubRequests.Json(new { })))
            answer.IsSuccessStatusCode.ShouldBeTrue(await answer.Content.ReadAsStringAsync());
        await hub.Http.GetStringAsync($"/api/transfers/{id}/events?files=none").WaitAsync(patience);

        (await hub.Http.GetJsonAsync($"/api/transfers/{id}")).GetProperty("status").GetString().ShouldBe("cancelled");
        await UntilCleanAsync(target);
        // All of it would take 160 seconds, and half of it more than any machine needs to be told.
        Count().ShouldBeLessThan(Many / 2);
        (await hub.Http.GetStringAsync($"/api/transfers/{id}/manifest.jsonl")).Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Count(line => JsonElement.Parse(line).GetProperty("result").GetString() == "copied").ShouldBe(Count());

        int Count() => Directory.EnumerateFiles(target, "file*", SearchOption.AllDirectories).Count();
    }

    /// <summary>A cancelled step is over after a second and a half, and a server that is slow to answer is tidied up a little later.</summary>
    private static async Task UntilCleanAsync(string target)
    {
        using var impatient = new CancellationTokenSource(patience);
        while (Directory.EnumerateFiles(target, ".gantry-*", SearchOption.AllDirectories).Any())
        {
            impatient.Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }

    private async Task SaveAsync(string name, object endpoint)
    {
        using var saved = await hub.Http.PutAsync("/api/endpoints/" + name, HubRequests.Json(endpoint));
        saved.IsSuccessStatusCode.ShouldBeTrue(await saved.Content.ReadAsStringAsync());
    }

    private Task<Ended> RunAsync(params string[] arguments) => GantryProgram.RunAsync(Variables, null, arguments);
}
