using Gantry.Engine.Files;

namespace Gantry.Cli;

/// <summary>Where the program keeps what belongs to this user.</summary>
internal static class UserFolder
{
    public static string Config => Path.Combine(
        Environment.GetEnvironmentVariable("XDG_CONFIG_HOME") is { Length: > 0 } given ? given : Path.Combine(Home, ".config"), "gantry");

    /// <summary>The hub's data when --data is not given.</summary>
    public static string Data => Path.Combine(Home, ".local", "share", "gantry");

    private static string Home => Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);

    /// <summary>Null when there is no such file.</summary>
    public static byte[]? Read(string name)
    {
        try
        {
            return File.ReadAllBytes(Path.Combine(Config, name));
        }
        catch (Exception missing) when (missing is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    /// <summary>Replaces a file that only the user may read, whole or not at all.</summary>
    public static void Write(string name, ReadOnlySpan<byte> content)
    {
        Directory.CreateDirectory(Config, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        WholeFile.Replace(Path.Combine(Config, name), content);
    }
}
