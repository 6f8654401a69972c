using System.Net.Http.Json;
using System.Text.Json;
using Gantry.EndToEnd.Specs.Programs;
using Gantry.TestServers;
using Shouldly;
using Xunit;

namespace Gantry.EndToEnd.Specs;

/// <summary>What starts plans by itself and who is told, by the command line on a hub; and a folder of plans applied to it.</summary>
public sealed class TriggerCommandSpecs(StartedHub started) : IClassFixture<StartedHub>, IAsyncLifetime
{
    private readonly TemporaryFolder folder = new();
    private readonly HubProgram hub = started.Program;

    private Dictionary<string, string?> Variables => new(StringComparer.Ordinal)
    {
        ["XDG_CONFIG_HOME"] = folder["config"],
        ["GANTRY_HUB"] = hub.Address.ToString(),
    };

    public async ValueTask InitializeAsync() =>
        (await GantryProgram.RunAsync(Variables, HubProgram.AdminPassword + "\n", "login", "--user", "admin", "--password-stdin")).Status.ShouldBe(0);

    public ValueTask DisposeAsync()
    {
        folder.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task A_folder_is_applied_and_what_is_gone_from_it_is_deleted_and_nothing_else()
    {
        foreach (var name in (string[])["one", "two", "three"])
            folder.WriteFile($"plans/{name}.yaml", Plan(name));
        var handmade = folder.WriteFile("handmade.yaml", Plan("handmade"));
        folder.WriteFile("others/four.yaml", Plan("four"));
        var before = await PlansAsync();
        await SucceedAsync("plan", "apply", handmade);
        await SucceedAsync("plan", "apply", folder["others"], "--origin", "others");
        await SucceedAsync("plan", "apply", folder["plans"], "--origin", "mine");
        File.Delete(folder["plans/two.yaml"]);
        File.Move(folder["plans/three.yaml"], folder["others/three.yaml"]);

        var nameless = await RunAsync("plan", "apply", folder["plans"], "--prune");
        var rehearsed = await SucceedAsync("plan", "apply", folder["plans"], "--origin", "mine", "--prune", "--dry-run");
        var moved = await SucceedAsync("plan", "apply", folder["others"], "--origin", "others", "--prune");
        var pruned = await SucceedAsync("plan", "apply", folder["plans"], "--origin", "mine", "--prune");
        var left = await PlansAsync();

        nameless.Status.ShouldBe(2);
        nameless.Errors.ShouldContain("--prune needs --origin");
        rehearsed.Output.ShouldBe("The plan 'one' is unchanged.\nThe plan 'three' would be deleted.\nThe plan 'two' would be deleted.\n");
        moved.Output.ShouldContain("The plan 'three' is saved as version 1. It comes from 'others' then, and no longer from 'mine'.");
        moved.Output.ShouldNotContain("deleted");
        pruned.Output.ShouldBe("The plan 'one' is unchanged.\nThe plan 'two' is deleted.\n");
        left.ShouldBe([.. before, "four", "handmade", "one", "three"], ignoreOrder: true);
    }

    [Fact]
    public async Task Schedules_are_set_listed_run_paused_resumed_and_removed()
    {
        await SucceedAsync("plan", "apply", folder.WriteFile("nightly.yaml", Plan("nightly", "inputs: { site: string }")));

        var wrong = await RunAsync("schedule", "set", "nightly");
        var broken = await RunAsync("schedule", "set", "nightly", "--cron", "0 25 * * *");
        var set = await SucceedAsync("schedule", "set", "nightly", "--cron", "0 6 * * *", "--zone", "Europe/Berlin", "--input", "site=example.org");
        var next = await SucceedAsync("schedule", "next", "nightly", "--json");
        var run = await SucceedAsync("schedule", "run", "nightly");
        var paused = await SucceedAsync("schedule", "pause", "nightly");
        var listed = await SucceedAsync("schedule", "list");
        var resumed = await SucceedAsync("schedule", "resume", "nightly");
        var removed = await SucceedAsync("schedule", "remove", "nightly");
        var none = await RunAsync("schedule", "next", "nightly");

        wrong.Status.ShouldBe(2);
        wrong.Errors.ShouldContain("--cron");
        broken.Status.ShouldBe(1);
        broken.Errors.ShouldContain("'25' is not from 0 to 23");
        set.Output.ShouldContain("0 6 * * * (Europe/Berlin)");
        JsonElement.Parse(next.Output)[0].GetProperty("next").GetArrayLength().ShouldBe(10);
        var execution = run.Output.Split(' ')[1].TrimEnd(':');
        (await ExecutionWatch.EndAsync(hub.Http, execution)).GetProperty("status").GetString().ShouldBe("succeeded");
        paused.Output.ShouldContain("paused");
        listed.Output.ShouldContain("nightly");
        listed.Output.ShouldContain("paused");
        resumed.Output.ShouldContain("active");
        removed.Output.ShouldContain("starts by no schedule any more");
        none.Status.ShouldBe(1);
        none.Errors.ShouldContain("has no schedule");
    }

    [Fact]
    public async Task Events_are_listed_shown_and_replayed()
    {
        await SucceedAsync("plan", "apply", folder.WriteFile("hook.yaml", Plan("hook", "on: [ { webhook: { path: hook, open: true } } ]\ninputs: { needed: string }")));
        using (var refused = await hub.Http.PostAsJsonAsync("/api/webhook/hook", new Dictionary<string, object>(StringComparer.Ordinal) { ["\u001b[2Jname"] = 1 }))
            ((int)refused.StatusCode).ShouldBe(422);
        await SucceedAsync("plan", "apply", folder.WriteFile("hook.yaml", Plan("hook", "on: [ { webhook: { path: hook, open: true } } ]")));

        var listed = await SucceedAsync("events", "list", "--plan", "hook", "--json");
        var id = JsonElement.Parse(listed.Output)[0].GetProperty("id").GetString()!;
        var shown = await SucceedAsync("events", "show", id);
        var replayed = await SucceedAsync("events", "replay", id);
        var old = await SucceedAsync("events", "replay", "--status", "accepted", "--plan", "hook", "--until", "2026-01-01T00:00:00Z");
        var all = await SucceedAsync("events", "replay", "--status", "accepted", "--plan", "hook", "--since", "2026-01-01T00:00:00Z");
        var wrong = await RunAsync("events", "list", "--since", "yesterday");
        var vague = await RunAsync("events", "replay");

        shown.Output.ShouldContain("'needed'");
        shown.Output.ShouldNotContain("\u001b");
        replayed.Output.ShouldContain("accepted, execution");
        old.Output.ShouldBe("0 events are tried once more.\n");
        all.Output.ShouldBe("One event is tried once more.\n");
        wrong.Status.ShouldBe(1);
        wrong.Errors.ShouldContain("since");
        vague.Status.ShouldBe(1);
        vague.Errors.ShouldContain("--status dead");
    }

    [Fact]
    public async Task Who_is_told_is_set_shown_and_taken_away_and_what_was_told_is_listed()
    {
        var rules = folder.WriteFile("notify.yaml", "notify: [ { on: failure, use: webhook.post, with: { url: \"http://127.0.0.1:9/\" }, at_most_every: 1h } ]");
        var unknown = folder.WriteFile("wrong.yaml", "notify: [ { on: sometimes, use: webhook.post } ]");

        var before = await SucceedAsync("notifications", "default");
        var wrong = await RunAsync("notifications", "set-default", unknown);
        var missing = await RunAsync("notifications", "set-default", folder["nothing.yaml"]);
        var set = await SucceedAsync("notifications", "set-default", rules);
        var shown = await SucceedAsync("notifications", "default");
        await SucceedAsync("plan", "apply", folder.WriteFile("fail.yaml", "name: fail\nsteps: [ { stop: { status: failed, message: It broke. } } ]"));
        var ran = await RunAsync("run", "fail", "--follow");
        var listed = await SucceedAsync("notifications", "list", "--plan", "fail", "--json");
        var one = await SucceedAsync("notifications", "show", JsonElement.Parse(listed.Output)[0].GetProperty("id").GetString()!);
        var removed = await SucceedAsync("notifications", "remove-default");

        before.Output.ShouldContain("Nobody is told");
        wrong.Status.ShouldBe(1);
        wrong.Errors.ShouldContain("There is no occasion 'sometimes'");
        missing.Status.ShouldBe(1);
        missing.Errors.ShouldContain("nothing.yaml");
        set.Output.ShouldContain("One rule is");
        shown.Output.ShouldContain("use: webhook.post");
        ran.Status.ShouldBe(1);
        one.Output.ShouldContain("occasion: failure");
        removed.Output.ShouldContain("Nobody is told any more");
    }

    private static string Plan(string name, string more = "") => $"name: {name}\n{more}\nsteps: [ {{ use: logic.transform, with: {{ value: 1 }} }} ]\n";

    private async Task<IEnumerable<string?>> PlansAsync() =>
        JsonElement.Parse((await SucceedAsync("plan", "list", "--json")).Output).EnumerateArray().Select(plan => plan.GetProperty("name").GetString());

    private Task<Ended> RunAsync(params string[] arguments) => GantryProgram.RunAsync(Variables, null, arguments);

    private async Task<Ended> SucceedAsync(params string[] arguments)
    {
        var ended = await RunAsync(arguments);
        ended.Status.ShouldBe(0, ended.ToString());
        return ended;
    }
}
