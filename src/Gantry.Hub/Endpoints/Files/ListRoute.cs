using System.Buffers;
using System.Globalization;
using System.IO.Compression;
using System.Text.Json;
using Gantry.Engine.Endpoints;
using Gantry.Hub.Web;

namespace Gantry.Hub.Endpoints.Files;

/// <summary>A folder, told while it is read: the first names are seen while the last ones are still asked for.</summary>
internal static class ListRoute
{
    public const int LimitDefault = 200_000;
    public const int LimitMax = 1_000_000;
    private const int EntriesOfPart = 500;

    public static async Task ServeAsync(HttpContext context, string name, Caller caller, OpenEndpoints endpoints, string? path, string? limit)
    {
        var countMax = LimitOf(limit);
        await using var use = await endpoints.EnterAsync(caller, name, context.RequestAborted);
        try
        {
            EndpointPath.Check(path ?? "");
            var entries = use.Endpoint.ListAsync(path ?? "", context.RequestAborted).GetAsyncEnumerator(context.RequestAborted);
            await using var closing = entries.ConfigureAwait(false);

            // Whether it can be listed at all is known with the first entry, and then told by the status.
            var hasMore = await entries.MoveNextAsync();
            await WriteAsync(context, entries, hasMore, countMax);
        }
        catch (EndpointException failure)
        {
            throw use.Problem(failure);
        }
    }

    private static async Task WriteAsync(HttpContext context, IAsyncEnumerator<Entry> entries, bool hasMore, int countMax)
    {
        context.Response.ContentType = "application/x-ndjson; charset=utf-8";
        context.Response.Headers["X-Accel-Buffering"] = "no";
        await using var body = BodyOf(context);
        var buffer = new ArrayBufferWriter<byte>(64 * 1024);
        using var json = new Utf8JsonWriter(buffer);
        for (var count = 0; hasMore; count++)
        {
            if (count == countMax)
            {
                buffer.Write("{\"more\":true}\n"u8);
                break;
            }

            json.Reset();
            FileView.Of(entries.Current).Write(json);
            buffer.Write("\n"u8);
            var next = entries.MoveNextAsync();
            if (count % EntriesOfPart == EntriesOfPart - 1 || (!next.IsCompleted && buffer.WrittenCount >= 16 * 1024))
                await FlushAsync(body, buffer, context.RequestAborted);
            hasMore = await next;
        }

        await FlushAsync(body, buffer, context.RequestAborted);
    }

    private static async Task FlushAsync(Stream body, ArrayBufferWriter<byte> buffer, CancellationToken cancellationToken)
    {
        await body.WriteAsync(buffer.WrittenMemory, cancellationToken);
        await body.FlushAsync(cancellationToken);
        buffer.ResetWrittenCount();
    }

    /// <summary>Names repeat themselves, and a folder of 100,000 of them is 12 MB.</summary>
    private static Stream BodyOf(HttpContext context)
    {
        context.Response.Headers.Vary = "Accept-Encoding";
        if (!context.Request.GetTypedHeaders().AcceptEncoding.Any(coding => coding.Value.Equals("gzip", StringComparison.OrdinalIgnoreCase) && coding.Quality is not 0))
            return context.Response.Body;
        context.Response.Headers.ContentEncoding = "gzip";
        return new GZipStream(context.Response.Body, CompressionLevel.Fastest, leaveOpen: true);
    }

    private static int LimitOf(string? text) => text is null ? LimitDefault
        : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var limit) && limit is >= 1 and <= LimitMax ? limit
        : throw ProblemException.Invalid($"The parameter 'limit' is a whole number from 1 to {LimitMax}.");
}
