using System.Runtime.CompilerServices;
using Gantry.Engine.Plans.Control;
using Gantry.Engine.Providers;
using Gantry.Engine.Settings;

namespace Gantry.Engine.Plans;

/// <summary>
/// Runs the steps of a plan, from the start or from where an earlier runner left off, and records in the journal what happens. It keeps nothing between
/// runs but plans made ready; many runs go on at once.
/// </summary>
public sealed class PlanRunner(ProviderCatalog providers, TimeProvider clock)
{
    private readonly ConditionalWeakTable<Plan, CompiledPlan> compiledPlans = [];

    /// <summary>Answers in [0, 1) where chance spreads the waits; null lets each attempt decide, tests say what it answers.</summary>
    internal Func<double>? Chance { get; init; }

    /// <summary>
    /// Runs to the end of the execution, or until all that is left of it waits. Cancelling the token cancels the execution: whatever runs is stopped within 2 seconds and the
    /// outcome is Cancelled. A failure of the journal comes through as its exception, with the execution where the journal has it.
    /// </summary>
    public async Task<PlanOutcome> RunAsync(PlanRun run, IExecutionJournal journal, CancellationToken cancellationToken)
    {
        var plan = compiledPlans.GetValue(run.Plan, plan => new CompiledPlan(plan, providers));
        var execution = new Execution(run, plan, journal, clock, Chance);
        if (!plan.NeedsSecrets)
        {
            return await RunAsync(execution, cancellationToken);
        }

        var beginning = new SecretsAtBeginning(execution);
        using var secrets = await beginning.ResolveAsync(cancellationToken);
        if (beginning.Failure is not { } failure)
        {
            return await RunAsync(execution, cancellationToken);
        }

        return cancellationToken.IsCancellationRequested
            ? new PlanOutcome { Status = ExecutionStatus.Cancelled, Error = failure.Error }
            : await HandleAsync(execution, new PlanOutcome { Status = ExecutionStatus.Failed, Error = failure.Error }, failure, cancellationToken);
    }

    private async Task<PlanOutcome> RunAsync(Execution execution, CancellationToken cancellationToken)
    {
        if (execution.Run.Failed is { } failed)
        {
            var outcome = new PlanOutcome { Status = ExecutionStatus.Failed, Error = failed };
            return await HandleAsync(execution, outcome, new Failure("", null, failed, clock.GetUtcNow()), cancellationToken);
        }

        if (execution.Run.Plan.Timeout is not { } timeout)
        {
            var end = await ListRunner.RunAsync(execution, execution.Root, new Flow(cancellationToken, cancellationToken, null));
            return await EndAsync(execution, end, null, cancellationToken);
        }

        var deadline = (execution.Run.StartedAt ?? clock.GetUtcNow()) + timeout;
        using var limit = new CancellationTokenSource();
        await using var timer = clock.CreateTimer(_ => limit.Cancel(), null, deadline > clock.GetUtcNow() ? deadline - clock.GetUtcNow() : TimeSpan.Zero, Timeout.InfiniteTimeSpan);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token);
        var limited = await ListRunner.RunAsync(execution, execution.Root, new Flow(stop.Token, stop.Token, deadline));
        var late = limit.IsCancellationRequested && !cancellationToken.IsCancellationRequested ? new ProviderError
        {
            Kind = ProviderErrorKind.TimedOut,
            Message = $"The execution did not end within its timeout of {Duration.Format(timeout)}.",
        } : null;
        return await EndAsync(execution, limited, late, cancellationToken);
    }

    /// <summary>The outcome, after what the plan does on a failure.</summary>
    private async Task<PlanOutcome> EndAsync(Execution execution, ListEnd? end, ProviderError? late, CancellationToken cancellationToken)
    {
        var output = execution.Root.LastOutput;
        switch (end)
        {
            case null:
                return Unfinished(execution);
            case { Stop: { } stop }:
                var stopped = new PlanOutcome
                {
                    Status = stop.Status switch { StepStatus.Succeeded => ExecutionStatus.Succeeded, StepStatus.Failed => ExecutionStatus.Failed, _ => ExecutionStatus.Cancelled },
                    Output = stop.Output ?? output,
                    Error = stop.Error,
                    FailedStepPath = stop.Status == StepStatus.Failed ? ControlRunner.StopOf(stop) : null,
                };
                return stopped.Status == ExecutionStatus.Failed
                    ? await HandleAsync(execution, stopped, Failure.Of(stop) with { StepPath = ControlRunner.StopOf(stop) }, cancellationToken)
                    : stopped;
            case { Failure: { } reason }:
                var failure = late is not null && reason.Error.Kind == ProviderErrorKind.Cancelled ? reason with { Error = late } : reason;
                var isCancelled = cancellationToken.IsCancellationRequested && failure.Error.Kind == ProviderErrorKind.Cancelled;
                var failed = new PlanOutcome
                {
                    Status = isCancelled ? ExecutionStatus.Cancelled : ExecutionStatus.Failed,
                    Output = output,
                    Error = failure.Error,
                    FailedStepPath = isCancelled ? null : failure.StepPath,
                };
                return isCancelled ? failed : await HandleAsync(execution, failed, failure, cancellationToken);
            case { Status: StepStatus.Succeeded }:
                return new PlanOutcome { Status = ExecutionStatus.Succeeded, Output = output };
            default:
                return late is null
                    ? new PlanOutcome
                    {
                        Status = ExecutionStatus.Cancelled,
                        Output = output,
                        Error = execution.Root.LastCancelled?.Error ?? new ProviderError { Kind = ProviderErrorKind.Cancelled, Message = "The execution was cancelled." },
                    }
                    : await HandleAsync(
                        execution,
                        new PlanOutcome { Status = ExecutionStatus.Failed, Output = output, Error = late, FailedStepPath = execution.Root.LastCancelled?.StepPath },
                        new Failure(execution.Root.LastCancelled?.StepPath ?? "", execution.Root.LastCancelled?.StepId, late, clock.GetUtcNow()),
                        cancellationToken);
        }
    }

    /// <summary>Does what the plan says for a failure. How that ends changes nothing about the outcome.</summary>
    private static async Task<PlanOutcome> HandleAsync(Execution execution, PlanOutcome failed, Failure failure, CancellationToken cancellationToken)
    {
        if (execution.Plan.OnFailure is not { } list)
        {
            return failed;
        }

        var frame = new Frame(list, execution.Root, "on_failure.") { Error = failure };
        var end = await ListRunner.RunAsync(execution, frame, new Flow(cancellationToken, cancellationToken, null));
        return end is null ? Unfinished(execution) : failed;
    }

    private static PlanOutcome Unfinished(Execution execution)
    {
        if (execution.Waits.Left is not { } waits)
        {
            return new PlanOutcome { Status = ExecutionStatus.Queued };
        }

        return new PlanOutcome
        {
            Status = ExecutionStatus.Waiting,
            Waits = [.. waits.Select(place => place.Wait)],
            WakeAt = waits.Min(place => place.WakeAt),
        };
    }
}
