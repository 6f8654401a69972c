namespace Gantry.Engine.Endpoints;

public enum EndpointError
{
    NotFound,
    AlreadyExists,
    PermissionDenied,
    NoSpace,
    NotAFolder,
    IsAFolder,
    FolderNotEmpty,

    /// <summary>The name or the path cannot be held or is not allowed here.</summary>
    BadPath,

    /// <summary>The content was not as long as announced, or what arrived is not what was sent.</summary>
    ContentDiffers,

    /// <summary>No connection, or the connection was lost. Everything done on it before its loss stands.</summary>
    Disconnected,

    /// <summary>The server's host key is not the known one, or is not known at all.</summary>
    HostKey,

    /// <summary>The login was refused.</summary>
    LoginRefused,

    /// <summary>A setting is missing or wrong.</summary>
    BadSetting,

    NotSupported,
    TimedOut,

    /// <summary>The peer broke its protocol.</summary>
    Protocol,
    Other,
}

/// <summary>What went wrong at an endpoint, whether to try again, and in a sentence why.</summary>
public sealed class EndpointException : Exception
{
    public EndpointException(EndpointError error, string message, bool isTransient = false, Exception? innerException = null)
        : base(message, innerException)
    {
        Error = error;
        IsTransient = isTransient;
    }

    public EndpointError Error { get; }

    /// <summary>The same call may succeed later, on this endpoint or one opened anew.</summary>
    public bool IsTransient { get; }

    /// <summary>The peer asks not to be asked again before that; null when it said nothing of the kind.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>What it is about where a test of the endpoint would not say so by itself, such as "bucket"; null otherwise.</summary>
    public string? Phase { get; init; }
}
