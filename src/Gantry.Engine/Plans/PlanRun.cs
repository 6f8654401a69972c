using System.Text.Json;
using Gantry.Engine.Endpoints;
using Gantry.Engine.Providers;
using Gantry.Engine.Secrets;
using Gantry.Engine.Transfers;

namespace Gantry.Engine.Plans;

public enum ExecutionStatus
{
    Queued,
    Running,

    /// <summary>For a time, an event or a person; nothing is being done meanwhile.</summary>
    Waiting,
    Succeeded,
    Failed,
    Cancelled,
}

/// <summary>One execution as the runner takes it up: for the first time, or where an earlier runner left off.</summary>
public sealed record PlanRun
{
    public required Guid ExecutionId { get; init; }

    public required Plan Plan { get; init; }

    /// <summary>An object; the plan's defaults are already filled in.</summary>
    public required JsonElement Inputs { get; init; }

    /// <summary>Attempts already recorded: what succeeded is not run again, what was cut off is judged by whether repeating is safe.</summary>
    public IReadOnlyList<StepAttempt> Recorded { get; init; } = [];

    /// <summary>
    /// What waiting steps are answered with: the recorded signals from the start, new ones as they come. An execution that nobody will signal to has an empty one.
    /// </summary>
    public Signals Signals { get; init; } = new();

    /// <summary>
    /// How long the run stays when all that is left of it waits for something that often comes soon (a called plan's end, an event, a time that is near). After that it ends as
    /// Waiting. What takes a person is not stayed for. Null means that it stays whatever it waits for: a run that nobody would take up again.
    /// </summary>
    public TimeSpan? Stays { get; init; }

    /// <summary>When the execution began for the first time, by which its timeout is counted; null means now.</summary>
    public DateTimeOffset? StartedAt { get; init; }

    /// <summary>
    /// When the time is over that the step which called the execution has: then it is cancelled, whether or not the caller has come to it. Null when nothing that has a time limit waits for it.
    /// </summary>
    public DateTimeOffset? CallEndsAt { get; init; }

    /// <summary>The execution has failed already, for a reason outside of its steps: none of them begins, and only what its failure calls for is done. Null otherwise.</summary>
    public ProviderError? Failed { get; init; }

    /// <summary>What ${trigger…} finds: {"kind", "body", …} as the trigger gives it; null when a person started the execution.</summary>
    public JsonElement? Trigger { get; init; }

    public required ISecretResolver Secrets { get; init; }

    /// <summary>Where "steps[0].with.url" stands in the document the plan was read from, for messages; null leaves it at that.</summary>
    public Func<string, string>? PlaceOf { get; init; }

    public required IEndpointOpener Endpoints { get; init; }

    /// <summary>Masks in all that is recorded; the run adds the secrets that it uses. Whoever gives it disposes of it after the run.</summary>
    public Redactor Redactor { get; init; } = new();

    /// <summary>See <see cref="ProviderCall.EgressAllowed"/>.</summary>
    public IReadOnlyList<string> EgressAllowed { get; init; } = [];

    /// <summary>See <see cref="ProviderCall.ProgramsAllowed"/>.</summary>
    public IReadOnlyList<string> ProgramsAllowed { get; init; } = [];

    /// <summary>See <see cref="ProviderCall.Manifests"/>.</summary>
    public IManifestStore? Manifests { get; init; }

    /// <summary>See <see cref="ProviderCall.Files"/>.</summary>
    public IStepFiles? Files { get; init; }

    /// <summary>The workspace's, besides the plan's own budget; null when nobody counts.</summary>
    public IAiAccount? Ai { get; init; }

    /// <summary>What its steps hold of outputs is taken from here; null when nobody counts.</summary>
    public RunMemory? Memory { get; init; }

    /// <summary>See <see cref="ProviderCall.Tokens"/>.</summary>
    public IConnectionTokens Tokens { get; init; } = MemoryConnectionTokens.Shared;

    /// <summary>What ${env.NAME} finds; see <see cref="PlanEnvironment"/>.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = PlanEnvironment.Empty;

    /// <summary>
    /// Fires when this process is about to stop: the running attempt ends, none is started any more, and the outcome is Queued, so that
    /// another runner takes the execution up where it stands. To cancel the execution, cancel the token given to the runner.
    /// </summary>
    public CancellationToken HandOver { get; init; }
}

/// <summary>How a run ended, and mostly the execution with it.</summary>
public sealed record PlanOutcome
{
    /// <summary>
    /// Succeeded, Failed or Cancelled; Queued when it was handed over unfinished (see <see cref="PlanRun.HandOver"/>); Waiting when all that is left waits: a runner is to take it
    /// up again at <see cref="WakeAt"/>, or when a signal for one of <see cref="Waits"/> has come. A signal that came after the run was given its signals may have been missed: whoever stores
    /// the outcome looks, in the same transaction, whether there is one.
    /// </summary>
    public required ExecutionStatus Status { get; init; }

    /// <summary>The output of the last step that gave one.</summary>
    public StepOutput? Output { get; init; }

    public ProviderError? Error { get; init; }

    /// <summary>The path of the step that failed; null when none did.</summary>
    public string? FailedStepPath { get; init; }

    /// <summary>What it waits for when it is Waiting.</summary>
    public IReadOnlyList<StepWait> Waits { get; init; } = [];

    /// <summary>The earliest time at which it goes on, or is too late for something; null when only a signal helps.</summary>
    public DateTimeOffset? WakeAt { get; init; }

    /// <summary>What it waits for in words, such as "an approval ('Go live?') by editor, and 2 more"; null when it does not wait.</summary>
    public string? WaitingFor => Waits.Count switch
    {
        0 => null,
        1 => Waits[0].Describe(),
        var count => $"{Waits[0].Describe()}, and {count - 1} more",
    };
}
