namespace Gantry.Engine.Endpoints;

/// <summary>An endpoint whose service tells of new files through a queue.</summary>
public interface ITellsOfFiles
{
    /// <param name="queue">The queue's address.</param>
    IFileNotices OpenNotices(string queue);
}

/// <summary>
/// A queue of notices. Each comes at least once, in any order, and again when it is not forgotten in time. Every failure is an <see cref="EndpointException"/>.
/// </summary>
public interface IFileNotices : IAsyncDisposable
{
    /// <summary>Waits for notices for some seconds; empty when none came.</summary>
    Task<IReadOnlyList<FileNotice>> ReceiveAsync(CancellationToken cancellationToken);

    /// <summary>Takes a notice out of the queue.</summary>
    Task ForgetAsync(FileNotice notice, CancellationToken cancellationToken);
}

/// <summary>One message of a queue.</summary>
public sealed record FileNotice
{
    public required string Id { get; init; }

    /// <summary>By which it is taken out of the queue.</summary>
    public required string Handle { get; init; }

    /// <summary>What it tells of; empty for one that is about nothing, such as a test of the set-up.</summary>
    public IReadOnlyList<FileChange> Changes { get; init; } = [];

    /// <summary>Why it cannot be understood; null when it can.</summary>
    public string? Problem { get; init; }

    /// <summary>Its text, for one that cannot be understood.</summary>
    public string? Text { get; init; }
}

/// <summary>One file that was stored, or went.</summary>
public sealed record FileChange
{
    /// <summary>What the service calls it: "ObjectCreated:Put".</summary>
    public required string Event { get; init; }

    /// <summary>A file was stored, whatever way.</summary>
    public required bool IsArrival { get; init; }

    /// <summary>Relative to the endpoint's root; null when it is not below it.</summary>
    public string? Path { get; init; }

    /// <summary>The service's own name for the place, for messages.</summary>
    public required string Place { get; init; }

    public long? Size { get; init; }

    public string? ETag { get; init; }

    public string? Version { get; init; }

    /// <summary>Grows from change to change of the same file, compared as texts of the same length; null when the service does not tell.</summary>
    public string? Order { get; init; }

    public DateTimeOffset? At { get; init; }
}
