using Gantry.Engine.Expressions;

namespace Gantry.Engine.Plans.Control;

internal sealed class CompiledTry : CompiledStep
{
    public CompiledTry(TryStep step, int index, string place, StepList names, CompiledPlan plan)
        : base(step, index, place)
    {
        Steps = plan.Compile(names.Within(step.Steps, index), $"{place}.try");
        Catch = step.Catch.Count == 0 ? null : plan.Compile(Steps.Names.Handling(step.Catch), $"{place}.catch");
        Finally = step.Finally.Count == 0 ? null : plan.Compile(new StepList(step.Finally, Steps.Names, StepList.AfterAll) { HasItem = names.HasItem, HasError = names.HasError }, $"{place}.finally");
    }

    public CompiledList Steps { get; }

    /// <summary>Null when a failure is not caught.</summary>
    public CompiledList? Catch { get; }

    /// <summary>Null when nothing is done in any case.</summary>
    public CompiledList? Finally { get; }

    public override IReadOnlyList<CompiledList> Lists => [.. new[] { Steps, Catch, Finally }.OfType<CompiledList>()];

    protected override IEnumerable<Template> Templates => [];

    public override Task<StepAttempt?> RunAsync(StepAt at, Flow flow) => new TryRunner(at, this, flow).RunAsync();
}

/// <summary>The record of the step that failed is what starts 'catch': after a restart it begins, or goes on, all the same.</summary>
internal sealed class TryRunner(StepAt at, CompiledTry step, Flow flow) : ControlRunner(at, step, flow)
{
    protected override async Task<StepAttempt?> RunAsync(StepAttempt attempt, bool isRecorded)
    {
        await BeginAsync(attempt, isRecorded);
        var tried = new Frame(step.Steps, At.Frame, $"{At.Path}.try.");
        var (end, frame) = (await ListRunner.RunAsync(Execution, tried, Flow), tried);
        if (end is { Failure: { } failure } && step.Catch is not null)
        {
            frame = new Frame(step.Catch, tried, $"{At.Path}.catch.") { Error = failure };
            end = await ListRunner.RunAsync(Execution, frame, Flow);
        }

        if (step.Finally is not null && end is not null && !Flow.Cancel.IsCancellationRequested)
        {
            var last = new Frame(step.Finally, tried, $"{At.Path}.finally.");
            var lastEnd = await ListRunner.RunAsync(Execution, last, Flow.Regardless);
            end = lastEnd is { Status: StepStatus.Succeeded, Stop: null } ? end : lastEnd;
        }

        return await EndAsAsync(attempt, end, frame.OutputAsync);
    }
}
