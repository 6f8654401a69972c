using System.Text;

namespace Gantry.Plugins.Endpoints.Sftp;

/// <summary>
/// AES-GCM costs a processor that knows AES a third of what ssh's default cipher costs. It is put first, which takes nothing away, unless
/// a configuration that ssh will read has something to say about ciphers itself.
/// </summary>
internal static class SshCiphers
{
    private const string Preferred = "^aes128-gcm@openssh.com";
    private const int IncludesMost = 8;

    /// <summary>The value for ssh's option; null leaves it alone.</summary>
    public static string? Choose(SshLogin login)
    {
        if (!System.Runtime.Intrinsics.X86.Aes.IsSupported && !System.Runtime.Intrinsics.Arm.Aes.IsSupported)
        {
            return null;
        }

        string[] files = login.ConfigFile switch
        {
            null => [],
            "" => [Path.Combine(Home, ".ssh", "config"), "/etc/ssh/ssh_config"],
            var file => [file],
        };
        return Array.Exists(files, file => MentionsCiphers(file, 0)) ? null : Preferred;
    }

    private static string Home => Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);

    private static bool MentionsCiphers(string file, int depth)
    {
        try
        {
            // A pipe (ssh_config from another program) can be read once only, and that is ssh's.
            return new FileInfo(file) is { Exists: true } info && (info.Length == 0 || AnyLineMentions(File.ReadAllBytes(file), file, depth));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // ssh reads it, or says why not; what it says about ciphers stays unknown, and so stands.
            return true;
        }
    }

    /// <summary>By hand: what searches texts quickly is compiled when it is first used, and ssh waits for that.</summary>
    private static bool AnyLineMentions(ReadOnlySpan<byte> text, string file, int depth)
    {
        var start = 0;
        for (var index = 0; index <= text.Length; index++)
        {
            if (index == text.Length || text[index] is (byte)'\n' or (byte)'\r')
            {
                if (Mentions(text[start..index], file, depth))
                {
                    return true;
                }

                start = index + 1;
            }
        }

        return false;
    }

    private static bool Mentions(ReadOnlySpan<byte> line, string file, int depth)
    {
        while (line.Length > 0 && line[0] is (byte)' ' or (byte)'\t')
        {
            line = line[1..];
        }

        if (BeginsWith(line, "ciphers"u8))
        {
            return true;
        }

        var include = "include"u8;
        return BeginsWith(line, include) && (depth > IncludesMost || IncludedMention(Encoding.UTF8.GetString(line[include.Length..]), Path.GetDirectoryName(file)!, depth));
    }

    private static bool IncludedMention(string patterns, string folder, int depth) => patterns.Trim(' ', '\t', '=', '"')
        .Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries)
        .Any(pattern => FilesOf(pattern.Trim('"'), folder) is not { } files || files.Any(file => MentionsCiphers(file, depth + 1)));

    /// <param name="text">Of any case.</param>
    /// <param name="word">Lower-case letters only.</param>
    private static bool BeginsWith(ReadOnlySpan<byte> text, ReadOnlySpan<byte> word)
    {
        for (var index = 0; index < word.Length; index++)
        {
            if (index >= text.Length || (text[index] | 0x20) != word[index])
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Null when the pattern is one that only ssh understands.</summary>
    private static string[]? FilesOf(string pattern, string folder)
    {
        var path = pattern.StartsWith("~/", StringComparison.Ordinal) ? Path.Combine(Home, pattern[2..]) : Path.Combine(folder, pattern);
        var parent = Path.GetDirectoryName(path);
        if (parent is null || pattern.Contains('%', StringComparison.Ordinal) || parent.AsSpan().IndexOfAny("*?[") >= 0)
        {
            return null;
        }

        return Directory.Exists(parent) ? Directory.GetFiles(parent, Path.GetFileName(path)) : [];
    }
}
