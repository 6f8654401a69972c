using System.Diagnostics;
using System.Security.Cryptography;

namespace Gantry.EndToEnd.Specs.Programs;

/// <summary>Folders full of files, made and compared.</summary>
public static class FileTree
{
    /// <summary>So many files of 4 KiB in folders of 100, each with its own content, and times of last year.</summary>
    public static void Make(string folder, int files)
    {
        var random = new Random(files);
        var content = new byte[4096];
        var modified = new DateTime(2025, 3, 1, 12, 0, 0, DateTimeKind.Utc);
        for (var i = 0; i < files; i++)
        {
            if (i % 100 == 0)
            {
                Directory.CreateDirectory(Path.Combine(folder, $"folder {i / 100:000}"));
            }

            random.NextBytes(content);
            var path = Path.Combine(folder, $"folder {i / 100:000}", $"file-{i:00000} ü.bin");
            File.WriteAllBytes(path, content);
            File.SetLastWriteTimeUtc(path, modified.AddSeconds(i));
        }
    }

    /// <summary>Relative path, content and time (in whole seconds) of every file, in order.</summary>
    private static IReadOnlyList<string> Read(string folder) =>
        [.. Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories)
            .Select(path => $"{Path.GetRelativePath(folder, path)} {Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(path)))} {File.GetLastWriteTimeUtc(path):s}")
            .Order(StringComparer.Ordinal)];

    /// <summary>What one has and the other has not; the first ten of it.</summary>
    public static IReadOnlyList<string> Differences(string source, string target)
    {
        var (wanted, found) = (Read(source), Read(target));
        return [.. wanted.Except(found).Take(10).Select(file => "missing: " + file), .. found.Except(wanted).Take(10).Select(file => "extra: " + file)];
    }

    /// <summary>Inode and change time of every file that has its final name: neither stays when a file is written again.</summary>
    public static async Task<IReadOnlyDictionary<string, string>> StampsAsync(string folder)
    {
        using var find = Process.Start(new ProcessStartInfo("/usr/bin/find")
        {
            ArgumentList = { folder, "-type", "f", "-printf", "%P\t%i %C@\n" },
            RedirectStandardOutput = true,
            UseShellExecute = false,
        })!;
        var lines = await find.StandardOutput.ReadToEndAsync();
        await find.WaitForExitAsync();
        return lines.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split('\t'))
            .Where(parts => !IsPartial(parts[0])).ToDictionary(parts => parts[0], parts => parts[1], StringComparer.Ordinal);
    }

    private static bool IsPartial(string path) => Path.GetFileName(path).StartsWith(".gantry-", StringComparison.Ordinal);
}
