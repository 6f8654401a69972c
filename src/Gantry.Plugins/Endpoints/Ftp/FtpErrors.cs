using Gantry.Engine.Endpoints;

namespace Gantry.Plugins.Endpoints.Ftp;

/// <summary>A server's "no" as an exception that says what to do. FTP has few codes, so that the words count as well.</summary>
internal static class FtpErrors
{
    private static readonly string[] notFoundWords = ["no such", "not found", "not exist", "doesn't exist", "cannot find", "can't find"];
    private static readonly string[] deniedWords = ["permission", "denied", "not allowed", "forbidden", "prohibited", "read-only", "not permitted", "unauthorized"];
    private static readonly string[] noSpaceWords = ["no space", "disk full", "quota", "insufficient", "not enough space", "exceeded storage", "writing to local file", "error during write to file"];

    /// <param name="manners">Keeps the password out of what the server says.</param>
    /// <param name="reply">The refusal.</param>
    /// <param name="place">Where, for the message: "ftp://host/path/file".</param>
    /// <param name="action">What was tried: "read", "written".</param>
    public static EndpointException Of(FtpManners manners, FtpReply reply, string place, string action)
    {
        var words = $" The server says: {manners.Redact(reply.ToString())}.";
        return KindOf(reply) switch
        {
            EndpointError.NotFound => new(EndpointError.NotFound, $"There is nothing at '{place}'."),
            EndpointError.PermissionDenied => new(
                EndpointError.PermissionDenied, $"The login may not do that: '{place}' could not be {action}. Check owner and permissions on the server.{words}"),
            EndpointError.NoSpace => new(EndpointError.NoSpace, $"There is no space left on the server for '{place}'.{words}"),
            EndpointError.NotSupported => new(EndpointError.NotSupported, $"'{place}' could not be {action}: the server does not support that.{words}"),
            EndpointError.Disconnected => new(EndpointError.Disconnected, $"'{place}' could not be {action}: the connection for the data failed.{words}", isTransient: true),
            EndpointError.BadPath => new(EndpointError.BadPath, $"'{place}' could not be {action}: the server does not take this name.{words}"),
            var error => new(error, $"'{place}' could not be {action}.{words}", isTransient: reply.Code is >= 400 and < 500),
        };
    }

    public static EndpointError KindOf(FtpReply reply) => reply.Code switch
    {
        452 or 552 => EndpointError.NoSpace,
        _ when Any(reply, noSpaceWords) => EndpointError.NoSpace,
        425 or 426 => EndpointError.Disconnected,
        _ when Any(reply, notFoundWords) => EndpointError.NotFound,
        _ when Any(reply, deniedWords) => EndpointError.PermissionDenied,
        _ when reply.Says("is a directory") || reply.Says("not a regular file") => EndpointError.IsAFolder,
        _ when reply.Says("not a directory") => EndpointError.NotAFolder,
        _ when reply.Says("not empty") => EndpointError.FolderNotEmpty,
        _ when reply.Says("name too long") || reply.Says("illegal") || reply.Says("invalid") => EndpointError.BadPath,
        500 or 501 or 502 or 504 or 202 => EndpointError.NotSupported,
        530 or 532 => EndpointError.PermissionDenied,
        553 => EndpointError.PermissionDenied,
        _ => EndpointError.Other,
    };

    private static bool Any(FtpReply reply, string[] words) => words.Any(reply.Says);
}
