using Gantry.Engine.Files;

namespace Gantry.Cli.Credentials;

/// <summary>Replaces files that the user made.</summary>
internal static class SafeFile
{
    /// <summary>Keeps the mode of the file that is replaced; a new one is the user's only. A link stays a link.</summary>
    public static void Replace(string path, ReadOnlySpan<byte> content)
    {
        path = File.Exists(path) ? File.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName ?? path : path;
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        WholeFile.Replace(path, content, File.Exists(path) ? File.GetUnixFileMode(path) : WholeFile.OwnerOnly);
    }
}
