using Gantry.Engine.Endpoints;

namespace Gantry.Plugins.Endpoints.Ftp;

/// <summary>Signs in to an FTP server: greeting, TLS, USER, PASS (RFC 959, RFC 4217).</summary>
public sealed class FtpLogin : LoginProbe
{
    private const int PlainPort = 21;
    private const int ImplicitPort = 990;

    public override string Id => "ftp";

    protected override async Task TryAsync(LoginAttempt attempt, CancellationToken cancellationToken)
    {
        // Before anything is sent: a line end in either would be a command of its own.
        FtpControl.CheckArgument("user", attempt.User);
        var password = attempt.Password?.Reveal() ?? "";
        FtpControl.CheckArgument("password", password);
        FtpSignIn signIn = new()
        {
            Host = attempt.Host,
            Port = attempt.Port ?? (attempt.Tls == LoginTls.Implicit ? ImplicitPort : PlainPort),
            Protection = attempt.Tls,
            Tls = new() { Host = attempt.Host, Authorities = attempt.Authorities },
            User = attempt.User,
            Password = password,
        };
        using CancellationTokenSource limit = new(attempt.Limit, attempt.Context.Clock);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token);
        try
        {
            await using var control = await signIn.ConnectAsync(attempt.Context, attempt.Pass, stop.Token);
            await signIn.LoginAsync(control, stop.Token);
            attempt.Pass("login");
            await control.LeaveAsync(stop.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new EndpointException(
                EndpointError.TimedOut, $"{attempt.Host}:{signIn.Port} did not answer within {Engine.Settings.Duration.Format(attempt.Limit)}.", isTransient: true);
        }
    }
}
