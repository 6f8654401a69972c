using System.Diagnostics;
using System.Text.RegularExpressions;
using Gantry.Hub.Operations;
using Shouldly;
using Xunit;

namespace Gantry.Hub.Specs.Deploy;

/// <summary>The examples in deploy/, checked by the schemas of those who read them and by the hub's own table of settings.</summary>
public sealed class DeploySpecs
{
    private static readonly string Root = Snapshot.Repository();

    [Fact]
    public async Task Compose_kubernetes_and_docker_would_accept_the_examples()
    {
        Require("/usr/bin/npm");
        var checks = Path.Combine(Root, "tests", "deploy");
        if (!Directory.Exists(Path.Combine(checks, "node_modules"))) (await RunAsync("/usr/bin/npm", checks, "ci")).ShouldBe("");

        (await RunAsync("/usr/bin/node", checks, "check.mjs", Path.Combine(Root, "deploy"))).ShouldBe("");
    }

    [Fact]
    public async Task Systemd_would_accept_the_unit()
    {
        Require("/usr/bin/systemd-analyze");
        var folder = Directory.CreateTempSubdirectory("gantry-unit-").FullName;
        try
        {
            // The program of the example is not installed on this machine.
            var unit = Path.Combine(folder, "gantry.service");
            await File.WriteAllTextAsync(unit, (await File.ReadAllTextAsync(Path.Combine(Root, "deploy", "systemd", "gantry.service"))).Replace("/usr/bin/dotnet", "/bin/true", StringComparison.Ordinal));

            (await RunAsync("/usr/bin/systemd-analyze", folder, "verify", unit)).ShouldBe("");
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void Every_setting_that_an_example_gives_is_one_of_the_hubs()
    {
        var known = HubSettings.All.Select(setting => setting.Variable).ToHashSet(StringComparer.Ordinal);
        var given = Directory.EnumerateFiles(Path.Combine(Root, "deploy"), "*", SearchOption.AllDirectories)
            .SelectMany(file => Regex.Matches(File.ReadAllText(file), @"\bGANTRY_[A-Z_]+").Select(match => match.Value)).Distinct().ToList();

        given.ShouldNotBeEmpty();
        given.Except(known).Except(["GANTRY_PORT"]).ShouldBeEmpty();
    }

    [Fact]
    public void No_example_gives_a_secret_as_a_plain_value()
    {
        foreach (var setting in HubSettings.All.Where(setting => setting.IsSecret))
            foreach (var file in (string[])["compose.yaml", "kubernetes/gantry.yaml", "systemd/gantry.service", "Dockerfile"])
                File.ReadAllText(Path.Combine(Root, "deploy", file)).ShouldNotMatch($@"{setting.Variable}[=:][ \t]*\S");
    }

    private static void Require(string program)
    {
        if (File.Exists(program)) return;
        if (Environment.GetEnvironmentVariable("CI") == "true") throw new InvalidOperationException($"{program} is missing.");
        Assert.Skip($"{program} is not installed.");
    }

    /// <summary>What the program said when it failed; empty when it did not.</summary>
    private static async Task<string> RunAsync(string program, string folder, params string[] arguments)
    {
        var start = new ProcessStartInfo(program) { UseShellExecute = false, WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return process.ExitCode == 0 ? "" : $"{output}{await errors}".Trim();
    }
}
