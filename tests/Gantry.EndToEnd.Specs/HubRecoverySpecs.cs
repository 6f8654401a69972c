using System.Globalization;
using Gantry.EndToEnd.Specs.Programs;
using Gantry.TestServers;
using Shouldly;
using Xunit;

namespace Gantry.EndToEnd.Specs;

/// <summary>Whatever is killed in the middle: what was accepted is finished, whole, and nothing that was complete is done again.</summary>
public sealed class HubRecoverySpecs : IAsyncLifetime
{
    /// <summary>So that what hangs fails; nothing here waits for time to pass.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    private readonly TemporaryFolder folder = new();
    private readonly HubProgram hub;
    private SshServer server = null!;
    private string remote = "";

    public HubRecoverySpecs() => hub = new HubProgram(folder["data"]);

    /// <summary>./test --slow takes the full number.</summary>
    private static int Files => Environment.GetEnvironmentVariable("GANTRY_TEST_SLOW") == "1" ? 20_000 : 5_000;

    public async ValueTask InitializeAsync()
    {
        server = await SshServer.StartAsync();
        remote = server.NewFolder();
        await hub.StartAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await hub.DisposeAsync();
        await server.DisposeAsync();
        folder.Dispose();
    }

    [Fact]
    public async Task A_transfer_that_lost_its_hub_completes_by_itself_and_sends_nothing_twice()
    {
        FileTree.Make(folder["source"], Files);
        await using GatedPort gate = new(server.Port, Files * 4096L * 2 / 5);
        var id = await StartTransferAsync(gate.Port);
        await gate.Reached.WaitAsync(Patience);

        await hub.KillAsync();
        gate.Open();
        await server.StopAsync();
        var complete = await FileTree.StampsAsync(remote);
        await server.StartAgainAsync();
        await hub.StartAsync();
        var execution = await ExecutionWatch.EndAsync(hub.Http, id).WaitAsync(Patience);

        complete.Count.ShouldBeInRange(Files / 10, Files - 1);
        execution.GetProperty("status").GetString().ShouldBe("succeeded", execution.ToString());
        FileTree.Differences(folder["source"], remote).ShouldBeEmpty();
        var stamps = await FileTree.StampsAsync(remote);
        complete.Where(stamp => stamps[stamp.Key] != stamp.Value).Select(stamp => stamp.Key).ShouldBeEmpty("These files were complete and were sent again.");
        LeftOver().ShouldBeEmpty();
    }

    [Fact]
    public async Task A_transfer_that_lost_its_server_completes_when_the_server_is_back()
    {
        FileTree.Make(folder["source"], 2_000);
        await using GatedPort gate = new(server.Port, 2_000 * 4096L * 2 / 5);
        var id = await StartTransferAsync(gate.Port);
        await gate.Reached.WaitAsync(Patience);

        await server.StopAsync();
        gate.Open();
        await server.StartAgainAsync();
        var execution = await ExecutionWatch.EndAsync(hub.Http, id).WaitAsync(Patience);

        execution.GetProperty("status").GetString().ShouldBe("succeeded", execution.ToString());
        FileTree.Differences(folder["source"], remote).ShouldBeEmpty();
        LeftOver().ShouldBeEmpty();
    }

    [Fact]
    public async Task What_was_accepted_while_the_database_fell_over_is_finished()
    {
        const int Starts = 300;
        var killAt = Starts / 3;
        List<string> accepted = [];
        var refused = 0;

        for (var i = 0; i < Starts; i++)
        {
            if (i == killAt)
            {
                await KillDatabaseAsync();
            }

            using var answer = await hub.Http.PostAsync("/api/execute", HubRequests.Json(new
            {
                plan = new { steps = new[] { new { use = "transfer.copy", with = new { from = folder.Folder("small"), to = folder["copies"] + "/" + i } } } },
            }));
            if (answer.IsSuccessStatusCode)
            {
                accepted.Add((await answer.ReadJsonAsync()).GetProperty("id").GetString()!);
            }
            else
            {
                // Clearly refused, and not half accepted.
                ((int)answer.StatusCode).ShouldBe(503, await answer.Content.ReadAsStringAsync());
                refused++;
            }
        }

        accepted.Count.ShouldBeGreaterThan(killAt, $"{refused} were refused.");
        foreach (var id in accepted)
        {
            var execution = await ExecutionWatch.EndAsync(hub.Http, id);
            execution.GetProperty("status").GetString().ShouldBe("succeeded", execution.ToString());
        }
    }

    private async Task<string> StartTransferAsync(int port)
    {
        var settings = server.Settings(remote).With("host_key", server.HostKey).With("port", port.ToString(CultureInfo.InvariantCulture)).Values;
        using var saved = await hub.Http.PutAsync("/api/endpoints/target", HubRequests.Json(new { kind = "sftp", settings }));
        saved.IsSuccessStatusCode.ShouldBeTrue(await saved.Content.ReadAsStringAsync());
        return await ExecutionWatch.StartAsync(hub.Http, new
        {
            steps = new[]
            {
                new { use = "transfer.copy", with = new { from = folder["source"], to = "target:" }, retry = new { attempts = 20, delay = "200ms", max = "2s" } },
            },
        });
    }

    private string[] LeftOver() =>
        Directory.GetFiles(remote, ".gantry-*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.None });

    private async Task KillDatabaseAsync()
    {
        var postmaster = (await File.ReadAllLinesAsync(Path.Combine(hub.DataFolder, "postgres", "data", "postmaster.pid")))[0];
        using var kill = GantryProgram.Start("/bin/kill", new Dictionary<string, string?>(StringComparer.Ordinal), ["-KILL", postmaster]);
        await kill.WaitForExitAsync(CancellationToken.None);
        kill.ExitCode.ShouldBe(0);
    }
}
