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

    /// <summary>The same in characters.</summary>
    public const int LogCharactersWaitingMax = 4 * 1024 * 1024;

    /// <summary>How much the results of pure steps may run ahead of what is durable.</summary>
    public const int AheadBytesMax = 256 * 1024;

    /// <summary>How much of large outputs all executions together hold at once, while they are read, recorded and used; what is made of them on the way is several times as much.</summary>
    public const long OutputsHeldBytesMax = 32 * 1024 * 1024;

    /// <summary>What an output has at most that is loaded with the record of its step; a larger one is loaded when it is needed.</summary>
    public const int LoadedBytesMax = 8 * 1024;

    public const int InputsBytesMax = 1024 * 1024;

    public const int KeyCharactersMax = 255;

    /// <summary>How long a run stays for what often comes soon before it is parked.</summary>
    public static readonly TimeSpan Stays = TimeSpan.FromSeconds(1);

    /// <summary>How often at least the database is asked which waits are over, for those that another hub parked.</summary>
    public static readonly TimeSpan WakeLookUp = TimeSpan.FromSeconds(5);

    /// <summary>How often an execution may be cut off in a row without a step having succeeded. One that ends its hub each time would do so for ever.</summary>
    public const int LossesMax = 30;

    /// <summary>How deep plans may call plans.</summary>
    public const int CallDepthMax = 20;

    /// <summary>What a concurrency key is longer than is kept by its hash.</summary>
    public const int ConcurrencyKeyCharactersMax = 200;
}
