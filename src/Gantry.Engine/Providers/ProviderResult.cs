using System.Text.Json;

namespace Gantry.Engine.Providers;

/// <summary>The uniform kinds of failure, so that plans can tell them apart whoever failed.</summary>
public enum ProviderErrorKind
{
    /// <summary>The parameters are wrong; the same call will fail again.</summary>
    BadRequest,
    NotFound,
    Conflict,

    /// <summary>The credentials are missing, wrong or not enough.</summary>
    Unauthorized,
    RateLimited,
    TimedOut,

    /// <summary>The other side could not be reached, or broke off.</summary>
    Unavailable,

    /// <summary>The other side failed by itself.</summary>
    Upstream,

    /// <summary>Some of the items failed, others are done.</summary>
    Partial,
    Cancelled,

    /// <summary>The plan itself said so ('stop'), or a person who was asked refused.</summary>
    Stopped,
    Internal,
}

/// <summary>Why an action failed.</summary>
public sealed record ProviderError
{
    public required ProviderErrorKind Kind { get; init; }

    /// <summary>A sentence that names the thing and, where known, the next step. Never holds a secret.</summary>
    public required string Message { get; init; }

    /// <summary>The same call may succeed later; the step's retry policy decides when.</summary>
    public bool IsTransient { get; init; }

    /// <summary>The status the other side gave (HTTP 503); null when there is none.</summary>
    public int? Status { get; init; }

    /// <summary>How long the other side asked to be left alone; null when it did not.</summary>
    public TimeSpan? RetryAfter { get; init; }
}

/// <summary>What an action answers, whichever provider performed it.</summary>
public sealed record ProviderResult
{
    public required bool IsSuccess { get; init; }

    /// <summary>What later steps refer to; may be there on failure too (a transfer's counts).</summary>
    public JsonElement? Output { get; init; }

    /// <summary>One line for a person; null when there is nothing to add.</summary>
    public string? Message { get; init; }

    /// <summary>What is worth keeping but nobody computes with: a request's id, a rate limit's rest.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>Set exactly when it is no success.</summary>
    public ProviderError? Error { get; init; }

    public static ProviderResult Success(JsonElement? output = null, string? message = null) =>
        new() { IsSuccess = true, Output = output, Message = message };

    public static ProviderResult Failure(ProviderError error, JsonElement? output = null) =>
        new() { IsSuccess = false, Error = error, Message = error.Message, Output = output };
}
