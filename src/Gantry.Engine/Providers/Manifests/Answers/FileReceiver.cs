using System.Text;
using System.Text.Json;
using Gantry.Engine.Endpoints;
using Gantry.Engine.Providers.Manifests.Requests;
using Gantry.Engine.Providers.Web;
using Gantry.Engine.Transfers;

namespace Gantry.Engine.Providers.Manifests.Answers;

/// <summary>Takes an answer that is a file while it comes: to the address that is given, or to where files of the execution are kept.</summary>
/// <param name="address">The file's, or a folder's with '/' at its end, where the file gets the name that the vendor gives it; null when none is given.</param>
/// <param name="call">Whose answer it is.</param>
/// <param name="response">What the manifest says of it.</param>
/// <param name="errors">How an answer that is fine by its status may still be an error.</param>
internal sealed class FileReceiver(string? address, ProviderCall call, ManifestResponse response, ManifestErrors errors)
{
    /// <summary>An error in an answer that should be a file is shorter.</summary>
    private const long ErrorBytesMax = 1024 * 1024;

    private const int NameBytesMax = 200;

    /// <summary>Whether it is taken while it comes. What may be an error all the same is read first.</summary>
    public bool Takes(WebAnswer head)
    {
        var isFile = response.Form == AnswerForm.File || (response.Form is null && AnswerBody.IsFileType(head.MediaType));
        var mayBeError = errors.When is not null && AnswerBody.IsTreeType(head.MediaType) && LengthOf(head) is null or <= ErrorBytesMax;
        return isFile && head.Status != System.Net.HttpStatusCode.NoContent && !mayBeError;
    }

    /// <summary>What the step answers: {file, name, content_type, size}, and of one that is kept with the execution also {id, sha256}.</summary>
    public async Task<JsonElement> ReceiveAsync(WebAnswer head, Stream content, CancellationToken cancellationToken)
    {
        var type = head.MediaType ?? "application/octet-stream";
        var name = NameOf(head) ?? "file" + MediaTypes.ExtensionOf(type);
        if (address is not null)
        {
            var (target, written, size) = await WriteAsync(address, name, head, content, cancellationToken);
            return Value(new(StringComparer.Ordinal) { ["file"] = target, ["name"] = written, ["content_type"] = type, ["size"] = size });
        }

        var files = call.Files ?? throw new ProviderException(new ProviderError
        {
            Kind = ProviderErrorKind.BadRequest,
            Message = $"The answer is a file ('{name}'), and nothing keeps files here. Say with '{ManifestProvider.SaveToName}' where it is to be written.",
        });
        var kept = await files.KeepAsync(call.StepPath, call.Attempt, new StepFileHead(name, type, LengthOf(head)), content, cancellationToken);
        Dictionary<string, object?> value = new(StringComparer.Ordinal) { ["file"] = kept.Address, ["name"] = kept.Name, ["content_type"] = type, ["size"] = kept.Size, ["sha256"] = kept.Sha256 };
        if (kept.Id is not null)
        {
            value["id"] = kept.Id;
        }

        return Value(value);
    }

    /// <summary>What the step answers when the answer is a file; null when it is none.</summary>
    public async ValueTask<JsonElement?> FileOfAsync(VendorAnswer answer, CancellationToken cancellationToken)
    {
        if (!answer.IsFile)
        {
            return answer.Received;
        }

        await using var content = new MemoryStream(answer.Web.Body, writable: false);
        return await ReceiveAsync(answer.Web, content, cancellationToken);
    }

    private async Task<(string Target, string Name, long Size)> WriteAsync(string address, string name, WebAnswer head, Stream content, CancellationToken cancellationToken)
    {
        var isFolder = address.EndsWith('/') || address.EndsWith(':');
        var (folder, own) = isFolder ? (address, name) : TransferPlaces.Split(address)
            ?? throw new EndpointException(EndpointError.BadSetting, $"'{EndpointPath.Printable(address)}' is no file in a folder that could be opened.");
        await using var endpoint = await call.Endpoints.OpenAsync(folder, cancellationToken);
        var options = new WriteOptions { PartialName = PartialName.Of(own, null, null, Guid.CreateVersion7(TimeProvider.System.GetUtcNow()).ToString("n")[..16]), Length = LengthOf(head) };
        var entry = await endpoint.WriteAsync(own, content, options, cancellationToken);
        var target = !isFolder ? address : address.Contains("://", StringComparison.Ordinal) ? address + Uri.EscapeDataString(own) : address + own;
        return (target, own, entry.Size);
    }

    private static JsonElement Value(Dictionary<string, object?> members) => JsonSerializer.SerializeToElement(members);

    /// <summary>The name in the answer's headers, without anything that would lead elsewhere or be read as another; null when there is none.</summary>
    private string? NameOf(WebAnswer head)
    {
        var name = response.FileName?.Header is { } header ? Header(head, header) : null;
        name ??= Header(head, "content-disposition") is { } disposition ? FileNameIn(disposition) : null;
        return name is null ? null : Safe(AsUtf8(name));
    }

    private static string? Safe(string name)
    {
        var last = string.Concat(name.Split('/', '\\')[^1].EnumerateRunes().Where(rune => Rune.GetUnicodeCategory(rune)
            is not (System.Globalization.UnicodeCategory.Control or System.Globalization.UnicodeCategory.Format or System.Globalization.UnicodeCategory.LineSeparator
                or System.Globalization.UnicodeCategory.ParagraphSeparator))).Trim();
        if (last is "" or "." or "..")
        {
            return null;
        }

        // The end is kept, since it says what the file is.
        var extension = Path.GetExtension(last) is { Length: <= 16 } known ? known : "";
        var stem = last[..^extension.Length];
        while (Encoding.UTF8.GetByteCount(stem) > NameBytesMax)
        {
            stem = stem[..^(char.IsLowSurrogate(stem[^1]) && stem.Length > 1 ? 2 : 1)];
        }

        return stem + extension;
    }

    // Headers are bytes, and many vendors write UTF-8 into them.
    private static string AsUtf8(string header)
    {
        if (!header.Any(character => character > 0x7F) || header.Any(character => character > 0xFF))
        {
            return header;
        }

        try
        {
            return new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true).GetString(Encoding.Latin1.GetBytes(header));
        }
        catch (DecoderFallbackException)
        {
            return header;
        }
    }

    private static string? Header(WebAnswer head, string name) => head.Headers.FirstOrDefault(header => header.Key.Equals(name, StringComparison.OrdinalIgnoreCase)).Value is [var value, ..] ? value : null;

    private static string? FileNameIn(string disposition) =>
        System.Net.Http.Headers.ContentDispositionHeaderValue.TryParse(disposition, out var parsed) ? parsed.FileNameStar ?? parsed.FileName?.Trim('"') : null;

    private static long? LengthOf(WebAnswer head) =>
        Header(head, "content-encoding") is null && long.TryParse(Header(head, "content-length"), out var length) ? length : null;
}
