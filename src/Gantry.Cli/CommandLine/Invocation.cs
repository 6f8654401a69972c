using System.Globalization;

namespace Gantry.Cli.CommandLine;

/// <summary>What was given to a command, already checked against its description.</summary>
public sealed class Invocation
{
    private readonly Dictionary<string, List<string>> arguments;
    private readonly List<GivenOption> options;

    internal Invocation(Command command, string path, Dictionary<string, List<string>> arguments, List<GivenOption> options)
    {
        Command = command;
        CommandPath = path;
        this.arguments = arguments;
        this.options = options;
    }

    public Command Command { get; }

    /// <summary>"gantry plan check".</summary>
    public string CommandPath { get; }

    /// <summary>In the order in which they were written, for those whose order means something (filters).</summary>
    public IReadOnlyList<GivenOption> Options => options;

    /// <summary>The value of a required argument.</summary>
    public string Argument(string name) => arguments[name][0];

    /// <summary>Null when it was not given.</summary>
    public string? FindArgument(string name) => arguments.TryGetValue(name, out var values) ? values[0] : null;

    public IReadOnlyList<string> Arguments(string name) => arguments.TryGetValue(name, out var values) ? values : [];

    /// <summary>Whether the option was given.</summary>
    public bool Has(string option) => options.Exists(given => given.Name == option);

    /// <summary>Null when it was not given.</summary>
    public string? Find(string option) => options.Find(given => given.Name == option)?.Value;

    public IReadOnlyList<string> FindAll(string option) => [.. options.Where(given => given.Name == option).Select(given => given.Value!)];

    /// <summary>Null when it was not given.</summary>
    public int? FindInteger(string option, int min, int max)
    {
        if (Find(option) is not { } text)
        {
            return null;
        }

        return int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) && number >= min && number <= max
            ? number
            : throw new UsageException($"{option} takes a whole number from {min} to {max}, not '{text}'.");
    }

    /// <summary>Values of the form key=value of an option that may be given several times.</summary>
    public IReadOnlyDictionary<string, string> FindPairs(string option)
    {
        var pairs = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var text in FindAll(option))
        {
            var equals = text.IndexOf('=', StringComparison.Ordinal);
            if (equals <= 0)
            {
                throw new UsageException($"{option} takes key=value, not '{text}'.");
            }

            if (!pairs.TryAdd(text[..equals], text[(equals + 1)..]))
            {
                throw new UsageException($"{option} gives '{text[..equals]}' twice.");
            }
        }

        return pairs;
    }
}

/// <summary>An option as it was written; the value is null for a switch.</summary>
public sealed record GivenOption(string Name, string? Value);
