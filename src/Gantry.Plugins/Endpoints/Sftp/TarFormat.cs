namespace Gantry.Plugins.Endpoints.Sftp;

/// <summary>
/// Files as tar takes them: the headers of ustar (POSIX.1-1988), and GNU's entry of type L before a name of more than 100 bytes, which GNU's tar, BSD's
/// and busybox's read alike and byte for byte. Nothing else is needed here, and this is a tenth of the work that System.Formats.Tar makes of it.
/// </summary>
internal static class TarFormat
{
    public const int BlockBytes = 512;

    /// <summary>Two empty blocks.</summary>
    public const int EndBytes = 2 * BlockBytes;

    private const int NameMax = 100;
    private const int ModeAt = 100;
    private const int SizeAt = 124;
    private const int TimeAt = 136;
    private const int SumAt = 148;
    private const int TypeAt = 156;

    private static readonly byte[] blank = Blank();
    private static readonly int blankSum = SumOf(blank);

    /// <summary>What precedes the content.</summary>
    public static int HeaderBytes(int nameBytes) => nameBytes <= NameMax ? BlockBytes : (2 * BlockBytes) + Whole(nameBytes + 1);

    /// <summary>The length, rounded up to whole blocks.</summary>
    public static int Whole(int bytes) => (bytes + BlockBytes - 1) / BlockBytes * BlockBytes;

    /// <summary>Fills what <see cref="HeaderBytes"/> told.</summary>
    public static void WriteHeader(Span<byte> header, ReadOnlySpan<byte> name, int contentBytes, int mode, uint seconds)
    {
        if (name.Length > NameMax)
        {
            WriteBlock(header[..BlockBytes], "././@LongLink"u8, 'L', name.Length + 1, mode: 0, seconds: 0);
            var text = header[BlockBytes..^BlockBytes];
            text.Clear();
            name.CopyTo(text);
            header = header[^BlockBytes..];
            name = name[..NameMax];
        }

        WriteBlock(header, name, '0', contentBytes, mode, seconds);
    }

    private static void WriteBlock(Span<byte> block, ReadOnlySpan<byte> name, char type, int size, int mode, uint seconds)
    {
        blank.CopyTo(block);
        name.CopyTo(block);
        block[TypeAt] = (byte)type;
        var sum = blankSum + SumOf(name) + type
            + Octal(block.Slice(ModeAt, 7), (uint)mode) + Octal(block.Slice(SizeAt, 11), (uint)size) + Octal(block.Slice(TimeAt, 11), seconds);
        Octal(block.Slice(SumAt, 6), (uint)sum);
        block[SumAt + 6] = 0;
    }

    /// <summary>Writes all its digits, and answers by how much they raise the sum of the block, in which they were 0.</summary>
    private static int Octal(Span<byte> digits, uint value)
    {
        var sum = 0;
        for (var i = digits.Length - 1; i >= 0; i--, value >>= 3)
        {
            digits[i] = (byte)('0' + (value & 7));
            sum += (int)(value & 7);
        }

        return sum;
    }

    private static int SumOf(ReadOnlySpan<byte> bytes)
    {
        var sum = 0;
        foreach (var value in bytes)
        {
            sum += value;
        }

        return sum;
    }

    /// <summary>With zeros for all numbers, spaces for the sum, and no owner by name.</summary>
    private static byte[] Blank()
    {
        var block = new byte[BlockBytes];
        foreach (var (at, digits) in ((int, int)[])[(ModeAt, 7), (108, 7), (116, 7), (SizeAt, 11), (TimeAt, 11)])
        {
            block.AsSpan(at, digits).Fill((byte)'0');
        }

        block.AsSpan(SumAt, 8).Fill((byte)' ');
        "ustar  \0"u8.CopyTo(block.AsSpan(257));
        return block;
    }
}
