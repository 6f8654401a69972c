using Gantry.Engine.Specs.Layout;
using Shouldly;
using Xunit;

namespace Gantry.Engine.Specs;

/// <summary>ARCHITECTURE.md is kept true: an arrow that points up fails here.</summary>
public sealed class LayoutSpecs
{
    private const string Map = """
        src/
          Gantry.Engine/        does the work
            Endpoints/          IEndpoint
          Gantry.Hub/           the server
            Database/           HubDatabase, Migrations/0001.sql
            Accounts/ Plans/
            Executions/ Audit/
          Gantry.Cli/           the program

        Inside Engine: Settings → Endpoints → Transfers,
        Providers → Plans → Work; inside Hub: in the order listed.
        """;

    [Fact]
    public void The_sources_are_laid_out_as_the_map_says() => LayoutRules.Breaches(SourceTree.Load()).ShouldBeEmpty();

    [Fact]
    public void The_sources_are_really_read()
    {
        var tree = SourceTree.Load();

        tree.Sources.Count.ShouldBeGreaterThan(30);
        tree.Projects.Count.ShouldBeGreaterThan(8);
        tree.OrderOf("Gantry.Engine").ShouldBe(tree.Sources.Where(file => file.Project == "Gantry.Engine").Select(file => file.Folder!).Distinct(), ignoreOrder: true);
        tree.OrderOf("Gantry.Hub").ShouldContain("Executions");
    }

    [Fact]
    public void The_map_tells_the_order_of_folders()
    {
        var tree = Tree();

        tree.OrderOf("Gantry.Engine").ShouldBe(["Settings", "Endpoints", "Transfers", "Providers", "Plans", "Work"]);
        tree.OrderOf("Gantry.Hub").ShouldBe(["Database", "Accounts", "Plans", "Executions", "Audit"]);
    }

    [Theory]
    [InlineData("using Gantry.Engine.Plans;\nnamespace Gantry.Engine.Endpoints;")]
    [InlineData("using global::Gantry.Engine.Plans;\nnamespace Gantry.Engine.Endpoints;")]
    [InlineData("using static Gantry.Engine.Plans.Plan;\nnamespace Gantry.Engine.Endpoints;")]
    [InlineData("using P = Gantry.Engine.Plans.Plan;\nnamespace Gantry.Engine.Endpoints;")]
    [InlineData("namespace Gantry.Engine.Endpoints;\nclass A { Gantry.Engine.Plans.Plan? plan; }")]
    [InlineData("namespace Gantry.Engine.Endpoints;\nclass A { Plans.Plan? plan; }")]
    public void An_arrow_that_points_up_inside_the_engine_is_found(string text)
    {
        var breaches = LayoutRules.Breaches(Tree(("src/Gantry.Engine/Endpoints/A.cs", text)));

        breaches.ShouldContain("src/Gantry.Engine/Endpoints/A.cs uses Gantry.Engine.Plans, which stands above it.");
    }

    [Theory]
    [InlineData("namespace Gantry.Engine.Endpoints;\n// As Gantry.Engine.Plans does.\nclass A;")]
    [InlineData("namespace Gantry.Engine.Endpoints;\nclass A { string s = \"Gantry.Engine.Plans\"; }")]
    [InlineData("namespace Gantry.Engine.Endpoints;\nclass A { string s = \"\"\"Gantry.Engine.Plans\"\"\"; }")]
    [InlineData("using Gantry.Engine.Settings;\nnamespace Gantry.Engine.Endpoints;\nclass A { int n = Plans.Count; }")]
    public void What_only_sounds_like_an_arrow_is_none(string text) =>
        LayoutRules.Breaches(Tree(("src/Gantry.Engine/Endpoints/A.cs", text))).ShouldBeEmpty();

    [Fact]
    public void An_arrow_that_points_up_inside_the_hub_is_found()
    {
        var tree = Tree(("src/Gantry.Hub/Accounts/A.cs", "using Gantry.Hub.Executions;\nnamespace Gantry.Hub.Accounts;"));

        LayoutRules.Breaches(tree).ShouldBe(["src/Gantry.Hub/Accounts/A.cs uses Gantry.Hub.Executions, which stands above it."]);
    }

