using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;

namespace Gantry.Plugins.Endpoints.Sftp;

/// <summary>
/// The way to a server that is not there: it says yes to everything and keeps nothing. On it the program runs in while the way to the
/// real server is still being made (see <see cref="Engine.Transfers.TransferRehearsal"/>).
/// </summary>
internal sealed class SftpRehearsal
{

    private const uint FolderMode = 0x41ED; // drwxr-xr-x

    private readonly object gate = new(); // A monitor: the reader waits in it.
    private readonly List<byte> replies = [];
    private readonly List<byte> heard = [];
    private bool isOver;
    private bool isMade;

    public static SftpPipe Open()
    {
        var server = new SftpRehearsal();
        return new SftpPipe(new ReplyStream(server), new RequestStream(server));
    }

    private void Hear(ReadOnlySpan<byte> bytes)
    {
        lock (gate)
        {
            heard.AddRange(bytes);
            var all = CollectionsMarshal.AsSpan(heard);
            var used = 0;
            while (all.Length - used >= 4 && BinaryPrimitives.ReadInt32BigEndian(all[used..]) + 4 is var length && all.Length - used >= length)
            {
                Answer(all.Slice(used + 4, length - 4));
                used += length;
            }

            heard.RemoveRange(0, used);
            Monitor.Pulse(gate);
        }
    }

    private void Answer(ReadOnlySpan<byte> request)
    {
        var id = request[1..5];
        switch (request[0])
        {
            case SftpWire.Init:
                Reply([SftpWire.VersionReply, 0, 0, 0, 3, .. Text(SftpWire.PosixRename), .. Text("1"), .. Text(SftpWire.FileSync), .. Text("1")]);
                break;
            case SftpWire.OpenFolder or SftpWire.Stat when !isMade && !IsHome(request):
                // A first failure takes the program longest of all.
                Reply(Status(id, SftpStatus.NoSuchFile));
                break;
            case SftpWire.MakeFolder:
                isMade = true;
                Reply(Status(id, SftpStatus.Ok));
                break;
            case SftpWire.Stat:
                var attributes = new byte[8];
                BinaryPrimitives.WriteUInt32BigEndian(attributes, SftpWire.HasMode);
                BinaryPrimitives.WriteUInt32BigEndian(attributes.AsSpan(4), FolderMode);
                Reply([SftpWire.AttributesReply, .. id, .. attributes]);
                break;
            case SftpWire.Open or SftpWire.OpenFolder:
                // As OpenSSH's server answers when nothing else is open.
                Reply([SftpWire.HandleReply, .. id, 0, 0, 0, 4, 0, 0, 0, 0]);
                break;
            case SftpWire.LinkStat:
                Reply(Status(id, SftpStatus.NoSuchFile));
                break;
            case SftpWire.ReadFolder:
                Reply(Status(id, SftpStatus.EndOfFile));
                break;
            default:
                Reply(Status(id, SftpStatus.Ok));
                break;
        }
    }

    /// <summary>Whether it is about ".": that is there, and nothing else.</summary>
    private static bool IsHome(ReadOnlySpan<byte> request) => request[9..].SequenceEqual("."u8);

    private static byte[] Status(ReadOnlySpan<byte> id, SftpStatus status) =>
        [SftpWire.StatusReply, .. id, 0, 0, 0, (byte)status, .. Text(""), .. Text("")];

    private static byte[] Text(string text) => [0, 0, 0, (byte)text.Length, .. Encoding.ASCII.GetBytes(text)];

    private void Reply(byte[] packet)
    {
        Span<byte> length = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(length, packet.Length);
        replies.AddRange(length);
        replies.AddRange(packet);
    }

    private int Say(Span<byte> buffer)
    {
        lock (gate)
        {
            while (replies.Count == 0 && !isOver)
            {
                Monitor.Wait(gate);
            }

            var count = Math.Min(buffer.Length, replies.Count);
            CollectionsMarshal.AsSpan(replies)[..count].CopyTo(buffer);
            replies.RemoveRange(0, count);
            return count;
        }
    }

    private void End()
    {
        lock (gate)
        {
            isOver = true;
            Monitor.Pulse(gate);
        }
    }

    private sealed class ReplyStream(SftpRehearsal server) : OneWayStream
    {
        public override bool CanRead => true;

        public override int Read(byte[] buffer, int offset, int count) => server.Say(buffer.AsSpan(offset, count));

        protected override void Dispose(bool disposing)
        {
            server.End();
            base.Dispose(disposing);
        }
    }

    private sealed class RequestStream(SftpRehearsal server) : OneWayStream
    {
        public override bool CanWrite => true;

        public override void Write(byte[] buffer, int offset, int count) => server.Hear(buffer.AsSpan(offset, count));
    }

    private abstract class OneWayStream : Stream
    {
        public override bool CanRead => false;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override void Flush()
        {
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
