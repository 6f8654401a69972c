namespace Gantry.Hub.Web;

/// <summary>A request that is answered with a problem (RFC 9457). The detail is a sentence for a person, without secrets.</summary>
public sealed class ProblemException(int status, string detail) : Exception(detail)
{
    public int Status { get; } = status;

    /// <summary>When to try again; null when that does not help.</summary>
    public TimeSpan? RetryAfter { get; private init; }

    /// <summary>For what is not there and for what belongs to somebody else: the caller cannot tell them apart.</summary>
    public static ProblemException NotFound(string detail) => new(StatusCodes.Status404NotFound, detail);

    public static ProblemException Invalid(string detail) => new(StatusCodes.Status400BadRequest, detail);

    public static ProblemException Conflict(string detail) => new(StatusCodes.Status409Conflict, detail);

    public static ProblemException Forbidden(string detail) => new(StatusCodes.Status403Forbidden, detail);

    /// <summary>Too many of something that time mends: it says when to try again.</summary>
    public static ProblemException TooManyFor(TimeSpan wait, string detail)
    {
        var seconds = Math.Max(1, (long)Math.Ceiling(wait.TotalSeconds));
        return TooMany($"{detail} Try again in {seconds} {(seconds == 1 ? "second" : "seconds")}.", wait);
    }

    public static ProblemException TooMany(string detail, TimeSpan retryAfter) => new(StatusCodes.Status429TooManyRequests, detail) { RetryAfter = retryAfter };
}
