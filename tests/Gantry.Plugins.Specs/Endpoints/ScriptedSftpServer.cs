using System.Buffers.Binary;
using System.IO.Pipes;
using System.Text;
using Gantry.Plugins.Endpoints.Sftp;

namespace Gantry.Plugins.Specs.Endpoints;

/// <summary>One request as a server sees it.</summary>
internal sealed record HeardRequest(byte Type, byte[] Id, byte[] Body);

/// <summary>An SFTP server in this process that answers what a test tells it to, however wrong; null is no answer at all.</summary>
internal sealed class ScriptedSftpServer : SftpPipe
{
    private readonly AnonymousPipeServerStream says;
    private readonly AnonymousPipeServerStream hears;
    private readonly Task loop;

    private ScriptedSftpServer(AnonymousPipeServerStream says, AnonymousPipeServerStream hears, byte[] greeting, Func<HeardRequest, byte[]?> answer)
        : base(
            new AnonymousPipeClientStream(PipeDirection.In, says.ClientSafePipeHandle),
            new AnonymousPipeClientStream(PipeDirection.Out, hears.ClientSafePipeHandle))
    {
        this.says = says;
        this.hears = hears;
        loop = Task.Factory.StartNew(() => Serve(greeting, answer), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }

    public static byte[] Version3 => Packet(2, UInt32(3));

    public static ScriptedSftpServer Start(Func<HeardRequest, byte[]?> answer, byte[]? greeting = null) =>
        new(new AnonymousPipeServerStream(PipeDirection.Out), new AnonymousPipeServerStream(PipeDirection.In), greeting ?? Version3, answer);

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
        await says.DisposeAsync();
        await hears.DisposeAsync();
        await loop;
    }

    public override void Abort()
    {
        // The server's end first: disposing an end that is being read waits for the reading.
        says.Dispose();
        base.Abort();
    }

    private void Serve(byte[] greeting, Func<HeardRequest, byte[]?> answer)
    {
        try
        {
            _ = Hear();
            says.Write(greeting);
            while (true)
            {
                var packet = Hear();
                if (answer(new HeardRequest(packet[0], packet[1..5], packet[5..])) is { } reply)
                {
                    says.Write(reply);
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
        hears.ReadExactly(head);
        var packet = new byte[BinaryPrimitives.ReadInt32BigEndian(head)];
        hears.ReadExactly(packet);
        return packet;
    }
}
