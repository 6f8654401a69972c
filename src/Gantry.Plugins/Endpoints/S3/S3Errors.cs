using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Xml;
using Amazon.Runtime;
using Gantry.Engine.Endpoints;

namespace Gantry.Plugins.Endpoints.S3;

/// <summary>
/// What servers say went wrong, as an endpoint says it. The codes are those of
/// https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html; other servers use them as well.
/// </summary>
internal static class S3Errors
{
    private const int ServerTextMax = 300;

    /// <summary>One answer that is no success.</summary>
    internal sealed record Answer(HttpStatusCode Status, string? Code)
    {
        public string? Message { get; init; }

        /// <summary>Where the bucket really is, when the server says so.</summary>
        public string? Region { get; init; }

        /// <summary>When the server answered, by its own clock.</summary>
        public DateTimeOffset? Date { get; init; }

        public string? RequestId { get; init; }

        /// <summary>How long to leave it alone, when it says so (RFC 9110, 10.2.3).</summary>
        public TimeSpan? RetryAfter { get; init; }
    }

    /// <param name="answer">The server's.</param>
    /// <param name="service">Where.</param>
    /// <param name="about">The path, as the user knows it.</param>
    /// <param name="now">By this machine's clock.</param>
    public static EndpointException Of(Answer answer, S3Service service, string about, DateTimeOffset now)
    {
        var said = Said(answer);
        return answer.Code switch
        {
            "NoSuchBucket" => Bucket($"There is no bucket '{service.Bucket}' at {service.ServiceUri.Authority}. Create it there, or correct the address."),
            "InvalidBucketName" => Bucket($"'{service.Bucket}' cannot be the name of a bucket{said}."),
            "PermanentRedirect" or "TemporaryRedirect" or "AuthorizationHeaderMalformed" or "IllegalLocationConstraintException" or "Redirect" => WrongRegion(answer, service, said),
            "RequestTimeTooSkewed" or "RequestInTheFuture" => new EndpointException(
                EndpointError.LoginRefused,
                $"The clock of this machine says {Clock(now)}, and {service.ServiceUri.Authority} {(answer.Date is { } date ? $"says {Clock(date)}" : "disagrees")}: set this machine's clock right (NTP)."),
            "InvalidAccessKeyId" or "UnauthorizedAccess" => new EndpointException(
                EndpointError.LoginRefused, $"{service.ServiceUri.Authority} does not know the access key{said}. Check 'access_key', and that 'endpoint' is the place it is for."),
            "SignatureDoesNotMatch" => new EndpointException(
                EndpointError.LoginRefused, $"{service.ServiceUri.Authority} refused the signature: the secret key does not belong to the access key{said}."),
            "ExpiredToken" or "TokenRefreshRequired" or "InvalidToken" or "InvalidSecurity" => new EndpointException(
                EndpointError.LoginRefused, $"{service.ServiceUri.Authority} does not accept the session token (any more){said}. Sign in anew, and give 'session_token' with its keys."),
            "AccessDenied" or "AllAccessDisabled" or "AccountProblem" => Denied(about, service, said),
            "NoSuchKey" or "NoSuchVersion" => new EndpointException(EndpointError.NotFound, $"There is no file at '{about}'."),
            "NoSuchUpload" => new EndpointException(EndpointError.NotFound, $"The upload of '{about}' is gone from the server: somebody completed or aborted it.", isTransient: true),
            "PreconditionFailed" or "ConditionalRequestConflict" => new EndpointException(EndpointError.ContentDiffers, $"'{about}' was changed while it was read.", isTransient: true),
            "InvalidRange" => new EndpointException(EndpointError.ContentDiffers, $"'{about}' is shorter than it was.", isTransient: true),
            "BadDigest" or "InvalidDigest" or "XAmzContentSHA256Mismatch" or "XAmzContentChecksumMismatch" or "ContentSHA256Mismatch" or "IncompleteBody" => new EndpointException(
                EndpointError.ContentDiffers, $"What arrived of '{about}' is not what was sent{said}.", isTransient: true),
            "InvalidPart" or "InvalidPartOrder" => new EndpointException(
                EndpointError.ContentDiffers, $"A part of '{about}' is not on the server as it was sent{said}.", isTransient: true),
            "KeyTooLongError" or "KeyTooLong" or "InvalidURI" or "XMinioInvalidObjectName" => new EndpointException(EndpointError.BadPath, $"{service.ServiceUri.Authority} cannot hold a key such as '{about}'{said}."),
            "EntityTooLarge" => new EndpointException(EndpointError.NoSpace, $"'{about}' is larger than {service.ServiceUri.Authority} takes{said}."),
            "QuotaExceeded" or "XMinioStorageFull" or "InsufficientStorage" or "XMinioAdminBucketQuotaExceeded" => new EndpointException(
                EndpointError.NoSpace, $"There is no room left in {service.Place}{said}."),
            "InvalidObjectState" => new EndpointException(
                EndpointError.PermissionDenied, $"'{about}' is in an archive class and cannot be read before it is restored."),
            "MetadataTooLarge" => new EndpointException(EndpointError.BadSetting, $"The metadata of '{about}' is more than S3 keeps (2 KB)."),
            "InvalidStorageClass" => new EndpointException(EndpointError.BadSetting, $"{service.ServiceUri.Authority} has no such storage class{said}. Correct 'storage_class'."),
            "NotImplemented" or "MethodNotAllowed" => new EndpointException(EndpointError.NotSupported, $"{service.ServiceUri.Authority} cannot do that with '{about}'{said}."),
            "RequestTimeout" => new EndpointException(EndpointError.TimedOut, $"{service.ServiceUri.Authority} waited too long for '{about}'.", isTransient: true),
            "SlowDown" or "ServiceUnavailable" or "InternalError" or "OperationAborted" or "Throttling" or "ThrottlingException" or "TooManyRequests" or "RequestLimitExceeded" =>
                Busy(answer, service, about, said),
            _ => OfStatus(answer, service, about, said),
        };
    }

