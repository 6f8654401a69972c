namespace Gantry.Plugins.Providers.Smtp;

/// <summary>
/// The content of a DATA command (RFC 5321, 4.5.2): a line that begins with '.' gets another one, so that no content can end the message. The end itself is written by
/// <see cref="EndAsync"/>; without it the server throws away what it has got.
/// </summary>
internal sealed class DotStuffing(Stream server)
{
    private static readonly byte[] End = ".\r\n"u8.ToArray();

    private readonly byte[] buffer = new byte[32 * 1024];
    private int filled;
    private byte last = (byte)'\n';

    /// <summary>Lines end in CR LF already.</summary>
    public async ValueTask WriteAsync(ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        while (content.Length > 0)
        {
            if (buffer.Length - filled < 2)
            {
                await FlushAsync(cancellationToken);
            }

            content = content[Fill(content.Span)..];
        }
    }

    public async ValueTask EndAsync(CancellationToken cancellationToken)
    {
        if (last != '\n')
        {
            await WriteAsync("\r\n"u8.ToArray(), cancellationToken);
        }

        await FlushAsync(cancellationToken);
        await server.WriteAsync(End, cancellationToken);
        await server.FlushAsync(cancellationToken);
    }

    /// <summary>Takes as much as there is place for, and answers how much that was.</summary>
    private int Fill(ReadOnlySpan<byte> content)
    {
        var taken = 0;
        while (taken < content.Length && buffer.Length - filled >= 2)
        {
            if (last == '\n' && content[taken] == '.')
            {
                buffer[filled++] = (byte)'.';
            }

            buffer[filled++] = last = content[taken++];
        }

        return taken;
    }

    private async ValueTask FlushAsync(CancellationToken cancellationToken)
    {
        await server.WriteAsync(buffer.AsMemory(0, filled), cancellationToken);
        filled = 0;
    }
}
