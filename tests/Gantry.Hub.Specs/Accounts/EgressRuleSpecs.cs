using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Gantry.Hub.Accounts;
using Gantry.Hub.Database;
using Gantry.TestServers;
using Shouldly;
using Xunit;

namespace Gantry.Hub.Specs.Accounts;

/// <summary>A hub that allows nothing but the public internet, and workspaces that allow more.</summary>
public sealed class EgressRuleSpecs(GuardedHub guarded) : IClassFixture<GuardedHub>
{
    private readonly HubFixture hub = guarded.Hub;

    [Fact]
    public async Task A_workspace_reaches_what_its_owner_allowed_and_another_one_does_not()
    {
        using var owner = await hub.CreateStrangerAsync();
        using var other = await hub.CreateStrangerAsync();
        var before = await FetchAsync(owner);

        using var changed = await owner.PutAsJsonAsync("/api/egress-rules", new { rules = new[] { hub.Server.Address["http://".Length..].TrimEnd('/') } });

        changed.StatusCode.ShouldBe(HttpStatusCode.OK, await changed.Content.ReadAsStringAsync());
        before.GetProperty("status").GetString().ShouldBe("failed");
        before.ToString().ShouldContain("PUT /api/egress-rules");
        (await FetchAsync(owner)).GetProperty("status").GetString().ShouldBe("succeeded");
        (await FetchAsync(other)).GetProperty("status").GetString().ShouldBe("failed");
        (await owner.GetStringAsync("/api/audit?action=egress_rules.changed")).ShouldContain("127.0.0.1:");
        (await owner.PutAsJsonAsync("/api/egress-rules", new { rules = Array.Empty<string>() })).EnsureSuccessStatusCode();
        (await FetchAsync(owner)).GetProperty("status").GetString().ShouldBe("failed");
    }

    [Theory]
    [InlineData("viewer")]
    [InlineData("operator")]
    [InlineData("editor")]
    public async Task Only_owners_decide_and_every_member_may_see(string role)
    {
        using var member = await hub.CreateMemberAsync(role);

        (await member.PutAsJsonAsync("/api/egress-rules", new { rules = new[] { "10.0.0.5:22" } })).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        (await member.GetAsync("/api/egress-rules")).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Theory]
    [InlineData("*")]
    [InlineData("169.254.169.254:80")]
    [InlineData("files.lan")]
    [InlineData("files.lan:0")]
    public async Task What_is_no_rule_changes_nothing(string rule)
    {
        using var owner = await hub.CreateStrangerAsync();
        (await owner.PutAsJsonAsync("/api/egress-rules", new { rules = new[] { "Files.lan:22", "files.lan:22" } })).EnsureSuccessStatusCode();

        using var answer = await owner.PutAsJsonAsync("/api/egress-rules", new { rules = new[] { "other.lan:22", rule } });

        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        var rules = (await (await owner.GetAsync("/api/egress-rules")).ReadJsonAsync()).GetProperty("rules").EnumerateArray().Select(item => item.GetString());
        rules.ShouldBe(["files.lan:22"]);
    }

    [Fact]
    public async Task An_SFTP_server_of_a_private_network_is_dialled_only_when_that_is_allowed()
    {
        await using var server = await SshServer.StartAsync();
        using var owner = await hub.CreateStrangerAsync();
        var endpoint = new { kind = "sftp", settings = new { host = "localhost", port = server.Port, user = "ada" } };
        using var refused = await owner.PostAsJsonAsync("/api/endpoints/test", endpoint);

        (await owner.PutAsJsonAsync("/api/egress-rules", new { rules = new[] { $"127.0.0.1:{server.Port}" } })).EnsureSuccessStatusCode();
        using var allowed = await owner.PostAsJsonAsync("/api/endpoints/test", endpoint);

        var before = await refused.ReadJsonAsync();
        before.GetProperty("detail").GetString()!.ShouldContain("not an address of the public internet");
        before.GetProperty("host_key").ValueKind.ShouldBe(JsonValueKind.Null);
        var after = await allowed.ReadJsonAsync();
        after.GetProperty("failed_phase").GetString().ShouldBe("host key", after.ToString());
        after.GetProperty("host_key").GetProperty("key").GetString().ShouldBe(server.HostKey);
    }

    [Fact]
    public void A_setting_that_is_no_rule_stops_the_start()
    {
        WorkspaceEgress.ReadSetting(" 127.0.0.1:9000, files.lan:22 ").ShouldBe(["127.0.0.1:9000", "files.lan:22"]);
        Should.Throw<HubStartException>(() => WorkspaceEgress.ReadSetting("127.0.0.1")).Message.ShouldContain("egress_allow");
    }

    private async Task<JsonElement> FetchAsync(HttpClient client)
    {
        using var answer = await client.PostAsJsonAsync("/api/execute?wait=60s",
            new { plan = new { steps = new[] { new { use = "http.get", with = new { url = hub.Server.Address.TrimEnd('/') + "/health" } } } } });
        answer.StatusCode.ShouldBe(HttpStatusCode.OK, await answer.Content.ReadAsStringAsync());
        return await answer.ReadJsonAsync();
    }
}

/// <summary>A hub without egress_allow.</summary>
public sealed class GuardedHub(TestPostgres postgres) : IAsyncLifetime
{
    public HubFixture Hub { get; } = new(postgres) { Variables = { ["GANTRY_EGRESS_ALLOW"] = "" } };

    public ValueTask InitializeAsync() => Hub.InitializeAsync();

    public ValueTask DisposeAsync() => Hub.DisposeAsync();
}
