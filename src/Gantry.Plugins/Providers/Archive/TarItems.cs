using System.Buffers.Binary;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using Gantry.Engine.Endpoints;

namespace Gantry.Plugins.Providers.Archive;

/// <summary>The entries of a tar archive (ustar, pax, and GNU's long names), read as they come.</summary>
internal sealed class TarItems(Stream stream, ArchiveBounds bounds)
{
    private const int BlockLength = 512;
    private const int HeadersBytesMax = 1024 * 1024;

    private readonly byte[] block = new byte[BlockLength];
    private readonly Dictionary<string, string> global = new(StringComparer.Ordinal);

    public async IAsyncEnumerable<ArchiveItem> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        Dictionary<string, string> next = new(StringComparer.Ordinal);
        while (await ReadBlockAsync(cancellationToken))
        {
            bounds.CountEntry();
            var type = (char)block[156];
            var size = NumberAt(124, 12);
            if (type is 'x' or 'g' or 'L' or 'K')
            {
                await ReadHeadersAsync(type, size, type == 'g' ? global : next, cancellationToken);
                continue;
            }

            var item = ItemOf(type, size, next);
            next.Clear();
            var isFile = item.Kind == ArchiveItemKind.File;
            await using var content = isFile ? new ArchiveContent(new Part(stream, item.Size), item.Name, item.Size, crc: null, bounds) : null;
            yield return item with { Content = content };
            if (content is not null)
            {
                await content.CopyToAsync(Stream.Null, cancellationToken);
                await SkipAsync(Padding(item.Size), cancellationToken);
            }
            else if (item.Kind == ArchiveItemKind.Other || HasContent(type))
            {
                await SkipAsync(item.Size + Padding(item.Size), cancellationToken);
            }
        }
    }

    /// <summary>Links and folders state sizes at times, and have no content.</summary>
    private static bool HasContent(char type) => type is not ('1' or '2' or '3' or '4' or '5' or '6');

    private static long Padding(long size) => (BlockLength - (size % BlockLength)) % BlockLength;

    private ArchiveItem ItemOf(char type, long size, Dictionary<string, string> next)
    {
        var prefix = block.AsSpan(257, 6).SequenceEqual("ustar\0"u8) ? TextAt(345, 155) : "";
        var name = Find("path") ?? (prefix.Length > 0 ? $"{prefix}/{TextAt(0, 100)}" : TextAt(0, 100));
        var kind = type switch
        {
            '0' or '\0' or '7' => name.EndsWith('/') ? ArchiveItemKind.Folder : ArchiveItemKind.File,
            '5' => ArchiveItemKind.Folder,
            '1' or '2' => ArchiveItemKind.Link,
            _ => ArchiveItemKind.Other,
        };
        if (type == 'S' || next.Keys.Concat(global.Keys).Any(key => key.StartsWith("GNU.sparse.", StringComparison.Ordinal)))
        {
            throw ArchiveNames.Damaged($"The archive's entry '{ArchiveNames.Shown(name)}' is a sparse file, which cannot be unpacked here. Pack it without tar's --sparse.");
        }

        if (Find("size") is { } stated)
        {
            size = long.TryParse(stated, NumberStyles.None, CultureInfo.InvariantCulture, out var known) ? known : -1;
        }

        return new ArchiveItem
        {
            Name = name,
            Kind = kind,
            Size = size >= 0 ? size : throw Damaged(),
            ModifiedAt = TimeOf(Find("mtime")),
            UnixMode = NumberAt(100, 8) is > 0 and var mode ? (int)(mode & 0x1FF) : null,
        };

        string? Find(string key) => next.GetValueOrDefault(key) ?? global.GetValueOrDefault(key);
    }

    private DateTimeOffset? TimeOf(string? stated)
    {
        var seconds = stated is not null && decimal.TryParse(stated, NumberStyles.AllowDecimalPoint | NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var exact)
            ? exact
            : NumberAt(136, 12);
        return seconds is > 0 and < 253_402_300_800 ? DateTimeOffset.UnixEpoch.AddTicks((long)(seconds * TimeSpan.TicksPerSecond)) : null;
    }

    private async Task ReadHeadersAsync(char type, long size, Dictionary<string, string> into, CancellationToken cancellationToken)
    {
        if (size is < 0 or > HeadersBytesMax)
        {
            throw Damaged();
        }

        var bytes = new byte[size];
        await ReadExactlyAsync(bytes, cancellationToken);
        await SkipAsync(Padding(size), cancellationToken);
        if (type is 'L' or 'K')
        {
            into[type == 'L' ? "path" : "linkpath"] = NameBytes.Decode(bytes.AsSpan().TrimEnd((byte)0));
            return;
        }

        // Each record is "LENGTH KEY=VALUE\n".
        for (var rest = bytes.AsMemory(); !rest.IsEmpty && rest.Span[0] != 0;)
        {
            var space = rest.Span.IndexOf((byte)' ');
            if (space is < 1 or > 8 || !int.TryParse(rest.Span[..space], NumberStyles.None, CultureInfo.InvariantCulture, out var length) || length <= space + 1 || length > rest.Length)
            {
                throw Damaged();
            }

            var record = rest.Span[(space + 1)..(length - 1)];
            var equals = record.IndexOf((byte)'=');
            if (equals < 1)
            {
                throw Damaged();
            }

            into[Encoding.UTF8.GetString(record[..equals])] = NameBytes.Decode(record[(equals + 1)..]);
            rest = rest[length..];
        }
    }

    /// <summary>False at the end, which is a block of zeros.</summary>
    private async Task<bool> ReadBlockAsync(CancellationToken cancellationToken)
    {
        await ReadExactlyAsync(block, cancellationToken);
        if (!block.AsSpan().ContainsAnyExcept((byte)0))
        {
            return false;
        }

        var sum = 0;
        for (var index = 0; index < BlockLength; index++)
        {
            sum += index is >= 148 and < 156 ? ' ' : block[index];
        }

        return NumberAt(148, 8) == sum ? true : throw Damaged();
    }

    private async Task SkipAsync(long count, CancellationToken cancellationToken)
    {
        await using var part = new ArchiveContent(new Part(stream, count), "", count, crc: null, bounds);
        await part.CopyToAsync(Stream.Null, cancellationToken);
    }

    private async Task ReadExactlyAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        try
        {
            await stream.ReadExactlyAsync(buffer, cancellationToken);
            bounds.CountBytes(buffer.Length);
        }
        catch (Exception exception) when (exception is EndOfStreamException or InvalidDataException)
        {
            throw ArchiveNames.Damaged("The archive is damaged: it ends too early, or cannot be decompressed.", exception);
        }
    }

    private string TextAt(int start, int length)
    {
        var field = block.AsSpan(start, length);
        var end = field.IndexOf((byte)0);
        return NameBytes.Decode(end < 0 ? field : field[..end]);
    }

    /// <summary>Octal, or from the first bit on binary; -1 when it is neither.</summary>
    private long NumberAt(int start, int length)
    {
        var field = block.AsSpan(start, length);
        if ((field[0] & 0x80) != 0)
        {
            return field[0] == 0x80 && (length < 12 || !field[1..^8].ContainsAnyExcept((byte)0)) ? BinaryPrimitives.ReadInt64BigEndian(field[^8..]) : -1;
        }

        var number = 0L;
        foreach (var digit in Encoding.ASCII.GetString(field).Trim(' ', '\0'))
        {
            if (digit is < '0' or > '7')
            {
                return -1;
            }

            number = (number << 3) | (uint)(digit - '0');
        }

        return number;
    }

    private static Exception Damaged() => ArchiveNames.Damaged("The archive is damaged: it is no tar archive from some place on.");

    /// <summary>So many of the stream's next bytes; it fails when there are fewer.</summary>
    private sealed class Part(Stream inner, long length) : Stream
    {
        private long left = length;

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override int Read(byte[] buffer, int offset, int count) => Took(inner.Read(buffer, offset, (int)Math.Min(count, left)));

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            Took(await inner.ReadAsync(buffer[..(int)Math.Min(buffer.Length, left)], cancellationToken));

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        private int Took(int count)
        {
            left -= count;
            return count > 0 || left == 0 ? count : throw new EndOfStreamException();
        }
    }
}
