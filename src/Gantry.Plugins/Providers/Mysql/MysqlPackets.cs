using System.Buffers.Binary;
using Gantry.Engine.Providers.Web;

namespace Gantry.Plugins.Providers.Mysql;

/// <summary>The packets of MySQL's protocol: a length, a number that counts up, and content; what is longer than one holds goes on in the next.</summary>
internal sealed class MysqlPackets(Stream stream, string server) : IAsyncDisposable
{
    private const int ContentMax = 0xFFFFFF;
    private const int HeadLength = 4;

    private const int BufferBytes = 32 * 1024;

    private readonly ServerReader said = new(stream, BufferBytes);
    private Stream stream = stream;
    private byte number;

    /// <summary>A new command begins: its packets are counted from 0.</summary>
    public void Begin() => number = 0;

    /// <summary>What was read before would be of somebody who put it into the plain part of the conversation.</summary>
    public void Secure(Func<Stream, Stream> secure)
    {
        stream = secure(stream);
        if (!said.TryGoOnWith(stream))
        {
            throw MysqlErrors.Protocol(server, "it goes on speaking in plain where TLS begins");
        }
    }

    public async Task WriteAsync(ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        var head = new byte[HeadLength];
        for (var isMore = true; isMore;)
        {
            var length = Math.Min(content.Length, ContentMax);
            BinaryPrimitives.WriteInt32LittleEndian(head, length);
            head[3] = number++;
            if (length <= BufferBytes)
            {
                var whole = new byte[HeadLength + length];
                head.CopyTo(whole, 0);
                content[..length].CopyTo(whole.AsMemory(HeadLength));
                await stream.WriteAsync(whole, cancellationToken);
            }
            else
            {
                await stream.WriteAsync(head, cancellationToken);
                await stream.WriteAsync(content[..length], cancellationToken);
            }

            content = content[length..];
            isMore = length == ContentMax;
        }

        await stream.FlushAsync(cancellationToken);
    }

    /// <summary>The next packet's content. Longer ones than the bound are refused before they are read.</summary>
    public async Task<byte[]> ReadAsync(int bytesMax, CancellationToken cancellationToken)
    {
        byte[] content = [];
        while (true)
        {
            var head = new byte[HeadLength];
            await said.TakeAsync(head, cancellationToken);
            var length = head[0] | (head[1] << 8) | (head[2] << 16);
            if (head[3] != number++)
            {
                throw MysqlErrors.Protocol(server, "its packets come out of order");
            }

            if (content.Length + (long)length > bytesMax)
            {
                throw new MysqlTooLongException();
            }

            var at = content.Length;
            Array.Resize(ref content, at + length);
            await said.TakeAsync(content.AsMemory(at), cancellationToken);
            if (length < ContentMax)
            {
                return content;
            }
        }
    }

    public ValueTask DisposeAsync() => stream.DisposeAsync();
}

/// <summary>A packet holds more than is wanted.</summary>
internal sealed class MysqlTooLongException() : Exception("The server sends more than is wanted.");

/// <summary>What the server refused, with its number and SQLSTATE.</summary>
internal sealed class MysqlRefusal(int code, string state, string message) : Exception(message)
{
    public int Code => code;

    public string State => state;
}
