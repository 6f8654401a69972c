using System.Text.Json;
using Gantry.Engine.Expressions;

namespace Gantry.Engine.Plans;

/// <summary>One list of steps while it runs: how its steps ended, as far as somebody may still ask. An 'each' has one for every item.</summary>
internal sealed class Frame(CompiledList list, Frame? outer, string prefix)
{
    private readonly StepAttempt?[] ended = new StepAttempt?[list.Steps.Length];

    public CompiledList List => list;

    public Frame? Outer => outer;

    /// <summary>What comes before a step's number in its path: "", "3.then.", "3.items[7].".</summary>
    public string Prefix => prefix;

    /// <summary>The item of the 'each' whose steps these are; null elsewhere.</summary>
    public JsonElement? Item { get; init; }

    public int Index { get; init; }

    /// <summary>The failure that these steps handle; null elsewhere.</summary>
    public Failure? Error { get; init; }

    /// <summary>Of the last step, in the order of the plan, that gave one.</summary>
    public StepOutput? LastOutput { get; private set; }

    /// <summary>The last that was told to end before it was done; null when none was.</summary>
    public StepAttempt? LastCancelled { get; private set; }

    /// <summary>One of the steps failed.</summary>
    public bool HasFailed { get; set; }

    private int lastOutputIndex = -1;

    /// <summary>Null while the step has not ended.</summary>
    public StepAttempt? Ended(int index) => Volatile.Read(ref ended[index]);

    public void Keep(CompiledStep step, StepAttempt attempt)
    {
        lock (ended)
        {
            LastCancelled = attempt.Status == StepStatus.Cancelled ? attempt : LastCancelled;
            if (attempt.Output is { } output && step.Index >= lastOutputIndex)
            {
                (LastOutput, lastOutputIndex) = (output, step.Index);
            }

            // What nobody can refer to is not kept until the end.
            Volatile.Write(ref ended[step.Index], step.IsAskedFor || attempt.Output is null ? attempt : attempt with { Output = null });
            foreach (var index in list.ReleasedBy(step.Index))
            {
                ended[index] = ended[index] is { } kept ? kept with { Output = null } : null;
            }
        }
    }

    /// <summary>What the list answers to the step that it belongs to: its steps' outputs by their ids when any has one, else the last output. Null when there is none.</summary>
    public ValueTask<StepOutput?> OutputAsync(CancellationToken cancellationToken) => !list.HasIds ? new(LastOutput) : new(JsonBuilder.ObjectAsync(
        list.Steps.Where(step => step.Step.Id is not null).Select(step => (step.Step.Id!, ended[step.Index]?.Output)).ToList(), cancellationToken)!);

    /// <summary>How the step ended that is meant by that name in a step of this list; null when it has not, and then why.</summary>
    public StepAttempt? Ended(Segment id, int from, out string? missing)
    {
        var (at, place) = (this, from);
        int found;
        while ((found = id.Index >= 0 ? at.Outer is null ? id.Index : -1 : at.List.Names.IndexOf(id.Name)) < 0)
        {
            if (at.Outer is null)
            {
                missing = $"there is no step '{id.Name}'.";
                return null;
            }

            (at, place) = (at.Outer, at.List.Names.OuterIndex);
        }

        missing = $"step '{id.Name}' has not run before this one.";
        return found < at.List.Steps.Length && at.List.Names.IsBefore(found, place) && at.Ended(found) is { Status: not StepStatus.Skipped } before ? before : null;
    }
}
