using System.Runtime.InteropServices;
using Gantry.Engine.Endpoints;

namespace Gantry.Plugins.Endpoints.Local;

/// <summary>The numbers by which Linux says no, as exceptions that say what to do.</summary>
internal static class LocalErrors
{
    public const int NotThere = 2;
    public const int Interrupted = 4;
    public const int Exists = 17;
    public const int OtherDevice = 18;
    public const int NotAFolder = 20;
    public const int IsAFolder = 21;
    public const int BadArgument = 22;
    public const int NoSuchCall = 38;
    public const int NotEmpty = 39;
    public const int TooManyLinks = 40;

    private const int NotPermitted = 1;
    public const int NoSuchDevice = 6;
    private const int TryAgain = 11;
    private const int AccessDenied = 13;
    private const int Busy = 16;
    private const int FilesOfSystemUp = 23;
    private const int FilesOfProcessUp = 24;
    private const int FileTooLarge = 27;
    private const int NoSpace = 28;
    private const int ReadOnlyFileSystem = 30;
    private const int NameTooLong = 36;
    private const int BadBytes = 84;
    private const int NotSupported = 95;
    private const int QuotaUp = 122;

    public static EndpointException Of(int errno, string fullPath)
    {
        var path = EndpointPath.Printable(fullPath);
        var (error, message, isTransient) = errno switch
        {
            NotThere => (EndpointError.NotFound, $"There is nothing at '{path}'.", false),
            Exists => (EndpointError.AlreadyExists, $"'{path}' exists already.", false),
            NotPermitted or AccessDenied => (EndpointError.PermissionDenied, $"This user may not do that at '{path}': check its owner and permissions.", false),
            ReadOnlyFileSystem => (EndpointError.PermissionDenied, $"The file system of '{path}' is mounted read-only.", false),
            OtherDevice => (EndpointError.PermissionDenied, $"'{path}' leads through a symbolic link out of the endpoint's root, which is not followed.", false),
            TooManyLinks => (EndpointError.BadPath, $"The symbolic links at '{path}' lead in a circle.", false),
            NotAFolder => (EndpointError.NotAFolder, $"A part of '{path}' is not a folder.", false),
            IsAFolder => (EndpointError.IsAFolder, $"'{path}' is a folder.", false),
            NotEmpty => (EndpointError.FolderNotEmpty, $"The folder '{path}' is not empty.", false),
            NoSpace => (EndpointError.NoSpace, $"There is no space left for '{path}'.", false),
            QuotaUp => (EndpointError.NoSpace, $"The disk quota for '{path}' is used up.", false),
            NameTooLong => (EndpointError.BadPath, $"The name of '{path}' is longer than its file system can keep (mostly 255 bytes).", false),
            BadArgument or BadBytes => (EndpointError.BadPath, $"The file system cannot keep '{path}' under this name or move it there.", false),
            FileTooLarge => (EndpointError.NotSupported, $"'{path}' is larger than its file system can keep.", false),
            FilesOfProcessUp or FilesOfSystemUp => (EndpointError.Other, $"Too many files are open to open '{path}': raise the limit (ulimit -n) or transfer with less in parallel.", true),
            NoSuchDevice or NotSupported => (EndpointError.NotSupported, $"'{path}' is no file that can be read or written here.", false),
            Busy or TryAgain => (EndpointError.Other, $"'{path}' is in use by the system.", true),
            _ => (EndpointError.Other, $"'{path}': {Marshal.GetPInvokeErrorMessage(errno)}.", false),
        };
        return new EndpointException(error, message, isTransient);
    }
}
