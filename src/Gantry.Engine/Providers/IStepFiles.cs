namespace Gantry.Engine.Providers;

/// <summary>Where a step leaves a file that it was answered with and that nobody named a place for. Later steps of the execution find it by its address.</summary>
public interface IStepFiles
{
    /// <summary>Keeps the content as it flows: whole, or not at all.</summary>
    /// <param name="stepPath">Which step it is of.</param>
    /// <param name="attempt">Which attempt at it.</param>
    /// <param name="head">What is known of it beforehand.</param>
    /// <param name="content">Its bytes, in order.</param>
    /// <param name="cancellationToken">Ends it; nothing is kept then.</param>
    /// <exception cref="ProviderException">It is longer than is kept, or there is no room for it.</exception>
    Task<StepFile> KeepAsync(string stepPath, int attempt, StepFileHead head, Stream content, CancellationToken cancellationToken);
}

/// <summary>A file before it came.</summary>
/// <param name="Name">A single name, such as "report.pdf".</param>
/// <param name="ContentType">As whoever sends it says.</param>
/// <param name="Length">In bytes; null when it was not said.</param>
public sealed record StepFileHead(string Name, string ContentType, long? Length);

/// <summary>A file that is kept.</summary>
/// <param name="Address">By which it is opened wherever an address can stand.</param>
/// <param name="Id">By which the hub's API knows it; null where there is no hub.</param>
/// <param name="Name">A single name.</param>
/// <param name="Size">In bytes.</param>
/// <param name="Sha256">Lower-case hexadecimal.</param>
public sealed record StepFile(string Address, string? Id, string Name, long Size, string Sha256);
