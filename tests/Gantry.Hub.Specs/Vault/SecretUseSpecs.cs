using System.Net.Http.Json;
using System.Text.Json;
using Gantry.Engine.Endpoints;
using Gantry.Engine.Secrets;
using Gantry.Hub.Accounts;
using Gantry.Hub.Database;
using Gantry.Hub.Endpoints;
using Gantry.Hub.Specs.Executions;
using Gantry.Hub.Vault;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using Xunit;

namespace Gantry.Hub.Specs.Vault;

/// <summary>Secrets on their way out of the vault: to steps, to endpoints, and to the hosts they may be sent to.</summary>
public sealed class SecretUseSpecs(HubFixture hub) : IClassFixture<HubFixture>
{
    [Fact]
    public async Task A_credential_is_sent_to_its_hosts_and_to_no_other()
    {
        await using var server = await LedgerServer.StartAsync();
        var (free, bound, foreign) = (HubFixture.NewName("FREE"), HubFixture.NewName("BOUND"), HubFixture.NewName("FOREIGN"));
        await StoreAsync(free);
        await StoreAsync(bound, "127.0.0.1");
        await StoreAsync(foreign, "api.example.org", "127.0.0.1:1");

        (await ExecuteAsync(server.Url, free)).GetProperty("status").GetString().ShouldBe("succeeded");
        (await ExecuteAsync(server.Url, bound)).GetProperty("status").GetString().ShouldBe("succeeded");
        var before = server.Requests.Count;
        var refused = await ExecuteAsync(server.Url, foreign);

        refused.GetProperty("status").GetString().ShouldBe("failed");
        refused.GetRawText().ShouldContain($"'{foreign}' is only sent to api.example.org, 127.0.0.1:1");
        server.Requests.Count.ShouldBe(before);
    }

    [Theory]
    [InlineData("headers")]
    [InlineData("bearer")]
    [InlineData("basic")]
    [InlineData("query")]
    [InlineData("json")]
    public async Task Wherever_in_a_request_it_stands(string parameter)
    {
        await using var server = await LedgerServer.StartAsync();
        var name = HubFixture.NewName("PLACED");
        await StoreAsync(name, "api.example.org");
        object value = parameter switch
        {
            "bearer" => $"${{cred:{name}}}",
            "basic" => new { user = "u", password = $"${{cred:{name}}}" },
            _ => new { key = $"${{cred:{name}}}" },
        };
        var with = new Dictionary<string, object> { ["url"] = server.Url + "/first", ["method"] = "POST", [parameter] = value };

        using var answer = await hub.Admin.PostAsJsonAsync("/api/execute?wait=60s", new { plan = new { steps = new object[] { new { use = "http.request", with } } } });

        (await answer.ReadJsonAsync()).GetRawText().ShouldContain("is only sent to api.example.org");
        server.Requests.Count.ShouldBe(0);
    }

    [Fact]
    public async Task Nothing_begins_while_a_credential_of_a_later_step_or_of_an_endpoint_is_missing()
    {
        await using var server = await LedgerServer.StartAsync();
        (await hub.Admin.PutAsJsonAsync("/api/endpoints/lacking", new
        {
            kind = "sftp",
            settings = new Dictionary<string, string> { ["host"] = "files.example.org", ["user"] = "u", ["password"] = "${cred:MISSING_OF_ENDPOINT}" },
        })).EnsureSuccessStatusCode();
        var plan = new
        {
            steps = new object[]
            {
                new { use = "http.request", with = new { url = server.Url + "/first", method = "POST" } },
                new { use = "http.request", with = new { url = server.Url + "/second", method = "POST", bearer = "${cred:MISSING_OF_STEP}" } },
                new { use = "transfer.copy", with = new { from = "lacking:in", to = "lacking:out" } },
            },
        };

        using var answer = await hub.Admin.PostAsJsonAsync("/api/execute?wait=60s", new { plan });

        var execution = (await answer.ReadJsonAsync()).GetRawText();
        execution.ShouldContain("\"status\":\"failed\"");
        execution.ShouldContain("no credential 'MISSING_OF_STEP' (steps[1].with.bearer");
        execution.ShouldContain("no credential 'MISSING_OF_ENDPOINT' (the endpoint 'lacking:in'");
        execution.ShouldContain("Looked for in this workspace's credentials and your own");
        server.Requests.Count.ShouldBe(0);
    }

    [Fact]
    public async Task An_endpoint_gets_no_credential_that_is_meant_for_another_host()
    {
        var name = HubFixture.NewName("SSH");
        await StoreAsync(name, "files.example.org:22");

        foreach (var (host, isRefused) in new[] { ("127.0.0.1", true), ("FILES.example.org", false) })
        {
            using var answer = await hub.Admin.PostAsJsonAsync("/api/endpoints/test", new
            {
                kind = "sftp",
                settings = new Dictionary<string, object> { ["host"] = host, ["port"] = host == "127.0.0.1" ? 1 : 22, ["user"] = "u", ["password"] = $"${{cred:{name}}}" },
            });
            var result = await answer.ReadJsonAsync();
            result.GetProperty("ok").GetBoolean().ShouldBeFalse();
            result.GetProperty("detail").GetString()!.Contains("is only sent to", StringComparison.Ordinal).ShouldBe(isRefused, result.GetRawText());
        }
    }

