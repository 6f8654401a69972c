using System.Globalization;
using Gantry.Engine.Endpoints;
using Gantry.Engine.Providers.Web;

namespace Gantry.Plugins.Providers.Imap;

/// <summary>A part of a message as a stream of what is in it: fetched piece by piece, and decoded on the way, so that none is held whole. What turns out larger than it was said to be is refused.</summary>
internal sealed class ImapContent(ImapMailbox box, long uid, string section, string encoding, long bytesMax) : ContentStream
{
    private const int PieceLength = 512 * 1024;

    private readonly List<byte> undecoded = [];
    private byte[] decoded = [];
    private int position;
    private long offset;
    private int bits;
    private int letters;
    private bool isAtEnd;

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (position == decoded.Length && !isAtEnd)
        {
            await FetchAsync(cancellationToken);
        }

        var count = Math.Min(buffer.Length, decoded.Length - position);
        decoded.AsMemory(position, count).CopyTo(buffer);
        position += count;
        return count;
    }

    private async Task FetchAsync(CancellationToken cancellationToken)
    {
        var at = offset.ToString(CultureInfo.InvariantCulture);
        var found = await box.FetchAsync([uid], $"BODY.PEEK[{section}]<{at}.{PieceLength.ToString(CultureInfo.InvariantCulture)}>", cancellationToken);
        var content = found.TryGetValue(uid, out var values) ? values.Find($"BODY[{section}]<{at}>") : null;

        // Some servers say nothing of what would be behind the end.
        var piece = content is not null || offset > 0 ? content?.Bytes ?? [] : throw new FormatException($"the content of message {uid} is missing.");
        offset += piece.Length;
        if (offset > bytesMax)
        {
            throw HttpCall.Bad($"The content of message {uid} is larger than {bytesMax:N0} bytes, as 'max_bytes' allows, although the server said otherwise.");
        }

        isAtEnd = piece.Length < PieceLength;
        decoded = encoding switch
        {
            "base64" => Base64(piece),
            "quoted-printable" => Lines(piece),
            _ => piece,
        };
        position = 0;
    }

    /// <summary>What is no letter of it is passed over, as RFC 2045 wants. Padding ends a run of letters, behind which some programs begin another.</summary>
    private byte[] Base64(byte[] bytes)
    {
        List<byte> plain = new((bytes.Length * 3 / 4) + 3);
        foreach (var letter in bytes)
        {
            if (SixBitsOf(letter) is { } six)
            {
                bits = (bits << 6) | six;
                if (++letters == 4)
                {
                    plain.AddRange([(byte)(bits >> 16), (byte)(bits >> 8), (byte)bits]);
                    (bits, letters) = (0, 0);
                }
            }
            else if (letter == '=')
            {
                Flush(plain);
            }
        }

        if (isAtEnd)
        {
            Flush(plain);
        }

        return [.. plain];
    }

    private void Flush(List<byte> plain)
    {
        var whole = bits << (6 * (4 - letters));
        plain.AddRange(letters switch { 3 => [(byte)(whole >> 16), (byte)(whole >> 8)], 2 => [(byte)(whole >> 16)], _ => Array.Empty<byte>() });
        (bits, letters) = (0, 0);
    }

    private static int? SixBitsOf(byte letter) => (char)letter switch
    {
        >= 'A' and <= 'Z' => letter - 'A',
        >= 'a' and <= 'z' => letter - 'a' + 26,
        >= '0' and <= '9' => letter - '0' + 52,
        '+' => 62,
        '/' => 63,
        _ => null,
    };

    /// <summary>Line by line, since what a '=' means may stand in the next piece.</summary>
    private byte[] Lines(byte[] piece)
    {
        undecoded.AddRange(piece);
        var usable = isAtEnd ? undecoded.Count : undecoded.LastIndexOf((byte)'\n') + 1;
        if (usable == 0 && undecoded.Count > PieceLength)
        {
            // A line without an end is taken up to what could be the beginning of a code.
            usable = undecoded[^1] == '=' ? undecoded.Count - 1 : undecoded[^2] == '=' ? undecoded.Count - 2 : undecoded.Count;
        }

        var plain = QuotedPrintable([.. undecoded[..usable]]);
        undecoded.RemoveRange(0, usable);
        return plain;
    }

    private static byte[] QuotedPrintable(byte[] bytes)
    {
        List<byte> plain = new(bytes.Length);
        for (var at = 0; at < bytes.Length; at++)
        {
            if (bytes[at] != '=')
            {
                plain.Add(bytes[at]);
            }
            else if (at + 2 < bytes.Length && char.IsAsciiHexDigit((char)bytes[at + 1]) && char.IsAsciiHexDigit((char)bytes[at + 2]))
            {
                plain.Add(Convert.FromHexString([(char)bytes[at + 1], (char)bytes[at + 2]])[0]);
                at += 2;
            }
            else
            {
                // A '=' at the end of a line joins it with the next.
                var end = at + 1;
                while (end < bytes.Length && bytes[end] is (byte)' ' or (byte)'\t' or (byte)'\r')
                {
                    end++;
                }

                if (end >= bytes.Length || bytes[end] == '\n')
                {
                    at = end;
                }
                else
                {
                    plain.Add(bytes[at]);
                }
            }
        }

        return [.. plain];
    }
}
