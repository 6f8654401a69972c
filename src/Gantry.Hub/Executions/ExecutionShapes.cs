using System.Text.Json;

namespace Gantry.Hub.Executions;

// The forms of what is read and written member by member, for the API's description. A spec holds real answers against them.

/// <summary>What starts an execution. A plan by itself, as JSON or YAML, is taken as well.</summary>
/// <param name="Plan">The name or id of a saved plan, a plan as an object, or the text of one.</param>
/// <param name="Inputs">Values by the names of the plan's inputs.</param>
internal sealed record ExecuteRequest(JsonElement Plan, IReadOnlyDictionary<string, JsonElement>? Inputs = null);

/// <summary>What starts an execution again.</summary>
/// <param name="Version">"same" (what it ran, the default) or "newest".</param>
/// <param name="Inputs">Other inputs than it had.</param>
internal sealed record RerunRequest(string? Version = null, IReadOnlyDictionary<string, JsonElement>? Inputs = null);

/// <summary>One execution. Members that have no value are left out.</summary>
/// <param name="Status">queued, running, waiting, succeeded, failed or cancelled; the last three are final.</param>
/// <param name="Plan">The plan's name; null when it has none.</param>
/// <param name="PlanId">Only of a saved plan.</param>
/// <param name="RerunOf">The execution that was started again.</param>
/// <param name="WaitingFor">Why it does not run yet.</param>
/// <param name="CancelRequested">It is about to be stopped.</param>
/// <param name="Output">The output of the last step.</param>
/// <param name="OutputUrl">Where an output of more than 64 KB is to be had.</param>
/// <param name="FailedStep">The path of the step that failed.</param>
/// <param name="Steps">Every attempt at a step; only when one execution is shown.</param>
/// <param name="Trigger">What started it saw: what ${trigger} finds. Only when one execution is shown, and no person started it.</param>
internal sealed record ExecutionShape(
    Guid Id,
    string Status,
    string? Plan,
    Guid UserId,
    IReadOnlyDictionary<string, JsonElement> Inputs,
    DateTimeOffset CreatedAt,
    Guid? PlanId = null,
    int? PlanVersion = null,
    Guid? RerunOf = null,
    string? WaitingFor = null,
    bool? CancelRequested = null,
    DateTimeOffset? StartedAt = null,
    DateTimeOffset? EndedAt = null,
    JsonElement? Output = null,
    string? OutputUrl = null,
    int? OutputBytes = null,
    ErrorShape? Error = null,
    string? FailedStep = null,
    IReadOnlyList<StepShape>? Steps = null,
    JsonElement? Trigger = null);

/// <summary>One attempt at a step.</summary>
/// <param name="Step">Its path: "0", or "2/1" for the second step below the third.</param>
/// <param name="Id">The name the plan gives it.</param>
/// <param name="Use">The action: "transfer.copy".</param>
/// <param name="Status">running, waiting, succeeded, failed, cancelled, skipped or may_have_run.</param>
internal sealed record StepShape(
    string Step,
    string Use,
    int Attempt,
    string Status,
    DateTimeOffset StartedAt,
    string? Id = null,
    DateTimeOffset? EndedAt = null,
    JsonElement? Output = null,
    string? OutputUrl = null,
    int? OutputBytes = null,
    string? Message = null,
    IReadOnlyDictionary<string, string>? Metadata = null,
    ErrorShape? Error = null);

/// <summary>Why a step or an execution failed.</summary>
/// <param name="Kind">What sort of failure it is: "timeout", "bad_request".</param>
/// <param name="Message">A sentence.</param>
/// <param name="Transient">Whether trying again may help.</param>
/// <param name="Status">The HTTP status, when there was one.</param>
/// <param name="RetryAfter">Seconds, when the other side named them.</param>
internal sealed record ErrorShape(string Kind, string Message, bool Transient, int? Status = null, double? RetryAfter = null);

/// <summary>One line of a log.</summary>
/// <param name="Id">Its number within the execution; also the id of its event.</param>
/// <param name="Level">debug, info, warning or error.</param>
/// <param name="Step">The path of the step that said it.</param>
internal sealed record LogShape(
    Guid Execution,
    int Id,
    DateTimeOffset Time,
    string Level,
    string Message,
    string? Step = null,
    int? Attempt = null,
    IReadOnlyDictionary<string, JsonElement>? Fields = null);
