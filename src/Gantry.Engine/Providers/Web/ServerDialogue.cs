using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using Gantry.Engine.Secrets;
using Gantry.Engine.Settings;

namespace Gantry.Engine.Providers.Web;

/// <summary>
/// One conversation with a server in a protocol of its own: where it is, who signs in, within what time, and what becomes of whatever goes wrong on the way.
/// </summary>
public sealed class ServerDialogue
{
    private readonly ProviderCall call;
    private readonly ServerTrust? trust;
    private readonly TimeSpan timeout;

    private ServerDialogue(ProviderCall call, string host, int port, ServerTrust? trust, NetworkCredential? login, TimeSpan timeout) =>
        (this.call, Host, Port, this.trust, Login, this.timeout) = (call, host, port, trust, login, timeout);

    /// <summary>What <see cref="ReadAsync"/> reads.</summary>
    public static IReadOnlyList<Setting> Parameters(int port, int portOfTls) =>
    [
        new() { Name = "host", IsRequired = true, Help = "The server's name or address." },
        new() { Name = "port", Type = SettingType.Integer, Help = port == portOfTls ? $"{port} when none is given." : $"{portOfTls} when none is given, {port} with tls: none." },
        new()
        {
            Name = "tls", Default = Scalars.Text("verify"), Choices = ["verify", "none"],
            Help = "'verify' encrypts and checks the certificate; with 'none' everybody on the way can read along, the password among it.",
        },
        ServerParameters.CertificateSha256,
        ServerParameters.Ca,
        new() { Name = "user", TakesSecrets = true, Help = "The login's name, where the server wants one." },
        new() { Name = "password", IsSecret = true, Help = "The login's password, as ${cred:NAME}." },
        new() { Name = "timeout", Type = SettingType.Duration, Default = Scalars.Text("30s"), Help = "How long it may take in all." },
    ];

    public string Host { get; }

    public int Port { get; }

    /// <summary>Null when nobody signs in; the name may be empty.</summary>
    public NetworkCredential? Login { get; }

    public string Name => $"{Host}:{Port}";

    /// <summary>Set from where on nobody knows whether it was done until the server answers: a failure is not one to be tried again then.</summary>
    public bool IsUncertain { get; set; }

    public static async Task<ServerDialogue> ReadAsync(ProviderCall call, HttpCall parameters, int port, int portOfTls, CancellationToken cancellationToken)
    {
        var host = ServerParameters.HostOf(parameters);
        var isEncrypted = parameters.FindText("tls") != "none";
        var chosen = ServerParameters.PortOf(parameters, isEncrypted ? portOfTls : port);
        var secrets = new SentSecrets(call.Secrets);
        var user = await SecretText.ExpandAsync(parameters.FindText("user") ?? "", secrets, cancellationToken);
        var password = await SecretText.ExpandAsync(parameters.FindText("password") ?? "", secrets, cancellationToken);
        secrets.RequireAllowed(host, chosen);
        return new ServerDialogue(
            call, host, chosen, isEncrypted ? ServerParameters.TrustOf(parameters) : null,
            user.Length + password.Length > 0 ? new NetworkCredential(user, password) : null,
            ServerParameters.TimeoutOf(parameters, TimeSpan.FromSeconds(30)));
    }

    /// <summary>Dials, and has it talked, within the time limit.</summary>
    public async Task<ProviderResult> RunAsync(Func<Stream, CancellationToken, Task<ProviderResult>> talk, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(timeout, call.Clock);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token);
        try
        {
            await using var stream = await DialAsync(stop.Token);
            return await talk(stream, stop.Token);
        }
        catch (Exception failure) when (failure is not ProviderException)
        {
            cancellationToken.ThrowIfCancellationRequested();
            throw Describe(failure);
        }
    }

    /// <summary>Exactly the address that was checked, encrypted unless the plan says otherwise.</summary>
    private async Task<Stream> DialAsync(CancellationToken cancellationToken)
    {
        var plain = await HttpGate.ConnectAsync(new DnsEndPoint(Host, Port), new EgressRules(call.EgressAllowed), cancellationToken);
        if (trust is null)
        {
            return plain;
        }

        var options = new SslClientAuthenticationOptions();
        trust.Apply(options, Host);
        var secure = new SslStream(plain);
        try
        {
            await secure.AuthenticateAsClientAsync(options, cancellationToken);
            return secure;
        }
        catch
        {
            await secure.DisposeAsync();
            throw;
        }
    }

    private ProviderException Describe(Exception failure)
    {
        if (IsUncertain && failure is OperationCanceledException or IOException or SocketException)
        {
            return Fail(ProviderErrorKind.Upstream, $"{Name} did not answer to the end, so that it may or may not have been done. Look there before you run it again.", isTransient: false, failure);
        }

        return failure switch
        {
            OperationCanceledException => Fail(ProviderErrorKind.TimedOut, $"{Name} did not answer within {Duration.Format(timeout)}.", isTransient: true, failure),
            AuthenticationException => Fail(
                ProviderErrorKind.Unavailable, $"{Name}: TLS failed: {(failure.InnerException?.Message ?? failure.Message).TrimEnd('.')}. Give its 'ca' or 'certificate_sha256', if it is the right server.", isTransient: false, failure),
            IOException or SocketException => Fail(
                ProviderErrorKind.Unavailable, $"{Name} could not be reached, or broke off: {failure.Message.TrimEnd('.')}. Is this the right port, and the right setting of 'tls'?", isTransient: true, failure),
            _ => Fail(ProviderErrorKind.Internal, $"{Name}: {failure.GetType().Name}: {failure.Message}", isTransient: false, failure),
        };
    }

    private static ProviderException Fail(ProviderErrorKind kind, string message, bool isTransient, Exception inner) =>
        new(new ProviderError { Kind = kind, Message = message, IsTransient = isTransient }, inner);
}
