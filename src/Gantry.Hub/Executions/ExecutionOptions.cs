using Gantry.Engine.Plans;

namespace Gantry.Hub.Executions;

/// <summary>How executions are run by this hub.</summary>
internal sealed record ExecutionOptions
{
    /// <summary>How many run at once.</summary>
    public int RunsMax { get; init; } = 1_000;

    /// <summary>How many are claimed in one go.</summary>
    public int ClaimsMax { get; init; } = 500;

    /// <summary>How much news of work is kept in memory; the rest waits in the database.</summary>
    public int QueueMax { get; init; } = 20_000;

    public TimeSpan LogsKept { get; init; } = TimeSpan.FromDays(90);

    /// <summary>The largest file that an execution keeps.</summary>
    public long FileBytesMax { get; init; } = 1024L * 1024 * 1024;

    /// <summary>What ${env.NAME} finds.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = PlanEnvironment.Empty;

    /// <summary>See <see cref="Gantry.Engine.Providers.ProviderCall.ProgramsAllowed"/>.</summary>
    public IReadOnlyList<string> ProgramsAllowed { get; init; } = [];

    /// <summary>How long a stop waits for what runs.</summary>
    public TimeSpan Drain { get; init; } = TimeSpan.FromSeconds(20);
}
