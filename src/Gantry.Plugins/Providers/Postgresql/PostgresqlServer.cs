using System.Net;
using System.Net.Security;
using Gantry.Engine.Providers;
using Gantry.Engine.Providers.Web;
using Gantry.Engine.Secrets;
using Npgsql;

namespace Gantry.Plugins.Providers.Postgresql;

/// <summary>The server, and who signs in there. Nothing that this process's own user keeps for its logins (PGPASSWORD, .pgpass, certificates) is used.</summary>
internal sealed record PostgresqlServer
{
    private const int PortUsual = 5432;

    /// <summary>So long may a server that accepts a connection say nothing on it.</summary>
    private const int ConnectingSecondsMax = 120;

    public required string Host { get; init; }

    public required int Port { get; init; }

    public required string Database { get; init; }

    public required NetworkCredential Login { get; init; }

    /// <summary>As libpq's sslmode: verify-full, verify-ca, require or disable.</summary>
    public required string Tls { get; init; }

    public required ServerTrust Trust { get; init; }

    public string Name => $"{Host}:{Port}";

    public static async Task<PostgresqlServer> OfAsync(ProviderCall call, HttpCall parameters, CancellationToken cancellationToken)
    {
        var host = ServerParameters.HostOf(parameters);
        var port = ServerParameters.PortOf(parameters, PortUsual);
        var tls = parameters.FindText("tls") ?? "verify-full";
        var trust = ServerParameters.TrustOf(parameters);
        var secrets = new SentSecrets(call.Secrets);
        var user = await SecretText.ExpandAsync(parameters.FindText("user") ?? "", secrets, cancellationToken);
        var password = await SecretText.ExpandAsync(parameters.FindText("password") ?? "", secrets, cancellationToken);
        secrets.RequireAllowed(host, port);
        var database = parameters.FindText("database") ?? user;
        if (user.Length == 0 || new[] { user, password, database }.Any(text => text.Contains('\0', StringComparison.Ordinal)))
        {
            throw HttpCall.Bad("'user' is empty, or 'user', 'password' or 'database' holds a NUL.");
        }

        return new PostgresqlServer { Host = host, Port = port, Database = database, Login = new NetworkCredential(user, password), Tls = tls, Trust = trust };
    }

    /// <summary>A connection to the first of these addresses that answers; exactly these are dialled, whatever the name leads to by then.</summary>
    public async Task<(NpgsqlDataSource Source, NpgsqlConnection Connection)> OpenAsync(IReadOnlyList<IPAddress> addresses, CancellationToken cancellationToken)
    {
        for (var index = 0; ; index++)
        {
            var source = SourceFor(addresses[index]);
            var opening = source.OpenConnectionAsync(cancellationToken).AsTask();
            try
            {
                // While TLS is asked for, Npgsql does not hear that it is to stop.
                return (source, await opening.WaitAsync(cancellationToken));
            }
            catch (OperationCanceledException) when (!opening.IsCompleted)
            {
                _ = LeaveAsync(source, opening);
                throw;
            }
            catch (NpgsqlException unreachable) when (unreachable is not PostgresException && index < addresses.Count - 1)
            {
                await source.DisposeAsync();
            }
            catch
            {
                await source.DisposeAsync();
                throw;
            }
        }
    }

    private static async Task LeaveAsync(NpgsqlDataSource source, Task<NpgsqlConnection> opening)
    {
        await using (source)
        {
            try
            {
                await (await opening).DisposeAsync();
            }
            catch (Exception exception) when (exception is NpgsqlException or IOException or OperationCanceledException or TimeoutException)
            {
                // Nobody waits for it any more.
            }
        }
    }

    private NpgsqlDataSource SourceFor(IPAddress address)
    {
        var settings = new NpgsqlConnectionStringBuilder
        {
            Host = address.ToString(),
            Port = Port,
            Username = Login.UserName,
            Database = Database,
            ApplicationName = "gantry",
            SslMode = Tls == "disable" ? SslMode.Disable : SslMode.Require,
            GssEncryptionMode = GssEncryptionMode.Disable,

            // A password goes in plain only where it is known who reads it.
            RequireAuth = Tls.StartsWith("verify", StringComparison.Ordinal) || IPAddress.IsLoopback(address) ? "Password,MD5,ScramSHA256,None" : "MD5,ScramSHA256,None",
            Pooling = false,
            CommandTimeout = 0,
            Timeout = ConnectingSecondsMax,
            Enlist = false,
        };
        var builder = new NpgsqlSlimDataSourceBuilder(settings.ConnectionString);
        builder.EnableTransportSecurity();

        // Every value comes as text, so that types need not be known beforehand.
        builder.ConfigureTypeLoading(loading => loading.EnableTypeLoading(false));
        builder.UsePasswordProvider(_ => Login.Password, (_, _) => ValueTask.FromResult(Login.Password));
        if (Tls != "disable")
        {
            builder.UseSslClientAuthenticationOptionsCallback(Secure);
        }

        return builder.Build();
    }

    private void Secure(SslClientAuthenticationOptions options)
    {
        options.RemoteCertificateValidationCallback = Tls switch
        {
            "verify-full" => (_, _, _, errors) => errors == SslPolicyErrors.None,
            "verify-ca" => (_, certificate, _, errors) => certificate is not null && (errors & ~SslPolicyErrors.RemoteCertificateNameMismatch) == SslPolicyErrors.None,
            _ => (_, _, _, _) => true,
        };
        Trust.Apply(options, Host);
    }
}
