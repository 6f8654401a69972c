using System.Globalization;
using System.Text.Json;
using Gantry.Engine.Secrets;
using Gantry.Hub.Database;
using Microsoft.AspNetCore.Mvc;
using Npgsql;

namespace Gantry.Hub.Web;

/// <summary>The one place where exceptions, and answers without a body, become problems (RFC 9457).</summary>
internal sealed partial class Problems(RequestDelegate next, ILogger<Problems> logger)
{
    private const string TooLarge = "The body is larger than this hub accepts. The setting body_megabytes says how large it may be.";
    private const string NotJson = "Send the body as JSON, with the header 'Content-Type: application/json'.";

    public async Task InvokeAsync(HttpContext context)
    {
        try
        {
            await next(context);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // Nobody waits for an answer any more.
            return;
        }
        catch (Exception exception)
        {
            if (context.Response.HasStarted)
            {
                // The answer is half sent: cutting the connection is the only way to say that it is not whole.
                Log.Broken(logger, context.Request.Method, context.Request.Path, exception);
                context.Abort();
                return;
            }

            await AnswerAsync(context, exception);
            return;
        }

        var response = context.Response;
        if (response is { HasStarted: false, StatusCode: >= 400, ContentLength: null or 0, ContentType: null })
            await WriteAsync(context, response.StatusCode, DetailFor(context));
    }

    public static Task WriteAsync(HttpContext context, int status, string detail)
    {
        context.Response.StatusCode = status;
        var problem = new ProblemDetails { Title = TitleFor(status), Status = status, Detail = detail };
        return context.Response.WriteAsJsonAsync(problem, HubJson.Options, "application/problem+json", context.RequestAborted);
    }

    private Task AnswerAsync(HttpContext context, Exception exception)
    {
        var (status, detail) = Translate(exception);
        if (exception is ProblemException { RetryAfter: { } wait })
            context.Response.Headers.RetryAfter = Math.Max(1, Math.Ceiling(wait.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
        if (status == StatusCodes.Status503ServiceUnavailable)
        {
            Log.Unavailable(logger, context.Request.Method, context.Request.Path, exception);
            context.Response.Headers.RetryAfter = "2";
        }
        else if (status == StatusCodes.Status500InternalServerError)
        {
            Log.Unexpected(logger, context.Request.Method, context.Request.Path, context.TraceIdentifier, exception);
            detail = $"Something went wrong inside Gantry; this is not your mistake. The log names it by '{context.TraceIdentifier}'.";
        }

        return WriteAsync(context, status, detail);
    }

    private static (int Status, string Detail) Translate(Exception exception) => exception switch
    {
        ProblemException problem => (problem.Status, problem.Message),
        BadHttpRequestException { InnerException: JsonException json } => (400, JsonProblem.Describe(json)),
        BadHttpRequestException { StatusCode: 413 } => (413, TooLarge),
        BadHttpRequestException { StatusCode: 415 } => (415, NotJson),
        BadHttpRequestException bad => (bad.StatusCode, Describe(bad)),
        PostgresException { SqlState: PostgresErrorCodes.InsufficientPrivilege } => (403, "You may not do that."),
        PostgresException { SqlState: PostgresErrorCodes.CharacterNotInRepertoire or PostgresErrorCodes.UntranslatableCharacter } =>
            (400, "A text contains the character NUL, which cannot be stored."),
        PostgresException { SqlState: PostgresErrorCodes.SerializationFailure or PostgresErrorCodes.DeadlockDetected } =>
            (503, "Two changes met. Nothing was changed by this one; send it again."),
        SecretStoreException failed => (StatusOf(failed.Error), failed.Message),
        SecretException refused => (422, refused.Message),
        _ when DatabaseUnavailableException.Fits(exception) => (503, "The database does not answer at the moment. Try again in a few seconds."),
        _ => (500, ""),
    };

    private static int StatusOf(SecretStoreError error) => error switch
    {
        SecretStoreError.Unavailable or SecretStoreError.Sealed => 503,
        SecretStoreError.Conflict or SecretStoreError.ReadOnly => 409,
        _ => 422,
    };

    private static string Describe(BadHttpRequestException exception)
    {
        var message = exception.Message;
        if (message.Contains("no body was provided", StringComparison.Ordinal)) return "This route needs a JSON body.";
        if (message.StartsWith("Required parameter", StringComparison.Ordinal)) return $"The parameter {Quoted(message)} is missing.";
        if (message.StartsWith("Failed to bind parameter", StringComparison.Ordinal)) return $"The parameter {Quoted(message)} has a value that cannot be read.";
        return message;
    }

    private static string Quoted(string message)
    {
        var parts = message.Split('"');
        return parts.Length >= 3 ? $"'{parts[1][(parts[1].LastIndexOf(' ') + 1)..]}'" : "of the request";
    }

    private static string DetailFor(HttpContext context)
    {
        var request = context.Request;
        return context.Response.StatusCode switch
        {
            401 => "Sign in first: send a session token or an API key as 'Authorization: Bearer …'.",
            404 => $"There is nothing at '{request.Path}'. The routes are listed in /api/openapi.json.",
            405 => $"'{request.Path}' does not take {(context.IsHead() ? "HEAD" : request.Method)}, only {context.Response.Headers.Allow}.",
            400 => "The body could not be read to its end.",
            413 => TooLarge,
            415 => NotJson,
            var status => TitleFor(status) + ".",
        };
    }

    private static string TitleFor(int status) => status switch
    {
        400 => "Not valid",
        401 => "Not signed in",
        403 => "Not allowed",
        404 => "Not found",
        405 => "Method not allowed",
        409 => "Conflict",
        413 => "Too large",
        415 => "Not JSON",
        422 => "Not possible",
        429 => "Too many requests",
        500 => "Internal error",
        503 => "Not available",
        _ => Microsoft.AspNetCore.WebUtilities.ReasonPhrases.GetReasonPhrase(status),
    };

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Error, Message = "{Method} {Path} failed unexpectedly ({Id})")]
        public static partial void Unexpected(ILogger logger, string method, string path, string id, Exception exception);

        [LoggerMessage(Level = LogLevel.Warning, Message = "{Method} {Path} was answered with 503: what it needs does not answer")]
        public static partial void Unavailable(ILogger logger, string method, string path, Exception exception);

        [LoggerMessage(Level = LogLevel.Error, Message = "{Method} {Path} failed in the middle of its answer, which was cut off")]
        public static partial void Broken(ILogger logger, string method, string path, Exception exception);
    }
}