    /// <summary>What the SDK threw; null when it is nothing of a server or a connection.</summary>
    public static EndpointException? Of(Exception thrown, S3Service service, string about, DateTimeOffset now) => thrown switch
    {
        AmazonServiceException { StatusCode: > HttpStatusCode.Continue } failed => Of(
            new Answer(failed.StatusCode, failed.ErrorCode) { Message = failed.Message, RequestId = failed.RequestId }, service, about, now),
        AmazonClientException or HttpRequestException or IOException or SocketException or AuthenticationException or TimeoutException => OfConnection(thrown, service),
        XmlException or FormatException or OverflowException => NoAnswer(service, about, thrown.Message, thrown),
        _ => null,
    };

    /// <summary>A success that S3 does not tell so: whether anything was done is not known.</summary>
    /// <param name="service">Whose answer it is.</param>
    /// <param name="about">The path, as the user knows it.</param>
    /// <param name="oddity">What is wrong with it, as a sentence.</param>
    /// <param name="thrown">What showed it.</param>
    public static EndpointException NoAnswer(S3Service service, string about, string oddity, Exception? thrown = null) => new(
        EndpointError.Protocol,
        $"{service.ServiceUri.Authority} answered over '{EndpointPath.Printable(about)}' with something that is no answer of S3's: {EndpointPath.Printable(oddity)} Is 'endpoint' an S3 service, and does it know uploads in parts?",
        innerException: thrown);

    /// <summary>Every S3 service names what it has or took by an ETag; a web page that answers anything with 200 does not.</summary>
    public static EndpointException NoETag(S3Service service, string about) => NoAnswer(service, about, "It has no ETag.");

    /// <summary>No answer came, or not all of it.</summary>
    public static EndpointException OfConnection(Exception thrown, S3Service service)
    {
        for (var inner = thrown; inner is not null; inner = inner.InnerException)
        {
            if (inner is EndpointException own)
            {
                return own;
            }

            if (inner is AuthenticationException)
            {
                return Unprotected(inner, service);
            }

            if (inner is SocketException { SocketErrorCode: SocketError.HostNotFound or SocketError.NoData })
            {
                return new EndpointException(
                    EndpointError.Disconnected, $"There is no host '{service.ServiceUri.Host}', or names cannot be looked up here. Correct 'endpoint' or 'region'.", innerException: thrown);
            }

            if (inner is SocketException refused)
            {
                return new EndpointException(
                    EndpointError.Disconnected, $"No connection to {service.ServiceUri.Authority}: {EndpointPath.Printable(refused.Message)}.", isTransient: true, thrown);
            }
        }

        return new EndpointException(
            EndpointError.Disconnected, $"The connection to {service.ServiceUri.Authority} was lost: {EndpointPath.Printable(thrown.Message)}", isTransient: true, thrown);
    }

