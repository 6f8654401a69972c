using Gantry.Engine.Expressions;
using Gantry.Engine.Providers;

namespace Gantry.Engine.Plans.Control;

internal sealed class CompiledStop : CompiledStep
{
    public CompiledStop(StopStep step, int index, string place)
        : base(step, index, place)
    {
        Step = step;
        Message = step.Message is { } message ? Template.Compile(message, takesSecrets: false) : null;
        Output = step.Output is { } output ? Template.Compile(output, takesSecrets: false) : null;
    }

    public new StopStep Step { get; }

    public Template? Message { get; }

    public Template? Output { get; }

    protected override IEnumerable<Template> Templates => new[] { Message, Output }.OfType<Template>();

    public override Task<StepAttempt?> RunAsync(StepAt at, Flow flow) => new StopRunner(at, this, flow).RunAsync();
}

/// <summary>Ends the execution: its own record has the status, message and output that the execution gets.</summary>
internal sealed class StopRunner(StepAt at, CompiledStop step, Flow flow) : ControlRunner(at, step, flow)
{
    public const string Use = "stop";

    protected override async Task<StepAttempt?> RunAsync(StepAttempt attempt, bool isRecorded)
    {
        var scope = await At.ScopeAtAsync(attempt.StartedAt);
        var message = step.Message is { } given ? Execution.Redactor.Text(Values.Format(given.Evaluate(scope))) : null;
        var output = step.Output is { } value ? new StepOutput(Execution.Redactor.Json(value.Evaluate(scope))) : null;
        var status = step.Step.Status switch
        {
            ExecutionStatus.Failed => StepStatus.Failed,
            ExecutionStatus.Cancelled => StepStatus.Cancelled,
            _ => StepStatus.Succeeded,
        };
        return await EndAsync(attempt with
        {
            Status = status,
            Message = message,
            Output = output,
            Error = status == StepStatus.Succeeded ? null : new ProviderError
            {
                Kind = status == StepStatus.Failed ? ProviderErrorKind.Stopped : ProviderErrorKind.Cancelled,
                Message = message ?? $"{At.Name} ended the execution.",
            },
        });
    }
}
