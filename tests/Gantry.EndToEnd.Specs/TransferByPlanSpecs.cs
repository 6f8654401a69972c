using Gantry.EndToEnd.Specs.Programs;
using Gantry.TestServers;
using Shouldly;
using Xunit;

namespace Gantry.EndToEnd.Specs;

/// <summary>What Gantry is for: a plan moves a real folder to a second folder and to a real SSH server, by the command line and by a hub.</summary>
public sealed class TransferByPlanSpecs : IAsyncLifetime
{
    private const int Files = 300;

    private readonly TemporaryFolder folder = new();
    private SshServer server = null!;

    public async ValueTask InitializeAsync()
    {
        server = await SshServer.StartAsync();
        FileTree.Make(folder["source"], Files);
    }

    public async ValueTask DisposeAsync()
    {
        await server.DisposeAsync();
        folder.Dispose();
    }

    [Fact]
    public async Task Gantry_run_moves_a_folder_to_a_folder_and_to_a_server()
    {
        var remote = server.NewFolder();
        var plan = folder.WriteFile("plan.yaml", $"""
            name: publish
            inputs: {"{ from: string }"}
            steps:
              - id: here
                use: transfer.copy
                with: {"{"} from: "${"{"}input.from{"}"}", to: {folder["second"]} {"}"}
              - id: there
                use: transfer.copy
                with: {"{"} from: {folder["second"]}, to: "sftp://{SshServer.User}@127.0.0.1:{server.Port}{remote}" {"}"}
            """);
        var config = folder.WriteFile("ssh_config", $"""
            Host 127.0.0.1
              IdentityFile {server.KeyFile}
              UserKnownHostsFile {server.KnownHostsFile}
            """);

        var ended = await GantryProgram.RunAsync("run", plan, "--input", "from=" + folder["source"], "--ssh-config", config);

        ended.Status.ShouldBe(0, ended.ToString());
        ended.Output.ShouldContain($"{Files} copied");
        FileTree.Differences(folder["source"], folder["second"]).ShouldBeEmpty();
        FileTree.Differences(folder["source"], remote).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_hub_moves_a_folder_to_a_saved_endpoint_and_its_events_show_how()
    {
        var remote = server.NewFolder();
        await using var hub = new HubProgram(folder["data"]);
        await hub.StartAsync();
        using var saved = await hub.Http.PutAsync("/api/endpoints/target", HubRequests.Json(new { kind = "sftp", settings = SettingsOf(remote) }));
        saved.IsSuccessStatusCode.ShouldBeTrue(await saved.Content.ReadAsStringAsync());
        var tested = await hub.Http.PostJsonAsync("/api/endpoints/target/test", new { });
        tested.GetProperty("ok").GetBoolean().ShouldBeTrue(tested.ToString());

        var id = await ExecutionWatch.StartAsync(hub.Http, new
        {
            steps = new object[]
            {
                new { use = "transfer.copy", with = new { from = folder["source"], to = folder["second"] } },
                new { use = "transfer.copy", with = new { from = folder["second"], to = "target:www" } },
            },
        });
        List<string> types = [];
        await foreach (var (type, _) in ExecutionWatch.EventsAsync(hub.Http, id))
        {
            types.Add(type);
        }

        var execution = await hub.Http.GetJsonAsync($"/api/executions/{id}");
        execution.GetProperty("status").GetString().ShouldBe("succeeded", execution.ToString());
        types.ShouldContain("progress");
        types.ShouldContain("log");
        types[^1].ShouldBe("execution");
        FileTree.Differences(folder["source"], folder["second"]).ShouldBeEmpty();
        FileTree.Differences(folder["source"], Path.Combine(remote, "www")).ShouldBeEmpty();
    }

    private Dictionary<string, string> SettingsOf(string remote) =>
        server.Settings(remote).With("host_key", server.HostKey).Values.ToDictionary(pair => pair.Key, pair => pair.Value, StringComparer.Ordinal);
}
