using Gantry.Engine.Endpoints;

namespace Gantry.Engine.Transfers;

/// <summary>While the target was being written, it was the source that failed.</summary>
internal sealed class SourceException(EndpointException failure, bool isChanged) : Exception(failure.Message, failure)
{
    public EndpointException Failure { get; } = failure;

    /// <summary>The file was changed or taken away while it was read.</summary>
    public bool IsChanged { get; } = isChanged || failure.Error == EndpointError.NotFound;
}
