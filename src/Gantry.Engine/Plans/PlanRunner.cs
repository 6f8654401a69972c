using System.Runtime.CompilerServices;
using Gantry.Engine.Providers;

namespace Gantry.Engine.Plans;

/// <summary>
/// Runs the steps of a plan in order, from the start or from where an earlier runner left off, and records in the journal what happens. It keeps nothing between
/// runs but plans made ready; many runs go on at once.
/// </summary>
public sealed class PlanRunner(ProviderCatalog providers, TimeProvider clock)
{
    private readonly ConditionalWeakTable<Plan, CompiledPlan> compiledPlans = [];

    /// <summary>Answers in [0, 1) where chance spreads the waits; tests say what it answers.</summary>
    internal Func<double> Chance { get; init; } = Random.Shared.NextDouble;

    /// <summary>
    /// Runs to the end of the execution. Cancelling the token cancels the execution: the running step is stopped within 2 seconds and the outcome is Cancelled.
    /// A failure of the journal comes through as its exception, with the execution where the journal has it.
    /// </summary>
    public async Task<PlanOutcome> RunAsync(PlanRun run, IExecutionJournal journal, CancellationToken cancellationToken)
    {
        var plan = compiledPlans.GetValue(run.Plan, plan => new CompiledPlan(plan, providers));
        if (plan.NeedsSecrets)
        {
            var (secrets, problem) = await new PlanSecrets(run, plan, journal, clock, Chance).ResolveAsync(cancellationToken);
            using (secrets)
            {
                return secrets is not null
                    ? await RunAsync(new Execution(run with { Secrets = secrets }, plan, journal), cancellationToken)
                    : new PlanOutcome { Status = cancellationToken.IsCancellationRequested ? ExecutionStatus.Cancelled : ExecutionStatus.Failed, Error = problem };
            }
        }

        return await RunAsync(new Execution(run, plan, journal), cancellationToken);
    }

    private async Task<PlanOutcome> RunAsync(Execution execution, CancellationToken cancellationToken)
    {
        PlanOutcome? failed = null;
        foreach (var step in execution.Plan.Steps)
        {
            var ended = await new StepRunner(execution, step, clock, Chance).RunAsync(cancellationToken);
            if (ended is null)
            {
                return new PlanOutcome { Status = ExecutionStatus.Queued };
            }

            execution.Keep(step, ended);
            if (ended.Status is not (StepStatus.Succeeded or StepStatus.Skipped))
            {
                var isCancelled = ended.Status == StepStatus.Cancelled
                    || (cancellationToken.IsCancellationRequested && ended.Error?.Kind == ProviderErrorKind.Cancelled);
                var outcome = new PlanOutcome
                {
                    Status = isCancelled ? ExecutionStatus.Cancelled : ExecutionStatus.Failed,
                    Output = execution.LastOutput,
                    Error = ended.Error,
                    FailedStepPath = isCancelled ? null : step.Path,
                };
                if (isCancelled || ended.Status != StepStatus.Failed || !step.Step.KeepsGoing)
                {
                    return isCancelled ? outcome : failed ?? outcome;
                }

                failed ??= outcome;
            }
        }

        return failed is null
            ? new PlanOutcome { Status = ExecutionStatus.Succeeded, Output = execution.LastOutput }
            : failed with { Output = execution.LastOutput };
    }
}
