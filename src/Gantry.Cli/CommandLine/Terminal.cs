namespace Gantry.Cli.CommandLine;

/// <summary>Lines for the person at the terminal, beside the results on standard output.</summary>
internal static class Terminal
{
    private static readonly Lock gate = new();

    /// <summary>Whether somebody is there who can be asked.</summary>
    public static bool CanAsk => !Console.IsInputRedirected && !Console.IsErrorRedirected;

    /// <summary>A line of its own, also while a progress line stands there: that is drawn again below it. From any thread.</summary>
    public static void Note(string message)
    {
        lock (gate)
        {
            Console.Error.WriteLine((Console.IsErrorRedirected ? "" : "\r\e[K") + "gantry: " + message);
        }
    }
}
