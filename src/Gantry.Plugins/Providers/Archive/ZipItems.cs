using System.Buffers.Binary;
using System.IO.Compression;
using System.Runtime.CompilerServices;
using System.Text;

namespace Gantry.Plugins.Providers.Archive;

/// <summary>The entries of a zip archive.</summary>
internal static class ZipItems
{
    private const int EndLength = 22;
    private const int Zip64LocatorLength = 20;
    private const int HeaderLength = 46;
    private const int CommentMax = 65_535;
    private const int TypeMask = 0xF000;
    private const int TypeFolder = 0x4000;
    private const int TypeFile = 0x8000;
    private const int TypeLink = 0xA000;
    private const int RightsMask = 0x1FF;

    public static async IAsyncEnumerable<ArchiveItem> ReadAsync(FileStream file, ArchiveBounds bounds, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await RequireFewAsync(file, bounds, cancellationToken);
        file.Position = 0;
        await using var zip = await OpenAsync(file, cancellationToken);
        foreach (var entry in zip.Entries)
        {
            bounds.CountEntry();
            var mode = entry.ExternalAttributes >> 16 & 0xFFFF;
            var kind = (mode & TypeMask) switch
            {
                TypeLink => ArchiveItemKind.Link,
                TypeFolder => ArchiveItemKind.Folder,
                0 or TypeFile => entry.FullName.EndsWith('/') || entry.FullName.EndsWith('\\') ? ArchiveItemKind.Folder : ArchiveItemKind.File,
                _ => ArchiveItemKind.Other,
            };
            if (kind == ArchiveItemKind.File && entry.IsEncrypted)
            {
                throw ArchiveNames.Damaged($"The archive's entry '{ArchiveNames.Shown(entry.FullName)}' is encrypted, which cannot be unpacked here.");
            }

            var content = kind == ArchiveItemKind.File ? await OpenAsync(entry, bounds, cancellationToken) : null;
            await using (content)
            {
                yield return new ArchiveItem
                {
                    // Archives made on Windows may have '\' between folders.
                    Name = entry.FullName.Replace('\\', '/'),
                    Kind = kind,
                    Size = entry.Length,
                    ModifiedAt = entry.LastWriteTime.Year > 1980 ? new DateTimeOffset(entry.LastWriteTime.DateTime, TimeSpan.Zero) : null,
                    UnixMode = (mode & RightsMask) > 0 ? mode & RightsMask : null,
                    Content = content,
                };
            }
        }
    }

    private static async Task<ZipArchive> OpenAsync(FileStream file, CancellationToken cancellationToken)
    {
        try
        {
            var zip = await ZipArchive.CreateAsync(file, ZipArchiveMode.Read, leaveOpen: true, Encoding.UTF8, cancellationToken);
            _ = zip.Entries;
            return zip;
        }
        catch (InvalidDataException exception)
        {
            throw ArchiveNames.Damaged($"The archive is damaged: {exception.Message}", exception);
        }
    }

    private static async Task<Stream> OpenAsync(ZipArchiveEntry entry, ArchiveBounds bounds, CancellationToken cancellationToken)
    {
        try
        {
            return new ArchiveContent(await entry.OpenAsync(cancellationToken), entry.FullName, entry.Length, entry.Crc32, bounds);
        }
        catch (Exception exception) when (exception is InvalidDataException or NotSupportedException or IOException)
        {
            throw ArchiveNames.Damaged($"The archive's entry '{ArchiveNames.Shown(entry.FullName)}' cannot be read: {exception.Message}", exception);
        }
    }

    /// <summary>Counts the entries before anything is made of them: each costs memory, and an archive of a few megabytes can list millions.</summary>
    private static async Task RequireFewAsync(FileStream file, ArchiveBounds bounds, CancellationToken cancellationToken)
    {
        var tail = new byte[(int)Math.Min(file.Length, EndLength + CommentMax + Zip64LocatorLength)];
        file.Position = file.Length - tail.Length;
        await file.ReadExactlyAsync(tail, cancellationToken);
        var end = tail.AsSpan().LastIndexOf("PK\u0005\u0006"u8);
        if (end < 0 || end + EndLength > tail.Length)
        {
            throw ArchiveNames.Damaged("The archive is damaged: it has no end, as when it was not fetched whole.");
        }

        long start = BinaryPrimitives.ReadUInt32LittleEndian(tail.AsSpan(end + 16));
        if (start == uint.MaxValue && end >= Zip64LocatorLength && tail.AsSpan(end - Zip64LocatorLength).StartsWith("PK\u0006\u0007"u8))
        {
            var large = new byte[56];
            file.Position = Math.Clamp(BinaryPrimitives.ReadInt64LittleEndian(tail.AsSpan(end - Zip64LocatorLength + 8)), 0, file.Length);
            var read = await file.ReadAtLeastAsync(large, large.Length, throwOnEndOfStream: false, cancellationToken);
            start = read == large.Length ? BinaryPrimitives.ReadInt64LittleEndian(large.AsSpan(48)) : 0;
        }

        file.Position = Math.Clamp(start, 0, file.Length);
        using var buffered = new BufferedStream(new Unclosed(file), 128 * 1024);
        var header = new byte[HeaderLength];
        for (var count = 0; await buffered.ReadAtLeastAsync(header, header.Length, throwOnEndOfStream: false, cancellationToken) == header.Length && header.AsSpan().StartsWith("PK\u0001\u0002"u8);)
        {
            if (++count > bounds.FilesMax)
            {
                throw ArchiveBounds.TooMuch($"has more than {bounds.FilesMax:N0} entries, as 'max_files' allows");
            }

            var rest = BinaryPrimitives.ReadUInt16LittleEndian(header.AsSpan(28)) + BinaryPrimitives.ReadUInt16LittleEndian(header.AsSpan(30)) + BinaryPrimitives.ReadUInt16LittleEndian(header.AsSpan(32));
            buffered.Seek(rest, SeekOrigin.Current);
        }
    }

    /// <summary>The file, which stays open when what buffers it is closed.</summary>
    private sealed class Unclosed(FileStream file) : Stream
    {
        public override bool CanRead => true;

        public override bool CanSeek => true;

        public override bool CanWrite => false;

        public override long Length => file.Length;

        public override long Position { get => file.Position; set => file.Position = value; }

        public override int Read(byte[] buffer, int offset, int count) => file.Read(buffer, offset, count);

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => file.ReadAsync(buffer, cancellationToken);

        public override long Seek(long offset, SeekOrigin origin) => file.Seek(offset, origin);

        public override void Flush()
        {
        }

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
