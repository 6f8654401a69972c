using Gantry.Engine.Providers.Web;

namespace Gantry.Engine.Providers.Programs;

/// <summary>The folder that a program works in: the one that is named, or one of its own for as long as it runs.</summary>
public sealed class WorkFolder : IDisposable
{
    private readonly bool isOwn;

    private WorkFolder(string path, bool isOwn) => (Path, this.isOwn) = (path, isOwn);

    public string Path { get; }

    /// <param name="given">An absolute path; null for a new empty folder.</param>
    public static WorkFolder Of(string? given)
    {
        if (given is null)
        {
            return new WorkFolder(Directory.CreateTempSubdirectory("gantry-command-").FullName, isOwn: true);
        }

        return given.StartsWith('/') && !given.Contains('\0', StringComparison.Ordinal) && Directory.Exists(given)
            ? new WorkFolder(given, isOwn: false)
            : throw HttpCall.Bad("'folder' is the absolute path of a folder that is there.");
    }

    public void Dispose()
    {
        if (!isOwn)
        {
            return;
        }

        try
        {
            Directory.Delete(Path, recursive: true);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // What the program made of it is the system's to clean, as all that is temporary.
        }
    }
}
