using Gantry.EndToEnd.Specs.Programs;
using Gantry.TestServers;
using Shouldly;
using Xunit;

namespace Gantry.EndToEnd.Specs;

/// <summary>The program as it is started: the script, its statuses, its files.</summary>
public sealed class ProgramSpecs : IDisposable
{
    private readonly TemporaryFolder folder = new();

    private Dictionary<string, string?> Variables => new(StringComparer.Ordinal) { ["XDG_CONFIG_HOME"] = folder["config"] };

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task The_script_runs_from_anywhere_and_through_a_link()
    {
        var elsewhere = folder.Folder("a folder with spaces");
        File.CreateSymbolicLink(folder["gantry link"], Path.Combine(GantryProgram.Repository, "gantry"));

        var ended = await RunAsync(folder["gantry link"], elsewhere, "--version");

        ended.ToString().ShouldStartWith("status 0\ngantry 0.");
    }

    [Fact]
    public async Task A_build_that_is_fresh_is_not_repeated()
    {
        var script = Path.Combine(GantryProgram.Repository, "gantry");
        var stamp = Path.Combine(GantryProgram.Repository, "artifacts", "gantry.stamp");
        await RunAsync(script, folder.Path, "--version");
        var built = File.GetLastWriteTimeUtc(stamp);

        var again = await RunAsync(script, folder.Path, "--version");

        again.Errors.ShouldBeEmpty();
        File.GetLastWriteTimeUtc(stamp).ShouldBe(built);
    }

    /// <summary>A program that is compiled for one runtime does not run on another.</summary>
    [Fact]
    public async Task Another_runtime_on_the_machine_builds_it_anew()
    {
        folder.Folder("gantry/src");
        folder.Folder("gantry/providers");
        folder.Folder("sdk/shared/Microsoft.NETCore.App/10.0.1");
        File.Copy(Path.Combine(GantryProgram.Repository, "gantry"), folder["gantry/gantry"]);
        await File.WriteAllTextAsync(folder["sdk/dotnet"], """
            #!/usr/bin/env bash
            [[ $1 != build ]] || { printf '%s\n' built >> "${0%/*}/builds"; mkdir -p "${2%/*}/artifacts/bin/Gantry.Cli/release"; : > "${2%/*}/artifacts/bin/Gantry.Cli/release/Gantry.Cli.dll"; }
            """);
        File.SetUnixFileMode(folder["sdk/dotnet"], UnixFileMode.UserRead | UnixFileMode.UserExecute);

        (await BuildsAsync()).ShouldBe(1);
        (await BuildsAsync()).ShouldBe(1);
        folder.Folder("sdk/shared/Microsoft.NETCore.App/10.0.2");
        (await BuildsAsync()).ShouldBe(2);
        Directory.Delete(folder["sdk/shared/Microsoft.NETCore.App/10.0.1"]);
        (await BuildsAsync()).ShouldBe(3);
        (await BuildsAsync()).ShouldBe(3);

        async Task<int> BuildsAsync()
        {
            Dictionary<string, string?> variables = new(StringComparer.Ordinal) { ["PATH"] = folder["sdk"] + ":/usr/bin:/bin" };
            using var process = GantryProgram.Start(folder["gantry/gantry"], variables, ["--version"]);
            await process.WaitForExitAsync(TestContext.Current.CancellationToken);
            process.ExitCode.ShouldBe(0);
            return (await File.ReadAllLinesAsync(folder["sdk/builds"])).Length;
        }
    }

    [Fact]
    public async Task Help_is_no_failure_and_nothing_at_all_is_wrong_usage()
    {
        (await GantryProgram.RunAsync("--help")).Status.ShouldBe(0);
        (await GantryProgram.RunAsync("endpoint", "add", "--help")).Output.ShouldContain("gantry endpoint add NAME ADDRESS");
        (await GantryProgram.RunAsync()).Status.ShouldBe(2);
        (await GantryProgram.RunAsync("endpoint")).Status.ShouldBe(2);
    }

    [Fact]
    public async Task A_saved_endpoint_is_kept_in_a_file_of_the_user_only()
    {
        var place = folder.Folder("place");

        (await GantryProgram.RunAsync(Variables, null, "endpoint", "add", "web", place)).Status.ShouldBe(0);
        var listed = await GantryProgram.RunAsync(Variables, null, "endpoint", "list", "--json");
        var tested = await GantryProgram.RunAsync(Variables, null, "endpoint", "test", "web");

        listed.Output.ShouldContain($"\"address\": \"{place}\"");
        tested.Status.ShouldBe(0, tested.ToString());
        Directory.EnumerateFileSystemEntries(place).ShouldBeEmpty();
        File.GetUnixFileMode(folder["config/gantry/endpoints.json"]).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    [Theory]
    [InlineData("There is no endpoint 'web'", "test", "web")]
    [InlineData("have no setting 'colour'", "add", "web", "/tmp", "--set", "colour=red")]
    [InlineData("takes a reference", "add", "web", "/tmp", "--secret", "password=hunter2")]
    [InlineData("the name of a kind", "add", "sftp", "/tmp")]
    public async Task A_wrong_endpoint_is_refused_in_a_sentence(string message, params string[] words)
    {
        var ended = await GantryProgram.RunAsync(Variables, null, ["endpoint", .. words]);

        ended.Status.ShouldNotBe(0);
        ended.Errors.ShouldContain(message);
        ended.Errors.ShouldNotContain("hunter2");
        ended.Errors.ShouldNotContain("   at ");
    }

    [Fact]
    public async Task A_hub_that_is_not_there_is_a_status_of_its_own()
    {
        var ended = await GantryProgram.RunAsync("executions", "list", "--hub", "http://127.0.0.1:1");

        ended.Status.ShouldBe(3);
        ended.Errors.ShouldContain("http://127.0.0.1:1");
    }

    private async Task<Ended> RunAsync(string program, string from, params string[] words)
    {
        using var process = GantryProgram.Start(program, Variables, words, from);
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEndAsync(CancellationToken.None);
        var errors = process.StandardError.ReadToEndAsync(CancellationToken.None);
        await process.WaitForExitAsync(CancellationToken.None);
        return new Ended(process.ExitCode, await output, await errors);
    }
}
