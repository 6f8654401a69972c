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
/// <param name="From">The path or the id of the first step that is made again, or "failed"; the results of those before are taken over. Left out, all is made again.</param>
internal sealed record RerunRequest(string? Version = null, string? From = null, IReadOnlyDictionary<string, JsonElement>? Inputs = null);

/// <summary>A step that is performed by itself.</summary>
/// <param name="Step">As a plan has it.</param>
/// <param name="Inputs">What ${input.…} finds.</param>
/// <param name="Outputs">What ${steps.ID.output} finds, by the ids of the steps.</param>
/// <param name="DryRun">Says what it would do; only for actions that can.</param>
internal sealed record StepTestRequest(
    IReadOnlyDictionary<string, JsonElement> Step,
    IReadOnlyDictionary<string, JsonElement>? Inputs = null,
    IReadOnlyDictionary<string, JsonElement>? Outputs = null,
    bool? DryRun = null);

/// <summary>A yes or a no.</summary>
/// <param name="Approve">Whether it may go on.</param>
/// <param name="Step">The path or the id of the step; may be left out when only one waits.</param>
/// <param name="Comment">Why; kept with the answer.</param>
internal sealed record ApproveRequest(bool Approve, string? Step = null, string? Comment = null);

/// <summary>An event for those who wait for it.</summary>
/// <param name="Event">Its name.</param>
/// <param name="Payload">What comes with it, which the step gives as its output.</param>
/// <param name="Execution">The only execution that is meant; left out, all of the workspace are.</param>
internal sealed record SignalRequest(string Event, JsonElement? Payload = null, Guid? Execution = null);

/// <summary>Whom an event reached.</summary>
/// <param name="Executions">Those that waited for it.</param>
internal sealed record SignalledShape(IReadOnlyList<Guid> Executions);

/// <summary>What one step waits for. Members that have no value are left out.</summary>
/// <param name="Step">Its path.</param>
/// <param name="Id">The name the plan gives it.</param>
/// <param name="Kind">time, event, approval, call or retry.</param>
/// <param name="Until">When it goes on, or is too late.</param>
/// <param name="Event">The name of the event.</param>
/// <param name="Ask">What a person is asked.</param>
/// <param name="By">Who may answer: roles or users. None means whoever may run plans.</param>
/// <param name="Call">The execution that was called.</param>
/// <param name="Answered">The answer is there; the step has not gone on yet.</param>
internal sealed record WaitShape(
    string Step,
    string Kind,
    DateTimeOffset Since,
    string? Id = null,
    DateTimeOffset? Until = null,
    string? Event = null,
    string? Ask = null,
    IReadOnlyList<string>? By = null,
    Guid? Call = null,
    bool? Answered = null);

/// <summary>A step that waits for a person.</summary>
/// <param name="Plan">The plan's name; null when it has none.</param>
/// <param name="MayAnswer">Whether the caller may.</param>
internal sealed record ApprovalShape(
    Guid Execution,
    string? Plan,
    string Step,
    DateTimeOffset Since,
    bool MayAnswer,
    string? Id = null,
    DateTimeOffset? Until = null,
    string? Ask = null,
    IReadOnlyList<string>? By = null);

/// <summary>The step that called an execution.</summary>
internal sealed record ParentShape(Guid Execution, string Step);

/// <summary>An execution that was called.</summary>
/// <param name="Step">The path of the step that called it.</param>
internal sealed record ChildShape(
    Guid Id, string Step, string Status, DateTimeOffset CreatedAt, string? Plan = null, DateTimeOffset? StartedAt = null, DateTimeOffset? EndedAt = null);

/// <summary>One execution. Members that have no value are left out.</summary>
/// <param name="Status">queued, running, waiting, succeeded, failed or cancelled; the last three are final.</param>
/// <param name="Plan">The plan's name; null when it has none.</param>
/// <param name="PlanId">Only of a saved plan.</param>
/// <param name="RerunOf">The execution that was started again.</param>
/// <param name="RerunFrom">The path of the step that it began with.</param>
/// <param name="WaitingFor">Why it is not moving.</param>
/// <param name="CancelRequested">It is about to be stopped.</param>
/// <param name="Output">The output of the last step.</param>
/// <param name="OutputUrl">Where an output of more than 64 KB is to be had.</param>
/// <param name="FailedStep">The path of the step that failed.</param>
/// <param name="Parent">What called it.</param>
/// <param name="ConcurrencyKey">Of those with the same key only so many are under way.</param>
/// <param name="WakeAt">When it goes on by itself.</param>
/// <param name="Steps">Every attempt at a step; only when one execution is shown.</param>
/// <param name="Trigger">What started it saw: what ${trigger} finds. Only when one execution is shown, and no person started it.</param>
/// <param name="IsTransfer">It is a transfer as well: GET /api/transfers/{id}.</param>
/// <param name="Waits">What its steps wait for; only when one execution is shown.</param>
/// <param name="Children">The newest hundred that it called; only when one execution is shown.</param>
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
    string? RerunFrom = null,
    string? WaitingFor = null,
    bool? CancelRequested = null,
    DateTimeOffset? StartedAt = null,
    DateTimeOffset? EndedAt = null,
    JsonElement? Output = null,
    string? OutputUrl = null,
    int? OutputBytes = null,
    ErrorShape? Error = null,
    string? FailedStep = null,
    ParentShape? Parent = null,
    string? ConcurrencyKey = null,
    DateTimeOffset? WakeAt = null,
    IReadOnlyList<StepShape>? Steps = null,
    IReadOnlyList<WaitShape>? Waits = null,
    IReadOnlyList<ChildShape>? Children = null,
    JsonElement? Trigger = null,
    bool? IsTransfer = null);

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
/// <param name="UserId">As whom the execution runs.</param>
/// <param name="Step">The path of the step that said it.</param>
internal sealed record LogShape(
    Guid Execution,
    int Id,
    DateTimeOffset Time,
    string Level,
    Guid UserId,
    string Message,
    string? Step = null,
    int? Attempt = null,
    IReadOnlyDictionary<string, JsonElement>? Fields = null);
