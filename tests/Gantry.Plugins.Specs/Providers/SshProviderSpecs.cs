using System.Globalization;
using System.Net;
using System.Text.Json;
using Gantry.Engine.Endpoints;
using Gantry.Engine.Plans;
using Gantry.Engine.Providers;
using Gantry.Engine.Secrets;
using Gantry.TestServers;
using Shouldly;
using Xunit;

namespace Gantry.Plugins.Specs.Providers;

public sealed class SshServerFixture() : SharedServer<SshServer>(() => SshServer.StartAsync("PasswordAuthentication yes"));

public sealed class SshProviderSpecs(SshServerFixture fixture) : IClassFixture<SshServerFixture>, IAsyncLifetime
{
    private readonly ProviderStage stage = new();
    private SshServer server = null!;

    public async ValueTask InitializeAsync() => Use(await fixture.GetAsync());

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task Words_arrive_as_they_are_whatever_is_in_them()
    {
        string[] words = ["", "a b", "'\"`$(touch /tmp/x)$HOME", "two\nlines\n", "\\0141 \\n", "-n", "*", "!!", "ü\U0001F389", "#", "; exit 3", "=", "x\r"];

        var outcome = await RunAsync(new { command = new[] { "printf", "[%s]" }.Concat(words) });

        outcome.Error.ShouldBeNull();
        Text(outcome, "stdout").ShouldBe(string.Concat(words.Select(word => $"[{word}]")));
        Text(outcome, "stderr").ShouldBe("");
    }

