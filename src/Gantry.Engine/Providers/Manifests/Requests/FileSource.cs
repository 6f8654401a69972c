using Gantry.Engine.Endpoints;
using Gantry.Engine.Transfers;

namespace Gantry.Engine.Providers.Manifests.Requests;

/// <summary>A file that is sent: of an endpoint, read while it is sent, or a small one that stands in a data: URI.</summary>
internal sealed class FileSource : IAsyncDisposable
{
    private readonly IEndpoint? endpoint;
    private readonly byte[]? bytes;

    private FileSource(string name, string type, long length, IEndpoint? endpoint, byte[]? bytes) =>
        (Name, Type, Length, this.endpoint, this.bytes) = (name, type, length, endpoint, bytes);

    public string Name { get; }

    public string Type { get; }

    public long Length { get; }

    public static async ValueTask<FileSource> OpenAsync(string address, IEndpointOpener endpoints, string parameter, CancellationToken cancellationToken)
    {
        if (DataUri.TryRead(address) is { } data)
        {
            return new(data.Name ?? parameter, data.Type, data.Bytes.Length, null, data.Bytes);
        }

        var (folder, name) = TransferPlaces.Split(address)
            ?? throw new EndpointException(EndpointError.BadSetting, $"'{EndpointPath.Printable(address)}' of the parameter '{parameter}' is no file in a folder that could be opened.");
        var endpoint = await endpoints.OpenAsync(folder, cancellationToken);
        try
        {
            return await endpoint.FindAsync(name, cancellationToken) is { Kind: EntryKind.File } entry
                ? new(name, MediaTypes.Of(name), entry.Size, endpoint, null)
                : throw new EndpointException(EndpointError.NotFound, $"There is no file at '{EndpointPath.Printable(address)}', which the parameter '{parameter}' names.");
        }
        catch
        {
            await endpoint.DisposeAsync();
            throw;
        }
    }

    public async ValueTask<Stream> OpenReadAsync(CancellationToken cancellationToken) =>
        bytes is not null ? new MemoryStream(bytes, writable: false) : await endpoint!.OpenReadAsync(Name, 0, Length, cancellationToken);

    public ValueTask DisposeAsync() => endpoint?.DisposeAsync() ?? ValueTask.CompletedTask;
}

/// <summary>RFC 2397: a small file where an address could stand.</summary>
internal static class DataUri
{
    private const string Scheme = "data:";

    public static (string? Name, string Type, byte[] Bytes)? TryRead(string text)
    {
        if (!text.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) || text.IndexOf(',', StringComparison.Ordinal) is not (> 0 and var comma))
        {
            return null;
        }

        var parts = text[Scheme.Length..comma].Split(';');
        var type = parts[0].Contains('/', StringComparison.Ordinal) ? parts[0] : "text/plain";
        if (!MediaTypes.IsOne(type))
        {
            throw Bad($"The data: URI of a file says that it is '{EndpointPath.Printable(type.Length > 100 ? type[..100] + "…" : type)}', which is no media type such as 'text/plain'.");
        }

        var isBase64 = parts[^1].Equals("base64", StringComparison.OrdinalIgnoreCase);
        var name = parts.FirstOrDefault(part => part.StartsWith("name=", StringComparison.OrdinalIgnoreCase))?[5..];
        try
        {
            var bytes = isBase64 ? Convert.FromBase64String(text[(comma + 1)..]) : System.Text.Encoding.UTF8.GetBytes(Uri.UnescapeDataString(text[(comma + 1)..]));
            return (name is null ? null : Uri.UnescapeDataString(name), type, bytes);
        }
        catch (FormatException)
        {
            throw Bad("The data: URI of a file holds what is not Base64.");
        }
    }

    private static ProviderException Bad(string message) => new(new ProviderError { Kind = ProviderErrorKind.BadRequest, Message = message });
}

/// <summary>What vendors look at more than at the content.</summary>
internal static class MediaTypes
{
    private static readonly Dictionary<string, string> ByExtension = new(StringComparer.OrdinalIgnoreCase)
    {
        [".txt"] = "text/plain",
        [".md"] = "text/markdown",
        [".csv"] = "text/csv",
        [".html"] = "text/html",
        [".css"] = "text/css",
        [".js"] = "text/javascript",
        [".json"] = "application/json",
        [".jsonl"] = "application/x-ndjson",
        [".xml"] = "application/xml",
        [".pdf"] = "application/pdf",
        [".zip"] = "application/zip",
        [".gz"] = "application/gzip",
        [".png"] = "image/png",
        [".jpg"] = "image/jpeg",
        [".jpeg"] = "image/jpeg",
        [".gif"] = "image/gif",
        [".webp"] = "image/webp",
        [".svg"] = "image/svg+xml",
        [".mp3"] = "audio/mpeg",
        [".m4a"] = "audio/mp4",
        [".wav"] = "audio/wav",
        [".ogg"] = "audio/ogg",
        [".flac"] = "audio/flac",
        [".mp4"] = "video/mp4",
        [".mov"] = "video/quicktime",
        [".webm"] = "video/webm",
        [".doc"] = "application/msword",
        [".docx"] = "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        [".xlsx"] = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        [".pptx"] = "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    };

    /// <summary>Whether it is a type and a subtype (RFC 9110) and nothing else, so that it can stand in a header.</summary>
    public static bool IsOne(string text) => text.Split('/') is [var type, var subtype] && IsToken(type) && IsToken(subtype);

    private static bool IsToken(string text) => text.Length > 0 && text.All(character => char.IsAsciiLetterOrDigit(character) || "!#$%&'*+-.^_`|~".Contains(character, StringComparison.Ordinal));

    public static string Of(string name) => ByExtension.GetValueOrDefault(Path.GetExtension(name), "application/octet-stream");

    /// <summary>With its dot; empty when the type is not known.</summary>
    public static string ExtensionOf(string type) => ByExtension.FirstOrDefault(pair => pair.Value.Equals(type, StringComparison.OrdinalIgnoreCase)).Key ?? "";
}
