using System.Buffers.Binary;

namespace Gantry.Engine.Plans;

/// <summary>An execution's id begins with the millisecond in which it was accepted (a UUID of version 7, RFC 9562).</summary>
public static class ExecutionTime
{
    public static DateTimeOffset Of(Guid executionId)
    {
        Span<byte> bytes = stackalloc byte[16];
        executionId.TryWriteBytes(bytes, bigEndian: true, out _);
        return DateTimeOffset.FromUnixTimeMilliseconds((long)(BinaryPrimitives.ReadUInt64BigEndian(bytes) >> 16));
    }

    /// <summary>An id of the same form that follows from a time and a key (hexadecimal): the same two give the same id.</summary>
    internal static Guid Derive(DateTimeOffset time, string key)
    {
        Span<byte> bytes = stackalloc byte[16];
        Convert.FromHexString(key.AsSpan(0, 32), bytes, out _, out _);
        BinaryPrimitives.WriteUInt64BigEndian(bytes, ((ulong)time.ToUnixTimeMilliseconds() << 16) | 0x7000 | (BinaryPrimitives.ReadUInt64BigEndian(bytes) & 0xFFF));
        bytes[8] = (byte)((bytes[8] & 0x3F) | 0x80);
        return new Guid(bytes, bigEndian: true);
    }
}
