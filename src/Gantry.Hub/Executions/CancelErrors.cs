using Gantry.Engine.Providers;

namespace Gantry.Hub.Executions;

/// <summary>Why an execution that nobody ran at the time is cancelled, as its record says it.</summary>
internal static class CancelErrors
{
    public static readonly string Queued = Of("The execution was cancelled before it ran.");

    public static readonly string Waiting = Of("The execution was cancelled while it waited.");

    public static readonly string Skipped = Of("As many executions with this concurrency key as may be were under way already, and the plan says to skip it then.");

    private static string Of(string message) => ExecutionJson.Of(new ProviderError { Kind = ProviderErrorKind.Cancelled, Message = message });
}
