using Gantry.Engine.Settings;

namespace Gantry.Engine.Plans.Expressions;

/// <summary>Says of a reference whether it can ever be there, without running anything.</summary>
internal sealed class ReferenceCheck(Plan plan)
{
    internal static readonly string[] Roots = ["input", "steps", "env", "now", "execution", "plan", "trigger"];

    internal static readonly string[] StepMembers = ["output", "message", "metadata"];

    private readonly Dictionary<string, int> stepsById = plan.Steps
        .Select((step, index) => (step.Id, index))
        .Where(pair => pair.Id is not null)
        .DistinctBy(pair => pair.Id)
        .ToDictionary(pair => pair.Id!, pair => pair.index, StringComparer.Ordinal);

    /// <summary>Every reference within, at any depth.</summary>
    public static IEnumerable<Reference> ReferencesIn(Expression expression) =>
        expression is Reference reference ? [reference] : expression.Parts.SelectMany(ReferencesIn);

    /// <summary>What is wrong with a reference made in that step; null when nothing is.</summary>
    public string? Problem(Reference reference, int stepIndex) => reference.Root switch
    {
        "input" => InputProblem(reference),
        "steps" => StepProblem(reference, stepIndex),
        "trigger" => null,
        "env" => reference.Segments is [{ Index: < 0 }] ? null : "A variable of the environment is written env.NAME.",
        "now" => reference.Segments.Count == 0 ? null : "'now' is a text, and has nothing in it.",
        "execution" => reference.Segments is [{ Name: "id" }] ? null : "Of the execution only execution.id can be referred to.",
        "plan" => reference.Segments is [{ Name: "name" }] ? null : "Of the plan only plan.name can be referred to.",
        // The parser makes references to an item inside map and filter, and lets others through.
        "item" => null,
        _ when IsVariable(reference) => null,
        _ => $"There is no '{reference.Root}' to refer to.{NearestName.Hint(reference.Root, Roots)}",
    };

    /// <summary>The older tool's way to write a variable of the environment, ${NAME}: in capitals, and nothing in it.</summary>
    public static bool IsVariable(Reference reference) =>
        reference.Segments.Count == 0 && reference.Root.Any(char.IsAsciiLetterUpper)
        && reference.Root.All(character => char.IsAsciiLetterUpper(character) || char.IsAsciiDigit(character) || character == '_');

    /// <summary>The index of the step a reference's first segment names; -1 when there is none.</summary>
    public int IndexOf(Segment segment) => segment.Index >= 0
        ? segment.Index < plan.Steps.Count ? segment.Index : -1
        : stepsById.GetValueOrDefault(segment.Name, -1);

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

    private string? StepProblem(Reference reference, int stepIndex)
    {
        if (reference.Segments is not [var first, ..])
        {
            return "A step is named after 'steps': steps.0.output, or steps.ID.output.";
        }

        var index = IndexOf(first);
        if (index < 0)
        {
            return first.Index >= 0
                ? $"There is no step {first.Index}: the plan has {plan.Steps.Count}, counted from 0."
                : $"There is no step with the id '{first.Name}'.{NearestName.Hint(first.Name, stepsById.Keys)}";
        }

        if (index >= stepIndex)
        {
            return index == stepIndex ? "A step cannot refer to itself." : $"Step '{first.Name}' comes later, and has not run yet when this one does.";
        }

        return reference.Segments.Count > 1 && StepMembers.Contains(reference.Segments[1].Name, StringComparer.Ordinal)
            ? null
            : $"After the step stands one of {string.Join(", ", StepMembers)}: steps.{first.Name}.output.";
    }
}
