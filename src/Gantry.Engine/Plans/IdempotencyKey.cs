using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Gantry.Engine.Plans;

/// <summary>
/// The name under which the other side may recognise a repeated call: the same for every attempt at one step (and item) of one execution, and for
/// nothing else. SHA-256 over the length-prefixed parts, in lower-case hexadecimal.
/// </summary>
public static class IdempotencyKey
{
    /// <summary>The path names the item too: "3.items[7].0".</summary>
    public static string For(Guid executionId, string stepPath)
    {
        Span<byte> bytes = stackalloc byte[256];
        var length = 4 + 16 + 4 + Encoding.UTF8.GetByteCount(stepPath);
        bytes = length <= bytes.Length ? bytes[..length] : new byte[length];
        BinaryPrimitives.WriteInt32BigEndian(bytes, 16);
        executionId.TryWriteBytes(bytes[4..], bigEndian: true, out _);
        BinaryPrimitives.WriteInt32BigEndian(bytes[20..], length - 24);
        Encoding.UTF8.GetBytes(stepPath, bytes[24..]);

        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(bytes, hash);
        return Convert.ToHexStringLower(hash);
    }
}
