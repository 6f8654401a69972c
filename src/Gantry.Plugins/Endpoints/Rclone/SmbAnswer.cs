using System.Buffers.Binary;

namespace Gantry.Plugins.Endpoints.Rclone;

/// <summary>One answer of the server: its status and what follows its head.</summary>
internal readonly record struct SmbAnswer(uint Status, byte[] Body)
{
    public const uint MoreToCome = 0xC000_0016;
    public const uint Pending = 0x103;

    public bool IsGood => Status == 0;

    /// <summary>Of CREATE; null when it has none.</summary>
    public byte[]? FileId => IsGood && Body.Length >= 80 ? Body[64..80] : null;

    /// <summary>Of WRITE.</summary>
    public long? Written => IsGood && Body.Length >= 8 ? BinaryPrimitives.ReadUInt32LittleEndian(Body.AsSpan(4)) : null;

    /// <summary>Of SESSION_SETUP: what the server says to the login.</summary>
    public byte[]? Token => Part(4);

    /// <summary>Of the look at a file: its size and the time of its content.</summary>
    public (long Size, DateTimeOffset Time)? Look
    {
        get
        {
            if (!IsGood || Body.Length < 8)
            {
                return null;
            }

            var offset = BinaryPrimitives.ReadUInt16LittleEndian(Body.AsSpan(2)) - SmbRequest.HeadBytes;
            if (offset < 8 || offset + SmbRequest.LookBytes > Body.Length)
            {
                return null;
            }

            var told = Body.AsSpan(offset);
            var time = BinaryPrimitives.ReadInt64LittleEndian(told[16..]);
            return time is < 0 or > 2650467743999999999
                ? null
                : (BinaryPrimitives.ReadInt64LittleEndian(told[40..]), DateTimeOffset.FromFileTime(time).ToUniversalTime());
        }
    }

    /// <summary>What stands where an offset and a length at this place say.</summary>
    private byte[]? Part(int at)
    {
        if (Body.Length < at + 4)
        {
            return null;
        }

        var offset = BinaryPrimitives.ReadUInt16LittleEndian(Body.AsSpan(at)) - SmbRequest.HeadBytes;
        var length = BinaryPrimitives.ReadUInt16LittleEndian(Body.AsSpan(at + 2));
        return offset >= 0 && offset + length <= Body.Length ? Body[offset..(offset + length)] : null;
    }
}
