using Gantry.Engine.Endpoints.Limits;

namespace Gantry.Engine.Transfers;

/// <summary>The address of a folder or a file to transfer.</summary>
/// <param name="Address">As it was written.</param>
/// <param name="KeepName">A folder arrives in a folder of its own name instead of only its content.</param>
public sealed record SourceAddress(string Address, bool KeepName);

/// <summary>The addresses of a transfer, and what has to be known to open them.</summary>
public sealed record TransferAddresses
{
    public required IReadOnlyList<SourceAddress> Sources { get; init; }

    /// <summary>May hold variables when there are <see cref="Values"/>.</summary>
    public required string Target { get; init; }

    /// <summary>What variables in the target mean; null takes braces as they are.</summary>
    public TemplateValues? Values { get; init; }

    /// <summary>
    /// Where what would be overwritten or deleted is kept: a folder inside of the target, or the address of one on the same endpoint. Null keeps nothing.
    /// </summary>
    public string? Backup { get; init; }

    /// <summary>Null leaves it to the endpoints' limits.</summary>
    public TransferPriority? Priority { get; init; }

    /// <summary>Told when a place at a limited endpoint has to be waited for.</summary>
    public Action? OnWaiting { get; init; }
}
