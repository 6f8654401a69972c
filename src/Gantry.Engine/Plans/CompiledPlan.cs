using Gantry.Engine.Plans.Control;
using Gantry.Engine.Providers;

namespace Gantry.Engine.Plans;

/// <summary>A plan made ready to run often.</summary>
internal sealed class CompiledPlan
{
    private readonly ProviderCatalog providers;
    private readonly Dictionary<StepList, CompiledList> lists = [];

    public CompiledPlan(Plan plan, ProviderCatalog providers)
    {
        this.providers = providers;
        Steps = Compile(new StepList(plan.Steps), "steps");
        OnFailure = plan.OnFailure.Count == 0 ? null : Compile(Steps.Names.Handling(plan.OnFailure), "on_failure");
        foreach (var list in lists.Values)
        {
            list.Outer = list.Names.Outer is { } outer ? lists[outer] : null;
        }

        foreach (var list in lists.Values)
        {
            list.Link();
        }

        foreach (var list in lists.Values)
        {
            list.Close();
        }

        NeedsSecrets = AllSteps.Any(step => step.SecretUses.Count > 0 || step.Addresses.Count > 0);
    }

    public CompiledList Steps { get; }

    /// <summary>Null when the plan does nothing on a failure.</summary>
    public CompiledList? OnFailure { get; }

    /// <summary>Whether there is anything to look up before it begins.</summary>
    public bool NeedsSecrets { get; }

    /// <summary>At any depth, and what is done on a failure.</summary>
    public IEnumerable<CompiledStep> AllSteps => lists.Values.SelectMany(list => list.Steps);

    /// <summary>Makes a list within a step ready.</summary>
    public CompiledList Compile(StepList names, string place)
    {
        var steps = new CompiledStep[names.Steps.Count];
        for (var index = 0; index < steps.Length; index++)
        {
            var isLast = names.Outer is null && !names.IsGraph && index == steps.Length - 1;
            steps[index] = Compile(names, index, $"{place}[{index}]", isLast);
        }

        return lists[names] = new CompiledList(names, steps, place);
    }

    private CompiledStep Compile(StepList names, int index, string place, bool isLast) => names.Steps[index] switch
    {
        ActionStep action => new CompiledAction(action, index, place, providers) { IsLast = isLast },
        IfStep step => new CompiledIf(step, index, place, names, this) { IsLast = isLast },
        EachStep step => new CompiledEach(step, index, place, names, this) { IsLast = isLast },
        ParallelStep step => new CompiledParallel(step, index, place, names, this) { IsLast = isLast },
        TryStep step => new CompiledTry(step, index, place, names, this) { IsLast = isLast },
        WaitStep step => new CompiledWait(step, index, place) { IsLast = isLast },
        ApproveStep step => new CompiledApprove(step, index, place) { IsLast = isLast },
        CallStep step => new CompiledCall(step, index, place) { IsLast = isLast },
        StopStep step => new CompiledStop(step, index, place) { IsLast = isLast },
        var other => throw new NotSupportedException($"There is nothing that runs {other.GetType().Name}."),
    };
}
