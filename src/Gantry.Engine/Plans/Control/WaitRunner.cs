using System.Globalization;
using System.Text.Json;
using Gantry.Engine.Expressions;
using Gantry.Engine.Settings;

namespace Gantry.Engine.Plans.Control;

internal sealed class CompiledWait : CompiledStep
{
    public CompiledWait(WaitStep step, int index, string place)
        : base(step, index, place)
    {
        Step = step;
        Time = step.Time is { } time ? Template.Compile(time, takesSecrets: false) : null;
        Event = step.Event is { } name ? Template.Compile(name, takesSecrets: false) : null;
    }

    public new WaitStep Step { get; }

    public Template? Time { get; }

    public Template? Event { get; }

    protected override IEnumerable<Template> Templates => new[] { Time, Event }.OfType<Template>();

    public override Task<StepAttempt?> RunAsync(StepAt at, Flow flow) => new WaitRunner(at, this, flow).RunAsync();
}

/// <summary>Waits for a time or an event. Its times count from the record of its beginning.</summary>
internal sealed class WaitRunner(StepAt at, CompiledWait step, Flow flow) : WaitingRunner(at, step, flow)
{
    protected override async Task<StepAttempt?> RunAsync(StepAttempt attempt, bool isRecorded)
    {
        var scope = await At.ScopeAtAsync(attempt.StartedAt);
        if (step.Time is { } time)
        {
            var until = attempt.Wait?.Until ?? TimeOf(time.Evaluate(scope), attempt.StartedAt);
            return await WaitAsync(attempt, isRecorded, NewWait(attempt, WaitKind.Time) with { Until = until }, Durability.WithNext);
        }

        var name = Values.Format(step.Event!.Evaluate(scope));
        if (name.Length is 0 or > StepWait.EventCharactersMax)
        {
            throw new ExpressionException($"an event's name has 1 to {StepWait.EventCharactersMax} characters, and this one has {name.Length}");
        }

        var wait = NewWait(attempt, WaitKind.Event) with { Event = name, Until = attempt.StartedAt + step.Step.Within };
        return await WaitAsync(attempt, isRecorded, wait, Durability.Now);
    }

    protected override StepAttempt Answered(StepAttempt attempt, StepWait wait, Signal signal) =>
        attempt with { Status = StepStatus.Succeeded, Output = new StepOutput(Execution.Redactor.Json(signal.Payload)), Message = $"The event '{wait.Event}' came." };

    /// <summary>A duration from then on, or a date and time; without a zone it is UTC.</summary>
    private static DateTimeOffset TimeOf(JsonElement value, DateTimeOffset from)
    {
        var text = value.ValueKind == JsonValueKind.String ? Values.TextOf(value) : "";
        if (Duration.TryParse(text, out var duration))
        {
            return from + duration;
        }

        return TryParseTime(text, out var time) ? time
            : throw new ExpressionException($"'wait' needs {Duration.Form}, or a time such as 2026-01-31T12:00:00Z, and got {Values.Describe(value.ValueKind)}");
    }

    /// <summary>ISO 8601 (RFC 3339), the time of day left out or not; nothing that depends on a country.</summary>
    public static bool TryParseTime(string text, out DateTimeOffset time) => DateTimeOffset.TryParseExact(
        text,
        ["yyyy-MM-dd", "yyyy-MM-dd'T'HH:mmK", "yyyy-MM-dd'T'HH:mm:ssK", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK", "yyyy-MM-dd HH:mmK", "yyyy-MM-dd HH:mm:ssK", "yyyy-MM-dd HH:mm:ss.FFFFFFFK"],
        CultureInfo.InvariantCulture,
        DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal,
        out time);
}
