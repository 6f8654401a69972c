using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Gantry.Engine.Endpoints;
using Gantry.Engine.Secrets;
using Gantry.Engine.Settings;

namespace Gantry.Plugins.Endpoints.Sftp;

/// <summary>Folders behind SSH servers.</summary>
public sealed partial class SftpKind : EndpointKind
{
    private const string Prefix = "sftp://";
    private const string Host = "host";
    private const string Port = "port";
    private const string User = "user";
    private const string Folder = "path";
    private const string Password = "password";
    private const string Key = "key";
    private const string KeyFile = "key_file";
    private const string KeyPassphrase = "key_passphrase";
    private const string HostKey = "host_key";
    private const string Connections = "connections";
    private const string TimeoutSetting = "timeout";
    private const int ConnectionsMost = 8;
    private static readonly TimeSpan timeoutDefault = TimeSpan.FromSeconds(60);
    private const int UserLengthMax = 253;

    public override string Id => "sftp";

    public override string Title => "SFTP";

    public override string Help =>
        "A folder behind an SSH server, reached by this machine's own ssh: its keys, agent, jump hosts and known hosts apply on the command line.";

    public override IReadOnlyList<string> AddressForms => ["sftp://user@host:22/path", "sftp://host/~/path"];

    public override int? DefaultPort => 22;

    public override IReadOnlyList<Setting> Settings => field ??=
    [
        new() { Name = Host, IsRequired = true, Help = "The server's name or address, or a name from ssh_config." },
        new() { Name = Port, Type = SettingType.Integer, Help = "The port; 22 when neither this nor ssh_config says another." },
        new() { Name = User, Help = "The login's name; else ssh_config's, else that of the user Gantry runs as." },
        new() { Name = Folder, Help = "The folder: absolute, or '~/folder' below the login's home, which is the default." },
        new() { Name = Password, IsSecret = true, Help = "The login's password, as ${cred:NAME}." },
        new() { Name = Key, IsSecret = true, Help = "A private key, as ${cred:NAME}." },
        new() { Name = KeyFile, Help = "The path of a private key on the machine Gantry runs on." },
        new() { Name = KeyPassphrase, IsSecret = true, Help = "What opens the private key, as ${cred:NAME}." },
        new() { Name = HostKey, Help = "The only host key that is accepted, as in known_hosts without the name: 'ssh-ed25519 AAAA…'. Without it, known_hosts decides." },
        new()
        {
            Name = Connections,
            Type = SettingType.Integer,
            Default = JsonElement.Parse("8"),
            Help = "Over how many connections large files are spread at most, where the server is far away (1 to 8); each is a login of its own.",
        },
        new() { Name = TimeoutSetting, Type = SettingType.Duration, Help = "How long the server may owe an answer and say nothing before the connection is given up; 60s when none is given." },
    ];

    public override EndpointSettings? Parse(string address)
    {
        if (!address.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase))
        {
            return null;
        }

        var parts = HostAddress.Split(address[Prefix.Length..]) ?? throw new EndpointException(
            EndpointError.BadSetting, $"This is not an SFTP address; it is written {AddressForms[0]} or {AddressForms[1]}.");
        if (parts.User?.Contains(':', StringComparison.Ordinal) == true)
        {
            throw new EndpointException(
                EndpointError.BadSetting,
                "A password does not belong into an address, where logs and histories keep it: give it as the setting 'password', such as ${cred:NAME}.");
        }

        var values = new Dictionary<string, string>(StringComparer.Ordinal) { [Host] = parts.Host };
        if (parts.User is not null)
        {
            values[User] = Unescape(parts.User);
        }

        if (parts.Port is not null)
        {
            values[Port] = parts.Port;
        }

        if (parts.Path is { Length: > 0 } path && path is not "/~" and not "/~/")
        {
            values[Folder] = path.StartsWith("/~/", StringComparison.Ordinal) ? path[1..] : path;
        }