    [Fact]
    public async Task A_line_for_the_shell_finds_values_as_they_are()
    {
        var outcome = await RunAsync(new { command = "printf '%s|' \"$1\" \"$2\" \"$#\"; cat; echo oh >&2", arguments = new[] { "$(id) '\" \n", "${cred:WORD}" }, input = "read ${cred:WORD}\nü" });

        outcome.Error.ShouldBeNull();
        Text(outcome, "stdout").ShouldBe("$(id) '\" \n|***|2|read ***\nü");
        Text(outcome, "stderr").ShouldBe("oh\n");
        stage.Journal.Lines.Select(line => line.Message).ShouldContain("oh");
        stage.Journal.Lines.ShouldAllBe(line => !line.Message.Contains("p4ssword", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("exit 3", 3)]
    [InlineData("exit 255", 255)]
    [InlineData("kill -9 $$", null)]
    [InlineData("no-such-program-here", 127)]
    public async Task How_it_ended_is_told(string command, int? status)
    {
        var outcome = await RunAsync(new { command = $"echo before; {command}" });

        (outcome.Error!.Kind, outcome.Error.Status, outcome.Error.IsTransient).ShouldBe((ProviderErrorKind.Upstream, status, false), outcome.Error.Message);
    }

    [Fact]
    public async Task Some_statuses_are_to_be_expected()
    {
        var outcome = await RunAsync(new { command = "exit 1", expected_exit = new[] { 0, 1 } });

        outcome.Error.ShouldBeNull();
        outcome.Output!.Value.GetProperty("exit_status").GetInt32().ShouldBe(1);
    }

    [Fact]
    public async Task Much_output_is_cut_and_the_rest_is_heard_out()
    {
        var outcome = await RunAsync(new { command = "head -c 3000000 /dev/zero | tr '\\0' x; echo end >&2", max_bytes = 1000 });

        outcome.Error.ShouldBeNull();
        Text(outcome, "stdout").ShouldBe(new string('x', 1000));
        outcome.Output!.Value.GetProperty("stdout_truncated").GetBoolean().ShouldBeTrue();
        (Text(outcome, "stderr"), outcome.Output!.Value.GetProperty("stderr_truncated").GetBoolean()).ShouldBe(("end\n", false));
    }

    [Fact]
    public async Task What_takes_too_long_is_ended_there_with_all_it_started()
    {
        var outcome = await RunAsync(new { command = "sleep 98761 & sleep 98762", timeout = "1s" });

        outcome.Error!.Kind.ShouldBe(ProviderErrorKind.TimedOut);
        await RunningPrograms.WaitUntilAsync("98761", isThere: false, TestContext.Current.CancellationToken);
        await RunningPrograms.WaitUntilAsync("98762", isThere: false, TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task Cancelling_ends_it_there_also_when_it_does_not_want_to()
    {
        using var cancel = new CancellationTokenSource();
        var running = RunAsync(new { command = "trap '' TERM; sleep 98763" }, cancel.Token);
        await RunningPrograms.WaitUntilAsync("98763", isThere: true, TestContext.Current.CancellationToken);

        await cancel.CancelAsync();

        (await running).Status.ShouldBe(ExecutionStatus.Cancelled);
        await RunningPrograms.WaitUntilAsync("98763", isThere: false, TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task A_server_whose_key_is_not_known_runs_nothing()
    {
        var folder = server.NewFolder();
        stage.Endpoints = new Host(server.Context(stage.Resolver) with { KnownHostsFile = "/dev/null" });

        var outcome = await RunAsync(new { command = "touch \"$1\"", arguments = new[] { $"{folder}/made" } });

        outcome.Error!.Kind.ShouldBe(ProviderErrorKind.Unauthorized);
        outcome.Error.Message.ShouldContain("host key");
        File.Exists($"{folder}/made").ShouldBeFalse();
    }

    [Fact]
    public async Task Only_what_may_be_reached_is()
    {
        stage.Endpoints = new Host(server.Context(stage.Resolver) with
        {
            AddressOf = (host, port, _) => throw new EndpointException(EndpointError.BadSetting, $"{host}:{port} may not be reached."),
        });

        (await RunAsync(new { command = "true" })).Error!.Message.ShouldContain("may not be reached");
    }

    [Theory]
    [InlineData("s3cret-pass word'\"", true)]
    [InlineData("wrong", false)]
    public async Task A_login_is_by_password_as_well(string given, bool isRight)
    {
        using var user = await SystemUser.CreateAsync("s3cret-pass word'\"");
        stage.Secrets["LOGIN"] = given;

        var outcome = await stage.RunAsync("ssh.exec", new { host = "127.0.0.1", port = server.Port, user = user.Name, password = "${cred:LOGIN}", command = new[] { "id", "-un" } });

        (outcome.Error?.Kind).ShouldBe(isRight ? null : ProviderErrorKind.Unauthorized);
        if (isRight)
        {
            Text(outcome, "stdout").ShouldBe(user.Name + "\n");
        }
    }

    [Fact]
    public async Task A_login_without_a_shell_is_told_so()
    {
        await using var closed = await SshServer.StartAsync("ForceCommand /bin/false");
        Use(closed);

        var outcome = await RunAsync(new { command = "true" });

        (outcome.Error!.Kind, outcome.Error.Message.Contains("no POSIX shell", StringComparison.Ordinal)).ShouldBe((ProviderErrorKind.BadRequest, true), outcome.Error.Message);
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("[\"\"]")]
    [InlineData("{}")]
    [InlineData("[\"a\\u0000b\"]")]
    public async Task What_is_no_command_is_refused(string command) =>
        (await RunAsync(new { command = JsonElement.Parse(command) })).Error!.Kind.ShouldBe(ProviderErrorKind.BadRequest);

    private static string Text(PlanOutcome outcome, string name) => outcome.Output!.Value.GetProperty(name).GetString()!;

    private void Use(SshServer used)
    {
        server = used;
        stage.Secrets["WORD"] = "p4ssword";
        stage.Endpoints = new Host(server.Context(stage.Resolver));
    }

    private Task<PlanOutcome> RunAsync(object parameters, CancellationToken cancellationToken = default)
    {
        var common = new { host = "127.0.0.1", port = server.Port, user = SshServer.User, key_file = server.KeyFile };
        return stage.RunAsync("ssh.exec", ProviderStage.Parameters(common, parameters), cancellationToken: cancellationToken);
    }

    private sealed class Host(EndpointContext context) : IEndpointOpener
    {
        public ValueTask<IEndpoint> OpenAsync(string address, CancellationToken cancellationToken) => throw new EndpointException(EndpointError.NotFound, address);

        public Task<int?> RunAsync(EndpointSettings settings, HostCommand command, CancellationToken cancellationToken) =>
            AllPlugins.Endpoints.RunAsync(settings, context, command, cancellationToken);
    }
}
