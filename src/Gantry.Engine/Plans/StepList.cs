namespace Gantry.Engine.Plans;

/// <summary>
/// One list of steps as references see it: a step sees those of its own list that have ended before it, and all that the step around its list sees. Ids are found from the
/// inside outwards; numbers are always those of the plan's own list.
/// </summary>
internal sealed class StepList
{
    /// <summary>Where a list stands from which everything in the outer one may be referred to, though it need not have run: what handles a failure.</summary>
    public const int AfterAll = int.MaxValue;

    private readonly Dictionary<string, int> byId = new(StringComparer.Ordinal);
    private readonly int[][]? needed;

    public StepList(IReadOnlyList<Step> steps, StepList? outer = null, int outerIndex = 0)
    {
        (Steps, Outer, OuterIndex) = (steps, outer, outerIndex);
        for (var index = 0; index < steps.Count; index++)
        {
            if (steps[index].Id is { } id)
            {
                byId.TryAdd(id, index);
            }
        }

        if (steps.Any(step => step.Needs is not null))
        {
            needed = [.. steps.Select(step => (step.Needs ?? []).Select(IndexOf).Where(index => index >= 0).Distinct().ToArray())];
        }
    }

    public IReadOnlyList<Step> Steps { get; }

    /// <summary>The list that the step around this one stands in; null for the plan's own.</summary>
    public StepList? Outer { get; }

    /// <summary>Which step of the outer list is around this one, or <see cref="AfterAll"/>.</summary>
    public int OuterIndex { get; }

    /// <summary>There is an item of an 'each', here or further out.</summary>
    public bool HasItem { get; init; }

    /// <summary>It handles a failure, or is within what does.</summary>
    public bool HasError { get; init; }

    public bool IsGraph => needed is not null;

    public IReadOnlyCollection<string> Ids => byId.Keys;

    /// <summary>A list within one of its steps.</summary>
    public StepList Within(IReadOnlyList<Step> steps, int index, bool hasItem = false) =>
        new(steps, this, index) { HasItem = HasItem || hasItem, HasError = HasError };

    /// <summary>A list that handles the failure of this one.</summary>
    public StepList Handling(IReadOnlyList<Step> steps) => new(steps, this, AfterAll) { HasItem = HasItem, HasError = true };

    /// <summary>-1 when the list has no such id.</summary>
    public int IndexOf(string id) => byId.GetValueOrDefault(id, -1);

    /// <summary>Whether the step has ended for certain, or may have where that is enough, when the other one begins.</summary>
    public bool IsBefore(int index, int other) => other == AfterAll || (IsGraph ? IsNeeded(index, other) : index < other);

    /// <summary>The indexes of the steps that the step names as needed; unknown names are left out.</summary>
    public IReadOnlyList<int> NeededBy(int index) => needed?[index] ?? [];

    /// <summary>By itself, or by what it needs. Those it names are looked at first, since references mostly are to them.</summary>
    private bool IsNeeded(int index, int by)
    {
        var isSeen = new bool[Steps.Count];
        var open = new Queue<int>([by]);
        while (open.TryDequeue(out var next))
        {
            foreach (var found in NeededBy(next))
            {
                if (found == index)
                {
                    return true;
                }

                if (!isSeen[found])
                {
                    isSeen[found] = true;
                    open.Enqueue(found);
                }
            }
        }

        return false;
    }
}
