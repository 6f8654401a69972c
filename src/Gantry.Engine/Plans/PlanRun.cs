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

    public required ISecretResolver Secrets { get; init; }

    /// <summary>Where "steps[0].with.url" stands in the document the plan was read from, for messages; null leaves it at that.</summary>
    public Func<string, string>? PlaceOf { get; init; }

    public required IEndpointOpener Endpoints { get; init; }

    /// <summary>Masks in all that is recorded; the run adds the secrets that it uses. Whoever gives it disposes of it after the run.</summary>
    public Redactor Redactor { get; init; } = new();

    /// <summary>See <see cref="ProviderCall.EgressAllowed"/>.</summary>
    public IReadOnlyList<string> EgressAllowed { get; init; } = [];

    /// <summary>See <see cref="ProviderCall.Manifests"/>.</summary>
    public IManifestStore? Manifests { get; init; }

    /// <summary>What ${env.NAME} finds; see <see cref="PlanEnvironment"/>.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = PlanEnvironment.Empty;

    /// <summary>
    /// Fires when this process is about to stop: the running attempt ends, none is started any more, and the outcome is Queued, so that
    /// another runner takes the execution up where it stands. To cancel the execution, cancel the token given to the runner.
    /// </summary>
    public CancellationToken HandOver { get; init; }
}

/// <summary>How an execution ended.</summary>
public sealed record PlanOutcome
{
    /// <summary>Succeeded, Failed or Cancelled; Queued when it was handed over unfinished (see <see cref="PlanRun.HandOver"/>).</summary>
    public required ExecutionStatus Status { get; init; }

    /// <summary>The output of the last step that gave one.</summary>
    public JsonElement? Output { get; init; }

    public ProviderError? Error { get; init; }

    /// <summary>The path of the step that failed; null when none did.</summary>
    public string? FailedStepPath { get; init; }
}
