using System.Buffers.Binary;

namespace Gantry.Plugins.Specs.Endpoints;

/// <summary>
/// What an SFTP server says whose clock is so much off: times that somebody set are told as they were set, and those that its own clock gave, which are
/// all of about now, are that much off.
/// </summary>
internal sealed class SkewedStream(Stream inner, TimeSpan skew) : AlteredReplies(inner)
{
    private const byte Names = 104;
    private const byte Attributes = 105;
    private byte[] packet = [];
    private int given;

    public override int Read(byte[] buffer, int offset, int count)
    {
        if (given == packet.Length)
        {
            var length = new byte[4];
            if (Inner.ReadAtLeast(length, 4, throwOnEndOfStream: false) < 4)
            {
                return 0;
            }

            packet = [.. length, .. new byte[BinaryPrimitives.ReadInt32BigEndian(length)]];
            Inner.ReadExactly(packet.AsSpan(4));
            given = 0;
            Skew();
        }

        var taken = Math.Min(count, packet.Length - given);
        packet.AsSpan(given, taken).CopyTo(buffer.AsSpan(offset));
        given += taken;
        return taken;
    }

    private void Skew()
    {
        var at = 9;
        if (packet[4] == Attributes)
        {
            SkewAttributes(ref at);
        }
        else if (packet[4] == Names)
        {
            for (var left = Number(ref at); left > 0; left--)
            {
                Pass(ref at);
                Pass(ref at);
                SkewAttributes(ref at);
            }
        }
    }

    /// <summary>As OpenSSH's server gives them: size, owner, mode and times, each if its flag is set.</summary>
    private void SkewAttributes(ref int at)
    {
        var flags = Number(ref at);
        at += ((flags & 1) != 0 ? 8 : 0) + ((flags & 2) != 0 ? 8 : 0) + ((flags & 4) != 0 ? 4 : 0);
        if ((flags & 8) == 0)
        {
            return;
        }

        var time = DateTimeOffset.FromUnixTimeSeconds(BinaryPrimitives.ReadUInt32BigEndian(packet.AsSpan(at + 4)));
        if ((TimeProvider.System.GetUtcNow() - time).Duration() < TimeSpan.FromHours(1))
        {
            BinaryPrimitives.WriteUInt32BigEndian(packet.AsSpan(at + 4), (uint)(time + skew).ToUnixTimeSeconds());
        }

        at += 8;
    }

    private uint Number(ref int at) => BinaryPrimitives.ReadUInt32BigEndian(packet.AsSpan((at += 4) - 4));

    private void Pass(ref int at)
    {
        var length = (int)Number(ref at);
        at += length;
    }
}
