namespace Gantry.Plugins.Endpoints.Ftp;

/// <summary>Bytes that came before anybody wanted them: in a file without a name that others could open, removed when it is closed.</summary>
internal sealed class FtpSpill : IAsyncDisposable
{
    private readonly FileStream file = new(
        Path.Combine(Path.GetTempPath(), $"gantry-{Guid.CreateVersion7():N}.spill"),
        new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.ReadWrite,
            Share = FileShare.None,
            Options = FileOptions.DeleteOnClose | FileOptions.Asynchronous,
            UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        });

    private long readAt;

    /// <summary>With what was taken, until all of it was.</summary>
    public long Length => file.Length;

    public bool IsEmpty => readAt == file.Length;

    public async ValueTask AddAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        if (IsEmpty)
        {
            file.SetLength(0);
            readAt = 0;
        }

        file.Position = file.Length;
        await file.WriteAsync(bytes, cancellationToken).ConfigureAwait(false);
    }

    public async ValueTask<int> TakeAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        file.Position = readAt;
        var read = await file.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
        readAt += read;
        return read;
    }

    public ValueTask DisposeAsync() => file.DisposeAsync();
}
