using Gantry.Engine.Endpoints;

namespace Gantry.Engine.Transfers;

/// <summary>
/// A short transfer to nowhere. A program that lives for a second spends a good part of it on compiling what it runs for the first time;
/// while the connection is being made, the processor is idle and this is done for nothing.
/// </summary>
public static class TransferRehearsal
{
    /// <summary>Ends when it is through, or when the real thing can begin.</summary>
    /// <param name="source">A place with a few small files, of the kind that will be read.</param>
    /// <param name="selection">Which of them.</param>
    /// <param name="target">What <see cref="EndpointKind.OpenRehearsal"/> answered.</param>
    /// <param name="cancellationToken">Fires when the real thing can begin.</param>
    public static async Task RunAsync(IEndpoint source, FileSelection selection, IEndpoint target, CancellationToken cancellationToken) =>
        await new TransferRunner(new TransferRequest
        {
            Sources = [new TransferSource { Endpoint = source }],
            Target = new TransferTarget { Endpoint = target },
            Selection = selection,
        }).RunAsync(cancellationToken);
}
