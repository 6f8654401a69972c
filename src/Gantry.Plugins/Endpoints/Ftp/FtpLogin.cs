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
        var port = attempt.Port ?? (attempt.Tls == LoginTls.Implicit ? ImplicitPort : PlainPort);
        using CancellationTokenSource limit = new(attempt.Limit, attempt.Context.Clock);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token);
        try
        {
            await using var control = await FtpControl.ConnectAsync(attempt.Host, port, attempt.Context, stop.Token);
            await GreetAsync(control, attempt, stop.Token);
            await SignInAsync(control, attempt.User, password, stop.Token);
            attempt.Pass("login");
            await control.LeaveAsync(stop.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new EndpointException(
                EndpointError.TimedOut, $"{attempt.Host}:{port} did not answer within {Engine.Settings.Duration.Format(attempt.Limit)}.", isTransient: true);
        }
    }

    private static async Task GreetAsync(FtpControl control, LoginAttempt attempt, CancellationToken cancellationToken)
    {
        if (attempt.Tls == LoginTls.Implicit)
        {
            await control.SecureAsync(attempt.Host, attempt.Authorities, cancellationToken);
        }

        var greeting = await control.ReadReplyAsync(cancellationToken);
        while (greeting.Code is >= 100 and < 200)
        {
            greeting = await control.ReadReplyAsync(cancellationToken);
        }

        if (greeting.Code != 220)
        {
            throw Refused(greeting, $"{control.Name} does not take logins now");
        }

        attempt.Pass("connect");
        if (attempt.Tls == LoginTls.Explicit)
        {
            var answer = await control.AskAsync("AUTH", "TLS", cancellationToken);
            if (answer.Code != 234)
            {
                throw new EndpointException(
                    EndpointError.NotSupported, $"{control.Name} does not offer TLS ({answer}), and the password is not sent in plain text. If it must be, say --tls none.");
            }

            await control.SecureAsync(attempt.Host, attempt.Authorities, cancellationToken);
        }

        if (attempt.Tls != LoginTls.None)
        {
            attempt.Pass("tls");
        }
    }

    private static async Task SignInAsync(FtpControl control, string user, string password, CancellationToken cancellationToken)
    {
        var answer = await control.AskAsync("USER", user, cancellationToken);
        if (answer.Code == 331)
        {
            answer = (await control.AskAsync("PASS", password, cancellationToken)).Without(password);
        }

        if (answer.Code is not (230 or 202 or 232))
        {
            throw answer.Code == 332
                ? new EndpointException(EndpointError.NotSupported, $"{control.Name} asks for an account (ACCT) besides the password, which Gantry does not send.")
                : Refused(answer, $"{control.Name} refused the login of '{EndpointPath.Printable(user)}'");
        }
    }

    private static EndpointException Refused(FtpReply reply, string what) => reply.Code is 421 or (>= 400 and < 500)
        ? new(EndpointError.Disconnected, $"{what}, for the moment: {reply}.", isTransient: true)
        : new(EndpointError.LoginRefused, $"{what}: {reply}.");
}
