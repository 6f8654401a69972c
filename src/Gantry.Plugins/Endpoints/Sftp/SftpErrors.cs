using Gantry.Engine.Endpoints;

namespace Gantry.Plugins.Endpoints.Sftp;

/// <summary>A server's "no" as an exception that says what to do.</summary>
internal static class SftpErrors
{
    /// <param name="reply">The status.</param>
    /// <param name="place">Where, for the message: "sftp://host/path/file".</param>
    /// <param name="action">What was tried: "read", "written".</param>
    public static EndpointException Of(SftpReply reply, string place, string action)
    {
        var words = reply.Message.Length == 0 || reply.Message.Equals("Failure", StringComparison.OrdinalIgnoreCase) ? "" : $" The server says: {reply.Message}";
        return reply.Status switch
        {
            SftpStatus.Ok => new(EndpointError.Protocol, $"'{place}' could not be {action}: the server says that all is well, and gives nothing."),
            SftpStatus.NoSuchFile => new(EndpointError.NotFound, $"There is nothing at '{place}'."),
            SftpStatus.PermissionDenied => new(
                EndpointError.PermissionDenied, $"The login may not do that: '{place}' could not be {action}. Check owner and permissions on the server.{words}"),
            SftpStatus.Unsupported => new(EndpointError.NotSupported, $"'{place}' could not be {action}: the server does not support that.{words}"),
            SftpStatus.NoConnection or SftpStatus.ConnectionLost => new(
                EndpointError.Disconnected, $"'{place}' could not be {action}: the server lost its own connection.{words}", isTransient: true),
            SftpStatus.BadMessage => new(EndpointError.Protocol, $"'{place}' could not be {action}: the server did not understand the request.{words}"),
            SftpStatus.EndOfFile => new(EndpointError.Protocol, $"'{place}' could not be {action}: the server answered with an unexpected end of file."),
            _ => new(EndpointError.Other, $"'{place}' could not be {action}; the server gives no reason.{words}"),
        };
    }
}