    private static EndpointException Unprotected(Exception failed, S3Service service)
    {
        var reason = EndpointPath.Printable((failed.InnerException ?? failed).Message).TrimEnd('.');
        var next = failed.Message.Contains("certificate", StringComparison.OrdinalIgnoreCase)
            ? "An authority of one's own is trusted by the setting 'ca' (its certificate, as PEM) or 'ca_file' (a file of such), or when it is one of this machine's (update-ca-certificates)."
            : "A server without TLS has an 'endpoint' that begins with http://.";
        return new EndpointException(EndpointError.Disconnected, $"No protected connection to {service.ServiceUri.Authority}: {reason}. {next}", innerException: failed);
    }

    public static EndpointException TimedOut(S3Service service, string about) =>
        new(EndpointError.TimedOut, $"{service.ServiceUri.Authority} was silent for too long over '{about}'.", isTransient: true);

    private static EndpointException OfStatus(Answer answer, S3Service service, string about, string said) => (int)answer.Status switch
    {
        401 => new EndpointException(EndpointError.LoginRefused, $"{service.ServiceUri.Authority} refused the login{said}."),
        403 => Denied(about, service, said),
        404 => new EndpointException(EndpointError.NotFound, $"There is nothing at '{about}'{said}."),
        301 or 302 or 307 or 308 => WrongRegion(answer, service, said),
        408 => new EndpointException(EndpointError.TimedOut, $"{service.ServiceUri.Authority} waited too long for '{about}'.", isTransient: true),
        412 => new EndpointException(EndpointError.ContentDiffers, $"'{about}' was changed while it was read.", isTransient: true),
        416 => new EndpointException(EndpointError.ContentDiffers, $"'{about}' is shorter than it was.", isTransient: true),
        429 or >= 500 and not 501 => Busy(answer, service, about, said),
        501 => new EndpointException(EndpointError.NotSupported, $"{service.ServiceUri.Authority} cannot do that with '{about}'{said}."),
        >= 200 and < 300 => new EndpointException(EndpointError.Other, $"{service.ServiceUri.Authority} failed after it had begun to answer over '{about}'{said}.", isTransient: true),
        _ => new EndpointException(EndpointError.Other, $"{service.ServiceUri.Authority} refused '{about}' with status {(int)answer.Status}{said}."),
    };

    private static EndpointException Busy(Answer answer, S3Service service, string about, string said) =>
        new(EndpointError.Other, $"{service.ServiceUri.Authority} cannot serve '{about}' now, status {(int)answer.Status}{said}.", isTransient: true) { RetryAfter = answer.RetryAfter };

    private static EndpointException Bucket(string message) => new(EndpointError.BadSetting, message) { Phase = "bucket" };

    private static EndpointException Denied(string about, S3Service service, string said) =>
        new(EndpointError.PermissionDenied, $"These keys may not do that with '{about}' in {service.Place}{said}.");

    private static EndpointException WrongRegion(Answer answer, S3Service service, string said) => Bucket(
        answer.Region is { Length: > 0 } region && region != service.Region
            ? $"The bucket '{service.Bucket}' is in the region '{EndpointPath.Printable(region)}', and not in '{service.Region}': give region={EndpointPath.Printable(region)}."
            : $"The bucket '{service.Bucket}' is not served at {service.ServiceUri.Authority} (region '{service.Region}'){said}. Correct 'region' or 'endpoint'.");

    /// <summary>The server's own words, shortened, without line ends: ", says it: InvalidPart: …".</summary>
    private static string Said(Answer answer)
    {
        var words = string.Join(": ", new[] { answer.Code, answer.Message }.Where(word => !string.IsNullOrWhiteSpace(word)));
        words = EndpointPath.Printable(words.Length > ServerTextMax ? words[..ServerTextMax] + "…" : words).TrimEnd('.');
        return words.Length == 0 ? "" : $" ({words})";
    }

    private static string Clock(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss 'UTC'", CultureInfo.InvariantCulture);
}
