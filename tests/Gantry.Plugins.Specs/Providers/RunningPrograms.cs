using System.Text;

namespace Gantry.Plugins.Specs.Providers;

/// <summary>The programs that run on this machine, found by a word of their command line.</summary>
internal static class RunningPrograms
{
    public static bool Has(string word) => Directory.EnumerateDirectories("/proc").Any(folder => char.IsAsciiDigit(Path.GetFileName(folder)[0]) && WordsOf(folder).Contains(word));

    public static async Task WaitUntilAsync(string word, bool isThere, CancellationToken cancellationToken)
    {
        while (Has(word) != isThere)
        {
            cancellationToken.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }

    private static string[] WordsOf(string folder)
    {
        try
        {
            return Encoding.UTF8.GetString(File.ReadAllBytes(Path.Combine(folder, "cmdline"))).Split('\0');
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }
}
