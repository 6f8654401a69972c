using System.Collections.Concurrent;
using System.Text.Json;
using Gantry.Engine.Plans;
using Gantry.Engine.Providers;

namespace Gantry.Engine.Specs.Plans.Language;

/// <summary>
/// A stage whose provider obeys its parameters: a text "fail" fails, "later" fails for a passing reason, "block" runs until it is cancelled or let go; all else is answered with the parameters' value or text.
/// </summary>
internal sealed class LanguageStage
{
    private readonly ConcurrentDictionary<string, TaskCompletionSource> begun = new(StringComparer.Ordinal);
    private readonly TaskCompletionSource released = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public LanguageStage()
    {
        Stage.Fake.Answer = AnswerAsync;
    }

    public PlanStage Stage { get; } = new();

    public ManualClock Clock => Stage.Clock;

    public MemoryJournal Journal { get; set; } = new();

    public Signals Signals { get; } = new();

    /// <summary>The paths in the order in which the provider was called.</summary>
    public IEnumerable<string> Called => Stage.Fake.Calls.Select(call => call.StepPath);

    public PlanRun Run(string plan, string inputs = "{}", IReadOnlyList<StepAttempt>? recorded = null) => Stage.Run(PlanStage.Read(plan), inputs) with
    {
        Recorded = recorded ?? [],
        Signals = Signals,
    };

    public Task<PlanOutcome> RunAsync(string plan, string inputs = "{}", CancellationToken cancellationToken = default) =>
        Stage.Runner.RunAsync(Run(plan, inputs), Journal, cancellationToken);

    public Task<PlanOutcome> RunAsync(PlanRun run, CancellationToken cancellationToken = default) => Stage.Runner.RunAsync(run, Journal, cancellationToken);

    /// <summary>Until the step at this path is being done.</summary>
    public Task BegunAsync(string path) => begun.GetOrAdd(path, _ => new(TaskCreationOptions.RunContinuationsAsynchronously)).Task;

    public void Release() => released.TrySetResult();

    public StepAttempt Attempt(string path) => Journal.Attempts.Last(attempt => attempt.StepPath == path);

    public string Steps => string.Join(" ", Journal.Attempts.Select(attempt => $"{attempt.StepPath}:{attempt.Status}"));

    private async Task<ProviderResult> AnswerAsync(ProviderCall call, CancellationToken cancellationToken)
    {
        begun.GetOrAdd(call.StepPath, _ => new(TaskCreationOptions.RunContinuationsAsynchronously)).TrySetResult();
        var text = call.Parameters.TryGetProperty("text", out var given) ? given.GetString() : null;
        if (text == "block")
        {
            await released.Task.WaitAsync(cancellationToken);
        }

        return text is "fail" or "later"
            ? FakeProvider.Fails(isTransient: text == "later")
            : ProviderResult.Success(call.Parameters.TryGetProperty("value", out var value) ? value : JsonSerializer.SerializeToElement(text));
    }
}
