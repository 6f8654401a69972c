using System.Globalization;
using Gantry.Engine.Endpoints;
using Gantry.Engine.Settings;

namespace Gantry.Plugins.Endpoints.Rclone;

/// <summary>Folders on SMB shares (Windows, Samba, NAS), reached by rclone's SMB client.</summary>
public sealed class SmbKind : EndpointKind
{
    private const string Prefix = "smb://";
    private const string Host = "host";
    private const string Port = "port";
    private const string User = "user";
    private const string Domain = "domain";
    private const string Password = "password";
    private const string Folder = NamedAddress.PathSetting;
    private const int DefaultSmbPort = 445;

    // rclone's own.
    private const string DefaultDomain = "WORKGROUP";

    public override string Id => "smb";

    public override string Title => "SMB share";

    public override string Help => "A folder on a share of Windows, Samba or a NAS (SMB 2 and 3), reached by this machine's rclone.";

    public override IReadOnlyList<string> AddressForms => ["smb://user@host/share/path", "smb://DOMAIN\\user@host:445/share/path"];

    public override int? DefaultPort => DefaultSmbPort;

    public override IReadOnlyList<Setting> Settings => field ??=
    [
        new() { Name = Host, IsRequired = true, Help = "The server's name or address." },
        new() { Name = Port, Type = SettingType.Integer, Help = "The port; 445 when none is said." },
        new() { Name = Folder, IsRequired = true, Help = "The share, and below it the folder: 'share/folder'." },
        new() { Name = User, Help = "The login's name, 'DOMAIN\\user' with its domain; without it, the server's guest." },
        new() { Name = Domain, Help = "The login's domain or workgroup; WORKGROUP when neither this nor the user's name says one." },
        new() { Name = Password, IsSecret = true, Help = "The login's password, as ${cred:NAME}." },
        RcloneTimeout.Setting,
    ];

    public override EndpointSettings? Parse(string address)
    {
        if (!address.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase))
        {
            return null;
        }

        var parts = HostAddress.Split(address[Prefix.Length..]) ?? throw new EndpointException(
            EndpointError.BadSetting, $"This is not an SMB address; it is written {AddressForms[0]} or {AddressForms[1]}.");
        if (parts.User?.Contains(':', StringComparison.Ordinal) == true)
        {
            throw new EndpointException(
                EndpointError.BadSetting,
                "A password does not belong into an address, where logs and histories keep it: give it as the setting 'password', such as ${cred:NAME}.");
        }

        var values = new Dictionary<string, string>(StringComparer.Ordinal) { [Host] = parts.Host, [Folder] = parts.Path.Trim('/') };
        if (parts.Port is not null)
        {
            values[Port] = parts.Port;
        }

        if (parts.User is not null)
        {
            var (domain, user) = Split(Uri.UnescapeDataString(parts.User));
            values[User] = user;
            if (domain is not null)
            {
                values[Domain] = domain;
            }
        }

