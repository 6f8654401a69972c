using Gantry.Engine.Endpoints;

namespace Gantry.Plugins.Endpoints.Ftp;

/// <summary>How to get in: where, protected by what, as whom.</summary>
internal sealed record FtpSignIn
{
    private static readonly string[] TooManyWords = ["too many", "maximum", "connections", "sessions", "limit", "simultaneous"];

    public required string Host { get; init; }

    public required int Port { get; init; }

    public required LoginTls Protection { get; init; }

    public required FtpTls Tls { get; init; }

    public required string User { get; init; }

    /// <summary>"" when there is none.</summary>
    public required string Password { get; init; }

    /// <summary>Connects, waits for the greeting, and encrypts.</summary>
    /// <param name="context">Where may be dialled.</param>
    /// <param name="pass">Hears of each phase that went well: connect, tls.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task<FtpControl> ConnectAsync(EndpointContext context, Action<string> pass, CancellationToken cancellationToken)
    {
        List<string> passed = [];
        var isAgain = false;
        try
        {
            return await ConnectOnceAsync(context, passed.Add, cancellationToken);
        }
        catch (EndpointException failed) when (failed.InnerException is FtpVersionException && !Tls.IsNewer)
        {
            isAgain = true;
            return await (this with { Tls = Tls with { IsNewer = true } }).ConnectOnceAsync(context, pass, cancellationToken);
        }
        finally
        {
            if (!isAgain)
            {
                passed.ForEach(pass);
            }
        }
    }

    private async Task<FtpControl> ConnectOnceAsync(EndpointContext context, Action<string> pass, CancellationToken cancellationToken)
    {
        var control = await FtpControl.ConnectAsync(Host, Port, context, cancellationToken);
        try
        {
            await GreetAsync(control, pass, cancellationToken);
            return control;
        }
        catch
        {
            await control.DisposeAsync();
            throw;
        }
    }

    public async Task LoginAsync(FtpControl control, CancellationToken cancellationToken)
    {
        var answer = await control.AskAsync("USER", User, cancellationToken);
        if (answer.Code == 331)
        {
            answer = (await control.AskAsync("PASS", Password, cancellationToken)).Without(Password);
        }

        if (answer.Code is not (230 or 202 or 232))
        {
            throw answer.Code == 332
                ? new EndpointException(EndpointError.NotSupported, $"{control.Name} asks for an account (ACCT) besides the password, which Gantry does not send.")
                : Refused(answer, $"{control.Name} refused the login of '{EndpointPath.Printable(User)}'{(Password.Length == 0 ? ", for whom there is no password (the setting 'password')" : "")}");
        }
    }

    /// <summary>Whether the server says that it has enough connections; some say so where they would refuse a login.</summary>
    public static bool IsTooMany(FtpReply reply) => reply.Code == 421 || (reply.Code is 530 or 430 or 450 or 550 && TooManyWords.Any(reply.Says));

    private async Task GreetAsync(FtpControl control, Action<string> pass, CancellationToken cancellationToken)
    {
        if (Protection == LoginTls.Implicit)
        {
            await control.SecureAsync(Tls, cancellationToken);
        }

        var greeting = await control.ReadReplyAsync(cancellationToken);
        while (greeting.IsPreliminary)
        {
            greeting = await control.ReadReplyAsync(cancellationToken);
        }

        if (greeting.Code != 220)
        {
            throw Refused(greeting, $"{control.Name} does not take logins now");
        }

        pass("connect");
        if (Protection == LoginTls.Explicit)
        {
            var answer = await control.AskAsync("AUTH", "TLS", cancellationToken);
            if (answer.Code != 234)
            {
                throw new EndpointException(
                    EndpointError.NotSupported, $"{control.Name} does not offer TLS ({answer}), and the password is not sent in plain text. If it must be, say tls=none (--tls none where a login is tried).");
            }

            await control.SecureAsync(Tls, cancellationToken);
        }

        if (Protection != LoginTls.None)
        {
            pass("tls");
        }
    }

    private static EndpointException Refused(FtpReply reply, string what) => IsTooMany(reply) || reply.Code is >= 400 and < 500
        ? new(EndpointError.Disconnected, $"{what}, for the moment: {reply}.", isTransient: true, IsTooMany(reply) ? new FtpCrowdedException() : null)
        : new(EndpointError.LoginRefused, $"{what}: {reply}.");
}
