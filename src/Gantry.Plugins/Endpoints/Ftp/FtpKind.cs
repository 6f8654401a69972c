using System.Globalization;
using System.Security.Cryptography;
using Gantry.Engine.Endpoints;
using Gantry.Engine.Secrets;
using Gantry.Engine.Settings;

namespace Gantry.Plugins.Endpoints.Ftp;

/// <summary>Folders behind FTP servers; "ftps" is the same with TLS from the first byte on.</summary>
public sealed class FtpKind : EndpointKind
{
    private const string Host = "host";
    private const string Port = "port";
    private const string User = "user";
    private const string Folder = "path";
    private const string Password = "password";
    private const string Tls = "tls";
    private const string Mode = "mode";
    private const string Encoding = "encoding";
    private const string Connections = "connections";
    private const string TimeoutSetting = "timeout";
    private const string Certificate = "certificate";
    private const string Anonymous = "anonymous";
    private const int ConnectionsDefault = 8;
    private const int ConnectionsMax = 64;
    private static readonly TimeSpan timeoutDefault = TimeSpan.FromSeconds(60);

    private readonly bool isImplicit;

    private FtpKind(bool isImplicit) => this.isImplicit = isImplicit;

    public static FtpKind Ftp { get; } = new(isImplicit: false);

    public static FtpKind Ftps { get; } = new(isImplicit: true);

    public override string Id => isImplicit ? "ftps" : "ftp";

    public override string Title => isImplicit ? "FTPS" : "FTP";

    public override string Help => isImplicit
        ? "A folder behind an FTP server that speaks TLS from the first byte on."
        : "A folder behind an FTP server, plain or with TLS that is asked for (tls=explicit).";

    public override IReadOnlyList<string> AddressForms => isImplicit
        ? ["ftps://user@host:990/path"]
        : ["ftp://user@host:21/path", "ftp://user@host/path?tls=explicit", "ftp://host/~/path"];

    public override int? DefaultPort => isImplicit ? 990 : 21;

    public override IReadOnlyList<Setting> Settings => field ??= Describe(isImplicit);

    private string Prefix => Id + "://";

    public override EndpointSettings? Parse(string address)
    {
        if (!address.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase))
        {
            return null;
        }

        var (parts, given) = FtpAddress.Split(address[Prefix.Length..]) ?? throw new EndpointException(
            EndpointError.BadSetting, $"This is not an address of this kind; it is written {string.Join(" or ", AddressForms)}.");
        if (parts.User?.Contains(':', StringComparison.Ordinal) == true)
        {
            throw PasswordInAddress();
        }

        var values = new Dictionary<string, string>(StringComparer.Ordinal) { [Host] = parts.Host };
        if (parts.User is { Length: > 0 })
        {
            values[User] = Uri.UnescapeDataString(parts.User);
        }

        if (parts.Port is not null)
        {
            values[Port] = parts.Port;
        }

        if (parts.Path is { Length: > 0 } path && path is not "/~" and not "/~/")
        {
            values[Folder] = path.StartsWith("/~/", StringComparison.Ordinal) ? path[1..] : path;
        }

        foreach (var (name, value) in given)
        {
            values[SettingNamed(name)] = value;
        }

