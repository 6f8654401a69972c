using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Gantry.Plugins.Endpoints.Sftp;

namespace Gantry.Plugins.Specs.Endpoints;

/// <summary>One request as a server sees it.</summary>
internal sealed record HeardRequest(byte Type, byte[] Id, byte[] Body);

/// <summary>An SFTP server in this process that answers what a test tells it to, however wrong; null is no answer at all.</summary>
internal sealed class ScriptedSftpServer : SftpPipe
{
    private readonly NetworkStream line;
    private readonly Task loop;

    private ScriptedSftpServer(NetworkStream client, NetworkStream line, byte[] greeting, Func<HeardRequest, byte[]?> answer)
        : base(client, client)
    {
        this.line = line;
        loop = Task.Factory.StartNew(() => Serve(greeting, answer), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }

    public static byte[] Version3 => Packet(2, UInt32(3));

    public static ScriptedSftpServer Start(Func<HeardRequest, byte[]?> answer, byte[]? greeting = null)
    {
        // Sockets, not pipes: closing one wakes whoever is blocked in reading or writing it.
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var client = new TcpClient { NoDelay = true };
        client.Connect((IPEndPoint)listener.LocalEndpoint);
        return new(client.GetStream(), listener.AcceptTcpClient().GetStream(), greeting ?? Version3, answer);
    }

    public static byte[] Packet(byte type, params byte[][] parts)
    {
        byte[] body = [type, .. parts.SelectMany(part => part)];
        return [.. UInt32((uint)body.Length), .. body];
    }

    public static byte[] UInt32(uint value)
    {
        var bytes = new byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, value);
        return bytes;
    }

    public static byte[] Text(string value) => Text(Encoding.UTF8.GetBytes(value));

    public static byte[] Text(byte[] value) => [.. UInt32((uint)value.Length), .. value];

    public static byte[] Status(HeardRequest request, uint code) => Packet(101, request.Id, UInt32(code), Text("words\nof the server"), Text(""));

    public static byte[] Handle(HeardRequest request) => Packet(102, request.Id, Text("handle"));

    /// <summary>A NAME reply of files without attributes.</summary>
    public static byte[] Names(HeardRequest request, params byte[][] names) =>
        Packet(104, [request.Id, UInt32((uint)names.Length), .. names.SelectMany(name => new[] { Text(name), Text("-rw-r--r-- x"), UInt32(0) })]);

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        await line.DisposeAsync();
        await loop;
    }

    private void Serve(byte[] greeting, Func<HeardRequest, byte[]?> answer)
    {
        try
        {
            _ = Hear();
            line.Write(greeting);
            while (true)
            {
                var packet = Hear();
                if (answer(new HeardRequest(packet[0], packet[1..5], packet[5..])) is { } reply)
                {
                    line.Write(reply);
                }
            }
        }
        catch (Exception exception) when (exception is IOException or ObjectDisposedException)
        {
            // The client has left.
        }
    }

    private byte[] Hear()
    {
        var head = new byte[4];
        line.ReadExactly(head);
        var packet = new byte[BinaryPrimitives.ReadInt32BigEndian(head)];
        line.ReadExactly(packet);
        return packet;
    }
}
