using System.Globalization;
using System.Text;
using System.Text.Json;
using Gantry.Engine.Endpoints;
using Gantry.Engine.Providers;
using Gantry.Engine.Providers.Web;

namespace Gantry.Plugins.Providers.Imap;

/// <summary>Reads messages: their texts into the output, what is attached into files.</summary>
internal sealed class ImapFetch(ImapMailbox box, HttpCall parameters, ProviderCall call)
{
    private const int TextBytesMax = 1024 * 1024;
    private const int OutputBytesMax = 15 * 1024 * 1024;
    private const int NameLengthMax = 150;
    private const int TransferIdLength = 20;
    private const string Whole = "";

    private readonly int bytesMax = ServerParameters.NumberOf(parameters, "max_bytes", 100 * 1024 * 1024, 1, int.MaxValue);
    private long outputBytes;

    /// <summary>{messages, missing}.</summary>
    public async Task<ProviderResult> RunAsync(CancellationToken cancellationToken)
    {
        var marks = parameters.Find("mark_seen") is { ValueKind: JsonValueKind.True };
        await box.OpenAsync(isToChange: marks, cancellationToken);
        await using var attachments = await OpenAsync("attachments_to", cancellationToken);
        await using var messages = await OpenAsync("messages_to", cancellationToken);
        var uids = box.Uids;
        List<Dictionary<string, object?>> fetched = [];
        List<long> missing = [];
        foreach (var uid in uids)
        {
            var found = await box.FetchAsync([uid], "FLAGS INTERNALDATE RFC822.SIZE ENVELOPE BODYSTRUCTURE BODY.PEEK[HEADER]", cancellationToken);
            if (found.TryGetValue(uid, out var values))
            {
                fetched.Add(await ReadAsync(uid, values, attachments, messages, cancellationToken));
            }
            else
            {
                missing.Add(uid);
            }
        }

        foreach (var set in ImapMailbox.SetsOf(marks ? uids.Except(missing) : []))
        {
            await box.AskAsync("It does not mark the messages as read", new ImapCommand($"UID STORE {set} +FLAGS.SILENT (\\Seen)"), cancellationToken);
        }

        var output = new Dictionary<string, object?>(StringComparer.Ordinal) { ["messages"] = fetched, ["missing"] = missing };
        return ProviderResult.Success(JsonSerializer.SerializeToElement(output), $"{fetched.Count} message{(fetched.Count == 1 ? "" : "s")}{(missing.Count > 0 ? $", {missing.Count} not there" : "")}.");
    }

    /// <summary>The folder that a parameter names, made when it is not there; null when none is given.</summary>
    private async ValueTask<IEndpoint?> OpenAsync(string name, CancellationToken cancellationToken)
    {
        if (parameters.FindText(name) is not { } address)
        {
            return null;
        }

        var endpoint = await call.Endpoints.OpenAsync(address, cancellationToken);
        try
        {
            await endpoint.CreateFolderAsync("", cancellationToken);
            return endpoint;
        }
        catch
        {
            await endpoint.DisposeAsync();
            throw;
        }
    }

    private async Task<Dictionary<string, object?>> ReadAsync(long uid, ImapNode values, IEndpoint? attachments, IEndpoint? messages, CancellationToken cancellationToken)
    {
        var message = ImapEnvelope.Of(uid, values);
        var parts = ImapPart.Read(values.Find("BODYSTRUCTURE") ?? ImapNode.Nil);
        var plain = parts.FirstOrDefault(part => part is { IsText: true, MediaType: "text/plain" });
        var html = parts.FirstOrDefault(part => part is { IsText: true, MediaType: "text/html" });
        message["headers"] = HeadersOf(values.Find("BODY[HEADER]")?.Bytes ?? []);
        (message["text"], var isTextCut) = await TextAsync(uid, plain, cancellationToken);
        (message["html"], var isHtmlCut) = await TextAsync(uid, html, cancellationToken);
        message["truncated"] = isTextCut || isHtmlCut;
        List<Dictionary<string, object?>> files = [];
        foreach (var part in parts.Where(part => part != plain && part != html && (part.IsAttachment || part.FileName is not null || !part.MediaType.StartsWith("text/", StringComparison.Ordinal))))
        {
            files.Add(await AttachmentAsync(uid, part, files.Count + 1, attachments, cancellationToken));
        }

        message["attachments"] = files;
        if (messages is not null)
        {
            RequireSize(uid, "the message", values.Find("RFC822.SIZE")?.Number ?? 0);
            message["file"] = await WriteAsync(messages, $"{uid.ToString(CultureInfo.InvariantCulture)}.eml", new ImapContent(box, uid, Whole, "", bytesMax), cancellationToken);
        }

        return message;
    }

