using Gantry.Engine.Providers;
using Gantry.Engine.Secrets;

namespace Gantry.Engine.Plans;

/// <summary>What one run of a plan knows while it goes on. Several branches use it at once.</summary>
internal sealed class Execution
{
    private readonly Dictionary<string, List<StepAttempt>>? recorded;

    public Execution(PlanRun run, CompiledPlan plan, IExecutionJournal journal, TimeProvider clock, Func<double>? chance)
    {
        (Run, Plan, Journal, Clock, Chance) = (run, plan, journal, clock, chance);
        Secrets = new RedactingSecrets(run.Secrets, Redactor);
        Waits = new WaitRoom(run, clock);
        Root = new Frame(plan.Steps, null, "");
        AiAccounts = [.. run.Plan.Budget is { } budget ? [new ExecutionBudget(budget, run.Recorded)] : Array.Empty<IAiAccount>(), .. run.Ai is { } workspace ? [workspace] : Array.Empty<IAiAccount>()];
        recorded = run.Recorded.Count == 0 ? null : ByPath(run.Recorded);
    }

    public PlanRun Run { get; }

    public CompiledPlan Plan { get; }

    public IExecutionJournal Journal { get; }

    public TimeProvider Clock { get; }

    /// <summary>Answers in [0, 1); null lets the attempt decide, so that it is the same after a restart.</summary>
    public Func<double>? Chance { get; }

    public WaitRoom Waits { get; }

    /// <summary>The plan's own list.</summary>
    public Frame Root { get; }

    /// <summary>What counts its calls of AIs.</summary>
    public IReadOnlyList<IAiAccount> AiAccounts { get; }

    public Redactor Redactor => Run.Redactor;

    public ISecretResolver Secrets { get; set; }

    /// <summary>The attempts an earlier runner recorded for the step, in order. They are answered once.</summary>
    public IReadOnlyList<StepAttempt> TakeRecorded(string path)
    {
        if (recorded is null)
        {
            return [];
        }

        lock (recorded)
        {
            return recorded.Remove(path, out var attempts) ? attempts : [];
        }
    }

    private static Dictionary<string, List<StepAttempt>> ByPath(IReadOnlyList<StepAttempt> attempts)
    {
        var byPath = new Dictionary<string, List<StepAttempt>>(attempts.Count, StringComparer.Ordinal);
        foreach (var attempt in attempts)
        {
            if (!byPath.TryGetValue(attempt.StepPath, out var list))
            {
                byPath[attempt.StepPath] = list = [];
            }

            list.Add(attempt);
        }

        foreach (var list in byPath.Values.Where(list => list.Count > 1))
        {
            list.Sort((one, other) => one.Attempt.CompareTo(other.Attempt));
        }

        return byPath;
    }
}
