using Gantry.Engine.Providers;

namespace Gantry.Engine.Plans;

/// <summary>Which step failed, and why: the innermost one, however many control steps are around it.</summary>
internal sealed record Failure(string StepPath, string? StepId, ProviderError Error, DateTimeOffset At)
{
    private const string PathName = "failed_step";
    private const string IdName = "failed_step_id";

    /// <summary>Of a step that failed. A control step says in its record which step within was the reason.</summary>
    public static Failure Of(StepAttempt ended)
    {
        var path = ended.Metadata?.GetValueOrDefault(PathName);
        return new(path ?? ended.StepPath, path is null ? ended.StepId : ended.Metadata?.GetValueOrDefault(IdName),
            ended.Error ?? ProviderFailure.WithoutReason, ended.EndedAt ?? ended.StartedAt);
    }

    /// <summary>Adds to a control step's record which step was the reason.</summary>
    public void Note(Dictionary<string, string> metadata)
    {
        metadata[PathName] = StepPath;
        if (StepId is not null)
        {
            metadata[IdName] = StepId;
        }
    }
}
