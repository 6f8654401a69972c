namespace Gantry.Engine.Endpoints;

/// <summary>A program to be run at a server, as the login there.</summary>
public sealed record HostCommand
{
    /// <summary>The program and its arguments. Each arrives as it is, whatever is in it.</summary>
    public required IReadOnlyList<string> Words { get; init; }

    /// <summary>What it reads; then its input ends.</summary>
    public ReadOnlyMemory<byte> Input { get; init; }

    /// <summary>Hears what it writes, while it does.</summary>
    public required Action<ReadOnlyMemory<byte>> OnOutput { get; init; }

    /// <summary>Hears what it writes to its standard error, while it does.</summary>
    public required Action<ReadOnlyMemory<byte>> OnErrors { get; init; }
}

/// <summary>A kind whose servers also run programs.</summary>
public interface IRunsCommands
{
    /// <summary>
    /// Runs it to its end, and answers its exit status; null when a signal ended it. Cancelling ends the program as well, as far as the server can still be reached.
    /// What keeps it from being run is an <see cref="EndpointException"/>, which is not transient from where on it may have begun.
    /// </summary>
    Task<int?> RunAsync(EndpointSettings settings, EndpointContext context, HostCommand command, CancellationToken cancellationToken);
}
