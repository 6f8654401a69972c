using System.Text;

namespace Gantry.Cli.CommandLine;

/// <summary>Asks the person at the terminal.</summary>
internal static class Prompt
{
    public static string Text(string question)
    {
        RequireTerminal(question);
        Console.Error.Write(question + ": ");
        return Console.In.ReadLine()?.Trim() is { Length: > 0 } answer ? answer : throw new CommandException("Nothing was answered.");
    }

    /// <summary>Without showing what is typed.</summary>
    public static string Hidden(string question)
    {
        RequireTerminal(question);
        Console.Error.Write(question + ": ");
        StringBuilder answer = new();
        while (Console.ReadKey(intercept: true) is var key && key.Key != ConsoleKey.Enter)
        {
            if (key.Key == ConsoleKey.Backspace)
            {
                answer.Length = Math.Max(0, answer.Length - 1);
            }
            else if (key.KeyChar != '\0')
            {
                answer.Append(key.KeyChar);
            }
        }

        Console.Error.WriteLine();
        return answer.ToString();
    }

    private static void RequireTerminal(string question)
    {
        if (Console.IsInputRedirected)
        {
            throw new UsageException($"{question}: nobody can be asked, since standard input is no terminal. Give it as an option (--user NAME --password-stdin).");
        }
    }
}
