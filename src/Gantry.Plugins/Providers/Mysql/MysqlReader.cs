using System.Buffers.Binary;
using System.Text;

namespace Gantry.Plugins.Providers.Mysql;

/// <summary>Reads the content of one packet. Beyond its end it fails with <see cref="InvalidDataException"/>.</summary>
internal ref struct MysqlReader(ReadOnlySpan<byte> content)
{
    private ReadOnlySpan<byte> rest = content;

    public readonly bool IsAtEnd => rest.IsEmpty;

    public byte Byte() => Take(1)[0];

    public int UInt16() => BinaryPrimitives.ReadUInt16LittleEndian(Take(2));

    public uint UInt32() => BinaryPrimitives.ReadUInt32LittleEndian(Take(4));

    public ulong UInt64() => BinaryPrimitives.ReadUInt64LittleEndian(Take(8));

    /// <summary>A number of one to nine bytes; null stands for NULL.</summary>
    public ulong? Length() => Byte() switch
    {
        0xFB => null,
        0xFC => (uint)UInt16(),
        0xFD => (uint)UInt16() | ((uint)Byte() << 16),
        0xFE => UInt64(),
        0xFF => throw new InvalidDataException("A length is none."),
        var small => small,
    };

    /// <summary>Bytes behind their length; null for NULL.</summary>
    public bool TryBytes(out ReadOnlySpan<byte> bytes)
    {
        var length = Length();
        bytes = length is null ? default : Take(length <= int.MaxValue ? (int)length.Value : int.MaxValue);
        return length is not null;
    }

    public string Text() => TryBytes(out var bytes) ? Encoding.UTF8.GetString(bytes) : "";

    /// <summary>Bytes up to a NUL, or to the end.</summary>
    public ReadOnlySpan<byte> UntilNul()
    {
        var end = rest.IndexOf((byte)0);
        var found = end < 0 ? rest : rest[..end];
        rest = end < 0 ? default : rest[(end + 1)..];
        return found;
    }

    public ReadOnlySpan<byte> Take(int count)
    {
        if (count > rest.Length)
        {
            throw new InvalidDataException("A packet ends too early.");
        }

        var taken = rest[..count];
        rest = rest[count..];
        return taken;
    }

    public readonly ReadOnlySpan<byte> Rest() => rest;
}
