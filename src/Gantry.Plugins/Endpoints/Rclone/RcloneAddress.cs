namespace Gantry.Plugins.Endpoints.Rclone;

/// <summary>
/// rclone's way to name a place (https://rclone.org/docs/#syntax-of-remote-paths): "name:path", "name,option=value:path", ":backend,option=value:path".
/// </summary>
/// <param name="Remote">All before the colon that ends it.</param>
/// <param name="Path">All behind it.</param>
internal sealed record RcloneAddress(string Remote, string Path)
{
    private static readonly string[] secretParts = ["pass", "secret", "token", "credential", "sas_url", "connection_string", "cookie", "auth_code"];
    private static readonly string[] keyParts = ["key", "key_pem", "api_key", "account_key", "access_key", "shared_key", "sse_customer_key", "sse_customer_key_base64"];

    /// <summary>It describes a remote itself, or changes a named one.</summary>
    public bool HasOptions => Remote.StartsWith(':') || Remote.Contains(',', StringComparison.Ordinal);

    /// <summary>Null when it is not of this form.</summary>
    public static RcloneAddress? Split(string text)
    {
        var quote = '\0';
        for (var index = text.StartsWith(':') ? 1 : 0; index < text.Length; index++)
        {
            var character = text[index];
            if (quote != '\0')
            {
                // A doubled quote inside stands for one, and ends and begins here again.
                quote = character == quote ? '\0' : quote;
            }
            else if (character is '"' or '\'' && text[..index].EndsWith('='))
            {
                quote = character;
            }
            else if (character == ':')
            {
                var remote = text[..index];
                return IsRemote(remote) ? new RcloneAddress(remote, text[(index + 1)..]) : null;
            }
        }

        return null;
    }

    /// <summary>The name of an option in it whose value is a secret; null when there is none.</summary>
    public string? SecretOption() => Remote.Split(',').Skip(1)
        .Select(option => option.Split('=')[0].Trim().ToLowerInvariant())
        .FirstOrDefault(name => keyParts.Contains(name) || secretParts.Any(part => name.Contains(part, StringComparison.Ordinal)));

    private static bool IsRemote(string remote)
    {
        var name = remote.TrimStart(':').Split(',')[0];
        return name.Length > 0 && name[0] is not '-' and not ' ' && !remote.Any(char.IsControl) && !name.Contains('/', StringComparison.Ordinal);
    }
}