        var settings = new EndpointSettings { Kind = Id, Values = values };
        Check(settings);
        return settings;
    }

    public override string Format(EndpointSettings settings)
    {
        var (domain, user) = LoginOf(settings);
        var login = user is null ? "" : (domain is null ? "" : Uri.EscapeDataString(domain) + "\\") + Uri.EscapeDataString(user) + "@";
        var host = settings.Find(Host)!;
        return Prefix + login + (host.Contains(':', StringComparison.Ordinal) ? $"[{host}]" : host) + (settings.Find(Port) is { } port ? $":{port}" : "") + "/" + FolderOf(settings);
    }

    public override void Check(EndpointSettings settings)
    {
        var host = settings.Find(Host);
        if (string.IsNullOrEmpty(host))
        {
            throw new EndpointException(EndpointError.BadSetting, "The setting 'host' is missing: it names the server.");
        }

        var folder = FolderOf(settings);
        if (folder.Length == 0)
        {
            throw new EndpointException(EndpointError.BadSetting, $"The share is missing: write {AddressForms[0]}.");
        }

        Check(HostAddress.IsHost(host), Host, host, "is no host name");
        Check(settings.Find(Port) is null || PortOf(settings) is not null, Port, settings.Find(Port), "is no port (1 to 65535)");
        Check(folder.Split('/').All(segment => EndpointPath.IsName(segment) && segment is not "." and not ".."), Folder, folder, "is not of the form 'share/folder' without '.' and '..'");
        var (domain, user) = LoginOf(settings);
        Check(user is null || IsLoginName(user), User, user, "is no name of a login");
        Check(domain is null || (IsLoginName(domain) && user is not null), Domain, domain, user is null ? "needs a user" : "is no name of a domain");
        RcloneTimeout.Check(settings);
        Check(settings.Find(Domain) is null || Split(settings.Find(User) ?? "").Domain is null, Domain, settings.Find(Domain), "stands beside a domain in 'user': give one of them");
    }

    public override IEndpoint Open(EndpointSettings settings, EndpointContext context)
    {
        Check(settings);
        var folder = FolderOf(settings);
        var slash = folder.IndexOf('/', StringComparison.Ordinal);
        return new SmbEndpoint(
            EndpointPath.Printable(Format(settings)),
            new RcloneNames(reservesDevices: true),
            slash < 0 ? "" : folder[(slash + 1)..],
            token => DescribeAsync(settings, context, token),
            token => PlaceAsync(settings, context, token),
            context.Clock,
            context.Notice);
    }

    private async ValueTask<RcloneRemote> DescribeAsync(EndpointSettings settings, EndpointContext context, CancellationToken cancellationToken)
    {
        var port = PortOf(settings) ?? DefaultSmbPort;
        var host = settings.Find(Host)!;
        if (context.AddressOf is { } choose)
        {
            host = (await choose(host, port, cancellationToken).ConfigureAwait(false)).ToString();
        }

        var timeout = RcloneTimeout.Of(settings);
        var (domain, user) = LoginOf(settings);
        var options = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["type"] = "smb",
            ["host"] = host.Contains(':', StringComparison.Ordinal) ? $"[{host}]" : host,
            ["port"] = port.ToString(CultureInfo.InvariantCulture),

            // Rclone's own default would be the name of the user it runs as.
            ["user"] = user ?? "guest",

            // What nobody uses is closed before it is silent for too long.
            ["idle_timeout"] = RcloneProcess.Milliseconds(timeout / 2),
        };
        if (domain is not null)
        {
            options["domain"] = domain;
        }

        if (await RcloneSecrets.FindAsync(settings, Password, context, cancellationToken).ConfigureAwait(false) is { } password)
        {
            options["pass"] = RcloneObscure.Obscure(password.Reveal());
        }

        return new RcloneRemote
        {
            Address = EndpointPath.Printable(Format(settings)),
            Remote = RcloneRemote.OwnName + ":",
            Path = FolderOf(settings),
            Options = options,
            ConfigFile = null,
            Tries = 1,
            Timeout = timeout,
            Streams = true,
        };
    }

    /// <summary>Null for a guest, whose messages nobody could sign.</summary>
    private async ValueTask<SmbPlace?> PlaceAsync(EndpointSettings settings, EndpointContext context, CancellationToken cancellationToken)
    {
        var (domain, user) = LoginOf(settings);
        if (user is null || await RcloneSecrets.FindAsync(settings, Password, context, cancellationToken).ConfigureAwait(false) is not { } password)
        {
            return null;
        }

        var port = PortOf(settings) ?? DefaultSmbPort;
        var host = settings.Find(Host)!;
        return new SmbPlace
        {
            Dialled = context.AddressOf is { } choose ? await choose(host, port, cancellationToken).ConfigureAwait(false) : null,
            Host = host,
            Port = port,
            Share = FolderOf(settings).Split('/')[0],
            User = user,
            Domain = domain ?? DefaultDomain,
            Password = password.Reveal(),
            Timeout = RcloneTimeout.Of(settings),
        };
    }

    private static string FolderOf(EndpointSettings settings) => (settings.Find(Folder) ?? "").Trim('/');

    private static int? PortOf(EndpointSettings settings) =>
        int.TryParse(settings.Find(Port), NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port is > 0 and <= 65535 ? port : null;

    private static (string? Domain, string? User) LoginOf(EndpointSettings settings)
    {
        if (settings.Find(User) is not { Length: > 0 } given)
        {
            return (settings.Find(Domain), null);
        }

        var (domain, user) = Split(given);
        return (domain ?? settings.Find(Domain), user);
    }

    /// <summary>"DOMAIN\user", or "DOMAIN;user" as the URI scheme has it.</summary>
    private static (string? Domain, string User) Split(string login) =>
        login.AsSpan().IndexOfAny('\\', ';') is > 0 and var end ? (login[..end], login[(end + 1)..]) : (null, login);

    private static bool IsLoginName(string name) => name.Length is > 0 and <= 256 && !name.Any(character => char.IsControl(character) || character is '\\' or ';' or '/' or ':');

    private static void Check(bool isGood, string name, string? value, string complaint)
    {
        if (!isGood)
        {
            throw new EndpointException(EndpointError.BadSetting, $"The setting '{name}' has the value '{EndpointPath.Printable(value ?? "")}', which {complaint}.");
        }
    }
}
