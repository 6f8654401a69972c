using Gantry.Engine.Plans;
using Gantry.Engine.Providers;

namespace Gantry.Hub.Executions;

/// <summary>The names that states and levels have in the database and in the API.</summary>
internal static class StatusNames
{
    public static IReadOnlyList<string> Executions { get; } = ["queued", "running", "waiting", "succeeded", "failed", "cancelled"];

    public static IReadOnlyList<string> Levels { get; } = ["debug", "info", "warning", "error"];

    public static string Of(ExecutionStatus status) => Executions[(int)status];

    public static string Of(StepLogLevel level) => Levels[(int)level];

    public static string Of(StepStatus status) => status switch
    {
        StepStatus.Running => "running",
        StepStatus.Waiting => "waiting",
        StepStatus.Succeeded => "succeeded",
        StepStatus.Failed => "failed",
        StepStatus.Skipped => "skipped",
        StepStatus.Cancelled => "cancelled",
        StepStatus.MayHaveRun => "may_have_run",
        _ => throw new ArgumentOutOfRangeException(nameof(status), status, "There is no such state of a step."),
    };

    public static StepStatus Step(string name) => name switch
    {
        "running" => StepStatus.Running,
        "waiting" => StepStatus.Waiting,
        "succeeded" => StepStatus.Succeeded,
        "failed" => StepStatus.Failed,
        "skipped" => StepStatus.Skipped,
        "cancelled" => StepStatus.Cancelled,
        "may_have_run" => StepStatus.MayHaveRun,
        _ => throw new ArgumentOutOfRangeException(nameof(name), name, "There is no such state of a step."),
    };

    public static bool IsFinal(string status) => status is "succeeded" or "failed" or "cancelled";
}
