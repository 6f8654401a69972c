namespace Gantry.Hub.Executions;

/// <summary>How much and how long.</summary>
internal static class ExecutionLimits
{
    /// <summary>How long an Idempotency-Key names its execution.</summary>
    public static readonly TimeSpan KeyAge = TimeSpan.FromHours(24);

    /// <summary>How long a hub counts as alive after its last sign of life.</summary>
    public static readonly TimeSpan Lease = TimeSpan.FromSeconds(12);

    public static readonly TimeSpan LeaseRenewal = TimeSpan.FromSeconds(3);

    /// <summary>How often the sweeper looks for what nobody is at.</summary>
    public static readonly TimeSpan Sweep = TimeSpan.FromSeconds(1);

    /// <summary>How much an execution may have gathered that is not durable yet; log lines beyond are left out and counted.</summary>
    public const int LogLinesWaitingMax = 10_000;

    /// <summary>How much the results of pure steps may run ahead of what is durable.</summary>
    public const int AheadBytesMax = 256 * 1024;

    public const int LogMessageCharactersMax = 32 * 1024;

    public const int LogFieldsCharactersMax = 64 * 1024;

    public const int InputsBytesMax = 1024 * 1024;

    public const int KeyCharactersMax = 255;
}
