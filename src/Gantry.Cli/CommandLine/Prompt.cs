using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

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
        using QuietTerminal quiet = new();
        Console.Error.Write(question + ": ");
        try
        {
            return await Task.Run(ReadLine, cancellationToken).WaitAsync(cancellationToken);
        }
        finally
        {
            Console.Error.WriteLine();
        }
    }

    /// <summary>From the terminal itself: the system edits the line, and .NET's console is not asked, which would show it.</summary>
    private static string ReadLine()
    {
        using SafeFileHandle input = new(0, ownsHandle: false);
        using FileStream terminal = new(input, FileAccess.Read, bufferSize: 0);
        List<byte> line = [];
        for (int read; (read = terminal.ReadByte()) is >= 0 and not '\n';)
        {
            line.Add((byte)read);
        }

        return Encoding.UTF8.GetString(CollectionsMarshal.AsSpan(line)).TrimEnd('\r');
    }

    private static void RequireTerminal(string question, string otherwise = SignIn)
    {
        if (Console.IsInputRedirected)
        {
            throw new UsageException($"{question}: nobody can be asked, since standard input is no terminal. {otherwise}.");
        }
    }
}
