using Gantry.Engine.Endpoints;
using Microsoft.Win32.SafeHandles;

namespace Gantry.Plugins.Endpoints.Local;

/// <summary>A file that grows under its temporary name: published by one rename, or gone.</summary>
internal sealed class LocalPartial : IDisposable
{
    private const int FileMode = 0x1B6; // 0666, which the umask narrows.

    private readonly SafeFileHandle folder;
    private readonly string path;
    private readonly string fullPath;
    private readonly WriteOptions options;
    private bool isPublished;

    private LocalPartial(SafeFileHandle folder, string path, string fullPath, WriteOptions options)
    {
        this.folder = folder;
        this.path = path;
        this.fullPath = fullPath;
        this.options = options;
        var answer = LinuxFiles.CreateFile(folder, options.PartialName, FileMode);
        if (answer == -LocalErrors.Exists)
        {
            // What an earlier try of the same transfer left behind.
            LinuxFiles.Remove(folder, options.PartialName, isFolder: false);
            answer = LinuxFiles.CreateFile(folder, options.PartialName, FileMode);
        }

        File = LocalRoot.Checked(answer, fullPath);
    }

    public SafeFileHandle File { get; }

    public long Written { get; private set; }

    public static LocalPartial Create(LocalRoot root, string path, WriteOptions options)
    {
        EndpointPath.CheckPartialName(options.PartialName);
        var parent = root.OpenParent(path);
        try
        {
            return new LocalPartial(parent, path, root.FullPathOf(path), options);
        }
        catch
        {
            parent.Dispose();
            throw;
        }
    }

    public void Write(ReadOnlySpan<byte> content)
    {
        while (content.Length > 0)
        {
            var written = LinuxFiles.Write(File, content);
            if (written < 0 && written != -LocalErrors.Interrupted)
            {
                throw LocalErrors.Of(-written, fullPath);
            }

            content = content[Math.Max(written, 0)..];
            Written += Math.Max(written, 0);
        }
    }

    /// <summary>The kernel wrote these by itself.</summary>
    public void Count(long bytes) => Written += bytes;

    /// <summary>Checks the length, sets what is to be set, and renames.</summary>
    public Entry Publish()
    {
        if (options.Length is { } length && length != Written)
        {
            throw new EndpointException(
                EndpointError.ContentDiffers,
                $"'{EndpointPath.Printable(fullPath)}' was announced with {length} bytes and came with {Written}: the source changed meanwhile.",
                isTransient: true);
        }

        if (options.UnixMode is { } mode)
        {
            Check(LinuxFiles.SetMode(File, mode & 0xFFF));
        }

        if (options.ModifiedAt is { } modifiedAt)
        {
            Check(LinuxFiles.SetTimes(File, modifiedAt));
        }

        Check(LinuxFiles.Stat(File, out var stat));
        if (stat.Size != Written)
        {
            throw new EndpointException(
                EndpointError.ContentDiffers, $"'{EndpointPath.Printable(fullPath)}' got {Written} bytes and has {stat.Size}.", isTransient: true);
        }

        var name = EndpointPath.NameOf(path);
        Check(LinuxFiles.Rename(folder, options.PartialName, folder, name));
        isPublished = true;
        return stat.ToEntry(name);
    }

    public void Dispose()
    {
        if (!isPublished)
        {
            LinuxFiles.Remove(folder, options.PartialName, isFolder: false);
        }

        File.Dispose();
        folder.Dispose();
    }

    private void Check(int answer)
    {
        if (answer < 0)
        {
            throw LocalErrors.Of(-answer, fullPath);
        }
    }
}
