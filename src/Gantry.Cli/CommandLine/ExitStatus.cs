namespace Gantry.Cli.CommandLine;

/// <summary>What the program answers to whoever started it.</summary>
public static class ExitStatus
{
    public const int Succeeded = 0;

    /// <summary>It ran, and something in it failed.</summary>
    public const int Failed = 1;

    public const int WrongUsage = 2;
    public const int CannotConnect = 3;

    /// <summary>By Ctrl-C or SIGTERM.</summary>
    public const int Cancelled = 130;
}

/// <summary>The command was written wrongly; the message says how.</summary>
public sealed class UsageException(string message) : Exception(message);

/// <summary>The command ends with this status, and the message says why.</summary>
public sealed class CommandException(string message, int status = ExitStatus.Failed) : Exception(message)
{
    public int Status { get; } = status;
}
