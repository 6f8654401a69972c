using Gantry.Cli;
using Gantry.Cli.CommandLine;
using Shouldly;
using Xunit;

namespace Gantry.EndToEnd.Specs;

/// <summary>Words typed, held against a command that describes itself.</summary>
public sealed class CommandLineSpecs
{
    private static readonly Command Copy = new()
    {
        Name = "copy",
        Help = "Copies files.",
        Arguments = [new("SOURCE", "From where.") { IsMany = true }, new("TARGET", "To where.")],
        Options =
        [
            new("--include", "A pattern.") { Value = "PATTERN", IsMany = true },
            new("--exclude", "A pattern.") { Value = "PATTERN", IsMany = true },
            new("--list", "Where it stands.") { Value = "FILE" },
            new("--parallel", "How many.") { Value = "N", Short = 'p' },
            new("--dry-run", "Only says.") { Short = 'n' },
            new("--long", "More.") { Short = 'l' },
        ],
    };

    private static readonly Command Plan = new()
    {
        Name = "plan",
        Help = "Plans.",
        Commands = [new("list", "Lists.", () => new Command { Name = "list", Help = "Lists.", Options = [new("--hub", "Which.") { Value = "URL" }] })],
    };

    private static readonly Command Root = new()
    {
        Name = "gantry",
        Help = "Moves files.",
        Commands = [new("copy", "Copies files.", () => Copy), new("plan", "Plans.", () => Plan)],
    };

    [Fact]
    public void The_last_argument_gets_its_own_and_the_many_the_rest()
    {
        var invocation = Read("a", "b", "c");

        invocation.Arguments("SOURCE").ShouldBe(["a", "b"]);
        invocation.Argument("TARGET").ShouldBe("c");
    }

    [Theory]
    [InlineData("--parallel", "8")]
    [InlineData("--parallel=8")]
    [InlineData("-p8")]
    [InlineData("-p", "8")]
    [InlineData("-np", "8")]
    public void A_value_is_taken_in_every_form(params string[] words) =>
        Read([.. words, "a", "b"]).FindInteger("--parallel", 1, 10).ShouldBe(8);

    [Fact]
    public void Letters_may_stand_together()
    {
        var invocation = Read("a", "-nl", "b");

        invocation.Has("--dry-run").ShouldBeTrue();
        invocation.Has("--long").ShouldBeTrue();
    }

    [Fact]
    public void The_order_of_options_is_kept() =>
        Read("--include", "*.md", "a", "--exclude", "*", "b", "--include", "x").Options
            .Select(option => option.Name + option.Value).ShouldBe(["--include*.md", "--exclude*", "--includex"]);

    [Fact]
    public void Behind_two_dashes_nothing_is_an_option() => Read("a", "--", "--dry-run").Argument("TARGET").ShouldBe("--dry-run");

    [Fact]
    public void A_value_may_be_empty_or_hold_an_equals_sign()
    {
        var invocation = Read("--include=", "--include=a=b", "a", "b");

        invocation.FindAll("--include").ShouldBe(["", "a=b"]);
    }

    [Theory]
    [InlineData("There is no option --dryrun. Did you mean '--dry-run'?", "a", "b", "--dryrun")]
    [InlineData("There is no option -x. A file name that begins with '-' is written after '--', or as './-x'.", "a", "b", "-x")]
    [InlineData("TARGET is missing: To where.", "a")]
    [InlineData("SOURCE is missing: From where.")]
    [InlineData("--parallel needs a value: --parallel N.", "a", "b", "--parallel")]
    [InlineData("--include needs a value, and '--dry-run' is an option. If you mean it, write --include=--dry-run.", "a", "b", "--include", "--dry-run")]
    [InlineData("--dry-run is a switch and takes no value.", "a", "b", "--dry-run=yes")]
    [InlineData("--parallel is given twice.", "a", "b", "--parallel", "1", "-p2")]
    [InlineData("--list is empty, and so names no place. If a script gave it, a variable there has no value.", "a", "b", "--list=")]
    [InlineData("SOURCE is empty, and so names no place. If a script gave it, a variable there has no value.", "a", "", "b")]
    [InlineData("TARGET is empty, and so names no place. If a script gave it, a variable there has no value.", "a", "")]
    public void What_does_not_fit_is_refused_in_a_sentence(string message, params string[] words) =>
        Should.Throw<UsageException>(() => Read(words)).Message.ShouldBe(message);

    [Theory]
    [InlineData("x")]
    [InlineData("0")]
    [InlineData("11")]
    [InlineData("1.5")]
    [InlineData("99999999999")]
    public void A_number_out_of_bounds_is_refused(string number) =>
        Should.Throw<UsageException>(() => Read("-p", number, "a", "b").FindInteger("--parallel", 1, 10)).Message
            .ShouldBe($"--parallel takes a whole number from 1 to 10, not '{number}'.");

    [Fact]
    public void A_command_below_a_command_is_found_and_the_hub_may_be_named_before_it()
    {
        var (command, path, words) = CommandReader.Find(Root, ["--hub", "http://h", "plan", "list"]);

        command.Name.ShouldBe("list");
        path.ShouldBe("gantry plan list");
        CommandReader.Read(command, path, words).Find("--hub").ShouldBe("http://h");
    }

    [Theory]
    [InlineData("There is no command 'gantry coppy'. Did you mean 'copy'?", "coppy")]
    [InlineData("There is no command 'gantry plan lst'. Did you mean 'list'?", "plan", "lst")]
    public void An_unknown_command_is_refused_with_the_nearest(string message, params string[] typed) =>
        Should.Throw<UsageException>(() => CommandReader.Find(Root, typed)).Message.ShouldBe(message);

    [Theory]
    [InlineData("plans", "list")]
    [InlineData("execution", "list")]
    [InlineData("transfers", "list")]
    public void One_or_many_of_a_thing_is_the_same_command(params string[] typed) => CommandReader.Find(AllCommands.Root, typed).Command.Name.ShouldBe("list");

    [Fact]
    public void Help_is_made_from_the_description()
    {
        var help = HelpText.Of(Copy, "gantry copy");

        help.ShouldContain("Usage: gantry copy SOURCE… TARGET [options]");
        help.ShouldContain("-p, --parallel N");
        help.ShouldContain("--include PATTERN");
    }

    private static Invocation Read(params string[] words) => CommandReader.Read(Copy, "gantry copy", words);
}
