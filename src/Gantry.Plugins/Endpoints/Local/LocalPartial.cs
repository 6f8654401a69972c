using Gantry.Engine.Endpoints;
using Gantry.Engine.Work;
using Microsoft.Win32.SafeHandles;

namespace Gantry.Plugins.Endpoints.Local;

/// <summary>A file that grows under its temporary name: published by one rename, or gone.</summary>
internal sealed class LocalPartial : IDisposable
{
    private const int FileMode = 0x1B6; // 0666, which the umask narrows.
    private const int OwnerMayWrite = 0x80;
    private const int PermissionBits = 0xFFF;

    private readonly LocalFolder parent;
    private readonly SafeFileHandle folder;
    private readonly string path;
    private readonly string fullPath;
    private readonly WriteOptions options;
    private bool isKept;

    private LocalPartial(LocalFolder parent, string path, string fullPath, WriteOptions options)
    {
        this.parent = parent;
        folder = parent.Handle;
        this.path = path;
        this.fullPath = fullPath;
        this.options = options;
        File = TryTakeOver() ?? Create();
    }

    public SafeFileHandle File { get; }

    /// <summary>How long what an earlier attempt left is; 0 when there was nothing of use.</summary>
    public long Standing { get; private set; }

    public long Written { get; private set; }

    public static LocalPartial Create(LocalRoot root, LocalFolders folders, string path, WriteOptions options)
    {
        EndpointPath.CheckPartialName(options.PartialName);
        try
        {
            return CreateIn(folders.Parent(path), path, root.FullPathOf(path), options);
        }
        catch (EndpointException exception) when (exception.Error == EndpointError.NotFound)
        {
            // The folder may have been removed and made anew a moment ago.
            folders.Forget();
            return CreateIn(folders.Parent(path), path, root.FullPathOf(path), options);
        }
    }

    private static LocalPartial CreateIn(LocalFolder parent, string path, string fullPath, WriteOptions options)
    {
        try
        {
            return new LocalPartial(parent, path, fullPath, options);
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

    /// <summary>In any order, several at once.</summary>
    public void WriteAt(ReadOnlySpan<byte> content, long offset)
    {
        while (content.Length > 0)
        {
            var written = LinuxFiles.WriteAt(File, content, offset);
            if (written < 0 && written != -LocalErrors.Interrupted)
            {
                throw LocalErrors.Of(-written, fullPath);
            }

            content = content[Math.Max(written, 0)..];
            offset += Math.Max(written, 0);
        }
    }

    /// <summary>Checks the length of what was written in order, sets what is to be set, and renames.</summary>
    public Entry Publish()
    {
        if (options.Length is { } length && length != Written)
        {
            throw new EndpointException(
                EndpointError.ContentDiffers,
                $"'{EndpointPath.Printable(fullPath)}' was announced with {length} bytes and came with {Written}: the source changed meanwhile.",
                isTransient: true);
        }

        return Publish(Written);
    }

    /// <summary>The same for what was written in any order: the file must be of this size.</summary>
    public Entry Publish(long size)
    {
        if (options.ModifiedAt is { } modifiedAt)
        {
            Check(LinuxFiles.SetTimes(File, modifiedAt));
        }

        Check(LinuxFiles.Stat(File, out var stat));
        if (stat.Size != size)
        {
            throw new EndpointException(
                EndpointError.ContentDiffers, $"'{EndpointPath.Printable(fullPath)}' got {size} bytes and has {stat.Size}.", isTransient: true);
        }

        // Most files were made with the mode that they are to have.
        var entry = stat.ToEntry(EndpointPath.NameOf(path));
        if (options.UnixMode is { } mode && entry.UnixMode != (mode & PermissionBits))
        {
            Check(LinuxFiles.SetMode(File, mode & PermissionBits));
            entry = entry with { UnixMode = mode & PermissionBits };
        }

        FaultPoint.Pass("publish.before");
        Check(LinuxFiles.Rename(folder, options.PartialName, folder, entry.Name));
        FaultPoint.Pass("publish.after");
        isKept = true;
        return entry;
    }

    /// <summary>What arrived stays under the partial name when this is disposed of.</summary>
    public void Keep() => isKept = true;

    public void Discard() => isKept = false;

    public void Dispose()
    {
        if (!isKept)
        {
            LinuxFiles.Remove(folder, options.PartialName, isFolder: false);
        }

        File.Dispose();
        parent.Dispose();
    }

    private SafeFileHandle Create()
    {
        var mode = ((options.UnixMode ?? FileMode) & FileMode) | OwnerMayWrite;
        var answer = LinuxFiles.CreateFile(folder, options.PartialName, mode);
        if (answer == -LocalErrors.Exists)
        {
            // What an earlier try of the same transfer left behind.
            LinuxFiles.Remove(folder, options.PartialName, isFolder: false);
            answer = LinuxFiles.CreateFile(folder, options.PartialName, mode);
        }

        return LocalRoot.Checked(answer, fullPath);
    }

    /// <summary>
    /// Null when it is gone or of no use: a link or anything else that somebody put there, longer than the file will be, or from before the
    /// machine was started, since what was not on the disk when it went down is lost without a trace.
    /// </summary>
    private SafeFileHandle? TryTakeOver()
    {
        if (options.EarlierPartialName is not { } earlier
            || !EndpointPath.IsName(earlier)
            || LinuxFiles.Stat(folder, earlier, out var found) < 0
            || found.Kind != EntryKind.File
            || LinuxFiles.Rename(folder, earlier, folder, options.PartialName) < 0)
        {
            return null;
        }

        var answer = LinuxFiles.OpenIn(folder, options.PartialName, LinuxFiles.WriteOnly | LinuxFiles.NoFollow | LinuxFiles.NonBlocking);
        if (answer < 0)
        {
            return null;
        }

        var file = new SafeFileHandle(answer, ownsHandle: true);
        if (LinuxFiles.Stat(file, out var stat) >= 0
            && stat is { Kind: EntryKind.File, LinkCount: 1 }
            && stat.Size <= options.Length
            && stat.ModifiedAt > MachineStart)
        {
            Standing = stat.Size;
            return file;
        }

        file.Dispose();
        return null;
    }

    private static DateTimeOffset MachineStart => TimeProvider.System.GetUtcNow() - TimeSpan.FromMilliseconds(Environment.TickCount64);

    private void Check(int answer)
    {
        if (answer < 0)
        {
            throw LocalErrors.Of(-answer, fullPath);
        }
    }
}
