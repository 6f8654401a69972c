using System.Text;

namespace Gantry.Plugins.Endpoints.Sftp;

/// <summary>What ssh does not say about a key when the login is refused.</summary>
internal static class SshKeyTrouble
{
    private const int KeyBytesMax = 64 * 1024;
    private const string OpenSsh = "-----BEGIN OPENSSH PRIVATE KEY-----";

    /// <summary>A sentence, or null when nothing is to be seen. Reads the key file, which ssh was just given.</summary>
    public static string? Of(SshLogin login)
    {
        var file = login.KeyFile is { } path && Path.IsPathRooted(path) ? path : null;
        string? key;
        try
        {
            key = login.Key?.Reveal() ?? (file is null ? null : Read(file));
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            return $"There is no key file '{file}'.";
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return $"The key file '{file}' cannot be read by this user.";
        }

        return (key is not null && IsLocked(key), login.KeyPassphrase is null) switch
        {
            (false, _) => null,
            (_, true) => "The key is locked with a passphrase, and the setting 'key_passphrase' is missing.",
            _ => "The key is locked with a passphrase: is 'key_passphrase' the right one?",
        };
    }

    private static string Read(string path)
    {
        using var stream = File.OpenRead(path);
        var bytes = new byte[KeyBytesMax];
        return Encoding.Latin1.GetString(bytes.AsSpan(0, stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false)));
    }

    /// <summary>OpenSSH's own form begins with a magic word and the name of the cipher; the older ones say it in words.</summary>
    private static bool IsLocked(string key)
    {
        var start = key.IndexOf(OpenSsh, StringComparison.Ordinal);
        if (start < 0)
        {
            return key.Contains("ENCRYPTED", StringComparison.Ordinal);
        }

        var text = string.Concat(key[(start + OpenSsh.Length)..].Where(character => !char.IsWhiteSpace(character)).Take(32));
        var head = new byte[24];
        return Convert.TryFromBase64String(text, head, out var count) && count == head.Length && !head.AsSpan(15).SequenceEqual("\0\0\0\u0004none\0"u8);
    }
}