    private async Task<Dictionary<string, object?>> AttachmentAsync(long uid, ImapPart part, int number, IEndpoint? folder, CancellationToken cancellationToken)
    {
        var name = NameOf(part, number);
        var told = new Dictionary<string, object?>(StringComparer.Ordinal)
        {
            ["name"] = name,
            ["content_type"] = part.MediaType,
            ["content_id"] = string.IsNullOrEmpty(part.ContentId) ? null : part.ContentId,
            ["size"] = part.Encoding == "base64" ? part.Size / 78 * 57 : part.Size,
        };
        if (folder is not null)
        {
            RequireSize(uid, $"'{name}' of the message", part.Size);
            var file = $"{uid.ToString(CultureInfo.InvariantCulture)}-{name}";
            var written = await folder.WriteAsync(file, new ImapContent(box, uid, part.Section, part.Encoding, bytesMax), OptionsFor(file), cancellationToken);
            (told["file"], told["size"]) = (file, written.Size);
        }

        return told;
    }

    private async Task<string> WriteAsync(IEndpoint folder, string name, Stream content, CancellationToken cancellationToken)
    {
        await folder.WriteAsync(name, content, OptionsFor(name), cancellationToken);
        return name;
    }

    private WriteOptions OptionsFor(string name) => new() { PartialName = PartialName.Of(name, null, null, call.IdempotencyKey[..Math.Min(TransferIdLength, call.IdempotencyKey.Length)]) };

    private void RequireSize(long uid, string what, long size)
    {
        if (size > bytesMax)
        {
            throw HttpCall.Bad($"{what[..1].ToUpperInvariant()}{what[1..]} {uid} has {size:N0} bytes, and 'max_bytes' allows {bytesMax:N0}.");
        }
    }

    /// <summary>One name, whatever the sender wrote: no folder, nothing that only looks like a name, each once in its message.</summary>
    private static string NameOf(ImapPart part, int number)
    {
        var given = (part.FileName ?? "").Split('/', '\\')[^1];
        var name = new string([.. given.Where(character => !char.IsControl(character) && !char.IsSurrogate(character) && character is not ('\uFFFD' or '\u202E' or '\u200F' or ':' or '*' or '?' or '"' or '<' or '>' or '|'))]).Trim(' ', '.');
        if (name.Length == 0)
        {
            name = $"part-{number.ToString(CultureInfo.InvariantCulture)}{(part.MediaType == "message/rfc822" ? ".eml" : "")}";
        }

        while (Encoding.UTF8.GetByteCount(name) > NameLengthMax)
        {
            var extension = Path.GetExtension(name);
            name = extension.Length is > 0 and < 10 ? name[..(name.Length - extension.Length - 1)] + extension : name[..^1];
        }

        return number == 1 ? name : $"{number.ToString(CultureInfo.InvariantCulture)}-{name}";
    }

    /// <summary>A long text is cut: it may be had whole by 'messages_to'.</summary>
    private async Task<(string? Text, bool IsCut)> TextAsync(long uid, ImapPart? part, CancellationToken cancellationToken)
    {
        if (part is null)
        {
            return (null, false);
        }

        await using var content = new ImapContent(box, uid, part.Section, part.Encoding, long.MaxValue);
        var bytes = new byte[TextBytesMax + 1];
        var length = await content.ReadAtLeastAsync(bytes, bytes.Length, throwOnEndOfStream: false, cancellationToken);
        var text = ImapText.Decode(bytes[..Math.Min(length, TextBytesMax)], part.Charset);
        Count(text.Length);
        return (text, length > TextBytesMax);
    }

    private void Count(long length)
    {
        outputBytes += length;
        if (outputBytes > OutputBytesMax)
        {
            throw HttpCall.Bad("The messages together are more than a step's output may have. Fetch fewer of them at once, or save them by 'messages_to'.");
        }
    }

    /// <summary>The headers by their names in lower case, in their order; one that occurs several times is a list.</summary>
    private Dictionary<string, object> HeadersOf(byte[] bytes)
    {
        Count(bytes.Length);
        Dictionary<string, List<StringBuilder>> headers = new(StringComparer.Ordinal);
        List<StringBuilder>? last = null;
        foreach (var line in ImapText.Decode(bytes).Split('\n').Select(line => line.TrimEnd('\r')))
        {
            var colon = line.IndexOf(':', StringComparison.Ordinal);
            if (line.Length > 0 && line[0] is ' ' or '\t')
            {
                last?[^1].Append(' ').Append(line.AsSpan().Trim());
            }
            else if (colon > 0)
            {
                var name = line[..colon].Trim().ToLowerInvariant();
                last = headers.TryGetValue(name, out var known) ? known : headers[name] = [];
                last.Add(new StringBuilder(line[(colon + 1)..].Trim()));
            }
        }

        return headers.ToDictionary(
            header => header.Key, header => header.Value is [var only] ? (object)ImapText.DecodeWords(only.ToString()) : header.Value.ConvertAll(value => ImapText.DecodeWords(value.ToString())), StringComparer.Ordinal);
    }
}
