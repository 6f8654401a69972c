using Gantry.Engine.Endpoints;

namespace Gantry.Plugins.Endpoints.Ftp;

/// <summary>
/// One command with a data connection, from its beginning to its last reply. What can be asked in the same flight follows behind it: on a server that keeps
/// the order this costs no time.
/// </summary>
internal sealed class FtpTransfer : IAsyncDisposable
{
    /// <summary>More than this may come in two segments; some servers take what comes during a transfer for nonsense.</summary>
    private const int FlightBytesMax = 1200;
    private static readonly TimeSpan abortPatience = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan reasonPatience = TimeSpan.FromSeconds(5);

    private readonly FtpCommand command;
    private readonly FtpCommand? next;
    private readonly FtpCommand? probe;
    private bool isEnded;

    private FtpTransfer(FtpSession session, FtpData data, FtpCommand command, FtpCommand? next, FtpCommand? probe, bool sentBehind)
    {
        Session = session;
        Data = data;
        this.command = command;
        this.next = next;
        this.probe = probe;
        SentBehind = sentBehind;
    }

    public FtpSession Session { get; }

    public FtpData Data { get; }

    public FtpCommand Command => command;

    /// <summary>Whether the commands that were to follow it have been sent.</summary>
    public bool SentBehind { get; }

    /// <summary>Why the server will not; null when it has begun, or may still.</summary>
    public FtpReply? Refusal { get; private set; }

    /// <param name="session">The caller's.</param>
    /// <param name="command">The transfer's command.</param>
    /// <param name="restart">Where in the file it begins.</param>
    /// <param name="behind">Commands to follow in the same flight, where the server bears that.</param>
    /// <param name="wantsNext">Another transfer follows on this session: where its data goes is asked in the same flight.</param>
    /// <param name="cancellationToken">Breaks it off, and leaves the session as it was or ends it.</param>
    public static async ValueTask<FtpTransfer> BeginAsync(
        FtpSession session, FtpCommand command, long restart, IReadOnlyList<FtpCommand> behind, bool wantsNext, CancellationToken cancellationToken)
    {
        var data = await session.Dialer.OpenAsync(session, cancellationToken).ConfigureAwait(false);
        try
        {
            if (restart > 0 && await session.AskAsync(new FtpCommand($"REST {restart}"), cancellationToken).ConfigureAwait(false) is { IsGood: false } refused)
            {
                return new FtpTransfer(session, data, command, null, null, sentBehind: false) { Refusal = refused, isEnded = true };
            }

            var manners = session.Manners;
            var keepsOrder = manners is { Pipelines: true, Order: FtpOrder.Kept } && command.LengthMax + behind.Sum(question => question.LengthMax) < FlightBytesMax;
            var next = keepsOrder && wantsNext && !session.Dialer.IsActive ? FtpDataDialer.PassiveCommand(session) : null;
            var probe = manners is { Pipelines: true, Order: FtpOrder.Unknown } ? new FtpCommand("NOOP") : null;
            FtpCommand[] flight = [command, .. keepsOrder ? behind : [], .. Some(next), .. Some(probe)];
            FtpTransfer transfer = new(session, data, command, next, probe, keepsOrder);
            await session.SendAsync(flight, cancellationToken).ConfigureAwait(false);
            await transfer.ReadyAsync(cancellationToken).ConfigureAwait(false);
            _ = transfer.AbortWhenRefusedAsync();
            return transfer;
        }
        catch
        {
            // Whatever was sent, its data connection is gone now.
            data.Abort();
            await data.DisposeAsync().ConfigureAwait(false);
            if (command.IsSent && !command.Reply.IsCompleted)
            {
                session.End(new EndpointException(EndpointError.Disconnected, $"{session.Name}: a transfer was broken off.", isTransient: true));
            }

            throw;
        }
    }

    /// <summary>The last reply. Tells only what the server says, not whether all bytes came.</summary>
    public async ValueTask<FtpReply> EndAsync(CancellationToken cancellationToken)
    {
        var reply = Refusal ?? await Session.ReplyAsync(command, cancellationToken).ConfigureAwait(false);
        isEnded = true;
        if (probe is not null)
        {
            await Session.ReplyAsync(probe, cancellationToken).ConfigureAwait(false);
            if (Session.Manners.Order == FtpOrder.Unknown && command.HasBegun)
            {
                Session.Manners.Order = FtpOrder.Kept;
            }
        }

        if (next is not null && Session.Dialer.PortOf(await Session.ReplyAsync(next, cancellationToken).ConfigureAwait(false)) is { } port)
        {
            Session.Ahead = port;
        }

        await Data.DisposeAsync().ConfigureAwait(false);
        return reply;
    }

    /// <summary>
    /// The data connection broke: what the server says about it. One that took it for an end that was never connected, or lost it, says nothing, and
    /// would be waited for in vain: its session is ended.
    /// </summary>
    public async ValueTask<FtpReply> ReasonAsync(CancellationToken cancellationToken)
    {
        Data.Abort();
        using var patience = new CancellationTokenSource(reasonPatience, Session.Dialer.Clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
        try
        {
            return await EndAsync(either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            EndpointException broken = new(
                EndpointError.Disconnected, $"{Session.Name}: the data connection broke, and the server does not say why.", isTransient: true);
            Session.End(broken, isInnocent: true);
            throw broken;
        }
    }

    /// <summary>Not wanted any more. The session can be used again when the server says so soon, and is ended otherwise.</summary>
    public async ValueTask AbortAsync()
    {
        command.IsLeft = true;
        Data.Abort();
        if (!isEnded && !Session.IsOver)
        {
            using var patience = new CancellationTokenSource(abortPatience, Session.Dialer.Clock);
            try
            {
                await EndAsync(patience.Token).ConfigureAwait(false);
            }
            catch (Exception failed) when (failed is EndpointException or OperationCanceledException)
            {
                Session.End(new EndpointException(EndpointError.Disconnected, $"{Session.Name}: a transfer was broken off.", isTransient: true));
            }
        }

        isEnded = true;
        await Data.DisposeAsync().ConfigureAwait(false);
    }

    public ValueTask DisposeAsync() => isEnded ? Data.DisposeAsync() : AbortAsync();

    private static FtpCommand[] Some(FtpCommand? command) => command is null ? [] : [command];

    /// <summary>A refusal ends no data connection that was made ahead: whoever writes to it would wait for as long as the limit lets him.</summary>
    private async Task AbortWhenRefusedAsync()
    {
        try
        {
            if (!await command.Begun.ConfigureAwait(false) && !(await command.Reply.ConfigureAwait(false)).IsDone)
            {
                Data.Abort();
            }
        }
        catch (EndpointException)
        {
            // The session was lost, as whoever waits for its replies is told.
        }
    }

    private async ValueTask ReadyAsync(CancellationToken cancellationToken)
    {
        var isReady = await Data.ReadyAsync(command, cancellationToken).ConfigureAwait(false);

        // A server that serves all sessions by one loop may take data that comes before it has read the command for nobody's, and then wait for it (seen with
        // pyftpdlib). One that keeps the order looks at the data only when it has read the command.
        if (!isReady || (Session.Manners.Order != FtpOrder.Kept && !await Session.BegunAsync(command, cancellationToken).ConfigureAwait(false)))
        {
            Refusal = await Session.ReplyAsync(command, cancellationToken).ConfigureAwait(false);
        }
    }
}