    [Fact]
    public void A_folder_that_is_not_on_the_map_is_found() =>
        LayoutRules.Breaches(Tree(("src/Gantry.Hub/Extras/A.cs", "namespace Gantry.Hub.Extras;")))
            .ShouldBe(["The folder 'Extras' of Gantry.Hub is not on the map in ARCHITECTURE.md."]);

    [Theory]
    [InlineData("Gantry.Engine", "../Gantry.Plugins/Gantry.Plugins.csproj")]
    [InlineData("Gantry.Cli", "../Gantry.Hub/Gantry.Hub.csproj")]
    [InlineData("Gantry.Plugins", "..\\Gantry.Hub\\Gantry.Hub.csproj")]
    [InlineData("Gantry.New", "../Gantry.Engine/Gantry.Engine.csproj")]
    public void A_project_reference_that_points_up_is_found(string project, string reference)
    {
        var tree = Tree(($"src/{project}/{project}.csproj", $"<ProjectReference Include=\"{reference}\" />"));

        LayoutRules.Breaches(tree).ShouldHaveSingleItem().ShouldStartWith($"{project} references ");
    }

    [Theory]
    [InlineData("src/Gantry.Cli/A.cs", "namespace Gantry.Cli;\nclass A { Gantry.Plugins.Endpoints.Ftp.FtpEndpoint? e; }")]
    [InlineData("src/Gantry.Plugins/Endpoints/S3/A.cs", "namespace Gantry.Plugins.Endpoints.S3;\nclass A { Ftp.FtpEndpoint? e; }")]
    [InlineData("src/Gantry.Plugins/Endpoints/S3/A.cs", "using Gantry.Plugins.Endpoints.Ftp;\nnamespace Gantry.Plugins.Endpoints.S3;")]
    public void A_plugin_named_outside_its_folder_is_found(string path, string text)
    {
        (string, string) plugin = ("src/Gantry.Plugins/Endpoints/Ftp/FtpEndpoint.cs", "namespace Gantry.Plugins.Endpoints.Ftp;\nclass FtpEndpoint;");

        LayoutRules.Breaches(Tree(plugin, (path, text))).ShouldHaveSingleItem().ShouldStartWith($"{path} says ");
    }

    [Fact]
    public void The_list_of_plugins_names_them_all() => LayoutRules.Breaches(Tree(
        ("src/Gantry.Plugins/Endpoints/Ftp/FtpEndpoint.cs", "namespace Gantry.Plugins.Endpoints.Ftp;\nclass FtpEndpoint;"),
        ("src/Gantry.Plugins/AllPlugins.cs", "using Gantry.Plugins.Endpoints.Ftp;\nnamespace Gantry.Plugins;\nclass AllPlugins { FtpEndpoint? e; }"))).ShouldBeEmpty();

    [Fact]
    public void A_namespace_that_is_not_the_folder_is_found() =>
        LayoutRules.Breaches(Tree(("src/Gantry.Cli/Files/A.cs", "namespace Gantry.Cli;"))).ShouldHaveSingleItem().ShouldContain("Gantry.Cli.Files");

    [Fact]
    public void A_global_using_is_found() =>
        LayoutRules.Breaches(Tree(("src/Gantry.Engine/A.cs", "global using Gantry.Engine.Plans;"))).ShouldHaveSingleItem().ShouldContain("global using");

    [Fact]
    public void A_folder_for_anything_is_found() =>
        LayoutRules.Breaches(Tree(("src/Gantry.Cli/Utils/A.cs", "namespace Gantry.Cli.Utils;"))).ShouldHaveSingleItem().ShouldContain("'Utils'");

    [Fact]
    public void A_file_of_two_subjects_is_found() =>
        LayoutRules.Breaches(Tree(("src/Gantry.Cli/A.cs", new string('\n', 500) + "class A;"))).ShouldHaveSingleItem().ShouldContain("501 lines");

    private static SourceTree Tree(params (string Path, string Text)[] files)
    {
        Dictionary<string, string> textByPath = new(StringComparer.Ordinal)
        {
            ["ARCHITECTURE.md"] = Map,
            ["src/Gantry.Engine/Plans/Plan.cs"] = "namespace Gantry.Engine.Plans;\npublic sealed record Plan;",
            ["src/Gantry.Hub/Executions/Execution.cs"] = "namespace Gantry.Hub.Executions;\npublic sealed record Execution;",
        };
        foreach (var (path, text) in files)
        {
            textByPath[path] = text;
        }

        return new SourceTree(textByPath);
    }
}
