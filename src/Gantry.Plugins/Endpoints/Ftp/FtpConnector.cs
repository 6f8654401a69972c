using Gantry.Engine.Endpoints;

namespace Gantry.Plugins.Endpoints.Ftp;

/// <summary>Makes sessions: connects, signs in, and asks the server once what it can do.</summary>
internal sealed class FtpConnector
{
    private static readonly TimeSpan pipelinePatience = TimeSpan.FromSeconds(10);

    private readonly Func<CancellationToken, ValueTask<FtpSignIn>> signInOf;
    private readonly FtpDataDialer dialer;
    private readonly FtpManners manners;
    private readonly FtpText text;
    private readonly Action<string> notice;

    /// <param name="signInOf">The login, with the secrets in it; asked for each connection, so that a changed secret counts.</param>
    /// <param name="dialer">For the data connections.</param>
    /// <param name="manners">Filled in by the first session.</param>
    /// <param name="text">How names are written.</param>
    /// <param name="notice">Hears what the server cannot do.</param>
    public FtpConnector(
        Func<CancellationToken, ValueTask<FtpSignIn>> signInOf, FtpDataDialer dialer, FtpManners manners, FtpText text, Action<string> notice)
    {
        this.signInOf = signInOf;
        this.dialer = dialer;
        this.manners = manners;
        this.text = text;
        this.notice = notice;
    }

    public async Task<FtpSession> ConnectAsync(CancellationToken cancellationToken)
    {
        var signIn = await signInOf(cancellationToken).ConfigureAwait(false);
        try
        {
            return await SignInAsync(signIn, cancellationToken).ConfigureAwait(false);
        }
        catch (EndpointException failed) when (manners.Redact(failed.Message) is var words && words != failed.Message)
        {
            throw new EndpointException(failed.Error, words, failed.IsTransient, failed.InnerException as FtpCrowdedException);
        }
    }

    private async Task<FtpSession> SignInAsync(FtpSignIn signIn, CancellationToken cancellationToken)
    {
        var session = await LoginAsync(signIn, cancellationToken).ConfigureAwait(false);
        try
        {
            await SetUpAsync(session, cancellationToken).ConfigureAwait(false);
            return session;
        }
        catch (EndpointException failed) when (manners.Pipelines && !manners.IsKnown && failed.IsTransient)
        {
            // The first time that several commands were sent at once: some servers read one and drop the others.
            await session.DisposeAsync().ConfigureAwait(false);
            manners.Pipelines = false;
        }
        catch
        {
            await session.DisposeAsync().ConfigureAwait(false);
            throw;
        }

        session = await LoginAsync(signIn, cancellationToken).ConfigureAwait(false);
        try
        {
            await SetUpAsync(session, cancellationToken).ConfigureAwait(false);
            notice($"{session.Name}: this server does not bear several commands at once; it is asked one by one, which takes longer.");
            return session;
        }
        catch
        {
            manners.Pipelines = true;
            await session.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    private async Task<FtpSession> LoginAsync(FtpSignIn signIn, CancellationToken cancellationToken)
    {
        var control = await signIn.ConnectAsync(dialer.Context, _ => { }, cancellationToken).ConfigureAwait(false);
        try
        {
            await signIn.LoginAsync(control, cancellationToken).ConfigureAwait(false);
            control.Text = text;
            FtpSession session = new(control, manners, dialer, dialer.Clock, dialer.Timeout);
            session.Start();
            return session;
        }
        catch
        {
            await control.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    private async Task SetUpAsync(FtpSession session, CancellationToken cancellationToken)
    {
        List<FtpCommand> commands = [];
        FtpCommand? protection = null;
        FtpCommand binary = new("TYPE I");
        if (session.Control.TlsOptions is not null)
        {
            commands.Add(new("PBSZ 0"));
            commands.Add(protection = new("PROT P"));
        }

        commands.Add(binary);
        if (manners.IsKnown)
        {
            commands.AddRange(Options());
            await AskAllAsync(session, commands, cancellationToken).ConfigureAwait(false);
        }
        else
        {
            FtpCommand features = new("FEAT");
            FtpCommand home = new("PWD");
            commands.AddRange([home, features]);
            await AskAllAsync(session, commands, cancellationToken).ConfigureAwait(false);
            manners.Home = HomeIn(await home.Reply.ConfigureAwait(false));
            manners.Learn(await features.Reply.ConfigureAwait(false));
            await AskAllAsync(session, [.. Options(), .. Questions()], cancellationToken).ConfigureAwait(false);
        }

        if (protection is not null && await protection.Reply.ConfigureAwait(false) is { IsDone: false } refused)
        {
            throw new EndpointException(
                EndpointError.NotSupported, $"{session.Name} does not encrypt data connections: {manners.Redact(refused.ToString())}. If files may go in plain text, say tls=none.");
        }

        if (await binary.Reply.ConfigureAwait(false) is { IsDone: false } unknown)
        {
            throw new EndpointException(EndpointError.NotSupported, $"{session.Name} does not transfer bytes as they are (TYPE I): {manners.Redact(unknown.ToString())}.");
        }
    }

    private async Task AskAllAsync(FtpSession session, List<FtpCommand> commands, CancellationToken cancellationToken)
    {
        using var patience = new CancellationTokenSource(pipelinePatience, dialer.Clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
        var asked = dialer.Clock.GetTimestamp();
        try
        {
            await session.SendAsync(commands.ToArray(), either.Token).ConfigureAwait(false);
            foreach (var command in commands)
            {
                await session.ReplyAsync(command, either.Token).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new EndpointException(EndpointError.TimedOut, $"{session.Name} did not answer all commands.", isTransient: true);
        }

        session.LearnDistance(dialer.Clock.GetElapsedTime(asked));
        foreach (var question in commands.Where(command => command.Word == "STAT"))
        {
            manners.LearnProduct((await question.Reply.ConfigureAwait(false)).ToString());
        }
    }

    private List<FtpCommand> Options()
    {
        List<FtpCommand> options = [];
        if (manners.HasUtf8 && !text.IsLatin1)
        {
            options.Add(new("OPTS UTF8 ON"));
        }

        if (manners.FactsWanted is { Length: > 0 } facts)
        {
            options.Add(new($"OPTS MLST {facts}"));
        }

        return options;
    }

    /// <summary>A server that lists times by the minute, or does not say how it sets them, may be one that is known.</summary>
    private List<FtpCommand> Questions() => manners is { TimeSetting: FtpTimeSetting.Unknown, HasMachineLists: false } ? [new("STAT")] : [];

    /// <summary>What stands in quotes in the reply to PWD, where a quote is written twice (RFC 959, appendix II).</summary>
    private static string? HomeIn(FtpReply reply)
    {
        var first = reply.Text.IndexOf('"', StringComparison.Ordinal);
        if (reply.Code != 257 || first < 0)
        {
            return null;
        }

        for (var i = first + 1; i < reply.Text.Length; i++)
        {
            if (reply.Text[i] == '"' && ++i is var next && (next == reply.Text.Length || reply.Text[next] != '"'))
            {
                return reply.Text[(first + 1)..(next - 1)].Replace("\"\"", "\"", StringComparison.Ordinal);
            }
        }

        return null;
    }
}
