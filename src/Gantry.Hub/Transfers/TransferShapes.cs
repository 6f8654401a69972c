using System.Text.Json;
using Gantry.Hub.Executions;

namespace Gantry.Hub.Transfers;

// The forms of what is written member by member, for the API's description. A spec holds real answers against them.

/// <summary>One transfer. Members that have no value are left out. Its id is that of its execution.</summary>
/// <param name="Status">queued, running, waiting, succeeded, failed or cancelled; the last three are final.</param>
/// <param name="Name">What it was called, or its template; null when it has no name.</param>
/// <param name="To">More than one is a chain.</param>
/// <param name="Links">One for each target, in their order.</param>
/// <param name="TemplateId">The template that was run.</param>
/// <param name="RetryOf">The transfer whose failures it took up.</param>
/// <param name="Trigger">What started it; none when a person did.</param>
/// <param name="FailedStep">The first link that failed.</param>
/// <param name="Files">The files that were named; only when one transfer is shown.</param>
/// <param name="Options">Only when one transfer is shown.</param>
internal sealed record TransferShape(
    Guid Id,
    string Status,
    string? Name,
    string Mode,
    IReadOnlyList<string> From,
    IReadOnlyList<string> To,
    Guid UserId,
    DateTimeOffset CreatedAt,
    IReadOnlyList<LinkShape> Links,
    Guid? TemplateId = null,
    Guid? RetryOf = null,
    TransferTriggerShape? Trigger = null,
    string? WaitingFor = null,
    bool? CancelRequested = null,
    DateTimeOffset? StartedAt = null,
    DateTimeOffset? EndedAt = null,
    ErrorShape? Error = null,
    string? FailedStep = null,
    IReadOnlyList<string>? Files = null,
    IReadOnlyDictionary<string, JsonElement>? Options = null);

/// <summary>What started a transfer.</summary>
/// <param name="Kind">schedule, webhook, files, s3_events or execution.</param>
/// <param name="EventId">What it saw: GET /api/events/{id}.</param>
/// <param name="Watches">Shortly, as the trigger is now: "0 6 * * mon-fri (Europe/Berlin)", "POST news"; none when it is gone.</param>
internal sealed record TransferTriggerShape(string Kind, Guid TriggerId, Guid EventId, string? Watches = null);

/// <summary>One link of a transfer: from a place to a place.</summary>
/// <param name="Step">Its step in the execution, by which its part of the manifest is found.</param>
/// <param name="Attempt">Counted from 1.</param>
/// <param name="Complete">It came to its end, so that each of its files is in the manifest.</param>
/// <param name="Progress">files_done, files_total, bytes_done, bytes_total, total_is_final, copied, bytes (of the copied), skipped, deleted, failed, bytes_per_second,
/// elapsed_seconds, current_files, remaining_seconds.</param>
/// <param name="Status">running, succeeded, failed, cancelled or may_have_run; only when one transfer is shown.</param>
/// <param name="Earlier">The attempts before this one, none of which succeeded; only when one transfer is shown.</param>
/// <param name="Result">The summary with the first failures; only when one transfer is shown.</param>
internal sealed record LinkShape(
    string Step,
    string From,
    string To,
    int? Attempt = null,
    bool? Complete = null,
    JsonElement? Progress = null,
    string? Status = null,
    string? Message = null,
    ErrorShape? Error = null,
    JsonElement? Result = null,
    IReadOnlyList<EarlierShape>? Earlier = null);

/// <summary>An attempt at a link that was followed by another one.</summary>
/// <param name="Status">failed or may_have_run: it was cut off.</param>
/// <param name="Message">What there is to say beside the error.</param>
internal sealed record EarlierShape(int Attempt, string Status, DateTimeOffset StartedAt, DateTimeOffset? EndedAt = null, string? Message = null, ErrorShape? Error = null);

/// <summary>What became of one file, in one attempt at one link.</summary>
/// <param name="Path">Relative to the source.</param>
/// <param name="Result">copied, skipped (it was there), deleted or failed.</param>
/// <param name="TargetPath">Relative to the target.</param>
/// <param name="DurationSeconds">From its being taken up to its end.</param>
/// <param name="Reason">Why it failed.</param>
/// <param name="Transient">It may succeed when it is tried again.</param>
/// <param name="Hash">When the transfer computed one.</param>
/// <param name="ResumedBytes">So many of its bytes were at the target from an attempt before.</param>
internal sealed record ManifestShape(
    string Path,
    string Result,
    string Step,
    int Attempt,
    double DurationSeconds,
    string? TargetPath = null,
    long? Size = null,
    long? ResumedBytes = null,
    DateTimeOffset? ModifiedAt = null,
    string? Hash = null,
    string? Reason = null,
    bool? Transient = null);
