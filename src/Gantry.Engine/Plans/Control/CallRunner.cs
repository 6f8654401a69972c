using Gantry.Engine.Expressions;
using Gantry.Engine.Providers;

namespace Gantry.Engine.Plans.Control;

internal sealed class CompiledCall : CompiledStep
{
    public CompiledCall(CallStep step, int index, string place)
        : base(step, index, place) => (Step, Inputs) = (step, Template.Compile(step.Inputs, takesSecrets: false));

    public new CallStep Step { get; }

    public Template Inputs { get; }

    protected override IEnumerable<Template> Templates => [Inputs];

    public override Task<StepAttempt?> RunAsync(StepAt at, Flow flow) => new CallRunner(at, this, flow).RunAsync();
}

/// <summary>Starts another plan, by having the call recorded, and waits for its end when it is to.</summary>
internal sealed class CallRunner(StepAt at, CompiledCall step, Flow flow) : WaitingRunner(at, step, flow)
{
    protected override async Task<StepAttempt?> RunAsync(StepAttempt attempt, bool isRecorded)
    {
        var call = new PlanCall
        {
            ExecutionId = ExecutionTime.Derive(attempt.StartedAt, IdempotencyKey.For(Execution.Run.ExecutionId, At.Path)),
            Plan = step.Step.Plan,
            Inputs = isRecorded ? JsonBuilder.Object(_ => { }) : step.Inputs.Evaluate(await At.ScopeAtAsync(attempt.StartedAt)),
            IsAwaited = step.Step.IsAwaited,
        };
        attempt = attempt with { Metadata = new Dictionary<string, string>(StringComparer.Ordinal) { ["execution"] = call.ExecutionId.ToString() } };
        try
        {
            return call.IsAwaited
                ? await WaitAsync(attempt, isRecorded, NewWait(attempt, WaitKind.Call) with { Call = call }, Durability.Now)
                : await StartAsync(attempt with { Call = call });
        }
        catch (CallRefusedException refused)
        {
            return await EndAsync(attempt with { Status = StepStatus.Failed, Metadata = null, Error = refused.Error });
        }
    }

    protected override StepAttempt Answered(StepAttempt attempt, StepWait wait, Signal signal)
    {
        var status = signal.Payload.TryGetProperty("status", out var given) ? given.GetString() : null;
        var error = signal.Payload.TryGetProperty("error", out var reason) ? ErrorJson.Read(reason) : null;
        var ended = attempt with { Output = signal.Output };
        return status switch
        {
            "succeeded" => ended with { Status = StepStatus.Succeeded },
            "cancelled" => ended with
            {
                Status = StepStatus.Failed,
                Error = new ProviderError { Kind = ProviderErrorKind.Stopped, Message = $"The plan '{step.Step.Plan}' was cancelled. Its execution is {wait.Call?.ExecutionId}." },
            },
            _ => ended with
            {
                Status = StepStatus.Failed,
                Error = (error ?? ProviderFailure.WithoutReason) with { Message = $"The plan '{step.Step.Plan}' failed: {error?.Message} Its execution is {wait.Call?.ExecutionId}." },
            },
        };
    }

    /// <summary>One record is both its beginning and its end.</summary>
    private async Task<StepAttempt?> StartAsync(StepAttempt attempt)
    {
        var started = attempt with
        {
            Status = StepStatus.Succeeded,
            EndedAt = Now,
            Message = $"Started the plan '{step.Step.Plan}' as execution {attempt.Call!.ExecutionId}.",
            Output = new StepOutput(JsonBuilder.Object(writer => writer.WriteString("execution", attempt.Call.ExecutionId))),
        };
        await At.Journal.RecordAsync(started, Durability.Now, CancellationToken.None);
        At.Write(StepLogLevel.Info, 1, $"{At.Name}: {started.Message}");
        return started;
    }
}
