using System.Text.Json;
using Gantry.EndToEnd.Specs.Programs;
using Shouldly;
using Xunit;

namespace Gantry.EndToEnd.Specs;

/// <summary>A plan's file, run without a hub.</summary>
public sealed class LocalRunSpecs
{
    [Fact]
    public async Task A_plan_whose_steps_print_a_hundred_megabytes_shows_as_much_of_them_as_a_hub_keeps()
    {
        var plan = JsonSerializer.Serialize(new
        {
            steps = new[]
            {
                new
                {
                    each = Enumerable.Range(0, 50),
                    parallel = 4,
                    steps = new[] { new { use = "command.run", with = new { program = "/usr/bin/seq", arguments = new[] { "-f", "%02000.0f", "1", "1000" }, max_bytes = 0 } } },
                },
            },
        });

        var ended = await GantryProgram.RunAsync(new Dictionary<string, string?>(StringComparer.Ordinal) { ["GANTRY_PROGRAMS_ALLOW"] = "/usr/bin/seq" }, plan, "run", "-");

        ended.Status.ShouldBe(0, ended.Errors);
        ended.Output.Length.ShouldBeInRange(9 * 1024 * 1024, 11 * 1024 * 1024);
        ended.Output.Split('\n').Count(line => line.Contains("The log of this execution is longer than the 10 MB that are kept", StringComparison.Ordinal)).ShouldBe(1);
        ended.Output.TrimEnd().ShouldContain("Succeeded after ");
    }
}
