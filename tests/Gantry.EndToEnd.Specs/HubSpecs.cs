using System.Net;
using System.Text;
using Gantry.EndToEnd.Specs.Programs;
using Gantry.TestServers;
using Shouldly;
using Xunit;

namespace Gantry.EndToEnd.Specs;

/// <summary>A hub as people meet it: started, logged in to by the command line, asked for what it must refuse, stopped.</summary>
public sealed class HubSpecs(StartedHub started) : IClassFixture<StartedHub>, IDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly HubProgram hub = started.Program;

    private Dictionary<string, string?> Variables => new(StringComparer.Ordinal)
    {
        ["XDG_CONFIG_HOME"] = folder["config"],
        ["GANTRY_HUB"] = hub.Address.ToString(),
    };

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task The_command_line_logs_in_and_runs_the_demonstration()
    {
        var early = await RunAsync("executions", "list");
        early.Status.ShouldBe(3, early.ToString());
        early.Errors.ShouldContain("gantry login");

        (await LogInAsync()).Status.ShouldBe(0);
        var run = await RunAsync("run", "demo", "--follow");
        var listed = await RunAsync("executions", "list", "--json");

        run.Status.ShouldBe(0, run.ToString());
        run.Output.ShouldContain("succeeded");
        listed.Output.ShouldContain("\"plan\": \"demo\"");
        FileTree.Differences(Path.Combine(hub.DataFolder, "demo", "from"), Path.Combine(hub.DataFolder, "demo", "to")).ShouldBeEmpty();
        File.GetUnixFileMode(folder["config/gantry/hubs.json"]).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    [Fact]
    public async Task A_plan_is_applied_shown_run_and_deleted()
    {
        await LogInAsync();
        folder.WriteFile("in/a.txt", "a");
        var file = folder.WriteFile("plan.yaml", $"""
            name: nightly
            inputs:
              to: string
            steps:
              - use: transfer.copy
                with: {"{"} from: {folder["in"]}, to: "${"{"}input.to{"}"}" {"}"}
            """);

        var applied = await RunAsync("plan", "apply", file);
        var again = await RunAsync("plan", "apply", file);
        var exported = await RunAsync("plan", "export", "nightly");
        var wrong = await RunAsync("run", "nightly", "--follow");
        var ran = await RunAsync("run", "nightly", "--input", "to=" + folder["out"], "--follow", "--json");
        var deleted = await RunAsync("plan", "delete", "nightly");
        var gone = await RunAsync("plan", "show", "nightly");

        applied.Output.ShouldContain("version 1");
        again.Output.ShouldContain("unchanged");
        exported.Output.ShouldBe(await File.ReadAllTextAsync(file));
        wrong.Status.ShouldBe(1, wrong.ToString());
        wrong.Errors.ShouldContain("'to'");
        ran.Status.ShouldBe(0, ran.ToString());
        (await File.ReadAllTextAsync(folder["out/a.txt"])).ShouldBe("a");
        deleted.Status.ShouldBe(0, deleted.ToString());
        gone.Status.ShouldBe(1);
        gone.Errors.ShouldContain("There is no plan 'nightly'.");
    }

    [Fact]
    public async Task A_plan_s_file_runs_on_the_hub_that_is_named()
    {
        await LogInAsync();
        folder.WriteFile("in/a.txt", "a");
        var file = folder.WriteFile("plan.yaml", $"steps: [ {"{"} use: transfer.copy, with: {"{"} from: {folder["in"]}, to: {folder["out"]} {"}"} {"}"} ]");

        var ran = await RunAsync("run", file, "--follow");
        var id = ran.Output.Split('\n')[0].Split(' ')[1];
        var logs = await RunAsync("executions", "logs", id);
        var shown = await RunAsync("executions", "show", id, "--json");
        var rerun = await RunAsync("executions", "rerun", id, "--follow");

        ran.Status.ShouldBe(0, ran.ToString());
        logs.Output.ShouldContain("1 copied");
        shown.Output.ShouldContain("\"status\": \"succeeded\"");
        rerun.Status.ShouldBe(0, rerun.ToString());
    }

    [Fact]
    public async Task A_wrong_password_is_refused_and_stands_nowhere()
    {
        var ended = await GantryProgram.RunAsync(Variables, "not the password\n", "login", "--user", "admin", "--password-stdin");

        ended.Status.ShouldBe(3, ended.ToString());
        ended.Errors.ShouldNotContain("not the password");
        hub.Said.ShouldNotContain("not the password");
    }

    [Fact]
    public async Task A_body_over_the_limit_is_refused()
    {
        using HttpRequestMessage request = new(HttpMethod.Post, "/api/plans")
        {
            Content = new StringContent(new string(' ', 17 * 1024 * 1024) + "{}", Encoding.UTF8, "application/json"),
        };
        request.Headers.ExpectContinue = true;

        using var answer = await hub.Http.SendAsync(request);

        answer.StatusCode.ShouldBe(HttpStatusCode.RequestEntityTooLarge);
    }

    [Fact]
    public async Task Another_user_s_plan_is_not_there()
    {
        await hub.Http.PostJsonAsync("/api/plans", new { plan = new { name = "mine", steps = new[] { new { use = "transfer.list", with = new { from = "/tmp" } } } } });
        using var stranger = await CreateStrangerAsync("stranger");

        using var shown = await stranger.GetAsync("/api/plans/mine");
        using var run = await stranger.PostAsync("/api/execute", HubRequests.Json(new { plan = "mine" }));
        using var changed = await stranger.DeleteAsync("/api/plans/mine");

        shown.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        run.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        changed.StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task A_stranger_s_plan_cannot_read_this_machine()
    {
        folder.WriteFile("secret/a.txt", "a");
        using var stranger = await CreateStrangerAsync("other-stranger");

        var id = await ExecutionWatch.StartAsync(
            stranger, new { steps = new[] { new { use = "transfer.list", with = new { from = folder["secret"] } } } });
        var execution = await ExecutionWatch.EndAsync(stranger, id);

        execution.GetProperty("status").GetString().ShouldBe("failed", execution.ToString());
        execution.ToString().ShouldNotContain("a.txt");
    }

    [Fact]
    public async Task A_port_that_is_taken_is_said_and_another_hub_on_the_same_folder_too()
    {
        var sameFolder = await GantryProgram.RunAsync("up", "--data", hub.DataFolder, "--listen", "http://127.0.0.1:0");
        var samePort = await GantryProgram.RunAsync("up", "--data", folder["other"], "--listen", hub.Address.GetLeftPart(UriPartial.Authority));

        sameFolder.Status.ShouldBe(1, sameFolder.ToString());
        sameFolder.Errors.ShouldContain("gantry down");
        samePort.Status.ShouldBe(1, samePort.ToString());
        samePort.Errors.TrimEnd().Split('\n')[^1].ShouldContain("is taken by another program. Stop that one, or choose another port");
    }

    [Fact]
    public async Task Gantry_down_stops_a_hub_that_was_started_apart()
    {
        var up = await GantryProgram.RunAsync("up", "--data", folder["apart"], "--listen", "http://127.0.0.1:0", "--detach");
        var down = await GantryProgram.RunAsync("down", "--data", folder["apart"]);
        var again = await GantryProgram.RunAsync("down", "--data", folder["apart"]);

        up.Status.ShouldBe(0, up.ToString());
        up.Output.ShouldContain("Gantry is ready at http://127.0.0.1:");
        up.Output.ShouldContain("one-time password");
        down.Status.ShouldBe(0, down.ToString());
        again.Output.ShouldContain("No hub runs");
        Directory.EnumerateFiles(folder["apart"], "postmaster.pid", SearchOption.AllDirectories).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_hub_that_is_stopped_and_started_again_has_everything_it_had()
    {
        var before = await hub.Http.GetJsonAsync("/api/plans/demo");

        (await hub.StopAsync()).ShouldBe(0);
        await hub.StartAsync();

        (await hub.Http.GetJsonAsync("/api/plans/demo")).ToString().ShouldBe(before.ToString());
    }

    private Task<Ended> RunAsync(params string[] arguments) => GantryProgram.RunAsync(Variables, null, arguments);

    private Task<Ended> LogInAsync() =>
        GantryProgram.RunAsync(Variables, HubProgram.AdminPassword + "\n", "login", "--user", "admin", "--password-stdin");

    private async Task<HttpClient> CreateStrangerAsync(string name)
    {
        await hub.Http.PostJsonAsync("/api/users", new { name, password = "a long enough password" });
        await hub.Http.PostJsonAsync("/api/workspaces", new { name = "of-" + name });
        using HttpRequestMessage membership = new(HttpMethod.Post, "/api/members") { Content = HubRequests.Json(new { user = name, role = "owner" }) };
        membership.Headers.Add("Gantry-Workspace", "of-" + name);
        using var added = await hub.Http.SendAsync(membership);
        added.IsSuccessStatusCode.ShouldBeTrue(await added.Content.ReadAsStringAsync());
        return await hub.SignInAsync(name, "a long enough password");
    }
}
