using Gantry.Engine.Endpoints;

namespace Gantry.Plugins.Endpoints.S3;

internal sealed partial class S3Endpoint : IPresigns
{
    private static readonly TimeSpan LifetimeMax = TimeSpan.FromDays(7);

    public async ValueTask<string> PresignAsync(string path, TimeSpan lifetime, bool isUpload, CancellationToken cancellationToken)
    {
        EndpointPath.CheckBelowRoot(path);
        if (lifetime <= TimeSpan.Zero || lifetime > LifetimeMax)
        {
            throw new EndpointException(EndpointError.BadSetting, "A link to a file lives for a second at least and seven days at most.");
        }

        return await login.KeysAsync(cancellationToken).ConfigureAwait(false) is not null
            ? await control.LinkAsync(keys.Of(path), lifetime, isUpload, cancellationToken).ConfigureAwait(false)
            : throw new EndpointException(EndpointError.NotSupported, $"'{Address}' is opened without keys, and a link is signed by them.");
    }

    private async ValueTask<S3RangedWrite> BeginPartsAsync(string path, long? length, WriteOptions options, CancellationToken cancellationToken)
    {
        if (length is { } known && options.EarlierPartialName is not null
            && await multipart.TakeOverAsync(path, known, options, cancellationToken).ConfigureAwait(false) is { } taken)
        {
            return new S3RangedWrite(multipart, path, options, taken.Upload, taken.Parts);
        }

        var upload = await multipart.BeginAsync(path, length, options, cancellationToken).ConfigureAwait(false);
        return new S3RangedWrite(multipart, path, options, upload, []);
    }

    /// <summary>An upload whose marker goes is wanted no more: its parts would lie there for ever, unseen and paid for.</summary>
    private async ValueTask AbortMarkedAsync(string path, CancellationToken cancellationToken)
    {
        if (await multipart.ReadMarkerAsync(path, cancellationToken).ConfigureAwait(false) is { } upload && keys.Holds(upload.Key))
        {
            await multipart.AbortAsync(upload, path, cancellationToken).ConfigureAwait(false);
        }
    }
}
