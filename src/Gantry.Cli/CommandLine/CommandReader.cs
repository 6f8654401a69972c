using Gantry.Engine.Settings;

namespace Gantry.Cli.CommandLine;

/// <summary>Reads what was typed against the description of a command. Whatever does not fit is a <see cref="UsageException"/>.</summary>
internal static class CommandReader
{
    /// <summary>Options that may stand before the command as well: "gantry --hub URL plan list".</summary>
    private const string HubOption = "--hub";

    /// <summary>Goes down to the command that is meant. Answers it with its path and the words that are left for it.</summary>
    public static (Command Command, string Path, List<string> Words) Find(Command root, IReadOnlyList<string> typed)
    {
        var command = root;
        var path = root.Name;
        var position = 0;
        List<string> words = [];
        while (command.Commands.Count > 0)
        {
            if (position == typed.Count || typed[position] is "--help" or "-h" or "--version")
            {
                break;
            }

            var word = typed[position++];
            if (word == HubOption || word.StartsWith(HubOption + "=", StringComparison.Ordinal))
            {
                words.Add(word);
                if (word == HubOption && position < typed.Count)
                {
                    words.Add(typed[position++]);
                }

                continue;
            }

            if (word == "help")
            {
                words.Insert(0, "--help");
                continue;
            }

            var entry = command.Commands.FirstOrDefault(entry => entry.IsCalled(word)) ?? throw new UsageException(
                $"There is no {(word.StartsWith('-') ? "option" : "command")} '{path} {word}'."
                + NearestName.Hint(word, command.Commands.Where(entry => !entry.IsHidden).Select(entry => entry.Name)));
            command = entry.Describe();
            path += " " + entry.Name;
        }

        words.AddRange(typed.Skip(position));
        return (command, path, words);
    }

    public static Invocation Read(Command command, string path, IReadOnlyList<string> words)
    {
        List<string> values = [];
        List<GivenOption> options = [];
        for (var i = 0; i < words.Count; i++)
        {
            var word = words[i];
            if (word == "--")
            {
                values.AddRange(words.Skip(i + 1));
                break;
            }

            if (word.StartsWith("--", StringComparison.Ordinal))
            {
                ReadLong(command, words, ref i, options);
            }
            else if (word.Length > 1 && word[0] == '-')
            {
                ReadShort(command, words, ref i, options);
            }
            else
            {
                values.Add(word);
            }
        }

        return new Invocation(command, path, Assign(command, values), options);
    }

    private static void ReadLong(Command command, IReadOnlyList<string> words, ref int i, List<GivenOption> options)
    {
        var word = words[i];
        var equals = word.IndexOf('=', StringComparison.Ordinal);
        var name = equals < 0 ? word : word[..equals];
        var option = command.Options.FirstOrDefault(option => option.Name == name) ?? throw new UsageException(
            $"There is no option {name}." + NearestName.Hint(name, command.Options.Select(option => option.Name)));
        if (option.Value is null)
        {
            Add(options, option, equals < 0 ? null : throw new UsageException($"{name} is a switch and takes no value."));
        }
        else
        {
            Add(options, option, equals < 0 ? Next(command, option, words, ref i) : word[(equals + 1)..]);
        }
    }

    /// <summary>"-l", "-lR" and "-nVALUE".</summary>
    private static void ReadShort(Command command, IReadOnlyList<string> words, ref int i, List<GivenOption> options)
    {
        var word = words[i];
        for (var at = 1; at < word.Length; at++)
        {
            var letter = word[at];
            var option = command.Options.FirstOrDefault(option => option.Short == letter) ?? throw new UsageException(
                $"There is no option -{letter}. A file name that begins with '-' is written after '--', or as './{word}'.");
            if (option.Value is null)
            {
                Add(options, option, null);
                continue;
            }

            Add(options, option, at + 1 < word.Length ? word[(at + 1)..] : Next(command, option, words, ref i));
            return;
        }
    }

    private static string Next(Command command, Option option, IReadOnlyList<string> words, ref int i)
    {
        if (i + 1 == words.Count)
        {
            throw new UsageException($"{option.Name} needs a value: {option.Name} {option.Value}.");
        }

        var next = words[++i];
        return command.Options.Any(other => other.Name == next)
            ? throw new UsageException($"{option.Name} needs a value, and '{next}' is an option. If you mean it, write {option.Name}={next}.")
            : next;
    }

    private static void Add(List<GivenOption> options, Option option, string? value)
    {
        if (!option.IsMany && options.Exists(given => given.Name == option.Name))
        {
            throw new UsageException($"{option.Name} is given twice.");
        }

        CheckPlace(option.Name, option.Value, value);
        options.Add(new GivenOption(option.Name, value));
    }

    /// <summary>An empty place is a variable of a script that was not set, and no place at all.</summary>
    private static void CheckPlace(string name, string? kind, string? value)
    {
        if (value is "" && kind is "FILE" or "DIR" or "FOLDER" or "PATH" or "SOURCE" or "TARGET" or "ADDRESS" or "DOCUMENT")
        {
            throw new UsageException($"{name} is empty, and so names no place. If a script gave it, a variable there has no value.");
        }
    }

    private static Dictionary<string, List<string>> Assign(Command command, List<string> values)
    {
        Dictionary<string, List<string>> assigned = new(StringComparer.Ordinal);
        var position = 0;
        for (var i = 0; i < command.Arguments.Count; i++)
        {
            var argument = command.Arguments[i];
            var keptForLater = command.Arguments.Skip(i + 1).Count(later => later.IsRequired);
            var left = values.Count - position;
            var available = Math.Max(left - keptForLater, argument.IsRequired ? Math.Min(1, left) : 0);
            if (available <= 0)
            {
                if (argument.IsRequired)
                {
                    throw new UsageException($"{argument.Name} is missing: {argument.Help}");
                }

                continue;
            }

            var taken = argument.IsMany ? available : 1;
            assigned[argument.Name] = values.GetRange(position, taken);
            assigned[argument.Name].ForEach(value => CheckPlace(argument.Name, argument.Name, value));
            position += taken;
        }

        return position == values.Count
            ? assigned
            : throw new UsageException($"'{values[position]}' is one argument too many.");
    }
}
