using Gantry.Engine.Endpoints;

namespace Gantry.Engine.Transfers;

/// <summary>It was tried as often as it may be: what remains is to tell the failure.</summary>
internal sealed class GivenUpException(EndpointException failure, bool isAboutSource) : Exception(failure.Message, failure)
{
    public EndpointException Failure { get; } = failure;

    public bool IsAboutSource { get; } = isAboutSource;
}
