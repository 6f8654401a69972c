using System.Net;
using System.Net.Security;
using Gantry.Engine.Providers;
using Gantry.Engine.Providers.Web;
using Gantry.Engine.Secrets;

namespace Gantry.Plugins.Providers.Mysql;

/// <summary>The server, and who signs in there.</summary>
internal sealed record MysqlServer
{
    /// <summary>The server is asked for its key, and whoever answers is believed.</summary>
    public const string AsksForKey = "ask";

    private const int PortUsual = 3306;

    public required string Host { get; init; }

    public required int Port { get; init; }

    /// <summary>Null when none is chosen.</summary>
    public string? Database { get; init; }

    public required NetworkCredential Login { get; init; }

    /// <summary>verify-full, verify-ca, require or disable.</summary>
    public required string Tls { get; init; }

    public required ServerTrust Trust { get; init; }

    /// <summary>The server's RSA key as PEM, or <see cref="AsksForKey"/>; null when the password never goes outside of TLS.</summary>
    public string? RsaKey { get; init; }

    public string Name => $"{Host}:{Port}";

    /// <summary>It is known who reads what is sent, so that a password may go as it is.</summary>
    public bool IsProven => Tls is "verify-full" or "verify-ca" || (Tls == "require" && Trust.Fingerprint is not null);

    public static async Task<MysqlServer> OfAsync(ProviderCall call, HttpCall parameters, CancellationToken cancellationToken)
    {
        var host = ServerParameters.HostOf(parameters);
        var port = ServerParameters.PortOf(parameters, PortUsual);
        var secrets = new SentSecrets(call.Secrets);
        var user = await SecretText.ExpandAsync(parameters.FindText("user") ?? "", secrets, cancellationToken);
        var password = await SecretText.ExpandAsync(parameters.FindText("password") ?? "", secrets, cancellationToken);
        secrets.RequireAllowed(host, port);
        var database = parameters.FindText("database");
        if (user.Length == 0 || new[] { user, password, database ?? "" }.Any(text => text.Contains('\0', StringComparison.Ordinal)))
        {
            throw HttpCall.Bad("'user' is empty, or 'user', 'password' or 'database' holds a NUL.");
        }

        return new MysqlServer
        {
            Host = host,
            Port = port,
            Database = string.IsNullOrEmpty(database) ? null : database,
            Login = new NetworkCredential(user, password),
            Tls = parameters.FindText("tls") ?? "verify-full",
            Trust = ServerParameters.TrustOf(parameters),
            RsaKey = parameters.FindText("rsa_key"),
        };
    }

    public SslClientAuthenticationOptions TlsOptions()
    {
        var options = new SslClientAuthenticationOptions
        {
            RemoteCertificateValidationCallback = Tls switch
            {
                "verify-full" => (_, _, _, errors) => errors == SslPolicyErrors.None,
                "verify-ca" => (_, certificate, _, errors) => certificate is not null && (errors & ~SslPolicyErrors.RemoteCertificateNameMismatch) == SslPolicyErrors.None,
                _ => (_, _, _, _) => true,
            },
        };
        Trust.Apply(options, Host);
        return options;
    }
}