        var settings = new EndpointSettings { Kind = Id, Values = values };
        Check(settings);
        return settings;
    }

    public override string Format(EndpointSettings settings)
    {
        var host = settings.Find(Host)!;
        var user = settings.Find(User) is { } name ? Uri.EscapeDataString(name) + "@" : "";
        var folder = RootOf(settings);
        var place = Prefix + user + (host.Contains(':', StringComparison.Ordinal) ? $"[{host}]" : host) + (settings.Find(Port) is { } port ? $":{port}" : "")
            + (folder.Length == 0 ? "/~" : folder.StartsWith('/') ? folder : $"/~/{folder}");
        var query = string.Join('&', Settings
            .Where(setting => !setting.IsSecret && setting.Name is not (Host or Port or User or Folder) && settings.Find(setting.Name) is not null)
            .Select(setting => $"{setting.Name}={Uri.EscapeDataString(settings.Find(setting.Name)!)}"));

        // A path that looks as if it ended in settings is followed by some.
        return query.Length > 0 ? $"{place}?{query}" : place.Contains('?', StringComparison.Ordinal) ? $"{place}?{Encoding}=auto" : place;
    }

    public override void Check(EndpointSettings settings)
    {
        if (string.IsNullOrEmpty(settings.Find(Host)))
        {
            throw new EndpointException(EndpointError.BadSetting, "The setting 'host' is missing: it names the server.");
        }

        Check(settings, Host, HostAddress.IsHost, "is no host name");
        Check(settings, Port, text => PortOf(text) is not null, "is no port (1 to 65535)");
        Check(settings, User, text => text.Length > 0 && !HasLineEnd(text), "holds a line end or a NUL, or nothing");
        Check(settings, Folder, text => !HasLineEnd(text), "holds a line end or a NUL");
        Check(settings, Connections, text => CountOf(text) is > 0 and <= ConnectionsMax, $"is no number from 1 to {ConnectionsMax}");
        Check(settings, TimeoutSetting, text => Duration.TryParse(text, out var time) && time >= TimeSpan.FromSeconds(1), "is no duration of a second or more, such as 60s");
        OwnAuthorities.Check(settings);
        Check(settings, Certificate, text => FingerprintOf(text) is not null, "is no SHA-256 of a certificate (64 hexadecimal digits)");
        foreach (var setting in Settings.Where(setting => setting.Choices.Count > 0))
        {
            Check(settings, setting.Name, setting.Choices.Contains, $"is none of: {string.Join(", ", setting.Choices)}");
        }

        if (settings.Find(Tls) is "none" && (OwnAuthorities.GivenIn(settings) ?? (settings.Find(Certificate) is null ? null : Certificate)) is { } useless)
        {
            throw new EndpointException(EndpointError.BadSetting, $"The setting '{useless}' is for TLS, which tls=none turns off.");
        }
    }

    public override IEndpoint Open(EndpointSettings settings, EndpointContext context)
    {
        Check(settings);
        OwnAuthorities.RequireAllowed(settings, context);
        var timeout = settings.Find(TimeoutSetting) is { } text && Duration.TryParse(text, out var given) ? given : timeoutDefault;
        FtpDataDialer dialer = new()
        {
            Host = settings.Find(Host)!,
            Context = context,
            IsActive = settings.Find(Mode) == "active",
            Timeout = timeout,
        };
        FtpManners manners = new();
        var names = settings.Find(Encoding) == "latin1" ? FtpText.Latin1 : FtpText.Utf8;
        var address = AddressOf(settings);
        var isPlain = !isImplicit && settings.Find(Tls) is null or "none";
        FtpConnector connector = new(
            token => SignInAsync(settings, context, manners, token), dialer, manners, names, words => context.Notice($"{address}: {words}"));
        FtpSessions sessions = new(
            connector.ConnectAsync, CountOf(settings.Find(Connections) ?? "") ?? ConnectionsDefault, context.Clock, timeout, words => context.Notice($"{address}: {words}"));
        return new FtpEndpoint(address, RootOf(settings), manners, sessions, context.Clock, names, context.Notice, isPlain ? dialer : null);
    }

    private static IReadOnlyList<Setting> Describe(bool isImplicit) =>
    [
        new() { Name = Host, IsRequired = true, Help = "The server's name or address." },
        new() { Name = Port, Type = SettingType.Integer, Help = isImplicit ? "The port; 990 when none is given." : "The port; 21 when none is given, and 990 with tls=implicit." },
        new() { Name = User, Help = "The login's name; 'anonymous' when none is given." },
        new() { Name = Folder, Help = "The folder: absolute, or '~/folder' below the login's home, which is the default." },
        new() { Name = Password, IsSecret = true, Help = "The login's password, as ${cred:NAME}." },
        .. isImplicit
            ? (Setting[])[]
            : [new() { Name = Tls, Choices = ["none", "explicit", "implicit"], Help = "How the connection is protected: 'explicit' asks for TLS and insists on it; with 'none', the default, everybody on the way can read the password and the files." }],
        new() { Name = Mode, Choices = ["passive", "active"], Help = "Who makes data connections: this side (passive, the default), or the server (active)." },
        new() { Name = Encoding, Choices = ["auto", "utf-8", "latin1"], Help = "How names are written: UTF-8 where every other byte is kept as it is (auto, utf-8), or Latin-1." },
        new() { Name = Connections, Type = SettingType.Integer, Help = $"How many connections there may be at once, 1 to {ConnectionsMax}; {ConnectionsDefault} when none is given. A server that takes fewer gets fewer, and one that is near and quick four." },
        new() { Name = TimeoutSetting, Type = SettingType.Duration, Help = "How long the server may say and do nothing before the connection is given up; 60s when none is given." },
        .. OwnAuthorities.Settings,
        new() { Name = Certificate, Help = "The SHA-256 of the only certificate that is accepted, as 64 hexadecimal digits, whoever signed it." },
    ];

    private static bool HasLineEnd(string text) => text.AsSpan().IndexOfAny("\r\n\0") >= 0;

    private static EndpointException PasswordInAddress() => new(
        EndpointError.BadSetting, "A password does not belong into an address, where logs and histories keep it: give it as the setting 'password', such as ${cred:NAME}.");

    private static int? PortOf(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port is > 0 and <= 65535 ? port : null;

    private static int? CountOf(string text) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var count) ? count : null;

    private static byte[]? FingerprintOf(string text)
    {
        var digits = text.Replace(":", "", StringComparison.Ordinal);
        return digits.Length == 2 * SHA256.HashSizeInBytes && digits.All(char.IsAsciiHexDigit) ? Convert.FromHexString(digits) : null;
    }

    private static void Check(EndpointSettings settings, string name, Func<string, bool> isGood, string complaint)
    {
        if (settings.Find(name) is { } value && !isGood(value))
        {
            throw new EndpointException(EndpointError.BadSetting, $"The setting '{name}' has the value '{EndpointPath.Printable(value)}', which {complaint}.");
        }
    }

    /// <summary>Absolute, or relative to the login's home; without a '/' at its end.</summary>
    private static string RootOf(EndpointSettings settings)
    {
        var folder = settings.Find(Folder) ?? "";
        if (folder.StartsWith("~/", StringComparison.Ordinal))
        {
            folder = folder[2..].TrimStart('/');
        }

        while (folder.StartsWith("./", StringComparison.Ordinal))
        {
            folder = folder[2..].TrimStart('/');
        }

        var trimmed = folder is "~" or "." ? "" : folder.TrimEnd('/');
        return trimmed.Length == 0 && folder.StartsWith('/') ? "/" : trimmed;
    }

    /// <summary>For messages: without settings, which only make them longer.</summary>
    private string AddressOf(EndpointSettings settings)
    {
        var plain = settings with { Values = settings.Values.Where(pair => pair.Key is Host or Port or User or Folder).ToDictionary() };
        var text = Format(plain);
        return EndpointPath.Printable(text.EndsWith("/~", StringComparison.Ordinal) ? text : text.TrimEnd('/'));
    }

    private string SettingNamed(string name)
    {
        if (Settings.FirstOrDefault(setting => setting.Name == name) is not { } known || known.Name is Host or Port or User or Folder)
        {
            throw new EndpointException(
                EndpointError.BadSetting,
                $"An address of this kind takes no setting '{EndpointPath.Printable(name)}' behind its '?'.{NearestName.Hint(name, Settings.Where(setting => !setting.IsSecret).Select(setting => setting.Name))}");
        }

        return known.IsSecret ? throw PasswordInAddress() : name;
    }

    private async ValueTask<FtpSignIn> SignInAsync(EndpointSettings settings, EndpointContext context, FtpManners manners, CancellationToken cancellationToken)
    {
        var password = await PasswordAsync(settings, context, cancellationToken).ConfigureAwait(false);
        if (password is not null)
        {
            manners.Hide(password);
        }

        var user = settings.Find(User) ?? Anonymous;
        var plain = password?.Reveal() ?? (user == Anonymous ? "anonymous@" : "");
        FtpControl.CheckArgument("user", user);
        FtpControl.CheckArgument("password", plain);
        var protection = isImplicit ? LoginTls.Implicit : settings.Find(Tls) switch
        {
            "explicit" => LoginTls.Explicit,
            "implicit" => LoginTls.Implicit,
            _ => LoginTls.None,
        };
        return new FtpSignIn
        {
            Host = settings.Find(Host)!,
            Port = PortOf(settings.Find(Port) ?? "") ?? (protection == LoginTls.Implicit ? 990 : 21),
            Protection = protection,
            Tls = new()
            {
                Host = settings.Find(Host)!,
                Authorities = OwnAuthorities.Read(settings),
                Fingerprint = settings.Find(Certificate) is { } digits ? FingerprintOf(digits) : null,
            },
            User = user,
            Password = plain,
        };
    }

    private static async ValueTask<Secret?> PasswordAsync(EndpointSettings settings, EndpointContext context, CancellationToken cancellationToken)
    {
        if (settings.Find(Password) is not { Length: > 0 } value)
        {
            return null;
        }

        var reference = SecretRef.Parse(value) ?? throw new EndpointException(
            EndpointError.BadSetting, $"The setting '{Password}' is a secret and is given as a reference: ${{cred:NAME}}.");
        return await context.Secrets.FindAsync(reference.Name, cancellationToken).ConfigureAwait(false) ?? throw new EndpointException(
            EndpointError.BadSetting, $"There is no secret '{reference.Name}' for the setting '{Password}'. Looked for in: {context.Secrets.Places}.");
    }
}
