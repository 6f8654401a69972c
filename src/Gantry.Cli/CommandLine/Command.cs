namespace Gantry.Cli.CommandLine;

/// <summary>One command of the program: what it takes and what it does, as data from which parsing and help are made.</summary>
public sealed record Command
{
    public required string Name { get; init; }

    /// <summary>One sentence in the imperative: "Copies files from one place to another."</summary>
    public required string Help { get; init; }

    public IReadOnlyList<Argument> Arguments { get; init; } = [];

    public IReadOnlyList<Option> Options { get; init; } = [];

    /// <summary>Commands below this one; such a command does nothing by itself.</summary>
    public IReadOnlyList<CommandEntry> Commands { get; init; } = [];

    /// <summary>Lines printed as they are below its options: rules, statuses.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>Command lines that can be typed as they stand, for the end of its help.</summary>
    public IReadOnlyList<string> Examples { get; init; } = [];

    /// <summary>Does it and answers the exit status (see <see cref="ExitStatus"/>).</summary>
    public Func<Invocation, CancellationToken, Task<int>>? RunAsync { get; init; }
}

/// <summary>A line in the list of commands. The command describes itself only when it is asked for: every start pays for what it touches.</summary>
public sealed record CommandEntry(string Name, string Help, Func<Command> Describe)
{
    /// <summary>Other spellings that work as well and are not listed.</summary>
    public IReadOnlyList<string> OtherNames { get; init; } = [];

    /// <summary>Works, and is not listed.</summary>
    public bool IsHidden { get; init; }

    public bool IsCalled(string word) => Name == word || OtherNames.Contains(word, StringComparer.Ordinal);
}

/// <summary>A value told by its place.</summary>
/// <param name="Name">In capitals: "SOURCE".</param>
/// <param name="Help">One sentence.</param>
public sealed record Argument(string Name, string Help)
{
    public bool IsRequired { get; init; } = true;

    /// <summary>Takes as many as are given; those after it still get theirs ("SOURCE… TARGET").</summary>
    public bool IsMany { get; init; }
}

/// <summary>A value told by its name, or a switch.</summary>
/// <param name="Name">With its dashes: "--dry-run".</param>
/// <param name="Help">One sentence.</param>
public sealed record Option(string Name, string Help)
{
    /// <summary>What the value is, in capitals ("PATTERN"); null makes it a switch.</summary>
    public string? Value { get; init; }

    /// <summary>One letter; null when there is none: 'l' for "-l".</summary>
    public char? Short { get; init; }

    /// <summary>May be given several times.</summary>
    public bool IsMany { get; init; }
}
