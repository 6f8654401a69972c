using Gantry.Cli.CommandLine;

namespace Gantry.Cli;

/// <summary>Every command of this program, a line each.</summary>
internal static class AllCommands
{
    public static Command Root { get; } = new()
    {
        Name = "gantry",
        Help = "Moves files between any two places and runs plans of steps, durably.",
        Commands =
        [
        ],
        Notes =
        [
            "Exit status: 0 all done, 1 something failed, 2 wrong usage, 3 could not connect, 130 cancelled.",
            "A hub is found by --hub URL or GANTRY_HUB, and its key by 'gantry login' or GANTRY_API_KEY.",
        ],
    };
}
