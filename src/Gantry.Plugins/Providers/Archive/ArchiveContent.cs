namespace Gantry.Plugins.Providers.Archive;

/// <summary>An entry's content while it is read: counted, and at its end held against the length and the sum that the archive states.</summary>
internal sealed class ArchiveContent(Stream inner, string name, long length, uint? crc, ArchiveBounds bounds) : Stream
{
    private static readonly uint[] table = MakeTable();

    private uint sum = uint.MaxValue;
    private long read;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override int Read(Span<byte> buffer)
    {
        try
        {
            return Take(buffer[..inner.Read(buffer)], buffer.Length);
        }
        catch (Exception exception) when (exception is InvalidDataException or EndOfStreamException)
        {
            throw Damaged(exception);
        }
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        try
        {
            var count = await inner.ReadAsync(buffer, cancellationToken);
            return Take(buffer.Span[..count], buffer.Length);
        }
        catch (Exception exception) when (exception is InvalidDataException or EndOfStreamException)
        {
            throw Damaged(exception);
        }
    }

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            inner.Dispose();
        }

        base.Dispose(disposing);
    }

    private int Take(ReadOnlySpan<byte> bytes, int asked)
    {
        bounds.CountBytes(bytes.Length);
        read += bytes.Length;
        if (crc is not null)
        {
            foreach (var value in bytes)
            {
                sum = table[(sum ^ value) & 0xFF] ^ (sum >> 8);
            }
        }

        if (read > length || (bytes.IsEmpty && asked > 0 && (read != length || (crc is { } expected && ~sum != expected))))
        {
            throw Damaged(null);
        }

        return bytes.Length;
    }

    private Exception Damaged(Exception? inner) =>
        ArchiveNames.Damaged($"The archive's entry '{ArchiveNames.Shown(name)}' is damaged: its content is not what the archive says of it.", inner);

    private static uint[] MakeTable()
    {
        var made = new uint[256];
        for (var index = 0u; index < 256; index++)
        {
            var value = index;
            for (var bit = 0; bit < 8; bit++)
            {
                value = (value & 1) == 0 ? value >> 1 : 0xEDB88320 ^ (value >> 1);
            }

            made[index] = value;
        }

        return made;
    }
}
