using System.Buffers.Binary;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Gantry.TestServers;

/// <summary>A column of an answer: its type's number, its character set (63 is bytes) and flags (0x20 is unsigned).</summary>
public sealed record PlayedMysqlColumn(string Name, byte Type, ushort Charset = 45, ushort Flags = 0);

/// <summary>The client of a played MySQL server, as the server sees it: packets, and the answers made of them.</summary>
public sealed class PlayedMysqlPeer(Stream stream, CancellationToken stop) : IAsyncDisposable
{
    private const int ContentMax = 0xFFFFFF;

    private Stream stream = stream;
    private SslStream? secured;
    private byte number;

    /// <summary>A command begins: its packets are counted from 0.</summary>
    public void Begin() => number = 0;

    public async Task SecureAsync(X509Certificate2 certificate)
    {
        stream = secured = new SslStream(stream, leaveInnerStreamOpen: true);
        await secured.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificate = certificate }, stop);
    }

    /// <summary>The next packet's content, however many packets it is made of.</summary>
    public async Task<byte[]> ReadAsync()
    {
        List<byte> content = [];
        while (true)
        {
            var head = new byte[4];
            await stream.ReadExactlyAsync(head, stop);
            if (head[3] != number++)
            {
                throw new PlayedMysqlFault("The packets are not counted.");
            }

            var part = new byte[head[0] | (head[1] << 8) | (head[2] << 16)];
            await stream.ReadExactlyAsync(part, stop);
            content.AddRange(part);
            if (part.Length < ContentMax)
            {
                return [.. content];
            }
        }
    }

    public async Task SendAsync(byte[] content)
    {
        for (var at = 0; ; at += ContentMax)
        {
            var part = content.AsMemory(at, Math.Min(ContentMax, content.Length - at));
            await SendRawAsync([(byte)part.Length, (byte)(part.Length >> 8), (byte)(part.Length >> 16), number++]);
            await stream.WriteAsync(part, stop);
            if (part.Length < ContentMax)
            {
                return;
            }
        }
    }

    /// <summary>Bytes as they are, which need not be a packet.</summary>
    public async Task SendRawAsync(byte[] bytes) => await stream.WriteAsync(bytes, stop);

    /// <summary>The head of a packet that is not there.</summary>
    public Task SendHeadAsync(int length) => SendRawAsync([(byte)length, (byte)(length >> 8), (byte)(length >> 16), number++]);

    public Task OkAsync() => SendAsync([0, 0, 0, 2, 0, 0, 0]);

    public Task EndAsync() => SendAsync([0xFE, 0, 0, 2, 0]);

    public Task RefuseAsync(int code, string state, string message) => SendAsync([0xFF, (byte)code, (byte)(code >> 8), (byte)'#', .. Encoding.ASCII.GetBytes(state), .. Encoding.UTF8.GetBytes(message)]);

    /// <summary>A statement is prepared that takes no values and answers these columns.</summary>
    public async Task PreparedAsync(params PlayedMysqlColumn[] columns)
    {
        await SendAsync([0, 1, 0, 0, 0, (byte)columns.Length, (byte)(columns.Length >> 8), 0, 0, 0, 0, 0]);
        await DescribeAsync(columns);
    }

    /// <summary>The head of a result, before its rows.</summary>
    public async Task ColumnsAsync(params PlayedMysqlColumn[] columns)
    {
        await SendAsync([.. Length(columns.Length)]);
        await DescribeAsync(columns);
    }

    /// <summary>A row of a prepared statement: null for NULL, else the value as the wire has it.</summary>
    public Task RowAsync(params byte[]?[] values)
    {
        var nulls = new byte[(values.Length + 9) / 8];
        for (var index = 0; index < values.Length; index++)
        {
            nulls[(index + 2) / 8] |= (byte)(values[index] is null ? 1 << ((index + 2) % 8) : 0);
        }

        return SendAsync([0, .. nulls, .. values.Where(value => value is not null).SelectMany(value => value!)]);
    }

    /// <summary>A text behind its length.</summary>
    public static byte[] Text(string text) => Bytes(Encoding.UTF8.GetBytes(text));

    public static byte[] Bytes(byte[] bytes) => [.. Length(bytes.Length), .. bytes];

    public static byte[] Length(int length)
    {
        var number = new byte[9];
        number[0] = length < 0xFB ? (byte)length : (byte)0xFE;
        BinaryPrimitives.WriteInt64LittleEndian(number.AsSpan(1), length);
        return length < 0xFB ? number[..1] : number;
    }

    public ValueTask DisposeAsync() => secured?.DisposeAsync() ?? ValueTask.CompletedTask;

    private async Task DescribeAsync(PlayedMysqlColumn[] columns)
    {
        if (columns.Length == 0)
        {
            return;
        }

        foreach (var column in columns)
        {
            await SendAsync(
            [
                .. Text("def"), .. Text("shop"), .. Text("t"), .. Text("t"), .. Text(column.Name), .. Text(column.Name), 0x0C,
                (byte)column.Charset, (byte)(column.Charset >> 8), 0, 0, 0, 0, column.Type, (byte)column.Flags, (byte)(column.Flags >> 8), 0, 0, 0,
            ]);
        }

        await EndAsync();
    }
}
