using Gantry.Engine.Expressions;
using Gantry.Engine.Settings;

namespace Gantry.Engine.Plans;

/// <summary>Says of a reference whether it can ever be there, without running anything.</summary>
internal sealed class ReferenceCheck(Plan plan)
{
    internal static readonly string[] Roots = ["input", "steps", "env", "now", "execution", "plan", "trigger"];

    internal static readonly string[] ErrorMembers = ["message", "kind", "step"];

    internal static readonly string[] StepMembers = ["output", "message", "metadata"];

    /// <summary>Every reference within, at any depth.</summary>
    public static IEnumerable<Reference> ReferencesIn(Expression expression) =>
        expression is Reference reference ? [reference] : expression.Parts.SelectMany(ReferencesIn);

    /// <summary>
    /// What is wrong with a reference made in that step of the list; null when nothing is. Without a list it is made before any step runs.
    /// </summary>
    public string? Problem(Reference reference, StepList? list, int stepIndex) => reference.Root switch
    {
        "input" => InputProblem(reference),
        "steps" or "now" when list is null => $"There is no '{reference.Root}' before the execution begins: inputs, trigger, env and plan.name can be referred to here.",
        "steps" => StepProblem(reference, list!, stepIndex),
        "trigger" => null,
        "env" => reference.Segments is [{ Index: < 0 }] ? null : "A variable of the environment is written env.NAME.",
        "now" => reference.Segments.Count == 0 ? null : "'now' is a text, and has nothing in it.",
        "execution" => reference.Segments is [{ Name: "id" }] ? null : "Of the execution only execution.id can be referred to.",
        "plan" => reference.Segments is [{ Name: "name" }] ? null : "Of the plan only plan.name can be referred to.",
        "item" => list?.HasItem == true ? null : "There is an 'item' only in the steps of an 'each', and within map and filter.",
        "index" => list?.HasItem != true ? "There is an 'index' only in the steps of an 'each'."
            : reference.Segments.Count == 0 ? null : "'index' is a number, and has nothing in it.",
        "error" => list?.HasError != true ? "There is an 'error' only in 'catch' and 'on_failure'."
            : reference.Segments is [var member] && ErrorMembers.Contains(member.Name, StringComparer.Ordinal) ? null
            : $"Of the error there are {string.Join(", ", ErrorMembers.Select(name => $"error.{name}"))}.",
        _ when IsVariable(reference) => null,
        _ => $"There is no '{reference.Root}' to refer to.{NearestName.Hint(reference.Root, Roots)}",
    };

    /// <summary>The older tool's way to write a variable of the environment, ${NAME}: in capitals, and nothing in it.</summary>
    public static bool IsVariable(Reference reference) =>
        reference.Segments.Count == 0 && reference.Root.Any(char.IsAsciiLetterUpper)
        && reference.Root.All(character => char.IsAsciiLetterUpper(character) || char.IsAsciiDigit(character) || character == '_');

    private string? InputProblem(Reference reference)
    {
        if (reference.Segments is not [var first, ..])
        {
            return null;
        }

        return plan.Inputs.Any(input => input.Name == first.Name)
            ? null
            : $"The plan has no input '{first.Name}'.{NearestName.Hint(first.Name, plan.Inputs.Select(input => input.Name))} Declare it under 'inputs'.";
    }

    private string? StepProblem(Reference reference, StepList list, int stepIndex)
    {
        if (reference.Segments is not [var first, ..])
        {
            return "A step is named after 'steps': steps.0.output, or steps.ID.output.";
        }

        var (at, from, isAround) = (list, stepIndex, false);
        int index;
        while ((index = first.Index >= 0 ? at.Outer is null ? first.Index : -1 : at.IndexOf(first.Name)) < 0)
        {
            if (at.Outer is null)
            {
                return Unknown(first, list);
            }

            (at, from, isAround) = (at.Outer, at.OuterIndex, true);
        }

        if (index >= at.Steps.Count)
        {
            return $"There is no step {first.Index}: the plan has {at.Steps.Count}, counted from 0.";
        }

        if (!at.IsBefore(index, from))
        {
            return index == from ? isAround ? $"Step '{first.Name}' is the one around this step, and has not ended yet." : "A step cannot refer to itself."
                : at.IsGraph ? $"Step '{first.Name}' need not have run when this one does: name it under 'needs'."
                : $"Step '{first.Name}' comes later, and has not run yet when this one does.";
        }

        return reference.Segments.Count > 1 && StepMembers.Contains(reference.Segments[1].Name, StringComparer.Ordinal)
            ? null
            : $"After the step stands one of {string.Join(", ", StepMembers)}: steps.{first.Name}.output.";
    }

    private string Unknown(Segment id, StepList list)
    {
        if (Around(id.Name, plan.Steps.Concat(plan.OnFailure)) is { } around)
        {
            return $"Step '{id.Name}' is within another step ({around.Use}), and cannot be seen from here. "
                + (around.Id is { } known ? $"That step's output has it: steps.{known}.output." : "Give that step an id, and refer to its output.");
        }

        List<string> visible = [];
        for (var at = list; at is not null; at = at.Outer)
        {
            visible.AddRange(at.Ids);
        }

        return $"There is no step with the id '{id.Name}'.{NearestName.Hint(id.Name, visible)}";
    }

    /// <summary>The step directly around the one with the id; null when there is no such step within another.</summary>
    private static Step? Around(string id, IEnumerable<Step> steps) =>
        steps.Select(step => step.Lists.Any(list => list.Any(inner => inner.Id == id)) ? step : Around(id, step.Lists.SelectMany(list => list))).FirstOrDefault(found => found is not null);
}
