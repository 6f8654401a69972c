using Gantry.Engine.Expressions;

namespace Gantry.Engine.Plans;

/// <summary>A list of steps made ready to run, and what of it has to be remembered for how long.</summary>
internal sealed class CompiledList
{
    private int[]?[]? released;

    public CompiledList(StepList names, CompiledStep[] steps, string place)
    {
        (Names, Steps, Place) = (names, steps, place);
        HasIds = names.Ids.Count > 0;
    }

    public StepList Names { get; }

    public CompiledStep[] Steps { get; }

    /// <summary>"steps[3].then": where it stands in the plan.</summary>
    public string Place { get; }

    public bool HasIds { get; }

    /// <summary>All the steps within, at any depth.</summary>
    public IEnumerable<CompiledStep> All => Steps.SelectMany(step => step.Lists.SelectMany(list => list.All).Prepend(step));

    /// <summary>The steps whose outputs nobody asks for any more when that one has ended.</summary>
    public ReadOnlySpan<int> ReleasedBy(int index) => released is null ? [] : released[index];

    /// <summary>The list that <see cref="StepList.Outer"/> names; null for the plan's own.</summary>
    public CompiledList? Outer { get; set; }

    /// <summary>Finds out who refers to whom, when all lists know the one around them.</summary>
    public void Link()
    {
        foreach (var step in Steps)
        {
            if (Outer is not null && step.Step.Id is not null)
            {
                // It is part of what the list answers.
                step.AskUntil(StepList.AfterAll);
            }

            foreach (var reference in step.References.Where(reference => reference.Root == "steps"))
            {
                Ask(reference, step.Index);
            }
        }
    }

    /// <summary>When all lists are linked.</summary>
    public void Close()
    {
        if (!Names.IsGraph)
        {
            var ends = Steps.Where(step => step.LastAsker is >= 0 and < StepList.AfterAll).ToLookup(step => step.LastAsker, step => step.Index);
            released = ends.Count == 0 ? null : [.. Steps.Select(step => ends[step.Index].ToArray())];
        }
    }

    /// <summary>The step at that place, or one within it, refers to a step of this list or of one further out.</summary>
    private void Ask(Reference reference, int from)
    {
        if (reference.Segments is not [var first, ..])
        {
            return;
        }

        var (list, place) = (this, from);
        while (first.Index >= 0 ? list.Outer is not null : list.Names.IndexOf(first.Name) < 0)
        {
            if (list.Outer is null)
            {
                return;
            }

            (list, place) = (list.Outer, list.Names.OuterIndex);
        }

        var index = first.Index >= 0 ? first.Index : list.Names.IndexOf(first.Name);
        if (index < list.Steps.Length)
        {
            list.Steps[index].AskUntil(place);
        }
    }
}
