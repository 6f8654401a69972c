using Gantry.Engine.Endpoints;

namespace Gantry.Plugins.Endpoints.Rclone;

/// <summary>
/// What rclone's words mean. It passes on what each of its many systems says, so that the words are all there is; what is in no line here stays as it is.
/// </summary>
internal static class RcloneErrors
{
    private const string ServerWords = "The server says: ";

    private sealed record Meaning(EndpointError Error, bool IsTransient, string Advice, params string[] Parts);

    // The first that fits counts. SMB's texts are those of [MS-ERREF] as Go's client writes them.
    private static readonly Meaning[] meanings =
    [
        new(EndpointError.BadSetting, false, "Name a remote of rclone.conf; 'rclone listremotes' lists them.", "didn't find section in config file"),
        new(EndpointError.BadSetting, false, "'rclone help backends' lists the systems that this rclone knows.", "didn't find backend called"),
        new(EndpointError.BadSetting, false, "Is rclone.conf readable, and RCLONE_CONFIG_PASS set if it is encrypted?", "Couldn't decrypt configuration", "Failed to load config", "unable to decrypt configuration"),
        new(EndpointError.NotSupported, false, "Gantry needs rclone 1.60 or later; see https://rclone.org/downloads.", "unknown flag:", "unknown command"),
        new(EndpointError.LoginRefused, false, "Check the user's name, the domain and the password.",
            "attempted logon is invalid", "STATUS_LOGON_FAILURE", "bad username or authentication", "account has been automatically locked", "account is currently disabled",
            "password has expired", "password must be changed", "account has expired", "401 Unauthorized", "invalid_grant", "unable to authenticate", "InvalidAccessKeyId", "SignatureDoesNotMatch",
            "530 Login", "couldn't login", "invalid_client"),
        new(EndpointError.NotFound, false, "Check the share's name; a hidden one ends in '$'.", "Network Name Not Found", "specified share name cannot be found", "BAD_NETWORK_NAME"),
        new(EndpointError.NoSpace, false, "Make room there, or raise the quota.",
            "Disk Full", "disk was full", "DISK_FULL", "no space left", "Insufficient Storage", "507 ", "quota exceeded", "QuotaExceeded", "QUOTA_EXCEEDED", "There is not enough space"),
        new(EndpointError.PermissionDenied, false, "Check what the login may do there.", "Access Denied", "ACCESS_DENIED", "permission denied", "403 Forbidden", "AccessDenied", "operation not permitted", "read-only file system", "Media Write Protected"),
        new(EndpointError.BadPath, false, "The system behind it cannot hold this name.",
            "file name too long", "name is too long", "object name is invalid", "Object Name Not Found Path Invalid", "volume label syntax is incorrect", "OBJECT_NAME_INVALID", "NAME_TOO_LONG"),
        new(EndpointError.NotFound, false, "Somebody removed it meanwhile.", "file does not exist", "no such file or directory", "object not found", "Object Name Not Found", "OBJECT_NAME_NOT_FOUND"),
        new(EndpointError.ContentDiffers, true, "It was removed again.", "corrupted on transfer"),
        new(EndpointError.NotSupported, false, "Files are written under a temporary name, which this system cannot change.", "can't rename files"),
        new(EndpointError.Disconnected, false, "Check the host's spelling and this machine's DNS.", "no such host"),
        new(EndpointError.Disconnected, false, "An authority of one's own is trusted by the setting 'ca_file', or when it is one of this machine's (update-ca-certificates).", "x509: "),
        new(EndpointError.TimedOut, true, "The server does not answer (the setting 'timeout' tells how long it may be silent).", "i/o timeout", "deadline exceeded", "TLS handshake timeout", "timeout awaiting response headers"),
        new(EndpointError.Disconnected, true, "Is the server running, and is the port right?", "connection refused"),
        new(EndpointError.Disconnected, true, "The server cannot be reached.",
            "connection reset", "connection error", "broken pipe", "no route to host", "network is unreachable", "use of closed network connection", "unexpected EOF", "connection closed", "NETWORK_NAME_DELETED", "NETWORK_SESSION_EXPIRED", "USER_SESSION_DELETED"),
        // Version 1.60 does so where a connection is lost between two of its questions.
        new(EndpointError.Disconnected, true, "That is an error of rclone's own, as lost connections bring about.", "panic received"),

        // A server that takes longer says so first, without a signature, and Go's client takes that for a forged answer.
        new(EndpointError.Protocol, true, "It took the server longer than rclone understands where answers are signed; try again, or have the share encrypted.", "signing required"),
        // Rclone removes what it replaces before it renames.
        new(EndpointError.Other, true, "Another writer was at the same file.", "file already exists", "Object Name Collision", "OBJECT_NAME_COLLISION"),
        new(EndpointError.Other, true, "The server may manage it later.",
            "423 Locked", "500 Internal", "502 ", "503 ", "504 ", "429 ", "Too Many Requests", "rate limit", "rateLimitExceeded", "SlowDown", "Sharing Violation", "SHARING_VIOLATION", "being used by another process"),
    ];

    /// <summary>What these words say, in a sentence that names the place.</summary>
    /// <param name="words">Rclone's, of one line.</param>
    /// <param name="place">What could not be reached or done: "smb://host/share cannot be reached".</param>
    /// <param name="reason">Kept inside; null when there is none.</param>
    public static EndpointException Of(string words, string place, Exception? reason = null)
    {
        // Where its own code was is of no use to anybody here.
        var trace = words.IndexOf("goroutine ", StringComparison.Ordinal);
        words = EndpointPath.Printable(trace < 0 ? words : words[..trace].Trim()).Trim().TrimEnd('.');
        return Find(words) is { } meaning
            ? new EndpointException(meaning.Error, $"{place}: {words}. {meaning.Advice}", meaning.IsTransient, reason)
            : new EndpointException(EndpointError.Other, words.Length == 0 ? $"{place}." : $"{place}: {words}.", isTransient: false, reason);
    }

    /// <summary>The same failure, with what the words in it mean. One that says what it is stays as it is.</summary>
    public static EndpointException Refine(EndpointException failure)
    {
        var start = failure.Message.IndexOf(ServerWords, StringComparison.Ordinal);
        if (failure.Error != EndpointError.Other || start < 0 || Find(failure.Message[start..]) is not { } meaning)
        {
            return failure;
        }

        return new EndpointException(meaning.Error, $"{failure.Message.TrimEnd('.')}. {meaning.Advice}", meaning.IsTransient, failure);
    }

    private static Meaning? Find(string words) =>
        Array.Find(meanings, meaning => Array.Exists(meaning.Parts, part => words.Contains(part, StringComparison.OrdinalIgnoreCase)));
}
