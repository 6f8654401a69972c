using System.Buffers.Binary;
using System.Text;
using Gantry.Engine.Endpoints;

namespace Gantry.Plugins.Endpoints.Sftp;

/// <summary>Takes one packet apart. Whatever a server may write into it, reading stays inside; what is cut short fails with Protocol.</summary>
internal ref struct SftpReader
{
    private ReadOnlySpan<byte> rest;

    public SftpReader(ReadOnlySpan<byte> packet) => rest = packet;

    /// <summary>What is not read yet.</summary>
    public readonly ReadOnlySpan<byte> Rest => rest;

    public readonly bool IsAtEnd => rest.IsEmpty;

    public byte Byte() => Take(1)[0];

    public uint UInt32() => BinaryPrimitives.ReadUInt32BigEndian(Take(4));

    public ulong UInt64() => BinaryPrimitives.ReadUInt64BigEndian(Take(8));

    public ReadOnlySpan<byte> Bytes()
    {
        var length = UInt32();
        return length <= int.MaxValue ? Take((int)length) : throw Short();
    }

    /// <summary>Text for messages: not kept byte for byte, and without control characters.</summary>
    public string Text()
    {
        const int LengthMax = 400;
        var text = Encoding.UTF8.GetString(Bytes());
        return EndpointPath.Printable(text.Length > LengthMax ? text[..LengthMax] : text).Trim();
    }

    public SftpAttributes Attributes()
    {
        var flags = UInt32();
        long? size = null;
        uint? mode = null;
        uint? modifiedAt = null;
        if ((flags & SftpWire.HasSize) != 0)
        {
            size = (long)Math.Min(UInt64(), long.MaxValue);
        }

        if ((flags & SftpWire.HasOwner) != 0)
        {
            Take(8);
        }

        if ((flags & SftpWire.HasMode) != 0)
        {
            mode = UInt32();
        }

        if ((flags & SftpWire.HasTimes) != 0)
        {
            Take(4);
            modifiedAt = UInt32();
        }

        if ((flags & SftpWire.HasExtensions) != 0)
        {
            for (var count = UInt32(); count > 0; count--)
            {
                Bytes();
                Bytes();
            }
        }

        return new SftpAttributes(size, mode, modifiedAt);
    }

    private static EndpointException Short() =>
        new(EndpointError.Protocol, "The SFTP server sent a packet that is shorter than what it says is in it.");

    private ReadOnlySpan<byte> Take(int count)
    {
        if (rest.Length < count)
        {
            throw Short();
        }

        var taken = rest[..count];
        rest = rest[count..];
        return taken;
    }
}
