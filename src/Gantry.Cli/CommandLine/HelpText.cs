using System.Text;

namespace Gantry.Cli.CommandLine;

/// <summary>The help of a command, made from its description.</summary>
internal static class HelpText
{
    private const int ColumnMax = 30;

    public static string Of(Command command, string path)
    {
        StringBuilder text = new();
        text.Append(command.Help).Append("\n\nUsage: ").Append(UsageOf(command, path)).Append('\n');
        Section(text, "Commands", command.Commands.Where(entry => !entry.IsHidden).Select(entry => (entry.Name, entry.Help)));
        Section(text, "Arguments", command.Arguments.Select(argument => (argument.Name, argument.Help)));
        Section(text, "Options", command.Options.Select(option => (Form(option), option.IsMany ? option.Help + " May be repeated." : option.Help))
            .Append(("-h, --help", "Shows this.")));
        Lines(text, "\n", command.Notes);
        Lines(text, "\nExamples:\n", command.Examples.Select(example => "  " + example));

        return text.ToString();
    }

    private static void Lines(StringBuilder text, string before, IEnumerable<string> lines)
    {
        foreach (var line in lines)
        {
            text.Append(before).Append(line).Append('\n');
            before = "";
        }
    }

    private static string UsageOf(Command command, string path)
    {
        StringBuilder usage = new(path);
        if (command.Commands.Count > 0)
        {
            return usage.Append(" COMMAND …").ToString();
        }

        foreach (var argument in command.Arguments)
        {
            var name = argument.IsMany ? argument.Name + "…" : argument.Name;
            usage.Append(' ').Append(argument.IsRequired ? name : $"[{name}]");
        }

        return usage.Append(command.Options.Count > 0 ? " [options]" : "").ToString();
    }

    private static string Form(Option option) =>
        (option.Short is { } letter ? $"-{letter}, " : "    ") + option.Name + (option.Value is { } value ? " " + value : "");

    private static void Section(StringBuilder text, string title, IEnumerable<(string Left, string Right)> lines)
    {
        var all = lines.ToList();
        if (all.Count == 0)
        {
            return;
        }

        var width = Math.Min(ColumnMax, all.Max(line => line.Left.Length));
        text.Append('\n').Append(title).Append(":\n");
        foreach (var (left, right) in all)
        {
            text.Append("  ").Append(left.PadRight(width)).Append(left.Length > width ? "\n  " + new string(' ', width) : "")
                .Append("  ").Append(right).Append('\n');
        }
    }
}
