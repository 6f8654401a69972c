namespace Gantry.Hub.Triggers;

/// <summary>How often, how many and for how long.</summary>
internal static class EventLimits
{
    /// <summary>After so many attempts an event is dead.</summary>
    public const int AttemptsMax = 6;

    /// <summary>How many are taken up at once.</summary>
    public const int BatchMax = 500;

    /// <summary>So many ends of executions may follow from one another; the next one is not followed.</summary>
    public const int ChainMax = 16;

    /// <summary>An occurrence that is later than this was missed.</summary>
    public static readonly TimeSpan MissedAfter = TimeSpan.FromMinutes(1);

    public static readonly TimeSpan Look = TimeSpan.FromSeconds(1);

    public static readonly TimeSpan Housekeeping = TimeSpan.FromHours(1);

    /// <summary>10 seconds, then three times as long each time: the last attempt comes after twenty minutes.</summary>
    public static TimeSpan PauseAfter(int attempts) => TimeSpan.FromSeconds(10 * Math.Pow(3, Math.Clamp(attempts, 1, 8) - 1));
}
