using Gantry.Engine.Expressions;
using Gantry.Engine.Settings;

namespace Gantry.Engine.Plans.Control;

internal sealed class CompiledIf : CompiledStep
{
    public CompiledIf(IfStep step, int index, string place, StepList names, CompiledPlan plan)
        : base(step, index, place)
    {
        Condition = Template.Compile(step.Condition, takesSecrets: false);
        Then = plan.Compile(names.Within(step.Then, index), $"{place}.then");
        Else = step.Else.Count == 0 ? null : plan.Compile(names.Within(step.Else, index), $"{place}.else");
    }

    public Template Condition { get; }

    public CompiledList Then { get; }

    /// <summary>Null when there is nothing to do then.</summary>
    public CompiledList? Else { get; }

    public override IReadOnlyList<CompiledList> Lists => Else is null ? [Then] : [Then, Else];

    protected override IEnumerable<Template> Templates => [Condition];

    public override Task<StepAttempt?> RunAsync(StepAt at, Flow flow) => new IfRunner(at, this, flow).RunAsync();
}

/// <summary>Takes one list or the other, and the same one after a restart.</summary>
internal sealed class IfRunner(StepAt at, CompiledIf step, Flow flow) : ControlRunner(at, step, flow)
{
    private const string Taken = "taken";

    protected override async Task<StepAttempt?> RunAsync(StepAttempt attempt, bool isRecorded)
    {
        if (!isRecorded)
        {
            var taken = await IsTrueAsync(attempt) ? "then" : step.Else is null ? "nothing" : "else";
            attempt = attempt with { Metadata = new Dictionary<string, string>(StringComparer.Ordinal) { [Taken] = taken } };
        }

        var name = attempt.Metadata?.GetValueOrDefault(Taken);
        if ((name == "then" ? step.Then : name == "else" ? step.Else : null) is not { } list)
        {
            return await EndAsync(attempt with { Status = StepStatus.Succeeded, Message = "The condition does not hold, and there is nothing else to do." });
        }

        await BeginAsync(attempt, isRecorded);
        var frame = new Frame(list, At.Frame, $"{At.Path}.{name}.");
        return await EndAsAsync(attempt, await ListRunner.RunAsync(Execution, frame, Flow), frame.OutputAsync);
    }

    private async Task<bool> IsTrueAsync(StepAttempt attempt)
    {
        var value = step.Condition.Evaluate(await At.ScopeAtAsync(attempt.StartedAt));
        return Scalars.Convert(SettingType.Boolean, value) is { } condition
            ? condition.GetBoolean()
            : throw new ExpressionException($"the condition must be true or false, and is {SettingCheck.Describe(value)}");
    }
}
