using System.Text.Json;
using Gantry.EndToEnd.Specs.Programs;
using Gantry.TestServers;
using Shouldly;
using Xunit;

namespace Gantry.EndToEnd.Specs;

/// <summary>"gantry audit" with a real hub, and with nothing but the file it wrote.</summary>
public sealed class AuditCommandSpecs(StartedHub started) : IClassFixture<StartedHub>, IAsyncLifetime
{
    private readonly TemporaryFolder folder = new();
    private readonly HubProgram hub = started.Program;

    private Dictionary<string, string?> Variables => new(StringComparer.Ordinal) { ["XDG_CONFIG_HOME"] = folder["config"], ["GANTRY_HUB"] = hub.Address.ToString() };

    public async ValueTask InitializeAsync() =>
        (await GantryProgram.RunAsync(Variables, HubProgram.AdminPassword + "\n", "login", "--user", "admin", "--password-stdin")).Status.ShouldBe(0);

    public ValueTask DisposeAsync()
    {
        folder.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task The_log_is_listed_verified_exported_and_verified_again_without_the_hub()
    {
        var file = Path.Combine(folder["out"], "audit.jsonl");
        Directory.CreateDirectory(folder["out"]);

        var listed = await RunAsync("audit", "list", "--action", "sign_in.*", "--json");
        var verified = await RunAsync("audit", "verify");
        var exported = await RunAsync("audit", "export", file);
        var good = await RunAsync("audit", "verify", file, "--json");
        var key = JsonElement.Parse(good.Output).GetProperty("key").GetString()!;
        var pinned = await RunAsync("audit", "verify", file, "--key", key);
        var lines = await File.ReadAllLinesAsync(file);
        await File.WriteAllLinesAsync(file, [.. lines.Take(1), lines[1].Replace("\"admin\"", "\"nobody\"", StringComparison.Ordinal), .. lines.Skip(2)]);
        var changed = await RunAsync("audit", "verify", file);
        await File.WriteAllLinesAsync(file, lines[..^1]);
        var cut = await RunAsync("audit", "verify", file);

        listed.Status.ShouldBe(0, listed.ToString());
        listed.Output.ShouldContain("sign_in.accepted");
        verified.Status.ShouldBe(0, verified.ToString());
        verified.Output.ShouldContain("whole and unchanged");
        exported.Status.ShouldBe(0, exported.ToString());
        JsonElement.Parse(good.Output).GetProperty("ok").GetBoolean().ShouldBeTrue(good.ToString());
        pinned.Status.ShouldBe(0, pinned.ToString());
        lines[1].ShouldContain("\"admin\"");
        changed.Status.ShouldBe(1, changed.ToString());
        changed.Errors.ShouldContain("Entry 2 ");
        cut.Status.ShouldBe(1, cut.ToString());
        cut.Errors.ShouldContain("no head");
    }

    [Fact]
    public async Task A_key_of_a_login_may_what_was_asked_for()
    {
        (await GantryProgram.RunAsync(Variables, HubProgram.AdminPassword + "\n", "login", "--user", "admin", "--password-stdin", "--scope", "read", "--scope", "run")).Status.ShouldBe(0);

        var list = await RunAsync("audit", "list");
        var plans = await RunAsync("executions", "list");

        list.Status.ShouldBe(1, list.ToString());
        list.Errors.ShouldContain("scope 'manage'");
        plans.Status.ShouldBe(0, plans.ToString());
    }

    private Task<Ended> RunAsync(params string[] arguments) => GantryProgram.RunAsync(Variables, null, arguments);
}
