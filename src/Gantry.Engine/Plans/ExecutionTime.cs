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
}
