using System.Buffers;
using System.Runtime.CompilerServices;
using Gantry.Engine.Endpoints;

namespace Gantry.Plugins.Endpoints.Ftp;

/// <summary>The lines of a listing, as they come.</summary>
internal static class FtpLines
{
    private const int LineBytesMax = 16 * 1024;
    private const int BufferBytes = 64 * 1024;

    public static async IAsyncEnumerable<string> ReadAsync(
        FtpListedBytes bytes, FtpText text, Func<string> place, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
        try
        {
            var filled = 0;
            while (await bytes.ReadAsync(buffer.AsMemory(filled), cancellationToken).ConfigureAwait(false) is > 0 and var read)
            {
                filled += read;
                var start = 0;
                for (int length; (length = buffer.AsSpan(start, filled - start).IndexOf((byte)'\n')) >= 0; start += length + 1)
                {
                    yield return Line(buffer.AsSpan(start, length), text);
                }

                if (filled - start > LineBytesMax)
                {
                    throw new EndpointException(EndpointError.Protocol, $"The listing of '{place()}' has a line of more than {LineBytesMax} bytes; it is not used.");
                }

                buffer.AsSpan(start, filled - start).CopyTo(buffer);
                filled -= start;
            }

            if (filled > 0)
            {
                yield return Line(buffer.AsSpan(0, filled), text);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>One carriage return belongs to the line's end; a further one is the name's own.</summary>
    private static string Line(ReadOnlySpan<byte> bytes, FtpText text) => text.Decode(bytes.EndsWith("\r"u8) ? bytes[..^1] : bytes);
}
