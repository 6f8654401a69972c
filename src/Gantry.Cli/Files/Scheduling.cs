using System.Runtime.InteropServices;

namespace Gantry.Cli.Files;

/// <summary>How this process is scheduled among others.</summary>
internal static partial class Scheduling
{
    private const int Batch = 3;

    /// <summary>
    /// Tells Linux that throughput counts here (SCHED_BATCH, sched(7)), for this thread and all threads and programs that it starts from now on: at the same
    /// priority as before, whoever is woken by a few bytes waits for the next turn and then finds many.
    /// </summary>
    public static void PreferThroughput()
    {
        var none = 0;

        // A system that refuses leaves things as they are.
        _ = sched_setscheduler(0, Batch, in none);
    }

    [LibraryImport("libc")]
    private static partial int sched_setscheduler(int process, int policy, in int priority);
}
