using System.Globalization;
using Gantry.Engine.Endpoints;
using Gantry.Engine.Endpoints.Limits;
using Gantry.Hub.Web;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Net.Http.Headers;

namespace Gantry.Hub.Endpoints.Files;

/// <summary>What is in files, read and written as it flows: no file is ever whole in memory, and the endpoint's bandwidth holds as for transfers.</summary>
internal static class ContentRoutes
{
    public static async Task ReadAsync(
        HttpContext context, string name, Caller caller, OpenEndpoints endpoints, EndpointAccess access, string? path, string? inline, CancellationToken cancellationToken)
    {
        FileRoutes.CheckBelowRoot(path);
        var isInline = Flag("inline", inline);
        await using var use = await endpoints.EnterAsync(caller, name, cancellationToken);
        try
        {
            var entry = await use.Endpoint.FindAsync(path!, cancellationToken)
                ?? throw new EndpointException(EndpointError.NotFound, $"There is no file at '{EndpointPath.Printable(path!)}'.");
            if (entry.Kind == EntryKind.Folder)
                throw new EndpointException(EndpointError.IsAFolder, $"'{EndpointPath.Printable(path!)}' is a folder. A transfer copies it.");
            var range = ByteRange.Of(context.Request.Headers, entry);
            SetHeaders(context.Response, path!, entry, range, isInline);
            if (range is { IsEmpty: true })
                return;
            await using var content = await use.Endpoint.OpenReadAsync(path!, range?.Offset ?? 0, entry.Kind == EntryKind.File ? entry.Size : null, cancellationToken);
            if (range is null or { Offset: 0 })
                await FileRoutes.RecordAsync(access, caller, context, "file.read", name, new { Path = path });
            using var share = await use.Limits.EnterAsync(TransferPriority.High, cancellationToken);
            await CopyAsync(content, context.Response.Body, range?.Length ?? SizeOf(entry), share, cancellationToken);
        }
        catch (EndpointException failure)
        {
            throw use.Problem(failure);
        }
    }

    public static async Task<IResult> WriteAsync(
        HttpContext context, string name, Caller caller, OpenEndpoints endpoints, EndpointAccess access, string? path, string? overwrite, string? modified_at,
        CancellationToken cancellationToken)
    {
        FileRoutes.CheckBelowRoot(path);
        var (mayReplace, modifiedAt) = (Flag("overwrite", overwrite), TimeOf(modified_at));

        // A file may be of any length: it goes through, and the endpoint says when it is full.
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } bound)
            bound.MaxRequestBodySize = null;
        await using var use = await endpoints.EnterAsync(caller, name, cancellationToken);
        var (written, isNew) = await use.DoAsync(async endpoint =>
        {
            var there = await endpoint.FindAsync(path!, cancellationToken);
            if (there is { Kind: EntryKind.Folder })
                throw new EndpointException(EndpointError.IsAFolder, $"'{EndpointPath.Printable(path!)}' is a folder.");
            if (there is not null && !mayReplace)
                throw new EndpointException(EndpointError.AlreadyExists, $"There is a file '{EndpointPath.Printable(path!)}' already. With ?overwrite=true it is replaced.");
            var length = context.Request.ContentLength;
            using var share = await use.Limits.EnterAsync(TransferPriority.High, cancellationToken);
            await using var content = new PacedStream(context.Request.Body, share, cancellationToken);
            var options = new WriteOptions { PartialName = PartialName.Of(EndpointPath.NameOf(path!), length, modifiedAt, $"{Guid.CreateVersion7():N}"), Length = length, ModifiedAt = modifiedAt };
            return (await endpoint.WriteAsync(path!, content, options, cancellationToken), there is null);
        });
        await FileRoutes.RecordAsync(access, caller, context, isNew ? "file.created" : "file.replaced", name, new { Path = path, Bytes = written.Size });
        var view = FileView.Of(written);
        return isNew ? TypedResults.Created((string?)null, view) : TypedResults.Ok(view);
    }

    /// <summary>Of an answer that is a file: nothing in it ever runs as a page of the hub.</summary>
    internal static void SetHeaders(HttpResponse response, string path, Entry entry, ByteRange? range, bool isInline)
    {
        var shown = isInline ? SafeContent.TypeOf(path) : null;
        response.ContentType = shown ?? "application/octet-stream";
        var disposition = new ContentDispositionHeaderValue(shown is null ? "attachment" : "inline");
        disposition.SetHttpFileName(EndpointPath.AsText(EndpointPath.NameOf(path)));
        response.Headers.ContentDisposition = disposition.ToString();
        response.Headers.ContentSecurityPolicy = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; sandbox";
        if (ByteRange.TagOf(entry) is { } tag)
            response.Headers.ETag = tag;
        if (SizeOf(entry) is not { } size)
            return;
        response.Headers.AcceptRanges = "bytes";
        if (range is null)
        {
            response.ContentLength = size;
            return;
        }

        response.StatusCode = range.IsEmpty ? StatusCodes.Status416RangeNotSatisfiable : StatusCodes.Status206PartialContent;
        response.Headers.ContentRange = range.IsEmpty ? $"bytes */{size}" : $"bytes {range.Offset}-{range.Offset + range.Length - 1}/{size}";
        response.ContentLength = range.Length;
    }

    /// <summary>What is shorter than was said is cut off by the server, so that nobody takes it for whole.</summary>
    private static async Task CopyAsync(Stream content, Stream body, long? length, EndpointShare share, CancellationToken cancellationToken)
    {
        var buffer = new byte[256 * 1024];
        for (var left = length ?? long.MaxValue; left > 0;)
        {
            var wanted = (int)Math.Min(left, share.ChunkBytesOf(BandwidthDirection.Down));
            var count = await content.ReadAsync(buffer.AsMemory(0, wanted), cancellationToken);
            if (count == 0)
                return;
            await share.PassAsync(BandwidthDirection.Down, count, cancellationToken);
            await body.WriteAsync(buffer.AsMemory(0, count), cancellationToken);
            left -= count;
        }
    }

    private static long? SizeOf(Entry entry) => entry.Kind == EntryKind.File ? entry.Size : null;

    private static bool Flag(string name, string? text) => text switch
    {
        null or "false" => false,
        "true" => true,
        _ => throw ProblemException.Invalid($"The parameter '{name}' is \"true\" or \"false\"."),
    };

    private static DateTimeOffset? TimeOf(string? text)
    {
        if (text is null)
            return null;
        return DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var time) ? time
            : throw ProblemException.Invalid("The parameter 'modified_at' is a time such as 2026-01-31T08:00:00Z.");
    }

    /// <summary>A body as fast as the endpoint's bandwidth lets it pass.</summary>
    private sealed class PacedStream(Stream body, EndpointShare share, CancellationToken aborted) : ContentStream(body)
    {
        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            var count = await Inner.ReadAsync(buffer[..Math.Min(buffer.Length, share.ChunkBytesOf(BandwidthDirection.Up))], cancellationToken);
            await share.PassAsync(BandwidthDirection.Up, count, aborted);
            return count;
        }
    }
}