        var settings = new EndpointSettings { Kind = Id, Values = values };
        Check(settings);
        return settings;
    }

    public override string Format(EndpointSettings settings)
    {
        var folder = RootOf(settings);
        return Server(settings) + (folder.Length == 0 ? "/~" : folder.StartsWith('/') ? folder : $"/~/{folder}");
    }

    public override void Check(EndpointSettings settings)
    {
        var host = settings.Find(Host);
        if (string.IsNullOrEmpty(host))
        {
            throw new EndpointException(EndpointError.BadSetting, "The setting 'host' is missing: it names the server.");
        }

        Check(HostAddress.IsHost(host), Host, host, "is no host name");
        Check(settings.Find(User) is not { } user || IsUser(user), User, settings.Find(User), "is no name of a login");
        Check(settings.Find(Port) is null || PortOf(settings) is not null, Port, settings.Find(Port), "is no port (1 to 65535)");
        Check(settings.Find(Connections) is null || ConnectionsOf(settings) is not null, Connections, settings.Find(Connections), $"is no number from 1 to {ConnectionsMost}");
        Check(settings.Find(TimeoutSetting) is null || TimeoutOf(settings) is not null, TimeoutSetting, settings.Find(TimeoutSetting), "is no duration from a second to a day, such as 60s");
        Check(settings.Find(KeyFile) is not { } keyFile || (keyFile.StartsWith('/') && !keyFile.Any(char.IsControl)), KeyFile, settings.Find(KeyFile), "is no absolute path");
        Check(settings.Find(HostKey) is not { } hostKey || PinOf(hostKey) is not null, HostKey, settings.Find(HostKey), "is no host key: it looks like 'ssh-ed25519 AAAA…'");
        Check(settings.Find(Folder) is not { } folder || !folder.Contains('\0', StringComparison.Ordinal), Folder, settings.Find(Folder), "holds a NUL");
        if (settings.Find(Key) is not null && settings.Find(KeyFile) is not null)
        {
            throw new EndpointException(EndpointError.BadSetting, "The settings 'key' and 'key_file' exclude each other: give one of them.");
        }
    }

    public override IEndpoint Open(EndpointSettings settings, EndpointContext context)
    {
        RequireUsable(settings, context);
        return new SftpEndpoint(
            EndpointPath.Printable(Format(settings).TrimEnd('/')),
            RootOf(settings),
            async token => ExpectedLogin.Start(await LoginAsync(settings, context, token).ConfigureAwait(false), context.Clock),
            context.Clock,
            context.Notice,
            ConnectionsOf(settings) ?? ConnectionsMost,
            TimeoutOf(settings) ?? timeoutDefault)
        {
            Run = async (command, token) => SshProcess.Start(await LoginAsync(settings, context, token).ConfigureAwait(false), context.Clock, command),
        };
    }

    /// <summary>Fails unless the settings can be used, here and by whoever opens them.</summary>
    private void RequireUsable(EndpointSettings settings, EndpointContext context)
    {
        Check(settings);
        if (settings.Find(KeyFile) is not null && context.LocalRoots is not null)
        {
            throw new EndpointException(
                EndpointError.BadSetting, "The setting 'key_file' names a file of this machine, which is not yours to use here: give the key as the setting 'key', such as ${cred:NAME}.");
        }

        if (!OperatingSystem.IsLinux())
        {
            throw new EndpointException(EndpointError.NotSupported, "SFTP endpoints need Linux.");
        }
    }

    public override void Expect(EndpointSettings settings, EndpointContext context)
    {
        // A login without secrets and rules is known at once.
        if (OperatingSystem.IsLinux() && LoginAsync(settings, context, CancellationToken.None) is { IsCompletedSuccessfully: true } login)
        {
            ExpectedLogin.Begin(login.Result, context.Clock);
        }
    }

    public override IEndpoint? OpenRehearsal() =>
        new SftpEndpoint("sftp://rehearsal/stage", "/stage", _ => Task.FromResult(SftpRehearsal.Open()), TimeProvider.System, _ => { });

    private static async ValueTask<SshLogin> LoginAsync(EndpointSettings settings, EndpointContext context, CancellationToken cancellationToken)
    {
        var chosen = await SshRoute.ChooseAsync(settings.Find(Host)!, PortOf(settings), context, cancellationToken).ConfigureAwait(false);
        return await LoginAnywhereAsync(settings, context, cancellationToken).ConfigureAwait(false) with { Address = chosen?.Address, KnownAs = chosen?.KnownAs };
    }

    private static async ValueTask<SshLogin> LoginAnywhereAsync(EndpointSettings settings, EndpointContext context, CancellationToken cancellationToken) => new()
    {
        Server = Server(settings),
        Host = settings.Find(Host)!,
        User = settings.Find(User),
        Port = PortOf(settings),
        KeyFile = settings.Find(KeyFile),
        HostKey = settings.Find(HostKey) is { } hostKey ? PinOf(hostKey) : null,
        Password = await SecretAsync(settings, Password, context, cancellationToken).ConfigureAwait(false),
        Key = await SecretAsync(settings, Key, context, cancellationToken).ConfigureAwait(false),
        KeyPassphrase = await SecretAsync(settings, KeyPassphrase, context, cancellationToken).ConfigureAwait(false),
        ConfigFile = context.SshConfigFile,
        KnownHostsFile = context.KnownHostsFile,
        UsesOwnKeys = context.LocalRoots is null || !string.IsNullOrEmpty(context.SshConfigFile),
    };

    private static async ValueTask<Secret?> SecretAsync(
        EndpointSettings settings, string name, EndpointContext context, CancellationToken cancellationToken)
    {
        if (settings.Find(name) is not { Length: > 0 } value)
        {
            return null;
        }

        var reference = SecretRef.Parse(value) ?? throw new EndpointException(
            EndpointError.BadSetting, $"The setting '{name}' is a secret and is given as a reference: ${{cred:NAME}}.");
        return await context.Secrets.FindAsync(reference.Name, cancellationToken).ConfigureAwait(false) ?? throw new EndpointException(
            EndpointError.BadSetting, $"There is no secret '{reference.Name}' for the setting '{name}'. Looked for in: {context.Secrets.Places}.");
    }

    private static void Check(bool isGood, string name, string? value, string complaint)
    {
        if (!isGood)
        {
            throw new EndpointException(EndpointError.BadSetting, $"The setting '{name}' has the value '{EndpointPath.Printable(value ?? "")}', which {complaint}.");
        }
    }

    /// <summary>Letters, digits and "_.@+\=,~-", as directories of users name them; nothing that ssh could take for an option.</summary>
    private static bool IsUser(string user) =>
        user.Length is > 0 and <= UserLengthMax
        && (char.IsAsciiLetterOrDigit(user[0]) || user[0] is '_' or '.')
        && user.All(character => char.IsAsciiLetterOrDigit(character) || "_.@+\\=,~-".Contains(character, StringComparison.Ordinal))
        && !user.EndsWith('\\');

    private static int? PortOf(EndpointSettings settings) =>
        int.TryParse(settings.Find(Port), NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port is > 0 and <= 65535 ? port : null;

    private static int? ConnectionsOf(EndpointSettings settings) =>
        int.TryParse(settings.Find(Connections), NumberStyles.None, CultureInfo.InvariantCulture, out var count) && count is > 0 and <= ConnectionsMost ? count : null;

    /// <summary>At most a day, as timers go.</summary>
    private static TimeSpan? TimeoutOf(EndpointSettings settings) =>
        settings.Find(TimeoutSetting) is { } text && Duration.TryParse(text, out var time) && time >= TimeSpan.FromSeconds(1) && time <= TimeSpan.FromDays(1) ? time : null;

    /// <summary>Type and key without a comment; null when it is neither.</summary>
    private static string? PinOf(string hostKey) => HostKeyPattern.Match(hostKey.Trim()) is { Success: true } match ? match.Groups["key"].Value : null;

    /// <summary>Absolute, or relative to the login's home; without a '/' at its end.</summary>
    private static string RootOf(EndpointSettings settings)
    {
        var folder = settings.Find(Folder) ?? "";
        if (folder is "~" or "~/" or "")
        {
            return "";
        }

        var root = folder.StartsWith("~/", StringComparison.Ordinal) ? folder[2..].TrimStart('/') : folder;
        var trimmed = root.TrimEnd('/');
        return trimmed.Length == 0 && root.StartsWith('/') ? "/" : trimmed;
    }

    private static string Server(EndpointSettings settings)
    {
        var host = settings.Find(Host)!;
        var user = settings.Find(User) is { } name ? Escape(name) + "@" : "";
        return Prefix + user + (host.Contains(':', StringComparison.Ordinal) ? $"[{host}]" : host) + (settings.Find(Port) is { } port ? $":{port}" : "");
    }

    private static string Escape(string text) => Uri.EscapeDataString(text);

    private static string Unescape(string text) => Uri.UnescapeDataString(text);

    [GeneratedRegex(@"\A(?<key>(ssh-ed25519|ssh-rsa|ecdsa-sha2-nistp(256|384|521)|sk-ssh-ed25519@openssh\.com|sk-ecdsa-sha2-nistp256@openssh\.com) [A-Za-z0-9+/]{40,4000}={0,2})( [^\r\n\0]*)?\z", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex HostKeyPattern { get; }
}
