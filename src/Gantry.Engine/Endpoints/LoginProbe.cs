using System.Security.Cryptography.X509Certificates;
using Gantry.Engine.Secrets;

namespace Gantry.Engine.Endpoints;

/// <summary>A kind of server that a login can be tried at, without touching a file there.</summary>
public abstract class LoginProbe
{
    /// <summary>Lower-case: "ftp", "sftp". Types of credentials begin with it: FTP_PASSWORD.</summary>
    public abstract string Id { get; }

    /// <summary>
    /// Signs in and out again. Failures are <see cref="EndpointException"/>, without the password where a server repeats it; what was done until then is on
    /// the record of the attempt.
    /// </summary>
    public async Task SignInAsync(LoginAttempt attempt, CancellationToken cancellationToken)
    {
        using Redactor redactor = new();
        foreach (var secret in new[] { attempt.Password, attempt.Key })
        {
            if (secret is not null)
            {
                redactor.Add(secret);
            }
        }

        try
        {
            await TryAsync(attempt, cancellationToken);
        }
        catch (EndpointException failed) when (redactor.Text(failed.Message) is var message && message != failed.Message)
        {
            throw new EndpointException(failed.Error, message, failed.IsTransient);
        }
    }

    protected abstract Task TryAsync(LoginAttempt attempt, CancellationToken cancellationToken);
}

/// <summary>How a connection is protected.</summary>
public enum LoginTls
{
    /// <summary>TLS is asked for on the plain connection, and insisted on.</summary>
    Explicit,

    /// <summary>TLS from the first byte.</summary>
    Implicit,

    /// <summary>Everybody on the way can read the password.</summary>
    None,
}

/// <summary>One try to sign in, and how far it got.</summary>
public sealed class LoginAttempt
{
    private readonly List<string> passed = [];

    public required string Host { get; init; }

    /// <summary>Null means the usual one.</summary>
    public int? Port { get; init; }

    public required string User { get; init; }

    public Secret? Password { get; init; }

    /// <summary>A private key instead of a password.</summary>
    public Secret? Key { get; init; }

    public LoginTls Tls { get; init; }

    /// <summary>Whose certificates are trusted; null means those this machine trusts.</summary>
    public X509Certificate2Collection? Authorities { get; init; }

    public TimeSpan Limit { get; init; } = TimeSpan.FromSeconds(20);

    public required EndpointContext Context { get; init; }

    /// <summary>The phases that went well: connect, tls, login.</summary>
    public IReadOnlyList<string> Passed => passed;

    public void Pass(string phase) => passed.Add(phase);
}
