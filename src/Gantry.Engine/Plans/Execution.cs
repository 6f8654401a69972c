using System.Text.Json;
using Gantry.Engine.Secrets;

namespace Gantry.Engine.Plans;

/// <summary>What one run of a plan knows while it goes on.</summary>
internal sealed class Execution
{
    private readonly StepAttempt?[] ended;
    private readonly ILookup<string, StepAttempt>? recorded;

    public Execution(PlanRun run, CompiledPlan plan, IExecutionJournal journal)
    {
        Run = run;
        Plan = plan;
        Journal = journal;
        Secrets = new RedactingSecrets(run.Secrets, Redactor);
        ended = new StepAttempt?[plan.Steps.Length];
        recorded = run.Recorded.Count == 0 ? null : run.Recorded.ToLookup(attempt => attempt.StepPath, StringComparer.Ordinal);
    }

    public PlanRun Run { get; }

    public CompiledPlan Plan { get; }

    public IExecutionJournal Journal { get; }

    public Redactor Redactor => Run.Redactor;

    public ISecretResolver Secrets { get; }

    /// <summary>Of the last step that gave one.</summary>
    public JsonElement? LastOutput { get; private set; }

    /// <summary>The attempts an earlier runner recorded for the step, in order.</summary>
    public IReadOnlyList<StepAttempt> RecordedFor(CompiledStep step) =>
        recorded is null ? [] : [.. recorded[step.Path].OrderBy(attempt => attempt.Attempt)];

    /// <summary>How the step ended; null while it has not.</summary>
    public StepAttempt? Ended(int index) => ended[index];

    public void Keep(CompiledStep step, StepAttempt attempt)
    {
        ended[step.Index] = attempt;
        LastOutput = attempt.Output ?? LastOutput;
    }
}
