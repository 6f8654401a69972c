using Gantry.Engine.Expressions;

namespace Gantry.Engine.Plans.Control;

internal sealed class CompiledParallel : CompiledStep
{
    public CompiledParallel(ParallelStep step, int index, string place, StepList names, CompiledPlan plan)
        : base(step, index, place) =>
        Branches = [.. step.Branches.Select((branch, number) => plan.Compile(names.Within(branch, index), $"{place}.parallel[{number}]"))];

    public CompiledList[] Branches { get; }

    public override IReadOnlyList<CompiledList> Lists => Branches;

    protected override IEnumerable<Template> Templates => [];

    public override Task<StepAttempt?> RunAsync(StepAt at, Flow flow) => new ParallelRunner(at, this, flow).RunAsync();
}

/// <summary>
/// Runs lists beside each other. When one fails, the others begin nothing more and stop waiting; what they are doing comes to its end.
/// </summary>
internal sealed class ParallelRunner(StepAt at, CompiledParallel step, Flow flow) : ControlRunner(at, step, flow)
{
    protected override async Task<StepAttempt?> RunAsync(StepAttempt attempt, bool isRecorded)
    {
        await BeginAsync(attempt, isRecorded);
        var frames = step.Branches.Select((branch, number) => new Frame(branch, At.Frame, $"{At.Path}.branches[{number}].")).ToArray();
        using var branches = new Branches(Execution, Flow, frames.Length);
        await Task.WhenAll(frames.Select(frame => branches.RunAsync(own => ListRunner.RunAsync(Execution, frame, own))));
        return await EndAsAsync(attempt, branches.End, token => OutputAsync(frames, token));
    }

    private static async ValueTask<StepOutput?> OutputAsync(Frame[] frames, CancellationToken cancellationToken)
    {
        var outputs = new StepOutput?[frames.Length];
        for (var number = 0; number < frames.Length; number++)
        {
            outputs[number] = await frames[number].OutputAsync(cancellationToken);
        }

        return await JsonBuilder.ListAsync(outputs, cancellationToken);
    }
}
