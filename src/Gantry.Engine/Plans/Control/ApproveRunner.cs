using System.Globalization;
using System.Text.Json;
using Gantry.Engine.Expressions;
using Gantry.Engine.Providers;

namespace Gantry.Engine.Plans.Control;

internal sealed class CompiledApprove : CompiledStep
{
    public CompiledApprove(ApproveStep step, int index, string place)
        : base(step, index, place) => (Step, Ask) = (step, Template.Compile(step.Ask, takesSecrets: false));

    public new ApproveStep Step { get; }

    public Template Ask { get; }

    protected override IEnumerable<Template> Templates => [Ask];

    public override Task<StepAttempt?> RunAsync(StepAt at, Flow flow) => new ApproveRunner(at, this, flow).RunAsync();
}

/// <summary>Waits for a person's yes. Whether that person may answer is known where the answer comes in.</summary>
internal sealed class ApproveRunner(StepAt at, CompiledApprove step, Flow flow) : WaitingRunner(at, step, flow)
{
    protected override async Task<StepAttempt?> RunAsync(StepAttempt attempt, bool isRecorded)
    {
        var ask = Execution.Redactor.Text(Values.Format(step.Ask.Evaluate(await At.ScopeAtAsync(attempt.StartedAt))));
        if (ask.Length > StepMessage.CharactersMax)
        {
            throw new ExpressionException($"the question has {ask.Length} characters, and at most {StepMessage.CharactersMax} are shown. Ask a short one that says where the rest is");
        }

        var wait = NewWait(attempt, WaitKind.Approval) with { Ask = ask, By = step.Step.By, Until = attempt.StartedAt + step.Step.Within };
        return await WaitAsync(attempt, isRecorded, wait, Durability.Now);
    }

    protected override StepAttempt Answered(StepAttempt attempt, StepWait wait, Signal signal)
    {
        var isApproved = signal.Payload.ValueKind == JsonValueKind.Object && signal.Payload.TryGetProperty("approved", out var approved) && approved.ValueKind == JsonValueKind.True;
        var comment = signal.Payload.ValueKind == JsonValueKind.Object && signal.Payload.TryGetProperty("comment", out var given) && given.ValueKind == JsonValueKind.String ? given.GetString() : null;
        var who = signal.By ?? "Somebody";
        var ended = attempt with
        {
            Output = new StepOutput(Execution.Redactor.Json(JsonBuilder.Object(writer =>
            {
                writer.WriteBoolean("approved", isApproved);
                writer.WriteString("by", signal.By);
                writer.WriteString("comment", comment);
                writer.WriteString("at", signal.At.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'", CultureInfo.InvariantCulture));
            }))),
        };
        var message = Execution.Redactor.Text($"{who} {(isApproved ? "approved" : "refused")}{(string.IsNullOrEmpty(comment) ? "." : $": {comment}")}");
        return isApproved
            ? ended with { Status = StepStatus.Succeeded, Message = message }
            : ended with { Status = StepStatus.Failed, Error = new ProviderError { Kind = ProviderErrorKind.Stopped, Message = message } };
    }
}
