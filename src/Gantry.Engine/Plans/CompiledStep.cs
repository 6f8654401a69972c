using Gantry.Engine.Expressions;
using Gantry.Engine.Providers;
using Gantry.Engine.Secrets;

namespace Gantry.Engine.Plans;

/// <summary>One step made ready to run often: every action is found, every reference parsed, what is the same in each run computed.</summary>
internal abstract class CompiledStep
{
    private Reference[]? outputReferences;

    protected CompiledStep(Step step, int index, string place)
    {
        (Step, Index, Place, Use) = (step, index, place, step.Use);
        Number = index.ToString(System.Globalization.CultureInfo.InvariantCulture);
        Name = step.Id is { } id ? $"Step '{id}' ({Use})" : $"Step {Number} ({Use})";
        StartMessage = $"{Name} starts.";
    }

    public Step Step { get; }

    public int Index { get; }

    /// <summary>The index as a path has it.</summary>
    public string Number { get; }

    /// <summary>"steps[3].then[0]": where it stands in the plan.</summary>
    public string Place { get; }

    public string Use { get; }

    /// <summary>"Step 'feed' (http.get)", for messages about a step of the plan's own list.</summary>
    public string Name { get; }

    public string StartMessage { get; }

    /// <summary>When it succeeds, nothing but the execution's end follows.</summary>
    public bool IsLast { get; init; }

    /// <summary>The lists of steps directly within.</summary>
    public virtual IReadOnlyList<CompiledList> Lists => [];

    /// <summary>The credentials its parameters refer to.</summary>
    public virtual IReadOnlyList<SecretUse> SecretUses => [];

    /// <summary>Its parameters that name endpoints.</summary>
    public virtual IReadOnlyList<(Template Address, string Path)> Addresses => [];

    /// <summary>What its own values refer to; not those of the steps within.</summary>
    public IEnumerable<Reference> References => Templates.SelectMany(template => template.Texts("")).SelectMany(text => text.Text.Expressions).SelectMany(ReferenceCheck.ReferencesIn);

    /// <summary>Those of them that need the output of a step.</summary>
    public IReadOnlyList<Reference> OutputReferences => outputReferences ??= [.. References.Where(reference => reference is { Root: "steps", Segments: [_, { Name: "output" }, ..] })];

    /// <summary>The index in its list after which nobody asks for its output; -1 when nobody does.</summary>
    public int LastAsker { get; private set; } = -1;

    public bool IsAskedFor => LastAsker >= 0;

    protected abstract IEnumerable<Template> Templates { get; }

    public void AskUntil(int index) => LastAsker = Math.Max(LastAsker, index);

    /// <summary>Brings it to its end: how it ended, or null when that is left to another run.</summary>
    public abstract Task<StepAttempt?> RunAsync(StepAt at, Flow flow);

    protected static ProviderError Bad(string message) => new() { Kind = ProviderErrorKind.BadRequest, Message = message };
}
