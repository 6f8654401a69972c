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
        return files.Any(file => MentionsCiphers(file, 0)) ? null : Preferred;
    }

    private static string Home => Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);

    private static bool MentionsCiphers(string file, int depth)
    {
        try
        {
            return File.Exists(file) && File.ReadLines(file).Any(line => Mentions(line.AsSpan().Trim(), Path.GetDirectoryName(file)!, depth));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // ssh reads it, or says why not; what it says about ciphers stays unknown, and so stands.
            return true;
        }
    }

    private static bool Mentions(ReadOnlySpan<char> line, string folder, int depth)
    {
        if (line.StartsWith("Ciphers", StringComparison.OrdinalIgnoreCase))
        {
            return true;
        }

        const string Include = "Include";
        if (!line.StartsWith(Include, StringComparison.OrdinalIgnoreCase))
        {
            return false;
        }

        return depth > IncludesMost || line[Include.Length..].Trim(" \t=\"").ToString()
            .Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries)
            .Any(pattern => FilesOf(pattern.Trim('"'), folder) is not { } files || files.Any(file => MentionsCiphers(file, depth + 1)));
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
