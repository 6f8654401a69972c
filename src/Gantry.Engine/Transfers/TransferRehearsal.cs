using Gantry.Engine.Endpoints;

namespace Gantry.Engine.Transfers;

/// <summary>
/// A short transfer to nowhere. A program that lives for a second spends a good part of it on compiling what it runs for the first time;
/// while the connection is being made, the processor is idle and this is done for nothing.
/// </summary>
public static class TransferRehearsal
{
    private const int Folders = 8;
    private const int FilesInEach = 32;
    private const int RoundsMax = 16;

    /// <summary>Ends when it is through, or when the real thing can begin.</summary>
    /// <param name="source">A place with a few small files, of the kind that will be read.</param>
    /// <param name="selection">Which of them.</param>
    /// <param name="target">What <see cref="EndpointKind.OpenRehearsal"/> answered.</param>
    /// <param name="cancellationToken">Fires when the real thing can begin.</param>
    public static async Task RunAsync(IEndpoint source, FileSelection selection, IEndpoint target, CancellationToken cancellationToken)
    {
        var place = new TransferTarget { Endpoint = target };
        await new TransferRunner(new TransferRequest { Sources = [new TransferSource { Endpoint = source }], Target = place, Selection = selection })
            .RunAsync(cancellationToken);

        // What runs often is compiled again, and better: a few rounds bring that forward, too.
        var memory = await FillAsync(cancellationToken);
        for (var round = 0; round < RoundsMax; round++)
        {
            await new TransferRunner(new TransferRequest { Sources = [new TransferSource { Endpoint = memory }], Target = place })
                .RunAsync(cancellationToken);
        }
    }

    private static async Task<MemoryEndpoint> FillAsync(CancellationToken cancellationToken)
    {
        var memory = new MemoryEndpoint("memory:rehearsal");
        var content = new byte[64];
        for (var folder = 0; folder < Folders; folder++)
        {
            await memory.CreateFolderAsync($"{folder}", cancellationToken);
            for (var file = 0; file < FilesInEach; file++)
            {
                var options = new WriteOptions { PartialName = PartialName.Of($"{file}", content.Length, null, "rehearsal"), Length = content.Length };
                await memory.WriteAsync($"{folder}/{file}", new MemoryStream(content), options, cancellationToken);
            }
        }

        return memory;
    }
}
