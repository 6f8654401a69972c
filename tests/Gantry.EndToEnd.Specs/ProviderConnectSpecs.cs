using Gantry.EndToEnd.Specs.Programs;
using Gantry.TestServers;
using Shouldly;
using Xunit;

namespace Gantry.EndToEnd.Specs;

/// <summary>"gantry provider connect" without a hub, at a strict authorization server.</summary>
public sealed class ProviderConnectSpecs : IAsyncLifetime
{
    private readonly TemporaryFolder folder = new();
    private AuthorizationServer server = null!;

    private Dictionary<string, string?> Variables => new(StringComparer.Ordinal) { ["XDG_CONFIG_HOME"] = folder["config"], ["HOME"] = folder.Path };

    public async ValueTask InitializeAsync()
    {
        server = await AuthorizationServer.StartAsync();
        Directory.CreateDirectory(folder["config/gantry/providers"]);
        await File.WriteAllTextAsync(folder["config/gantry/providers/strict.yaml"], server.Manifest);
        await File.WriteAllTextAsync(folder["config/gantry/gantry.yaml"], "credential_manager: { backend: file, backend_config: { file: { path: own.env.encrypted } } }");
        await File.WriteAllTextAsync(folder["plan.yaml"], "steps: [{ use: strict.get_me }]");
    }

    public async ValueTask DisposeAsync()
    {
        await server.DisposeAsync();
        folder.Dispose();
    }

    [Fact]
    public async Task A_person_agrees_once_and_plans_run_in_their_name_from_then_on()
    {
        var connected = await ConnectAsync("Ada", "--field", $"client_id={AuthorizationServer.ClientId}", "--field", $"client_secret={AuthorizationServer.ClientSecret}");
        server.ExpireAll();
        var ran = await RunAsync("run", folder["plan.yaml"], "--json");
        var refreshes = server.Refreshes;
        var again = await RunAsync("run", folder["plan.yaml"], "--json");

        connected.ShouldContain("belongs to Ada");
        ran.Status.ShouldBe(0, ran.ToString());
        ran.Output.ShouldContain("Ada");
        again.Status.ShouldBe(0, again.ToString());
        refreshes.ShouldBe(1);
        server.Refreshes.ShouldBe(1);
        server.Reuses.ShouldBe(0);
        (ran.ToString() + again).ShouldNotContain(AuthorizationServer.ClientSecret);
    }

    [Fact]
    public async Task Without_a_consent_the_step_says_what_to_do()
    {
        await ConnectAsync("Grace", "--field", $"client_id={AuthorizationServer.ClientId}", "--field", $"client_secret={AuthorizationServer.ClientSecret}");
        server.RevokeAll();

        var ran = await RunAsync("run", folder["plan.yaml"]);

        ran.Status.ShouldNotBe(0);
        ran.ToString().ShouldContain("gantry provider connect strict");
        (await ConnectAsync("Grace again")).ShouldContain("belongs to Grace again");
        (await RunAsync("run", folder["plan.yaml"])).Status.ShouldBe(0);
    }

    [Theory]
    [InlineData("There is no provider 'nobody'", "provider", "connect", "nobody")]
    [InlineData("has no field 'wrong'", "provider", "connect", "strict", "--field", "wrong=1")]
    [InlineData("has no way 'wrong'", "provider", "connect", "strict", "--auth", "wrong")]
    [InlineData("is code", "provider", "connect", "http")]
    public async Task What_is_wrong_is_told(string message, params string[] arguments)
    {
        var ended = await RunAsync(arguments);

        ended.Status.ShouldNotBe(0);
        ended.ToString().ShouldContain(message);
    }

    /// <summary>Runs the command, does what a browser does with the address that it prints, and answers what it said.</summary>
    private async Task<string> ConnectAsync(string who, params string[] options)
    {
        using var process = GantryProgram.Start(Variables, ["provider", "connect", "strict", .. options]);
        var said = "";
        while (await process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken) is { } line)
        {
            said += line + "\n";
            if (line.Trim().StartsWith(server.Url + "/authorize", StringComparison.Ordinal))
            {
                var (redirect, code, state) = server.Agree(new Uri(line.Trim()), who);
                using var browser = new HttpClient();
                using var other = await browser.GetAsync(new Uri(redirect, "/?code=stolen&state=guessed"), TestContext.Current.CancellationToken);
                using var page = await browser.GetAsync(new Uri(redirect, $"/?code={code}&state={Uri.EscapeDataString(state)}"), TestContext.Current.CancellationToken);
                ((int)other.StatusCode).ShouldBe(404);
                page.EnsureSuccessStatusCode();
            }
        }

        said += await process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        process.ExitCode.ShouldBe(0, said);
        return said;
    }

    private Task<Ended> RunAsync(params string[] arguments) => GantryProgram.RunAsync(Variables, null, arguments);
}
