using System.Text;

namespace Gantry.Cli.CommandLine;

/// <summary>Asks the person at the terminal.</summary>
internal static class Prompt
{
    private const string SignIn = "Give it as an option (--user NAME --password-stdin)";

    public static async Task<string> TextAsync(string question, CancellationToken cancellationToken)
    {
        RequireTerminal(question);
        Console.Error.Write(question + ": ");
        var answer = await Task.Run(Console.In.ReadLine, cancellationToken).WaitAsync(cancellationToken);
        return answer?.Trim() is { Length: > 0 } given ? given : throw new CommandException("Nothing was answered.");
    }

    /// <summary>Without showing what is typed.</summary>
    public static async Task<string> HiddenAsync(string question, CancellationToken cancellationToken, string otherwise = SignIn)
    {
        RequireTerminal(question, otherwise);
        Console.Error.Write(question + ": ");
        var answer = await Task.Run(ReadHidden, cancellationToken).WaitAsync(cancellationToken);
        Console.Error.WriteLine();
        return answer;
    }

    private static string ReadHidden()
    {
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

        return answer.ToString();
    }

    private static void RequireTerminal(string question, string otherwise = SignIn)
    {
        if (Console.IsInputRedirected)
        {
            throw new UsageException($"{question}: nobody can be asked, since standard input is no terminal. {otherwise}.");
        }
    }
}
