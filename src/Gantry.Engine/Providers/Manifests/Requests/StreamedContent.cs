using System.Net;
using System.Text;

namespace Gantry.Engine.Providers.Manifests.Requests;

/// <summary>Texts and files one after the other, read while they are sent; the length is known beforehand.</summary>
internal sealed class StreamedContent(IReadOnlyList<ContentPart> parts) : HttpContent
{
    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        foreach (var part in parts)
        {
            if (part.File is { } file)
            {
                await using var content = await file.OpenReadAsync(cancellationToken);
                await content.CopyToAsync(stream, cancellationToken);
            }
            else
            {
                await stream.WriteAsync(part.Bytes, cancellationToken);
            }
        }
    }

    protected override bool TryComputeLength(out long length)
    {
        length = parts.Sum(part => part.File?.Length ?? part.Bytes.Length);
        return true;
    }
}

/// <summary>Bytes, or a file.</summary>
internal readonly record struct ContentPart(ReadOnlyMemory<byte> Bytes, FileSource? File)
{
    public static ContentPart Of(string text) => new(Encoding.UTF8.GetBytes(text), null);
}
