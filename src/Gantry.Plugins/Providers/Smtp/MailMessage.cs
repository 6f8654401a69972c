using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Gantry.Engine.Endpoints;
using Gantry.Engine.Transfers;

namespace Gantry.Plugins.Providers.Smtp;

/// <summary>One message: who it is from and to, and what stands in it. Attachments are read while it is sent, and never held whole.</summary>
internal sealed record MailMessage
{
    public required Mailbox From { get; init; }

    public required IReadOnlyList<Mailbox> To { get; init; }

    public IReadOnlyList<Mailbox> Cc { get; init; } = [];

    /// <summary>They get it, and nobody reads of them.</summary>
    public IReadOnlyList<Mailbox> Bcc { get; init; } = [];

    public IReadOnlyList<Mailbox> ReplyTo { get; init; } = [];

    public required string Subject { get; init; }

    public string? Text { get; init; }

    public string? Html { get; init; }

    /// <summary>Addresses of files.</summary>
    public IReadOnlyList<string> Attachments { get; init; } = [];

    /// <summary>The same for every attempt, by which mail servers and readers know a repeated message again.</summary>
    public required string Id { get; init; }

    public required DateTimeOffset Date { get; init; }

    public IEnumerable<Mailbox> Recipients => To.Concat(Cc).Concat(Bcc).DistinctBy(box => box.Address);

    public bool NeedsUtf8 => Recipients.Append(From).Concat(ReplyTo).Any(box => box.NeedsUtf8);

    /// <summary>Writes the whole message, whose end is the caller's. An attachment that cannot be read fails as its endpoint says.</summary>
    public async Task WriteAsync(DotStuffing content, bool hasEightBits, IEndpointOpener endpoints, CancellationToken cancellationToken)
    {
        await WriteAsync(Head());
        var body = Body(hasEightBits);
        if (Attachments.Count == 0)
        {
            await content.WriteAsync(body, cancellationToken);
            return;
        }

        var boundary = Boundary("mixed");
        await WriteAsync($"Content-Type: multipart/mixed; boundary=\"{boundary}\"\r\n\r\n--{boundary}\r\n");
        await content.WriteAsync(body, cancellationToken);
        foreach (var address in Attachments)
        {
            await WriteAsync($"\r\n--{boundary}\r\n");
            await AttachAsync(content, address, endpoints, cancellationToken);
        }

        await WriteAsync($"\r\n--{boundary}--\r\n");

        ValueTask WriteAsync(string text) => content.WriteAsync(Encoding.UTF8.GetBytes(text), cancellationToken);
    }

    private string Head()
    {
        var head = new StringBuilder()
            .Append("Date: ").Append(Date.ToString("ddd, dd MMM yyyy HH:mm:ss", CultureInfo.InvariantCulture)).Append(" +0000\r\n")
            .Append(MailHeader.Mailboxes("From", [From]));
        foreach (var (name, boxes) in new (string, IReadOnlyList<Mailbox>)[] { ("To", To), ("Cc", Cc), ("Reply-To", ReplyTo) })
        {
            if (boxes.Count > 0)
            {
                head.Append(MailHeader.Mailboxes(name, boxes));
            }
        }

        // RFC 3834: no holiday reply comes back to what a program wrote.
        return head.Append(MailHeader.Text("Subject", Subject))
            .Append(CultureInfo.InvariantCulture, $"Message-ID: <{Id}>\r\nAuto-Submitted: auto-generated\r\nMIME-Version: 1.0\r\n").ToString();
    }

    private byte[] Body(bool hasEightBits)
    {
        var plain = Text is not null || Html is null ? MailBody.Part("text/plain", Text ?? "", hasEightBits) : null;
        if (Html is null)
        {
            return plain!;
        }

        var html = MailBody.Part("text/html", Html, hasEightBits);
        if (plain is null)
        {
            return html;
        }

        var boundary = Boundary("alternative");
        return
        [
            .. Encoding.ASCII.GetBytes($"Content-Type: multipart/alternative; boundary=\"{boundary}\"\r\n\r\n--{boundary}\r\n"), .. plain,
            .. Encoding.ASCII.GetBytes($"\r\n--{boundary}\r\n"), .. html, .. Encoding.ASCII.GetBytes($"\r\n--{boundary}--\r\n"),
        ];
    }

    private static async Task AttachAsync(DotStuffing content, string address, IEndpointOpener endpoints, CancellationToken cancellationToken)
    {
        var (folder, name) = TransferPlaces.Split(address)
            ?? throw new EndpointException(EndpointError.BadSetting, $"'{EndpointPath.Printable(address)}' is no file in a folder that could be opened.");
        await using var endpoint = await endpoints.OpenAsync(folder, cancellationToken);
        await using var file = await endpoint.OpenReadAsync(name, 0, null, cancellationToken);
        await content.WriteAsync(Encoding.ASCII.GetBytes(
            $"Content-Type: application/octet-stream\r\nContent-Transfer-Encoding: base64\r\nContent-Disposition: attachment;\r\n {MailHeader.FileName(name)}\r\n\r\n"), cancellationToken);

        // A multiple of 57, which is a line of Base64.
        var buffer = new byte[57 * 512];
        for (int read; (read = await file.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellationToken)) > 0;)
        {
            await content.WriteAsync(MailBody.Base64(buffer.AsSpan(0, read)), cancellationToken);
        }
    }

    /// <summary>No text that a person wrote has it, nor can one who does not know the key beforehand.</summary>
    private string Boundary(string use) => $"=_{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{use} {Id}")).AsSpan(0, 16))}";
}
