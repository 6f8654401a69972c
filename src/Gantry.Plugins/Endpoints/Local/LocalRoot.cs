using Gantry.Engine.Endpoints;
using Microsoft.Win32.SafeHandles;

namespace Gantry.Plugins.Endpoints.Local;

/// <summary>
/// The root folder of a local endpoint. Everything is opened beneath it by the kernel (openat2, RESOLVE_BENEATH), so that no link that
/// somebody puts inside, at whatever moment, leads a reading or a writing out of it.
/// </summary>
internal sealed class LocalRoot : IDisposable
{
    private readonly IReadOnlyList<string>? allowedRoots;
    private readonly Lock gate = new();
    private SafeFileHandle? cached;
    private bool isDisposed;

    /// <param name="fullPath">Absolute and normalised.</param>
    /// <param name="allowedRoots">Folders in which the root must lie, links resolved; null means anywhere.</param>
    public LocalRoot(string fullPath, IReadOnlyList<string>? allowedRoots)
    {
        FullPath = fullPath;
        this.allowedRoots = allowedRoots;
    }

    public string FullPath { get; }

    /// <summary>For messages.</summary>
    public string FullPathOf(string path) => path.Length == 0 ? FullPath : FullPath == "/" ? "/" + path : $"{FullPath}/{path}";

    /// <summary>Where the path really lies: the nearest folder on its way that is there, links resolved, and what is not there below it.</summary>
    public string RealPathOf(string path)
    {
        var fullPath = FullPathOf(path);
        for (var folder = fullPath; ; folder = Path.GetDirectoryName(folder)!)
        {
            if (folder == "/")
            {
                return fullPath;
            }

            if (ResolvedPath(folder) is { } resolved)
            {
                return resolved == "/" ? fullPath[folder.Length..] : resolved + fullPath[folder.Length..];
            }
        }
    }

    /// <summary>The root itself, whatever it is: the caller owns the handle.</summary>
    public SafeFileHandle OpenItself(int flags)
    {
        if (allowedRoots is null)
        {
            return Checked(LinuxFiles.Open(FullPath, flags), FullPath);
        }

        // Checked and opened through one handle, so that no link can be changed in between.
        using var itself = Checked(LinuxFiles.Open(FullPath, LinuxFiles.PathOnly), FullPath);
        CheckAllowed(ResolvedPath(itself) ?? throw LocalErrors.Of(LocalErrors.NotThere, FullPath));
        return Checked(LinuxFiles.Open(DescriptorPath(itself), flags), FullPath);
    }

    /// <summary>Opens what lies beneath the root; the caller owns the handle.</summary>
    public SafeFileHandle Open(string path, int flags)
    {
        if (path.Length == 0)
        {
            return OpenItself(flags);
        }

        var answer = TryOpen(path, flags);
        return Checked(answer, FullPathOf(path));
    }

    /// <summary>The same; a negative answer is an errno.</summary>
    public int TryOpen(string path, int flags)
    {
        var answer = OpenOnce(path, flags);
        if (answer == -LocalErrors.NotThere && ForgetIfRemoved())
        {
            answer = OpenOnce(path, flags);
        }

        return answer;
    }

    /// <summary>The folder in which the path lies, to name something in it; the caller owns the handle.</summary>
    public SafeFileHandle OpenParent(string path) =>
        Open(EndpointPath.ParentOf(path), LinuxFiles.PathOnly | LinuxFiles.FolderOnly);

    /// <summary>Makes one folder in a folder that is there; a negative answer is an errno.</summary>
    public int TryCreateFolder(string path)
    {
        SafeFileHandle parent;
        try
        {
            parent = OpenParent(path);
        }
        catch (EndpointException exception) when (exception.Error == EndpointError.NotFound)
        {
            return -LocalErrors.NotThere;
        }

        using (parent)
        {
            return LinuxFiles.CreateFolder(parent, EndpointPath.NameOf(path));
        }
    }

