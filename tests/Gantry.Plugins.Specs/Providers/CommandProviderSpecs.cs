using Gantry.Engine.Plans;
using Gantry.Engine.Providers;
using Gantry.TestServers;
using Shouldly;
using Xunit;

namespace Gantry.Plugins.Specs.Providers;

public sealed class CommandProviderSpecs : IDisposable
{
    private readonly ProviderStage stage = new();
    private readonly TemporaryFolder folder = new();

    public CommandProviderSpecs() => stage.ProgramsAllowed.AddRange(["/usr/bin/env", "/usr/bin/printf", "/bin/sh", "/usr/bin/cat"]);

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("/usr/bin/id")]
    [InlineData("id")]
    [InlineData("/usr/bin/../bin/env")]
    [InlineData("//usr/bin/env")]
    [InlineData("/usr/bin/env ")]
    [InlineData("/usr/bin/env\n")]
    [InlineData("*")]
    [InlineData("")]
    public async Task Only_what_is_allowed_runs(string program)
    {
        var outcome = await stage.RunAsync("command.run", new { program });

        outcome.Error!.Kind.ShouldBeOneOf(ProviderErrorKind.Unauthorized, ProviderErrorKind.BadRequest);
    }

    [Fact]
    public async Task A_refusal_tells_how_to_allow_it()
    {
        stage.ProgramsAllowed.Clear();

        (await stage.RunAsync("command.run", new { program = "/usr/bin/env" })).Error!.Message.ShouldContain("GANTRY_PROGRAMS_ALLOW=/usr/bin/env");
    }

    [Fact]
    public async Task Arguments_arrive_as_they_are()
    {
        string[] words = ["", "a b", "'\"`$(id)$HOME", "two\nlines\n", "\\n", "*", "ü\U0001F389", "; exit 3"];

        var outcome = await stage.RunAsync("command.run", new { program = "/usr/bin/printf", arguments = new[] { "[%s]" }.Concat(words) });

        Text(outcome, "stdout").ShouldBe(string.Concat(words.Select(word => $"[{word}]")));
    }

    [Fact]
    public async Task Nothing_of_the_environment_and_of_open_files_is_handed_on()
    {
        Environment.SetEnvironmentVariable("GANTRY_TEST_CANARY", "seen");

        var outcome = await stage.RunAsync("command.run", new { program = "/usr/bin/env" });
        await using var open = File.OpenRead(folder.WriteFile("open", "x"));
        var files = await stage.RunAsync("command.run", new { program = "/bin/sh", arguments = new[] { "-c", "ls -l /proc/$$/fd" } });

        Text(outcome, "stdout").Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split('=')[0]).ShouldBe(["PATH", "LANG", "HOME", "TZ"], ignoreOrder: true);
        Text(files, "stdout").ShouldNotContain(folder.Path);
    }

    [Fact]
    public async Task It_works_in_a_new_folder_or_in_the_one_that_is_named()
    {
        var own = await stage.RunAsync("command.run", new { program = "/bin/sh", arguments = new[] { "-c", "pwd; touch made" } });
        var named = await stage.RunAsync("command.run", new { program = "/bin/sh", arguments = new[] { "-c", "pwd" }, folder = folder.Path });

        Directory.Exists(Text(own, "stdout").Trim()).ShouldBeFalse();
        Text(named, "stdout").Trim().ShouldBe(folder.Path);
        (await stage.RunAsync("command.run", new { program = "/usr/bin/env", folder = "relative" })).Error!.Kind.ShouldBe(ProviderErrorKind.BadRequest);
    }

    [Fact]
    public async Task It_reads_its_input_with_secrets_in_their_places()
    {
        stage.Secrets["WORD"] = "p4ssword";

        var outcome = await stage.RunAsync("command.run", new { program = "/bin/sh", arguments = new[] { "-c", "tr a-z A-Z" }, input = "x ${cred:WORD}" });

        Text(outcome, "stdout").ShouldBe("X P4SSWORD");
    }

    [Theory]
    [InlineData("exit 3", 3)]
    [InlineData("kill -9 $$", null)]
    public async Task How_it_ended_is_told(string script, int? status)
    {
        var outcome = await stage.RunAsync("command.run", new { program = "/bin/sh", arguments = new[] { "-c", $"echo because >&2; {script}" } });

        (outcome.Error!.Kind, outcome.Error.Status).ShouldBe((ProviderErrorKind.Upstream, status));
        outcome.Error.Message.ShouldContain("because");
    }

    [Fact]
    public async Task A_program_that_takes_too_long_ends_with_all_it_started()
    {
        var outcome = await stage.RunAsync("command.run", new { program = "/bin/sh", arguments = new[] { "-c", "trap '' TERM; sleep 87651 & sleep 87652" }, timeout = "300ms" });

        outcome.Error!.Kind.ShouldBe(ProviderErrorKind.TimedOut);
        await RunningPrograms.WaitUntilAsync("87651", isThere: false, TestContext.Current.CancellationToken);
        await RunningPrograms.WaitUntilAsync("87652", isThere: false, TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task What_it_leaves_behind_goes_with_it()
    {
        var outcome = await stage.RunAsync("command.run", new { program = "/bin/sh", arguments = new[] { "-c", "sleep 87653 & echo done" } });

        outcome.Error.ShouldBeNull();
        Text(outcome, "stdout").ShouldBe("done\n");
        await RunningPrograms.WaitUntilAsync("87653", isThere: false, TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task Cancelling_ends_it()
    {
        using var cancel = new CancellationTokenSource();
        var running = stage.RunAsync("command.run", new { program = "/bin/sh", arguments = new[] { "-c", "sleep 87654" } }, cancellationToken: cancel.Token);
        await RunningPrograms.WaitUntilAsync("87654", isThere: true, TestContext.Current.CancellationToken);

        await cancel.CancelAsync();

        (await running).Status.ShouldBe(ExecutionStatus.Cancelled);
        await RunningPrograms.WaitUntilAsync("87654", isThere: false, TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task Endless_output_is_cut_and_ended_in_time()
    {
        var outcome = await stage.RunAsync("command.run", new { program = "/usr/bin/cat", arguments = new[] { "/dev/zero" }, max_bytes = 1000, timeout = "500ms" });

        outcome.Error!.Kind.ShouldBe(ProviderErrorKind.TimedOut);
    }

    private static string Text(PlanOutcome outcome, string name)
    {
        outcome.Error.ShouldBeNull();
        return outcome.Output!.Value.GetProperty(name).GetString()!;
    }
}
