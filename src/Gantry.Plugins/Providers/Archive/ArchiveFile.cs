using System.IO.Compression;
using System.Runtime.CompilerServices;
using Gantry.Engine.Endpoints;
using Gantry.Engine.Transfers;

namespace Gantry.Plugins.Providers.Archive;

/// <summary>An archive, fetched into a temporary file that nobody else can open: it is read twice, and zip is read from its end.</summary>
internal sealed class ArchiveFile : IAsyncDisposable
{
    private const int MagicAt = 257;

    private readonly FileStream file;
    private readonly ArchiveBounds bounds;
    private readonly string address;
    private readonly byte[] head;

    private ArchiveFile(FileStream file, ArchiveBounds bounds, string address, byte[] head) => (this.file, this.bounds, this.address, this.head) = (file, bounds, address, head);

    private bool IsZip => head.AsSpan().StartsWith("PK\u0003\u0004"u8) || head.AsSpan().StartsWith("PK\u0005\u0006"u8);

    private bool IsGzip => head.AsSpan().StartsWith((ReadOnlySpan<byte>)[0x1F, 0x8B]);

    private bool IsTar => head.Length > MagicAt + 5 && head.AsSpan(MagicAt, 5).SequenceEqual("ustar"u8);

    public static async Task<ArchiveFile> FetchAsync(IEndpointOpener endpoints, string address, ArchiveBounds bounds, CancellationToken cancellationToken)
    {
        var (folder, name) = TransferPlaces.Split(address)
            ?? throw new EndpointException(EndpointError.BadSetting, $"'{EndpointPath.Printable(address)}' is no file in a folder that could be opened.");
        var path = Path.Combine(Path.GetTempPath(), $"gantry-{Guid.CreateVersion7():N}");
        var file = new FileStream(path, new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.ReadWrite,
            Share = FileShare.None,
            Options = FileOptions.Asynchronous,
            UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        });
        try
        {
            // It has no name any more, and is gone with this process, however that ends.
            File.Delete(path);
            await using var endpoint = await endpoints.OpenAsync(folder, cancellationToken);
            await using (var content = await endpoint.OpenReadAsync(name, 0, null, cancellationToken))
            {
                var buffer = new byte[128 * 1024];
                for (int read; (read = await content.ReadAsync(buffer, cancellationToken)) > 0;)
                {
                    if (file.Length + read > bounds.BytesMax)
                    {
                        throw ArchiveBounds.TooMuch("is itself larger than 'max_bytes' allows");
                    }

                    await file.WriteAsync(buffer.AsMemory(0, read), cancellationToken);
                }
            }

            file.Position = 0;
            var head = new byte[512];
            var length = await file.ReadAtLeastAsync(head, head.Length, throwOnEndOfStream: false, cancellationToken);
            return new ArchiveFile(file, bounds, address, head[..length]);
        }
        catch
        {
            await file.DisposeAsync();
            throw;
        }
    }

    /// <summary>Every entry in its order, counted. Content is checked by the archive's own sums when it is read to its end.</summary>
    public async IAsyncEnumerable<ArchiveItem> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        bounds.Begin(file.Length);
        file.Position = 0;
        if (IsZip)
        {
            await foreach (var item in ZipItems.ReadAsync(file, bounds, cancellationToken))
            {
                yield return item;
            }

            yield break;
        }

        if (!IsGzip && !IsTar)
        {
            throw ArchiveNames.Damaged($"'{EndpointPath.Printable(address)}' is no zip, tar or tar.gz archive.");
        }

        await using var unpacked = IsGzip ? new GZipStream(file, CompressionMode.Decompress, leaveOpen: true) : null;
        await foreach (var item in new TarItems(unpacked ?? (Stream)file, bounds).ReadAsync(cancellationToken))
        {
            yield return item;
        }
    }

    public ValueTask DisposeAsync() => file.DisposeAsync();
}
