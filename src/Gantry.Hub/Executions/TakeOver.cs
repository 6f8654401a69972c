using System.Globalization;
using Gantry.Engine.Plans;

namespace Gantry.Hub.Executions;

/// <summary>
/// Which recorded results an execution takes over that begins in the middle of a plan: those of the steps before. In a list that is a graph, those that do not need the step
/// that it begins with; of what goes on beside it, all.
/// </summary>
internal sealed class TakeOver
{
    private readonly Plan plan;
    private readonly string[] from;
    private readonly bool isFailed;

    /// <summary>What comes behind, of each list that was asked about: of one list always the same step is meant.</summary>
    private readonly Dictionary<IReadOnlyList<Step>, HashSet<int>?> afterwards = new(ReferenceEqualityComparer.Instance);

    private TakeOver(Plan plan, string from, bool isFailed) => (this.plan, this.from, this.isFailed) = (plan, from.Split('.'), isFailed);

    /// <summary>Null when the plan has no step of this path outside of what it does on a failure.</summary>
    /// <param name="plan">As it is run now.</param>
    /// <param name="from">The path of the step it begins with.</param>
    /// <param name="isFailed">It is the step that failed: the other items of an 'each' around it are not made again.</param>
    public static TakeOver? From(Plan plan, string from, bool isFailed) =>
        new TakeOver(plan, from, isFailed) is { } found && found.StepAt(found.from) is not null ? found : null;

    /// <summary>Whether what the path names is before.</summary>
    public bool Has(string path)
    {
        var at = path.Split('.');
        IReadOnlyList<Step>? list = plan.Steps;
        for (var i = 0; i < at.Length && i < from.Length; i += 2)
        {
            if (NumberOf(at[i]) is not { } number || NumberOf(from[i]) is not { } other || list is null)
                return false;
            if (number != other)
                return IsBefore(list, number, other);
            if (i + 1 >= at.Length || i + 1 >= from.Length)
                return false;
            if (at[i + 1] != from[i + 1])
                return IsPartBefore(at[i + 1], from[i + 1]);
            list = number < list.Count ? PartOf(list[number], at[i + 1]) : null;
        }

        return false;
    }

    /// <summary>Where the plan differs from what the results are of; null when they fit.</summary>
    public string? Misfit(IEnumerable<StepView> taken)
    {
        foreach (var step in taken)
        {
            var now = StepAt(step.Path.Split('.'));
            if (now is null || now.Use != step.Use || now.Id != step.Id)
                return $"The step {step.Path} is not the one whose result would be taken over: it was '{step.Use}'{(step.Id is null ? "" : $" with the id '{step.Id}'")}.";
        }

        return null;
    }

    private Step? StepAt(string[] path)
    {
        IReadOnlyList<Step>? list = plan.Steps;
        for (var i = 0; list is not null; i += 2)
        {
            if (i >= path.Length || NumberOf(path[i]) is not { } number || number >= list.Count)
                return null;
            if (i + 1 == path.Length)
                return list[number];
            list = PartOf(list[number], path[i + 1]);
        }

        return null;
    }

    private bool IsBefore(IReadOnlyList<Step> list, int number, int other)
    {
        if (!afterwards.TryGetValue(list, out var after))
            afterwards[list] = after = AfterIn(list, other);
        return after is null ? number < other : number < list.Count && other < list.Count && !after.Contains(number);
    }

    /// <summary>In a graph, the step itself and all that need it, by themselves or by what they need; null for a list that is none.</summary>
    private static HashSet<int>? AfterIn(IReadOnlyList<Step> list, int number)
    {
        if (!list.Any(step => step.Needs is not null))
            return null;
        var needing = Enumerable.Range(0, list.Count).SelectMany(index => (list[index].Needs ?? []).Select(need => (need, index))).ToLookup(pair => pair.need, pair => pair.index, StringComparer.Ordinal);
        HashSet<int> after = [number];
        var open = new Queue<int>(after);
        while (open.TryDequeue(out var next))
        {
            if (next < list.Count && list[next].Id is { } id)
            {
                foreach (var index in needing[id].Where(after.Add))
                    open.Enqueue(index);
            }
        }

        return after;
    }

    private bool IsPartBefore(string part, string other)
    {
        if (Bracketed(part) is { } item && Bracketed(other) is { } otherItem)
            return part.StartsWith("branches", StringComparison.Ordinal) || isFailed || item < otherItem;
        return (part == "try" && other is "catch" or "finally") || (part == "catch" && other == "finally");
    }

    private static IReadOnlyList<Step>? PartOf(Step step, string part) => step switch
    {
        IfStep choice => part switch { "then" => choice.Then, "else" => choice.Else, _ => null },
        EachStep each when part.StartsWith("items[", StringComparison.Ordinal) => each.Steps,
        ParallelStep parallel when Bracketed(part) is { } branch && branch < parallel.Branches.Count => parallel.Branches[branch],
        TryStep attempt => part switch { "try" => attempt.Steps, "catch" => attempt.Catch, "finally" => attempt.Finally, _ => null },
        _ => null,
    };

    private static int? NumberOf(string text) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;

    /// <summary>7 of "items[7]"; null for anything else.</summary>
    private static int? Bracketed(string part)
    {
        var open = part.IndexOf('[', StringComparison.Ordinal);
        return open > 0 && part.EndsWith(']') ? NumberOf(part[(open + 1)..^1]) : null;
    }
}
