using System.Text;
using System.Text.RegularExpressions;
using Gantry.EndToEnd.Specs.Programs;
using Gantry.Engine.Plans;
using Gantry.Plugins;
using Shouldly;
using Xunit;

namespace Gantry.EndToEnd.Specs;

/// <summary>What the documentation shows can be run.</summary>
public sealed partial class PlanExampleSpecs
{
    private static string Page => File.ReadAllText(Path.Combine(GantryProgram.Repository, "docs", "plans.md"));

    public static TheoryData<string> Examples => [.. ExamplePattern.Matches(Page).Select(match => match.Groups["plan"].Value)];

    [Theory]
    [MemberData(nameof(Examples))]
    public void Nothing_is_wrong_with_a_plan_of_the_documentation(string plan) =>
        PlanCheck.Check(PlanReader.Read(Encoding.UTF8.GetBytes(plan)), AllPlugins.Providers).ShouldBeEmpty();

    [Fact]
    public async Task The_references_of_the_documentation_give_what_it_says()
    {
        var plan = Examples.Select(row => row.Data).Single(text => text.StartsWith("name: references", StringComparison.Ordinal));

        var ended = await GantryProgram.RunAsync(
            new Dictionary<string, string?>(StringComparer.Ordinal), plan, "run", "-", "--json");

        ended.Status.ShouldBe(0, ended.ToString());
        ended.Output.ShouldContain("\"output\": \"nothing for ${5}\"");
        ended.Output.ShouldContain("\"large\": 1,");
    }

    [Fact]
    public void Every_kind_of_failure_is_named()
    {
        foreach (var kind in Enum.GetNames<Engine.Providers.ProviderErrorKind>())
        {
            Page.ShouldContain(System.Text.Json.JsonNamingPolicy.SnakeCaseLower.ConvertName(kind));
        }
    }

    [GeneratedRegex(@"^```(yaml|json)\n(?<plan>.*?)^```", RegexOptions.ExplicitCapture | RegexOptions.Singleline | RegexOptions.Multiline, matchTimeoutMilliseconds: 5000)]
    private static partial Regex ExamplePattern { get; }
}
