using System.Buffers;
using System.Text;
using Gantry.Engine.Endpoints;

namespace Gantry.Plugins.Endpoints.Ftp;

/// <summary>How names and replies are written on the line: UTF-8, where any other byte survives (see <see cref="NameBytes"/>), or Latin-1.</summary>
internal sealed class FtpText(bool isLatin1)
{
    private const byte TelnetCommand = 0xFF;

    public static FtpText Utf8 { get; } = new(isLatin1: false);

    public static FtpText Latin1 { get; } = new(isLatin1: true);

    public bool IsLatin1 => isLatin1;

    public string Decode(ReadOnlySpan<byte> bytes) => isLatin1 ? Encoding.Latin1.GetString(bytes) : NameBytes.Decode(bytes);

    /// <summary>
    /// Writes a path as a command's argument. One that would end the command, or whose bytes no two servers understand alike, fails with BadPath.
    /// </summary>
    public void Write(string path, IBufferWriter<byte> line)
    {
        if (path.AsSpan().IndexOfAny("\r\n\0") >= 0)
        {
            throw new EndpointException(EndpointError.BadPath, $"'{EndpointPath.Printable(path)}' holds a line end or a NUL, which FTP cannot send.");
        }

        var bytes = line.GetSpan(path.Length * 3);
        var written = isLatin1 ? EncodeLatin1(path, bytes) : NameBytes.Encode(path, bytes);
        if (bytes[..written].Contains(TelnetCommand))
        {
            // RFC 959 speaks Telnet, where this byte begins a command and is sent twice; half of the servers do not know that.
            throw new EndpointException(EndpointError.BadPath, $"'{EndpointPath.Printable(path)}' holds the byte 0xFF, which FTP servers do not understand alike.");
        }

        line.Advance(written);
    }

    private static int EncodeLatin1(string path, Span<byte> bytes)
    {
        foreach (var character in path)
        {
            if (character > '\u00FF')
            {
                throw new EndpointException(
                    EndpointError.BadPath, $"'{EndpointPath.Printable(path)}' cannot be written in Latin-1, which is this endpoint's encoding.");
            }
        }

        return Encoding.Latin1.GetBytes(path, bytes);
    }
}
