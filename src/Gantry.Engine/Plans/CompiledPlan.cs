using System.Text.Json;
using Gantry.Engine.Providers;
using Gantry.Engine.Settings;

namespace Gantry.Engine.Plans;

/// <summary>A plan made ready to run often: every action is found, every reference parsed, what is the same in each run computed.</summary>
internal sealed class CompiledPlan
{
    public CompiledPlan(Plan plan, ProviderCatalog providers)
    {
        Plan = plan;
        Steps = [.. plan.Steps.Select((step, index) => new CompiledStep(step, index, providers))];
    }

    public Plan Plan { get; }

    public CompiledStep[] Steps { get; }
}

internal sealed class CompiledStep
{
    public CompiledStep(Step step, int index, ProviderCatalog providers)
    {
        Step = (ActionStep)step;
        Index = index;
        Path = index.ToString();
        Use = step.Use;
        Provider = providers.Find(Step.Provider);
        Action = providers.FindAction(Step.Provider, Step.Action);
        Name = step.Id is { } id ? $"Step '{id}' ({Use})" : $"Step {Path} ({Use})";
        StartMessage = $"{Name} starts.";
    }

    public ActionStep Step { get; }

    public int Index { get; }

    /// <summary>As in <see cref="StepAttempt.StepPath"/>.</summary>
    public string Path { get; }

    public string Use { get; }

    /// <summary>"Step 'feed' (http.get)", for messages.</summary>
    public string Name { get; }

    public string StartMessage { get; }

    /// <summary>Null when this program does not have it.</summary>
    public IProvider? Provider { get; }

    public ProviderAction? Action { get; }

    public bool IsPure => Action?.IsPure == true;

    /// <summary>The parameters for the call; meaningful only when no problem comes out.</summary>
    public JsonElement Resolve(Execution execution, DateTimeOffset startedAt, out ProviderError? problem)
    {
        problem = null;
        if (Action is null)
        {
            problem = Bad($"{Name} cannot run: this program has no such action.");
            return default;
        }

        var findings = new List<SettingFinding>();
        var parameters = SettingCheck.Complete(Action.Parameters, Step.Parameters, findings);
        if (findings.Count > 0)
        {
            problem = Bad($"{Name}: {string.Join(" ", findings.Select(finding => finding.Message))}");
        }

        return parameters;
    }

    private static ProviderError Bad(string message) => new() { Kind = ProviderErrorKind.BadRequest, Message = message };

    public bool IsRepeatable(JsonElement? parameters) =>
        Step.IsRepeatable || Action is { IsPure: true } or { IsRepeatable: true }
        || (parameters is { } resolved && Action?.IsRepeatableWith?.Invoke(resolved) == true);
}