    [Fact]
    public async Task An_endpoint_without_a_host_gets_none_that_is_bound_to_one()
    {
        var name = HubFixture.NewName("HOSTLESS");
        await StoreAsync(name, "files.example.org");
        var kind = new AskingKind(name);
        var access = new EndpointAccess(new EndpointCatalog([kind]), new EndpointBounds { KnownHostsFile = "/dev/null" }, hub.Server.Services.GetRequiredService<WorkspaceEgress>(),
            hub.Server.Services.GetRequiredService<LiveLimits>(), hub.Server.Services.GetRequiredService<HubDatabase>(), TimeProvider.System);

        access.Open(new EndpointSettings { Kind = "asking", Values = new Dictionary<string, string>() }, bound: null, await SecretsOfAdminAsync(), _ => { });

        (await kind.Asked!.ShouldThrowAsync<EndpointException>()).Message.ShouldContain("is only sent to files.example.org");
    }

    [Fact]
    public async Task A_providers_field_is_found_behind_its_name_and_ones_own_goes_first()
    {
        var provider = HubFixture.NewName("provider");
        (await hub.Admin.PutAsJsonAsync($"/api/provider-credentials/{provider}", new { fields = new { api_key = "shared-key", region = "eu" }, scope = "workspace" })).EnsureSuccessStatusCode();
        (await hub.Admin.PutAsJsonAsync($"/api/provider-credentials/{provider}", new { fields = new { api_key = "own-key" }, scope = "user" })).EnsureSuccessStatusCode();

        var found = await (await SecretsOfAdminAsync()).FindAllAsync([$"{provider}.api_key", $"{provider}.region", provider, $"{provider}.other", "nothing"], CancellationToken.None);

        found[$"{provider}.api_key"].Reveal().ShouldBe("own-key");
        found[$"{provider}.region"].Reveal().ShouldBe("eu");
        found[provider].Reveal().ShouldBe("own-key");
        found.Keys.ShouldNotContain($"{provider}.other");
        found.Keys.ShouldNotContain("nothing");
    }

    [Fact]
    public async Task The_time_of_use_is_written_once_for_many_uses()
    {
        var name = HubFixture.NewName("TIMED");
        await StoreAsync(name);
        for (var i = 0; i < 5; i++) await (await SecretsOfAdminAsync()).FindAsync(name, CancellationToken.None);

        await hub.Server.Services.GetRequiredService<UseTimes>().WriteAsync(CancellationToken.None);

        using var shown = await hub.Admin.GetAsync("/api/credentials/" + name);
        (await shown.ReadJsonAsync()).GetProperty("last_used_at").ValueKind.ShouldBe(JsonValueKind.String);
    }

    [Fact]
    public async Task Secrets_of_an_execution_are_wiped_with_it()
    {
        var name = HubFixture.NewName("WIPED");
        await StoreAsync(name);
        var secrets = await SecretsOfAdminAsync();
        var secret = await secrets.FindAsync(name, CancellationToken.None);

        ((IDisposable)secrets).Dispose();

        Should.Throw<ObjectDisposedException>(() => secret!.Reveal());
    }

    private async Task<ISecretResolver> SecretsOfAdminAsync()
    {
        var (user, workspace) = (await AskAsync("select id from gantry.users where name = 'admin'"), await AskAsync("select id from gantry.workspaces where name = 'default'"));
        return hub.Server.Services.GetRequiredService<SecretsOf>()(new Actor(user, workspace));
    }

    private async Task<Guid> AskAsync(string sql)
    {
        await using var connection = new Npgsql.NpgsqlConnection(new Npgsql.NpgsqlConnectionStringBuilder(hub.ConnectionString) { Pooling = false }.ConnectionString);
        await connection.OpenAsync();
        await using var command = new Npgsql.NpgsqlCommand(sql, connection);
        return (Guid)(await command.ExecuteScalarAsync())!;
    }

    private async Task StoreAsync(string name, params string[] hosts) =>
        (await hub.Admin.PostAsJsonAsync("/api/credentials", new { name, value = "secret-" + name, allowed_hosts = hosts })).EnsureSuccessStatusCode();

    private async Task<JsonElement> ExecuteAsync(string url, string name)
    {
        using var answer = await hub.Admin.PostAsJsonAsync("/api/execute?wait=60s", new
        {
            plan = new { steps = new object[] { new { use = "http.request", with = new { url = url + "/first", method = "POST", bearer = $"${{cred:{name}}}" } } } },
        });
        return await answer.ReadJsonAsync();
    }

    private sealed class AskingKind(string name) : EndpointKind
    {
        public Task? Asked { get; private set; }

        public override string Id => "asking";

        public override string Title => "Asks for a secret";

        public override string Help => "Asks for a secret.";

        public override IReadOnlyList<string> AddressForms => [];

        public override IReadOnlyList<Engine.Settings.Setting> Settings => [];

        public override EndpointSettings? Parse(string address) => null;

        public override string Format(EndpointSettings settings) => "asking:";

        public override IEndpoint Open(EndpointSettings settings, EndpointContext context)
        {
            Asked = context.Secrets.FindAsync(name, CancellationToken.None).AsTask();
            return new MemoryEndpoint();
        }
    }
}
