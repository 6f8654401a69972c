using System.Net;
using System.Net.Security;
using System.Text;
using Gantry.Engine.Providers;
using Gantry.Engine.Providers.Web;
using Gantry.Engine.Secrets;
using Gantry.Engine.Settings;

namespace Gantry.Plugins.Providers.Imap;

/// <summary>How the connection is protected.</summary>
internal enum ImapTls
{
    /// <summary>From the first byte (RFC 8314), usually on port 993.</summary>
    Implicit,

    /// <summary>Asked for on the plain connection, and insisted on.</summary>
    StartTls,

    None,
}

/// <summary>The server with the mailboxes, and who signs in there.</summary>
internal sealed record ImapServer
{
    public static IReadOnlyList<Setting> Parameters { get; } =
    [
        new() { Name = "host", IsRequired = true, Help = "The mail server's name or address." },
        new() { Name = "port", Type = SettingType.Integer, Help = "993 when none is given, 143 with tls: starttls or none." },
        new()
        {
            Name = "tls", Default = Scalars.Text("implicit"), Choices = ["implicit", "starttls", "none"],
            Help = "'implicit' begins with TLS, 'starttls' asks for it and insists on it; with 'none' everybody on the way can read along.",
        },
        ServerParameters.CertificateSha256,
        ServerParameters.Ca,
        new() { Name = "user", IsRequired = true, TakesSecrets = true, Help = "The login's name." },
        new() { Name = "password", IsRequired = true, IsSecret = true, Help = "The login's password, or the access token with auth: xoauth2, as ${cred:NAME}." },
        new() { Name = "auth", Default = Scalars.Text("password"), Choices = ["password", "xoauth2"], Help = "How the login is proved: xoauth2 where the provider wants an OAuth access token." },
        new() { Name = "timeout", Type = SettingType.Duration, Default = Scalars.Text("2m"), Help = "How long it may take in all." },
    ];

    public required string Host { get; init; }

    public required int Port { get; init; }

    public required ImapTls Tls { get; init; }

    public required NetworkCredential Login { get; init; }

    public required bool IsToken { get; init; }

    public required ServerTrust Trust { get; init; }

    public string Name => $"{Host}:{Port}";

    /// <summary>What carries the password encoded is masked as well.</summary>
    public static async Task<ImapServer> OfAsync(ProviderCall call, HttpCall parameters, CancellationToken cancellationToken)
    {
        var host = ServerParameters.HostOf(parameters);
        var tls = parameters.FindText("tls") switch { "starttls" => ImapTls.StartTls, "none" => ImapTls.None, _ => ImapTls.Implicit };
        var port = ServerParameters.PortOf(parameters, tls == ImapTls.Implicit ? 993 : 143);
        var secrets = new SentSecrets(call.Secrets);
        var user = await SecretText.ExpandAsync(parameters.FindText("user") ?? "", secrets, cancellationToken);
        var password = await SecretText.ExpandAsync(parameters.FindText("password") ?? "", secrets, cancellationToken);
        secrets.RequireAllowed(host, port);
        if (user.Any(char.IsControl) || password.Any(character => character is '\0' or '\u0001'))
        {
            throw HttpCall.Bad("'user' or 'password' holds a control character, which no login has.");
        }

        var server = new ImapServer
        {
            Host = host,
            Port = port,
            Tls = tls,
            Login = new NetworkCredential(user, password),
            IsToken = parameters.FindText("auth") == "xoauth2",
            Trust = ServerParameters.TrustOf(parameters),
        };
        (call.Secrets as RedactingSecrets)?.Mask(new Secret(server.Proof));
        return server;
    }

    /// <summary>What signs in, as it is sent: PLAIN (RFC 4616), or what the large providers of mail take tokens by.</summary>
    public string Proof => Convert.ToBase64String(Encoding.UTF8.GetBytes(IsToken
        ? $"user={Login.UserName}\u0001auth=Bearer {Login.Password}\u0001\u0001"
        : $"\0{Login.UserName}\0{Login.Password}"));

    public SslClientAuthenticationOptions TlsOptions()
    {
        var options = new SslClientAuthenticationOptions();
        Trust.Apply(options, Host);
        return options;
    }
}
