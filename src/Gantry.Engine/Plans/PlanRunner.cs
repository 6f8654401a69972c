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
            : await HandleAsync(execution, new PlanOutcome { Status = ExecutionStatus.Failed, Error = failure.Error }, failure, new Flow(cancellationToken, cancellationToken, null));
    }

    private async Task<PlanOutcome> RunAsync(Execution execution, CancellationToken cancellationToken)
    {
        var flow = new Flow(cancellationToken, cancellationToken, null);
        if (execution.Run.CallEndsAt is not { } callEndsAt)
        {
            return await RunAsync(execution, flow);
        }

        using var limit = new TimeLimit(flow, callEndsAt, clock);
        return await RunAsync(execution, limit.Flow);
    }

    /// <summary>What ends the flow cancels the execution.</summary>
    private async Task<PlanOutcome> RunAsync(Execution execution, Flow flow)
    {
        if (execution.Run.Failed is { } failed)
        {
            var outcome = new PlanOutcome { Status = ExecutionStatus.Failed, Error = failed };
            return await HandleAsync(execution, outcome, new Failure("", null, failed, clock.GetUtcNow()), flow);
        }

        if (execution.Run.Plan.Timeout is not { } timeout)
        {
            return await EndAsync(execution, await ListRunner.RunAsync(execution, execution.Root, flow), null, flow);
        }

        using var limit = new TimeLimit(flow, (execution.Run.StartedAt ?? clock.GetUtcNow()) + timeout, clock);
        var limited = await ListRunner.RunAsync(execution, execution.Root, limit.Flow);
        var late = limit.IsReached && !flow.IsOver(clock) ? new ProviderError
        {
            Kind = ProviderErrorKind.TimedOut,
            Message = $"The execution did not end within its timeout of {Duration.Format(timeout)}.",
        } : null;
        return await EndAsync(execution, limited, late, flow);
    }

    /// <summary>The outcome, after what the plan does on a failure.</summary>
    private async Task<PlanOutcome> EndAsync(Execution execution, ListEnd? end, ProviderError? late, Flow flow)
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
                    ? await HandleAsync(execution, stopped, Failure.Of(stop) with { StepPath = ControlRunner.StopOf(stop) }, flow)
                    : stopped;
            case { Failure: { } reason }:
                var failure = late is not null && reason.Error.Kind == ProviderErrorKind.Cancelled ? reason with { Error = late } : reason;
                var isCancelled = flow.IsOver(clock) && failure.Error.Kind == ProviderErrorKind.Cancelled;
                var failed = new PlanOutcome
                {
                    Status = isCancelled ? ExecutionStatus.Cancelled : ExecutionStatus.Failed,
                    Output = output,
                    Error = failure.Error,
                    FailedStepPath = isCancelled ? null : failure.StepPath,
                };
                return isCancelled ? failed : await HandleAsync(execution, failed, failure, flow);
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
                        flow);
        }
    }

    /// <summary>Does what the plan says for a failure. How that ends changes nothing about the outcome.</summary>
    private static async Task<PlanOutcome> HandleAsync(Execution execution, PlanOutcome failed, Failure failure, Flow flow)
    {
        if (execution.Plan.OnFailure is not { } list)
        {
            return failed;
        }

        var frame = new Frame(list, execution.Root, "on_failure.") { Error = failure };
        var end = await ListRunner.RunAsync(execution, frame, flow);
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
