using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Gantry.TestServers;
using Shouldly;
using Xunit;

namespace Gantry.Hub.Specs.Providers;

/// <summary>OAuth 2 from the first consent to the last refusal, at a strict server.</summary>
public sealed class ConsentSpecs(ConsentFixture fixture) : IClassFixture<ConsentFixture>
{
    private static readonly object WhoAmI = new { plan = new { steps = new[] { new { use = "strict.get_me" } } } };

    private HubFixture Hub => fixture.Hub;

    private AuthorizationServer Server => fixture.Server;

    [Fact]
    public async Task A_person_agrees_in_the_browser_and_steps_are_done_in_their_name()
    {
        using var member = await ConnectedAsync("Ada");

        var connections = await (await member.GetAsync("/api/connections")).ReadJsonAsync();
        var execution = await RunAsync(member);

        execution.GetProperty("output").GetProperty("name").GetString().ShouldBe("Ada");
        var connection = connections.GetProperty("items")[0];
        connection.GetProperty("who").GetString().ShouldBe("Ada");
        connection.GetProperty("needs_consent").GetBoolean().ShouldBeFalse();
        var credentials = (await (await member.GetAsync("/api/credentials")).ReadJsonAsync()).GetRawText() + (await (await member.GetAsync("/api/provider-credentials")).ReadJsonAsync()).GetRawText();
        credentials.ShouldNotContain("oauth_token");
    }

    [Fact]
    public async Task Without_a_consent_a_step_says_what_to_do()
    {
        using var member = await WithClientAsync();

        var execution = await RunAsync(member);

        execution.GetProperty("status").GetString().ShouldBe("failed");
        execution.GetProperty("error").GetProperty("message").GetString()!.ShouldContain("needs consent");
        execution.GetProperty("error").GetProperty("message").GetString()!.ShouldContain("gantry provider connect strict");
    }

