using Gantry.EndToEnd.Specs.Programs;
using Gantry.TestServers;
using Shouldly;
using Xunit;

namespace Gantry.EndToEnd.Specs;

/// <summary>The keys of a hub, as its administrator sees and changes them.</summary>
public sealed class VaultCommandSpecs
{
    [Fact(Timeout = 180_000)]
    public async Task Keys_are_shown_and_rotated_and_a_hub_without_them_does_not_start()
    {
        using TemporaryFolder folder = new();
        await using HubProgram hub = new(folder["data"]);
        await hub.StartAsync();
        await hub.Http.PostJsonAsync("/api/credentials", new { name = "KEPT", value = "the-value-that-is-kept" });

        var before = await RunAsync(hub, "vault", "status");
        var rotated = await RunAsync(hub, "vault", "rotate", "--json");
        var keyFile = Path.Combine(folder["data"], "master.key");
        (await hub.StopAsync()).ShouldBe(0);
        File.Move(keyFile, keyFile + ".away");
        var withoutKey = await Should.ThrowAsync<InvalidOperationException>(hub.StartAsync);
        File.Move(keyFile + ".away", keyFile);
        await hub.StartAsync();
        var kept = await hub.Http.PostJsonAsync("/api/credentials/KEPT/reveal", new { });

        before.Status.ShouldBe(0, before.ToString());
        before.Output.ShouldContain("fingerprint: ");
        before.Output.ShouldContain("credentials: 1");
        rotated.Status.ShouldBe(0, rotated.ToString());
        rotated.Output.ShouldContain("\"is_complete\": true");
        rotated.Output.ShouldContain("\"left\": 0");
        withoutKey.Message.ShouldContain("sealed by the master key with the fingerprint");
        withoutKey.Message.ShouldNotContain("the-value-that-is-kept");
        kept.GetProperty("value").GetString().ShouldBe("the-value-that-is-kept");
    }

    private static Task<Ended> RunAsync(HubProgram hub, params string[] arguments) => GantryProgram.RunAsync(
        new Dictionary<string, string?>(StringComparer.Ordinal)
        {
            ["GANTRY_HUB"] = hub.Address.ToString(),
            ["GANTRY_API_KEY"] = hub.Http.DefaultRequestHeaders.Authorization!.Parameter,
        },
        null, arguments);
}