    /// <summary>Makes the root folder and those above it.</summary>
    public void Create()
    {
        CheckAllowedToCreate();
        try
        {
            Directory.CreateDirectory(FullPath);
        }
        catch (UnauthorizedAccessException exception)
        {
            throw new EndpointException(
                EndpointError.PermissionDenied, $"This user may not make the folder '{EndpointPath.Printable(FullPath)}'.", innerException: exception);
        }
        catch (IOException exception)
        {
            throw new EndpointException(
                File.Exists(FullPath) ? EndpointError.NotAFolder : EndpointError.Other,
                $"The folder '{EndpointPath.Printable(FullPath)}' cannot be made: {exception.Message}",
                innerException: exception);
        }

        using var made = OpenItself(LinuxFiles.PathOnly | LinuxFiles.FolderOnly);
    }

    public void Dispose()
    {
        lock (gate)
        {
            isDisposed = true;
            cached?.Dispose();
            cached = null;
        }
    }

    public static SafeFileHandle Checked(int answer, string fullPath) =>
        answer >= 0 ? new SafeFileHandle(answer, ownsHandle: true) : throw LocalErrors.Of(-answer, fullPath);

    private static string DescriptorPath(SafeFileHandle handle) => $"/proc/self/fd/{handle.DangerousGetHandle()}";

    private static bool IsInside(string path, string folder) =>
        folder == "/" || path == folder || path.StartsWith(folder.TrimEnd('/') + "/", StringComparison.Ordinal);

    private static string? ResolvedPath(string fullPath)
    {
        var answer = LinuxFiles.Open(fullPath, LinuxFiles.PathOnly);
        if (answer < 0)
        {
            return null;
        }

        using var handle = new SafeFileHandle(answer, ownsHandle: true);
        return ResolvedPath(handle);
    }

    private static string? ResolvedPath(SafeFileHandle handle)
    {
        Span<byte> bytes = stackalloc byte[64];
        return LinuxFiles.ReadLink(LinuxFiles.CurrentFolder, LinuxFiles.Terminated(DescriptorPath(handle), bytes), out _);
    }

    private int OpenOnce(string path, int flags)
    {
        var root = Root();
        var answer = LinuxFiles.OpenBeneath(root, path, flags);
        return answer == -LocalErrors.NoSuchCall ? OpenBySegments(root, path, flags) : answer;
    }

    /// <summary>For kernels and sandboxes without openat2: one folder after the other, and no links at all.</summary>
    private static int OpenBySegments(SafeFileHandle root, string path, int flags)
    {
        var current = root;
        try
        {
            var segments = path.Split('/');
            foreach (var segment in segments.AsSpan(..^1))
            {
                var next = LinuxFiles.OpenIn(current, segment, LinuxFiles.PathOnly | LinuxFiles.FolderOnly | LinuxFiles.NoFollow);
                if (next < 0)
                {
                    return next;
                }

                if (current != root)
                {
                    current.Dispose();
                }

                current = new SafeFileHandle(next, ownsHandle: true);
            }

            return LinuxFiles.OpenIn(current, segments[^1], flags | LinuxFiles.NoFollow);
        }
        finally
        {
            if (current != root)
            {
                current.Dispose();
            }
        }
    }

    private SafeFileHandle Root()
    {
        lock (gate)
        {
            ObjectDisposedException.ThrowIf(isDisposed, this);
            return cached ??= OpenItself(LinuxFiles.PathOnly | LinuxFiles.FolderOnly);
        }
    }

    /// <summary>The root may have been removed and made anew since it was opened.</summary>
    private bool ForgetIfRemoved()
    {
        lock (gate)
        {
            if (cached is null || LinuxFiles.Stat(cached, out var stat) < 0 || stat.LinkCount > 0)
            {
                return false;
            }

            // Others may be using it; the last of them closes it.
            cached = null;
            return true;
        }
    }

    /// <summary>For a root that is not there yet.</summary>
    private void CheckAllowedToCreate()
    {
        if (allowedRoots is not null)
        {
            CheckAllowed(RealPathOf(""));
        }
    }

    private void CheckAllowed(string resolved)
    {
        if (!allowedRoots!.Any(allowed => ResolvedPath(allowed) is { } folder && IsInside(resolved, folder)))
        {
            throw new EndpointException(
                EndpointError.PermissionDenied,
                $"'{EndpointPath.Printable(FullPath)}' lies in none of the folders that local endpoints may use here. An administrator can allow its folder (GANTRY_LOCAL_ROOTS).");
        }
    }
}