    [Fact]
    public async Task Many_steps_at_once_renew_a_token_once_and_no_refresh_token_is_used_twice()
    {
        using var member = await ConnectedAsync("Grace");
        var (refreshes, reuses) = (Server.Refreshes, Server.Reuses);
        Server.ExpireAll();

        var executions = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => RunAsync(member)));

        executions.ShouldAllBe(execution => execution.GetProperty("status").GetString() == "succeeded");
        Server.Reuses.ShouldBe(reuses);
        Server.Refreshes.ShouldBe(refreshes + 1);
    }

    [Fact]
    public async Task People_whose_connections_have_the_same_client_act_each_in_their_own_name()
    {
        using var one = await ConnectedAsync("Joan");
        using var other = await ConnectedAsync("Radia");
        var reuses = Server.Reuses;
        Server.ExpireAll();

        var executions = await Task.WhenAll(Enumerable.Range(0, 20).Select(async number => (Number: number, Execution: await RunAsync(number % 2 == 0 ? one : other))));

        executions.ShouldAllBe(done => done.Execution.GetProperty("output").GetProperty("name").GetString() == (done.Number % 2 == 0 ? "Joan" : "Radia"));
        Server.Reuses.ShouldBe(reuses);
    }

    [Fact]
    public async Task A_renewed_token_survives_a_rotation_of_keys()
    {
        using var member = await ConnectedAsync("Barbara");
        using var begun = await Hub.Admin.PostAsync("/api/vault/rotate", null);
        begun.EnsureSuccessStatusCode();
        for (var isComplete = false; !isComplete;)
            isComplete = (await (await Hub.Admin.GetAsync("/api/vault")).ReadJsonAsync()).GetProperty("rotation").GetProperty("is_complete").GetBoolean();
        Server.ExpireAll();

        (await RunAsync(member)).GetProperty("status").GetString().ShouldBe("succeeded");
    }

    [Fact]
    public async Task What_the_vendor_finally_refuses_needs_consent_again_and_gets_it()
    {
        using var member = await ConnectedAsync("Edsger");
        Server.RevokeAll();

        var execution = await RunAsync(member);
        var refreshes = Server.Refreshes;
        var second = await RunAsync(member);
        var state = (await (await member.GetAsync("/api/connections")).ReadJsonAsync()).GetProperty("items")[0];
        await AgreeAsync(member, "Edsger again");
        var third = await RunAsync(member);

        execution.GetProperty("error").GetProperty("message").GetString()!.ShouldContain("needs consent");
        second.GetProperty("error").GetProperty("message").GetString()!.ShouldContain("needs consent");
        Server.Refreshes.ShouldBe(refreshes);
        state.GetProperty("needs_consent").GetBoolean().ShouldBeTrue();
        third.GetProperty("output").GetProperty("name").GetString().ShouldBe("Edsger again");
    }

    [Fact]
    public async Task A_code_is_typed_in_at_another_screen()
    {
        using var member = await WithClientAsync();
        using var begun = await member.PostAsJsonAsync("/api/connections/consent", new { provider = "strict", auth = "screen" });
        var consent = await begun.ReadJsonAsync();
        var state = consent.GetProperty("state").GetString();

        var early = await (await member.PostAsJsonAsync("/api/connections/consent/finish", new { state })).ReadJsonAsync();
        Server.AgreeAtScreen(consent.GetProperty("device").GetProperty("user_code").GetString()!, "Alan");
        var late = await (await member.PostAsJsonAsync("/api/connections/consent/finish", new { state })).ReadJsonAsync();

        early.GetProperty("done").GetBoolean().ShouldBeFalse();
        late.GetProperty("done").GetBoolean().ShouldBeTrue();
        (await member.GetAsync("/api/connections")).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Another_person_cannot_finish_what_one_began()
    {
        using var member = await WithClientAsync();
        using var other = await WithClientAsync();
        var (state, code) = await BeginAsync(member, "Mallory");

        using var stolen = await other.PostAsJsonAsync("/api/connections/consent/finish", new { state, code });
        using var bent = await member.PostAsJsonAsync("/api/connections/consent/finish", new { state = state[..^4] + "AAAA", code });

        stolen.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        bent.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
    }

    [Theory]
    [InlineData("https://evil.example/back")]
    [InlineData("http://localhost.evil.example/back")]
    [InlineData("javascript:alert(1)")]
    [InlineData("http://user@127.0.0.1:1234/")]
    [InlineData("/connect")]
    public async Task A_person_is_sent_back_to_this_hub_or_their_own_machine_only(string redirect)
    {
        using var member = await WithClientAsync();

        using var answer = await member.PostAsJsonAsync("/api/connections/consent", new { provider = "strict", redirect });

        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task A_wrong_code_is_told_and_changes_nothing()
    {
        using var member = await ConnectedAsync("Tony");
        var (state, _) = await BeginAsync(member, "Tony");

        using var wrong = await member.PostAsJsonAsync("/api/connections/consent/finish", new { state, code = "wrong" });

        wrong.StatusCode.ShouldBe(HttpStatusCode.UnprocessableEntity);
        (await wrong.ReadDetailAsync()).ShouldContain("The code is not good");
        (await RunAsync(member)).GetProperty("output").GetProperty("name").GetString().ShouldBe("Tony");
    }

    [Fact]
    public async Task What_is_disconnected_is_revoked_and_forgotten()
    {
        using var member = await ConnectedAsync("Niklaus");

        using var gone = await member.PostAsJsonAsync("/api/connections/disconnect", new { provider = "strict" });

        gone.StatusCode.ShouldBe(HttpStatusCode.NoContent);
        (await (await member.GetAsync("/api/connections")).ReadJsonAsync()).GetProperty("items").GetArrayLength().ShouldBe(0);
        (await RunAsync(member)).GetProperty("error").GetProperty("message").GetString()!.ShouldContain("nobody has agreed");
    }

    [Fact]
    public async Task An_operator_renews_what_an_editor_shared()
    {
        await Hub.Admin.PutAsJsonAsync("/api/provider-credentials/strict", new { fields = Client, scope = "workspace" });
        await AgreeAsync(Hub.Admin, "The team");
        using var member = await Hub.CreateMemberAsync("operator");
        Server.ExpireAll();

        var execution = await RunAsync(member);
        using var begun = await member.PostAsJsonAsync("/api/connections/consent", new { provider = "strict", redirect = "http://127.0.0.1:1/" });

        execution.GetProperty("output").GetProperty("name").GetString().ShouldBe("The team");
        begun.StatusCode.ShouldBe(HttpStatusCode.Forbidden);

        using var deleted = await Hub.Admin.DeleteAsync("/api/provider-credentials/strict?scope=workspace");
        deleted.EnsureSuccessStatusCode();
        (await (await Hub.Admin.GetAsync("/api/connections?provider=strict")).ReadJsonAsync()).GetProperty("items").GetArrayLength().ShouldBe(0);
    }

    private static object Client => new { client_id = AuthorizationServer.ClientId, client_secret = AuthorizationServer.ClientSecret };

    private async Task<HttpClient> WithClientAsync()
    {
        var member = await Hub.CreateMemberAsync("operator");
        using var saved = await member.PutAsJsonAsync("/api/provider-credentials/strict", new { fields = Client });
        saved.EnsureSuccessStatusCode();
        return member;
    }

    private async Task<HttpClient> ConnectedAsync(string who)
    {
        var member = await WithClientAsync();
        await AgreeAsync(member, who);
        return member;
    }

    private async Task<(string State, string Code)> BeginAsync(HttpClient member, string who)
    {
        using var begun = await member.PostAsJsonAsync("/api/connections/consent", new { provider = "strict", redirect = "http://127.0.0.1:40000/back" });
        begun.StatusCode.ShouldBe(HttpStatusCode.OK, await begun.Content.ReadAsStringAsync());
        var (_, code, state) = Server.Agree(new Uri((await begun.ReadJsonAsync()).GetProperty("authorize_url").GetString()!), who);
        return (state, code);
    }

    private async Task AgreeAsync(HttpClient member, string who)
    {
        var (state, code) = await BeginAsync(member, who);
        using var finished = await member.PostAsJsonAsync("/api/connections/consent/finish", new { state, code });
        finished.StatusCode.ShouldBe(HttpStatusCode.OK, await finished.Content.ReadAsStringAsync());
        (await finished.ReadJsonAsync()).GetProperty("who").GetString().ShouldBe(who);
    }

    private static async Task<JsonElement> RunAsync(HttpClient member)
    {
        using var answer = await member.PostAsJsonAsync("/api/execute?wait=60s", WhoAmI);
        return await answer.ReadJsonAsync();
    }
}

/// <summary>A hub that knows the provider of the strict server.</summary>
public sealed class ConsentFixture(TestPostgres postgres) : IAsyncLifetime
{
    public AuthorizationServer Server { get; private set; } = null!;

    public HubFixture Hub { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Server = await AuthorizationServer.StartAsync();
        Hub = new HubFixture(postgres);
        await Hub.InitializeAsync();
        using var saved = await Hub.Admin.PutAsync("/api/providers/strict", new StringContent(Server.Manifest, null, "application/yaml"));
        saved.EnsureSuccessStatusCode();
    }

    public async ValueTask DisposeAsync()
    {
        await Hub.DisposeAsync();
        await Server.DisposeAsync();
    }
}
