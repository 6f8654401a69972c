using System.Collections.Concurrent;
using System.Net;
using Gantry.Engine.Endpoints;

namespace Gantry.Plugins.Endpoints.S3;

/// <summary>Small files on the short way: one request each, on a line that is kept.</summary>
internal sealed partial class S3Endpoint : IFetchesWhole, IWritesWhole
{
    private const int RefusalsMax = 4096;

    /// <summary>Why files were refused on the short way: told by the long one, which the caller turns to, before anything is sent again.</summary>
    private readonly ConcurrentDictionary<string, EndpointException> refusals = new(StringComparer.Ordinal);

    public async ValueTask<FetchedFile?> FetchWholeAsync(string path, Memory<byte> buffer, CancellationToken cancellationToken)
    {
        EndpointPath.CheckBelowRoot(path);
        cancellationToken.ThrowIfCancellationRequested();
        var key = keys.Of(path);
        versions.TryRemove(key, out _);
        var answer = await wire.AskLineAsync(new S3Request(HttpMethod.Get, key) { About = About(path) }, buffer, cancellationToken).ConfigureAwait(false);
        return answer is { Status: HttpStatusCode.OK } ? new FetchedFile(answer.Length, S3Metadata.DetailsOf(answer.Headers)) : null;
    }

    public bool TryBeginWrite(string path, ReadOnlyMemory<byte> content, WriteOptions options, IWholeWriteReceiver receiver, CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested || options.Length != content.Length || refusals.ContainsKey(path))
        {
            return false;
        }

        try
        {
            EndpointPath.CheckBelowRoot(path);
            var key = keys.Of(path);
            return wire.Lines.TryAdd(new S3QuickWrite(
                path, () => PutRequest(path, key, content, options), receiver, answer => Remember(path, answer), cancellationToken));
        }
        catch (EndpointException)
        {
            // The long way meets the same, and tells it.
            return false;
        }
    }

    private void Remember(string path, S3Answer answer)
    {
        if (refusals.Count >= RefusalsMax)
        {
            refusals.Clear();
        }

        refusals[path] = wire.FailureOf(answer, About(path));
    }

    private void ThrowRefusal(string path)
    {
        if (refusals.TryRemove(path, out var refusal))
        {
            throw refusal;
        }
    }
}
