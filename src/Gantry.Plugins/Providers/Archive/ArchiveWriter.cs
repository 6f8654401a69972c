using System.Formats.Tar;
using System.IO.Compression;
using System.Text;
using Gantry.Engine.Endpoints;
using Gantry.Engine.Providers;

namespace Gantry.Plugins.Providers.Archive;

/// <summary>An archive while it is written, in one go from its beginning to its end.</summary>
internal abstract class ArchiveWriter : IAsyncDisposable
{
    protected const int RightsMask = 0x1FF;

    public static ArchiveWriter Create(string format, Stream stream) => format switch
    {
        "zip" => new Zip(stream),
        "tar" => new Tar(stream, null),
        _ => new Tar(new GZipStream(stream, CompressionLevel.Optimal), stream),
    };

    /// <summary>Adds a folder, or a file with its content of now: one that grew or shrank since it was listed fails.</summary>
    public async Task AddAsync(string path, Entry entry, ArchiveSource source, CancellationToken cancellationToken)
    {
        if (path.Any(char.IsSurrogate) && !IsText(path))
        {
            throw new EndpointException(EndpointError.BadPath, $"'{ArchiveNames.Shown(path)}' is no UTF-8, and archives have names of UTF-8. Rename it, or leave it out by 'exclude'.");
        }

        if (entry.Kind == EntryKind.Folder)
        {
            await AddFolderAsync(path, entry, cancellationToken);
            return;
        }

        await using var content = new SizedContent(await source.Endpoint.OpenReadAsync(path, 0, entry.Size, cancellationToken), entry.Size, path);
        await AddFileAsync(path, entry, content, cancellationToken);
        await content.RequireEndAsync(cancellationToken);
    }

    public abstract ValueTask DisposeAsync();

    protected abstract Task AddFolderAsync(string path, Entry entry, CancellationToken cancellationToken);

    protected abstract Task AddFileAsync(string path, Entry entry, Stream content, CancellationToken cancellationToken);

    private static bool IsText(string path)
    {
        try
        {
            new UTF8Encoding(false, throwOnInvalidBytes: true).GetByteCount(path);
            return true;
        }
        catch (EncoderFallbackException)
        {
            return false;
        }
    }

    private sealed class Zip(Stream stream) : ArchiveWriter
    {
        private const int YearFirst = 1980;
        private const int YearLast = 2107;
        private readonly ZipArchive zip = new(stream, ZipArchiveMode.Create, leaveOpen: false, Encoding.UTF8);

        public override ValueTask DisposeAsync() => zip.DisposeAsync();

        protected override Task AddFolderAsync(string path, Entry entry, CancellationToken cancellationToken)
        {
            Make(path + "/", entry, 0x4000);
            return Task.CompletedTask;
        }

        protected override async Task AddFileAsync(string path, Entry entry, Stream content, CancellationToken cancellationToken)
        {
            await using var packed = await Make(path, entry, 0x8000).OpenAsync(cancellationToken);
            await content.CopyToAsync(packed, cancellationToken);
        }

        private ZipArchiveEntry Make(string name, Entry entry, int type)
        {
            var made = zip.CreateEntry(name, CompressionLevel.Optimal);
            var rights = entry.UnixMode is { } mode ? mode & RightsMask : type == 0x4000 ? 0x1ED : 0x1A4;
            made.ExternalAttributes = (type | rights) << 16;
            made.LastWriteTime = entry.ModifiedAt is { } time && time.UtcDateTime.Year is >= YearFirst and <= YearLast ? time.ToUniversalTime() : new DateTimeOffset(YearFirst, 1, 1, 0, 0, 0, TimeSpan.Zero);
            return made;
        }
    }

    private sealed class Tar(Stream stream, Stream? below) : ArchiveWriter
    {
        private readonly TarWriter tar = new(stream, TarEntryFormat.Pax, leaveOpen: false);

        public override async ValueTask DisposeAsync()
        {
            await tar.DisposeAsync();
            if (below is not null)
            {
                await below.DisposeAsync();
            }
        }

        protected override Task AddFolderAsync(string path, Entry entry, CancellationToken cancellationToken) =>
            WriteAsync(new PaxTarEntry(TarEntryType.Directory, path + "/"), entry, 0x1ED, cancellationToken);

        protected override Task AddFileAsync(string path, Entry entry, Stream content, CancellationToken cancellationToken) =>
            WriteAsync(new PaxTarEntry(TarEntryType.RegularFile, path) { DataStream = content }, entry, 0x1A4, cancellationToken);

        private Task WriteAsync(PaxTarEntry packed, Entry entry, int rights, CancellationToken cancellationToken)
        {
            packed.Mode = (UnixFileMode)(entry.UnixMode is { } mode ? mode & RightsMask : rights);
            packed.ModificationTime = entry.ModifiedAt ?? DateTimeOffset.UnixEpoch;
            return tar.WriteEntryAsync(packed, cancellationToken);
        }
    }

    /// <summary>A file of a known length, as an archive announces it before its content.</summary>
    private sealed class SizedContent(Stream inner, long length, string path) : Stream
    {
        private long read;

        public override bool CanRead => true;

        /// <summary>By its length alone: nobody goes back in it.</summary>
        public override bool CanSeek => true;

        public override bool CanWrite => false;

        public override long Length => length;

        public override long Position
        {
            get => read;
            set => throw new NotSupportedException();
        }

        /// <summary>Fails when there is more than was announced.</summary>
        public async ValueTask RequireEndAsync(CancellationToken cancellationToken)
        {
            if (read != length || await inner.ReadAsync(new byte[1], cancellationToken) > 0)
            {
                throw Changed();
            }
        }

        public override int Read(byte[] buffer, int offset, int count) => Took(inner.Read(buffer, offset, (int)Math.Min(count, length - read)), count);

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            Took(await inner.ReadAsync(buffer[..(int)Math.Min(buffer.Length, length - read)], cancellationToken), buffer.Length);

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

        private int Took(int count, int asked)
        {
            read += count;
            return count > 0 || asked == 0 || read == length ? count : throw Changed();
        }

        private ProviderException Changed() => new(new ProviderError
        {
            Kind = ProviderErrorKind.Conflict,
            Message = $"'{ArchiveNames.Shown(path)}' changed while it was packed. The archive was not written.",
            IsTransient = true,
        });
    }
}
