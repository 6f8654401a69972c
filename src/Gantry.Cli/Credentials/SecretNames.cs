using Gantry.Engine.Documents;

namespace Gantry.Cli.Credentials;

/// <summary>By their names, which values of a website's file are credentials, and of which type.</summary>
internal static class SecretNames
{
    private static readonly string[] Users = ["username", "user", "login", "user_name", "ftp_user", "ftp_username", "sftp_user", "sftp_username"];

    private static readonly string[] Whole =
        ["password", "passwd", "pass", "passphrase", "secret", "token", "api_key", "apikey", "private_key", "ssh_key", "access_key", "secret_key", "access_key_id", "secret_access_key"];

    private static readonly string[] Endings = ["_password", "_passwd", "_passphrase", "_secret", "_token", "_api_key", "_apikey", "_private_key", "_secret_key", "_access_key"];

    public static bool IsUser(string name) => Users.Contains(Snake(name), StringComparer.Ordinal);

    public static bool IsOne(string name) => Snake(name) is var snake && (IsUser(name) || Whole.Contains(snake, StringComparer.Ordinal) || Endings.Any(ending => snake.EndsWith(ending, StringComparison.Ordinal)));

    /// <summary>FTP_PASSWORD for the 'password' beside a 'host', OPENAI_API_KEY for the 'api_key' in 'openai'.</summary>
    public static string TypeOf(ScalarPlace scalar, IReadOnlyList<ScalarPlace> beside)
    {
        var name = Snake(scalar.Name) switch
        {
            "user" or "login" or "user_name" => "username",
            "passwd" or "pass" => "password",
            "ftp_user" => "ftp_username",
            "sftp_user" => "sftp_username",
            "apikey" => "api_key",
            var other => other,
        };
        var prefix = beside.Any(other => Snake(other.Name) is "host" or "hostname" or "server") ? ProtocolOf(scalar, beside)
            : scalar.Path.Count > 1 && !char.IsAsciiDigit(scalar.Path[^2][0]) && scalar.Path[^2] is not ("websites" or "sites" or "credentials") && !(scalar.Path.Count == 3 && scalar.Path[0] is "websites" or "sites")
                ? Snake(scalar.Path[^2])
            : "";
        return (prefix.Length == 0 || name.StartsWith(prefix + "_", StringComparison.Ordinal) ? name : $"{prefix}_{name}").ToUpperInvariant();
    }

    private static string ProtocolOf(ScalarPlace scalar, IReadOnlyList<ScalarPlace> beside)
    {
        var said = beside.FirstOrDefault(other => Snake(other.Name) is "protocol" or "type" or "kind")?.Value.ToLowerInvariant();
        var section = scalar.Path.Count > 1 ? Snake(scalar.Path[^2]) : "";
        return said is "sftp" or "ssh" || section is "sftp" or "ssh" || beside.Any(other => Snake(other.Name) == "port" && other.Value == "22") ? "sftp"
            : said is "smtp" or "imap" or "mysql" or "postgres" or "postgresql" ? said
            : section is "smtp" or "mail" or "database" or "db" or "mysql" or "postgres" ? section
            : "ftp";
    }

    /// <summary>"apiKey" and "api-key" as "api_key".</summary>
    private static string Snake(string name) => string.Concat(name.Select((character, index) =>
        char.IsAsciiLetterUpper(character) && index > 0 && char.IsAsciiLetterLower(name[index - 1]) ? $"_{char.ToLowerInvariant(character)}"
        : character is '-' or ' ' or '.' ? "_"
        : char.ToLowerInvariant(character).ToString()));
}
